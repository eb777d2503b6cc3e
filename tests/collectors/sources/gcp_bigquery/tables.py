"""Rows of billing exports as BigQuery holds them, with the columns that say what the tables are."""

from __future__ import annotations

from typing import Any

from tests.emulators.bigquery import Stored

ACCOUNT = "01AAAA-BBBBBB-CCCCCC"
STANDARD = "shop-prod.billing.gcp_billing_export_v1_01AAAA_BBBBBB_CCCCCC"
DETAILED = "shop-prod.billing.gcp_billing_export_resource_v1_01AAAA_BBBBBB_CCCCCC"
FOCUS = "shop-prod.billing.gcp_billing_export_focus_02AAAA_BBBBBB_CCCCCC"


def _field(name: str, kind: str, *fields: dict[str, Any], mode: str = "NULLABLE") -> dict[str, Any]:
    return {"name": name, "type": kind, "mode": mode, **({"fields": list(fields)} if fields else {})}


def _texts(*names: str) -> list[dict[str, Any]]:
    return [_field(name, "STRING") for name in names]


SCHEMA = [
    _field("billing_account_id", "STRING"),
    _field("service", "RECORD", *_texts("id", "description")),
    _field("sku", "RECORD", *_texts("id", "description")),
    _field("usage_start_time", "TIMESTAMP"),
    _field("usage_end_time", "TIMESTAMP"),
    _field("project", "RECORD", *_texts("id", "name")),
    _field("labels", "RECORD", *_texts("key", "value"), mode="REPEATED"),
    _field("location", "RECORD", *_texts("location", "region", "zone")),
    _field("export_time", "TIMESTAMP"),
    _field("cost", "FLOAT"),
    _field("currency", "STRING"),
    _field("currency_conversion_rate", "FLOAT"),
    _field(
        "usage", "RECORD", _field("amount", "FLOAT"), *_texts("unit", "pricing_unit"),
        _field("amount_in_pricing_units", "FLOAT"),
    ),
    _field(
        "credits", "RECORD", *_texts("name", "full_name", "id", "type"), _field("amount", "FLOAT"), mode="REPEATED"
    ),
    _field("invoice", "RECORD", *_texts("month")),
    _field("cost_type", "STRING"),
]  # fmt: skip
FOCUS_SCHEMA = [
    *_texts("BillingAccountId", "BillingCurrency", "ChargeCategory", "ServiceName", "ProviderName", "ChargeFrequency"),
    *_texts("ServiceCategory", "PublisherName", "InvoiceIssuerName"),
    *(_field(name, "NUMERIC") for name in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")),
    *(
        _field(f"{kind}Period{end}", "TIMESTAMP")
        for kind in ("Billing", "Charge")
        for end in ("Start", "End")
    ),
    _field("Tags", "RECORD", *_texts("key", "value"), mode="REPEATED"),
    _field("x_ExportTime", "TIMESTAMP"),
]  # fmt: skip


def row(month: str, day: str, cost: str, credit: str | None = None, **more: Any) -> Stored:
    """One line of invoice month `month` ("2026-10") that was loaded on `day`; `used` on the day before by default."""
    used = more.pop("used", f"{month}-05T10:00:00Z")
    facts = {
        "billing_account_id": ACCOUNT,
        "service": {"id": "6F81-5844-456A", "description": "Compute Engine"},
        "sku": {"id": "AAAA-0001", "description": "N2 Instance Core running in Americas"},
        "usage_start_time": used,
        "usage_end_time": used.replace(":00:00Z", ":30:00Z"),
        "project": {"id": "shop", "name": "Shop"},
        "labels": [{"key": "env", "value": "prod"}],
        "location": {"location": "us-central1", "region": "us-central1", "zone": None},
        "export_time": f"{day}T12:00:00Z",
        "cost": cost,
        "currency": "USD",
        "currency_conversion_rate": "1",
        "usage": {"amount": "3600", "unit": "seconds", "pricing_unit": "hour", "amount_in_pricing_units": "1"},
        "credits": [
            {"name": "n", "full_name": "n", "id": None, "type": "SUSTAINED_USAGE_DISCOUNT", "amount": credit}
        ] if credit else [],
        "invoice": {"month": month.replace("-", "")},
        "cost_type": "regular",
        **more,
    }  # fmt: skip
    return Stored(day, month.replace("-", ""), f"{day}T12:00:00.000000Z", cost, facts)


def focus_row(month: str, day: str, cost: str) -> Stored:
    following = f"{month[:5]}{int(month[5:]) + 1:02}"
    facts = {
        "BillingAccountId": "02AAAA-BBBBBB-CCCCCC",
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ServiceName": "Compute Engine",
        "ServiceCategory": "Compute",
        "ProviderName": "Google Cloud",
        "PublisherName": "Google Cloud",
        "InvoiceIssuerName": "Google Cloud",
        **dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), cost),
        "BillingPeriodStart": f"{month}-01T07:00:00Z",
        "BillingPeriodEnd": f"{following}-01T07:00:00Z",
        "ChargePeriodStart": f"{month}-05T10:00:00Z",
        "ChargePeriodEnd": f"{month}-05T11:00:00Z",
        "Tags": [{"key": "env", "value": "prod"}],
        "x_ExportTime": f"{day}T12:00:00Z",
    }
    return Stored(day, month.replace("-", ""), f"{day}T12:00:00.000000Z", cost, facts)
