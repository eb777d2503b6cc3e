"""Bills of the demo's AWS payer: legacy Cost and Usage Report, CSV.gz with manifest."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from outlay.demo.estate import TEAMS, Events, Resource, days, hex_id, quantised, season, wave, wobble
from warehouse.focus import add_months

PAYER: Final = "100000000001"
SHOP, DATA, DEV = "200000000001", "200000000002", "200000000003"
REGION: Final = "eu-west-1"
PLAN: Final = f"arn:aws:savingsplans::{PAYER}:savingsplan/5f1c2d3e-demo"
PLAN_RATE: Final = Decimal("0.0749")
PLAN_MACHINES: Final = 12
PLAN_SPARE: Final = Decimal("2.16")
"""Commitment per day beyond what the machines use."""


class Kind(NamedTuple):
    code: str
    service: str
    family: str
    usage_type: str
    operation: str
    unit: str
    rate: Decimal
    per_day: Decimal
    seasonal: bool = False


EC2, VPC = "Amazon Elastic Compute Cloud", "Amazon Virtual Private Cloud"
KINDS: Final = {
    "machine": Kind("AmazonEC2", EC2, "Compute Instance", "EU-BoxUsage:m6i.large", "RunInstances", "Hrs",
                    Decimal("0.107"), Decimal(24)),
    "disk": Kind("AmazonEC2", EC2, "Storage", "EU-EBS:VolumeUsage.gp3", "CreateVolume-Gp3", "GB-Mo",
                 Decimal("0.088"), Decimal("16.4")),
    "gateway": Kind("AmazonEC2", EC2, "NAT Gateway", "EU-NatGateway-Hours", "NatGateway", "Hrs",
                    Decimal("0.048"), Decimal(24)),
    "gateway bytes": Kind("AmazonEC2", EC2, "NAT Gateway", "EU-NatGateway-Bytes", "NatGateway", "GB",
                          Decimal("0.048"), Decimal(420), seasonal=True),
    "egress": Kind("AmazonEC2", EC2, "Data Transfer", "EU-DataTransfer-Out-Bytes", "RunInstances", "GB",
                   Decimal("0.09"), Decimal(95), seasonal=True),
    "database": Kind("AmazonRDS", "Amazon Relational Database Service", "Database Instance",
                     "EU-InstanceUsage:db.r6g.large", "CreateDBInstance:0014", "Hrs", Decimal("0.253"), Decimal(24)),
    "bucket": Kind("AmazonS3", "Amazon Simple Storage Service", "Storage", "EU-TimedStorage-ByteHrs",
                   "StandardStorage", "GB-Mo", Decimal("0.023"), Decimal("88.5")),
    "requests": Kind("AmazonS3", "Amazon Simple Storage Service", "API Request", "EU-Requests-Tier1", "PutObject",
                     "Requests", Decimal("0.000005"), Decimal(410_000), seasonal=True),
    "function": Kind("AWSLambda", "AWS Lambda", "Serverless", "EU-Lambda-GB-Second", "Invoke", "Lambda-GB-Second",
                     Decimal("0.0000166667"), Decimal(260_000), seasonal=True),
    "cdn": Kind("AmazonCloudFront", "Amazon CloudFront", "Data Transfer", "EU-DataTransfer-Out-Bytes", "GET", "GB",
                Decimal("0.085"), Decimal(310), seasonal=True),
    "tokens": Kind("AmazonBedrock", "Amazon Bedrock", "Amazon Bedrock", "EUW1-NovaPro-input-tokens", "InvokeModel",
                   "1K tokens", Decimal("0.003"), Decimal(5_200), seasonal=True),
    "address": Kind("AmazonVPC", VPC, "VpcPublicIPv4Address", "EU-PublicIPv4:IdleAddress", "AllocateAddress", "Hrs",
                    Decimal("0.005"), Decimal(24)),
}  # fmt: skip

COUNTS: Final = {"machine": 14, "disk": 14, "gateway": 1, "gateway bytes": 1, "egress": 5, "database": 3, "bucket": 5,
                 "requests": 5, "function": 8, "cdn": 1, "tokens": 1}  # fmt: skip
AUTOSCALED_BELOW: Final = Decimal("0.95")
"""Machines whose scale is smaller run as many hours as traffic asks for."""
APPLICATIONS: Final = {
    "checkout": ("cart", "payments"),
    "search": ("query-api", "indexer"),
    "catalogue": ("catalogue-api", "images"),
    "data": ("events", "warehouse-sync"),
    "mobile": ("push", "mobile-api"),
    "platform": ("gateway", "observability"),
}


@cache
def resources(events: Events) -> tuple[Resource, ...]:
    """Everything the AWS accounts run."""
    found = []
    for team in TEAMS:
        for kind, count in COUNTS.items():
            for i in range(count):
                environment = "dev" if i % 4 == 3 else "staging" if i % 4 == 2 else "prod"
                account = DEV if environment == "dev" else DATA if team == "data" else SHOP
                application = APPLICATIONS[team][i % 2]
                key = f"{team} {kind.removesuffix(' bytes')} {i}"
                # A few resources were made by hand and carry no tags.
                tagged = not (kind in ("bucket", "requests") and i == 2)
                found.append(
                    Resource(
                        id=_arn(kind, key, account, f"{application}-{environment}"),
                        kind=kind,
                        account=account,
                        team=_spelled(team, i) if tagged else None,
                        application=application if tagged else None,
                        environment=environment,
                        scale=Decimal(60 + (len(team) * 37 + i * 53) % 80) / 100,
                    )
                )
    return (*found, *_project(events), *_lab(events))


def _spelled(team: str, i: int) -> str:
    """Teams write their tag as they like; the rules fold it."""
    return team.capitalize() if i % 5 == 4 else team


def _project(events: Events) -> Iterator[Resource]:
    """Machines that ended, and the fourteen disks they left behind."""
    first = events.machines_ended - timedelta(days=60)
    for i in range(14):
        disk = Resource(
            id=_arn("disk", f"reindex {i}", SHOP, ""),
            kind="disk",
            account=SHOP,
            team="search",
            application="indexer",
            environment="prod",
            project="search-reindex",
            first=first,
            scale=Decimal(2),
        )
        yield disk
        machine = _arn("machine", f"reindex {i}", SHOP, "")
        yield replace(disk, id=machine, kind="machine", last=events.machines_ended - timedelta(days=1))


def _lab(events: Events) -> Iterator[Resource]:
    """Nine addresses and two gateways of a lab that nobody switched off."""
    for kind, count in (("address", 9), ("gateway", 2)):
        for i in range(count):
            yield Resource(
                id=_arn(kind, f"lab {i}", DEV, ""),
                kind=kind,
                account=DEV,
                team="platform",
                application=None,
                environment="dev",
                project="network-lab",
                first=events.lab_forgotten,
            )


def _arn(kind: str, key: str, account: str, name: str) -> str:
    base = f"arn:aws:ec2:{REGION}:{account}"
    match kind:
        case "machine" | "egress":
            return hex_id("i-0", key, 16)
        case "disk":
            return hex_id("vol-0", key, 16)
        case "gateway" | "gateway bytes":
            return f"{base}:natgateway/{hex_id('nat-0', key, 16)}"
        case "address":
            return f"{base}:elastic-ip/{hex_id('eipalloc-0', key, 16)}"
        case "database":
            return f"arn:aws:rds:{REGION}:{account}:db:{name}-{hex_id('', key, 4)}"
        case "function":
            return f"arn:aws:lambda:{REGION}:{account}:function:{name}-{hex_id('', key, 4)}"
        case "cdn":
            return f"arn:aws:cloudfront::{account}:distribution/{hex_id('E', key, 13).upper()}"
        case "tokens":
            return f"arn:aws:bedrock:{REGION}::foundation-model/text-large"
        case _:
            return f"{name}-{hex_id('', key, 4)}"


def quantity(resource: Resource, day: date, events: Events) -> Decimal:
    kind = KINDS[resource.kind]
    amount = kind.per_day * resource.scale if kind.unit != "Hrs" else kind.per_day
    autoscaled = resource.kind == "machine" and resource.scale < AUTOSCALED_BELOW and not resource.project
    if kind.seasonal or autoscaled:
        amount *= season(day) * wobble(resource.id + resource.kind, day) * wave(resource.team, day)
    first, last = events.spike
    if resource.kind == "gateway bytes" and resource.team == "checkout" and first <= day <= last:
        amount *= 6
    return quantised(amount)


class Charge(NamedTuple):
    """One line of usage, before it is written as the provider writes it."""

    day: date
    resource: Resource
    quantity: Decimal
    cost: Decimal


def charges(month: date, events: Events) -> Iterator[Charge]:
    """Usage of a month at on-demand prices."""
    for day in days(month, events.today - timedelta(days=1)):
        for resource in resources(events):
            if resource.first <= day <= resource.last:
                amount = quantity(resource, day, events)
                yield Charge(day, resource, amount, amount * KINDS[resource.kind].rate)


def covered(events: Events) -> frozenset[str]:
    """Machines that the savings plan covers."""
    steady = [one for one in resources(events) if one.kind == "machine" and one.scale >= AUTOSCALED_BELOW]
    machines = [one for one in steady if one.account == DATA]
    others = [one for one in steady if one.account == SHOP and not one.project]
    return frozenset(one.id for one in (machines + others)[:PLAN_MACHINES])


def plan_day() -> tuple[Decimal, Decimal]:
    """(used, committed) of the savings plan per day."""
    used = PLAN_MACHINES * KINDS["machine"].per_day * PLAN_RATE
    return used, used + PLAN_SPARE


def write(folder: Path, month: date, events: Events) -> bool:
    """Write the report of a month with its manifest; answers whether there was anything to write."""
    if not days(month, events.today - timedelta(days=1)):
        return False
    end = add_months(month, 1)
    period = f"{month:%Y%m%d}-{end:%Y%m%d}"
    name, assembly = "outlay-demo", hex_id("", f"{month}{events.today}", 20)
    key = f"cur/{name}/{period}/{assembly}/{name}-00001.csv.gz"
    target = folder / key
    target.parent.mkdir(parents=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(month, events))
    target.write_bytes(gzip.compress(text.getvalue().encode(), 3, mtime=0))
    manifest = {
        "assemblyId": assembly,
        "account": PAYER,
        "columns": [{"category": c.split("/")[0], "name": c.split("/")[1]} for c in COLUMNS],
        "charset": "UTF-8",
        "compression": "GZIP",
        "contentType": "text/csv",
        "reportId": hex_id("", "report", 24),
        "reportName": name,
        "billingPeriod": {"start": f"{month:%Y%m%d}T000000.000Z", "end": f"{end:%Y%m%d}T000000.000Z"},
        "bucket": "demo-billing",
        "reportKeys": [key],
        "additionalArtifactKeys": [],
    }
    (folder / f"cur/{name}/{period}/{name}-Manifest.json").write_text(json.dumps(manifest, indent=1))
    return True


def _rows(month: date, events: Events) -> Iterator[dict[str, str]]:
    from_plan = covered(events)
    usage = Decimal(0)
    for charge in charges(month, events):
        usage += charge.cost
        row = _usage(month, charge)
        if charge.resource.id in from_plan and charge.resource.kind == "machine" and charge.day >= events.commitment:
            yield from _with_plan(row, charge)
        else:
            yield row
    last = days(month, events.today - timedelta(days=1))[-1]
    if month >= events.commitment:
        yield _plan_fee(month, last)
    if last == add_months(month, 1) - timedelta(days=1):
        yield _monthly(month, "Fee", ("AWSSupportBusiness", "AWS Support (Business)"), quantised(usage / 20, 2))
        yield {**_monthly(month, "Tax", ("AmazonEC2", EC2), quantised(usage / 50, 2)), "lineItem/TaxType": "VAT"}


def _base(month: date, account: str, kind: str, start: date, end: date) -> dict[str, str]:
    following = add_months(month, 1)
    return {
        "identity/LineItemId": hex_id("", f"{account}{kind}{start}{end}", 24),
        "identity/TimeInterval": f"{start}T00:00:00Z/{end}T00:00:00Z",
        "bill/InvoicingEntity": "Amazon Web Services EMEA SARL",
        "bill/BillingEntity": "AWS",
        "bill/BillType": "Anniversary",
        "bill/PayerAccountId": PAYER,
        "bill/BillingPeriodStartDate": f"{month}T00:00:00.000Z",
        "bill/BillingPeriodEndDate": f"{following}T00:00:00.000Z",
        "lineItem/UsageAccountId": account,
        "lineItem/LineItemType": kind,
        "lineItem/UsageStartDate": f"{start}T00:00:00.000Z",
        "lineItem/UsageEndDate": f"{end}T00:00:00.000Z",
        "lineItem/CurrencyCode": "USD",
        "lineItem/LegalEntity": "Amazon Web Services EMEA SARL",
    }


def _usage(month: date, charge: Charge) -> dict[str, str]:
    resource, kind = charge.resource, KINDS[charge.resource.kind]
    sku = hex_id("", kind.usage_type, 16).upper()
    return {
        **_base(month, resource.account, "Usage", charge.day, charge.day + timedelta(days=1)),
        "lineItem/ProductCode": kind.code,
        "lineItem/UsageType": kind.usage_type,
        "lineItem/Operation": kind.operation,
        "lineItem/ResourceId": resource.id,
        "lineItem/UsageAmount": str(charge.quantity),
        "lineItem/UnblendedRate": str(kind.rate),
        "lineItem/UnblendedCost": str(charge.cost),
        "lineItem/LineItemDescription": f"{kind.rate} USD per {kind.unit} of {kind.usage_type}",
        "product/ProductName": kind.service,
        "product/productFamily": kind.family,
        "product/regionCode": REGION,
        "product/location": "EU (Ireland)",
        "product/sku": sku,
        "pricing/RateCode": f"{sku}.JRTCKXETXF.6YS6EN2CT7",
        "pricing/publicOnDemandCost": str(charge.cost),
        "pricing/publicOnDemandRate": str(kind.rate),
        "pricing/term": "OnDemand",
        "pricing/unit": kind.unit,
        "resourceTags/user:team": resource.team or "",
        "resourceTags/user:app": resource.application or "",
        "resourceTags/user:env": resource.environment if resource.team else "",
        "resourceTags/user:project": resource.project or "",
    }


def _with_plan(row: dict[str, str], charge: Charge) -> Iterator[dict[str, str]]:
    """Usage that a savings plan covers, and the line that takes its on-demand cost back."""
    yield {
        **row,
        "lineItem/LineItemType": "SavingsPlanCoveredUsage",
        "savingsPlan/SavingsPlanARN": PLAN,
        "savingsPlan/SavingsPlanRate": str(PLAN_RATE),
        "savingsPlan/SavingsPlanEffectiveCost": str(charge.quantity * PLAN_RATE),
    }
    yield {
        **row,
        "lineItem/LineItemType": "SavingsPlanNegation",
        "lineItem/UnblendedCost": str(-charge.cost),
        "pricing/publicOnDemandCost": "",
        "savingsPlan/SavingsPlanARN": PLAN,
    }


def _plan_fee(month: date, last: date) -> dict[str, str]:
    used, committed = plan_day()
    count = (last - month).days + 1
    return {
        **_base(month, PAYER, "SavingsPlanRecurringFee", month, last + timedelta(days=1)),
        "lineItem/ProductCode": "ComputeSavingsPlans",
        "lineItem/UsageType": "ComputeSP:1yrNoUpfront",
        "lineItem/UsageAmount": str(count * 24),
        "lineItem/UnblendedCost": str(committed * count),
        "lineItem/LineItemDescription": "1 year No Upfront Compute Savings Plan",
        "product/ProductName": "Savings Plans for AWS Compute usage",
        "pricing/unit": "Hrs",
        "savingsPlan/SavingsPlanARN": PLAN,
        "savingsPlan/TotalCommitmentToDate": str(committed * count),
        "savingsPlan/UsedCommitment": str(used * count),
        "savingsPlan/RecurringCommitmentForBillingPeriod": str(committed * count),
    }


def _monthly(month: date, kind: str, service: tuple[str, str], cost: Decimal) -> dict[str, str]:
    code, name = service
    return {
        **_base(month, PAYER, kind, month, add_months(month, 1)),
        "lineItem/ProductCode": code,
        "lineItem/UsageAmount": "1",
        "lineItem/UnblendedCost": str(cost),
        "lineItem/LineItemDescription": f"{kind} for {name}",
        "product/ProductName": name,
    }


COLUMNS: Final = (
    "identity/LineItemId", "identity/TimeInterval", "bill/InvoiceId", "bill/InvoicingEntity", "bill/BillingEntity",
    "bill/BillType", "bill/PayerAccountId", "bill/BillingPeriodStartDate", "bill/BillingPeriodEndDate",
    "lineItem/UsageAccountId", "lineItem/LineItemType", "lineItem/UsageStartDate", "lineItem/UsageEndDate",
    "lineItem/ProductCode", "lineItem/UsageType", "lineItem/Operation", "lineItem/ResourceId",
    "lineItem/UsageAmount", "lineItem/CurrencyCode", "lineItem/UnblendedRate", "lineItem/UnblendedCost",
    "lineItem/LineItemDescription", "lineItem/TaxType", "lineItem/LegalEntity", "product/ProductName",
    "product/productFamily", "product/regionCode", "product/location", "product/sku", "pricing/RateCode",
    "pricing/publicOnDemandCost", "pricing/publicOnDemandRate", "pricing/term", "pricing/unit",
    "savingsPlan/SavingsPlanARN", "savingsPlan/SavingsPlanRate", "savingsPlan/SavingsPlanEffectiveCost",
    "savingsPlan/TotalCommitmentToDate", "savingsPlan/UsedCommitment",
    "savingsPlan/RecurringCommitmentForBillingPeriod", "resourceTags/user:team", "resourceTags/user:app",
    "resourceTags/user:env", "resourceTags/user:project",
)  # fmt: skip
