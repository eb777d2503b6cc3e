"""Three providers that bill as they do in life: what they deliver changes until it is final, and a little after.

Each writes into an emulator that the unmodified SDK reads, and `says` what it bills for each account and month.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.wrappers import Request, Response

from tests.collectors.sources.azure_exports import deliveries as azure
from tests.collectors.sources.bills import bill, deliver
from tests.collectors.sources.clouds import Cloud
from tests.collectors.sources.gcp_bigquery.tables import ACCOUNT, SCHEMA, STANDARD, row
from tests.emulators.bigquery import Stored, Warehouse
from tests.emulators.blob import ACCOUNT as STORAGE
from tests.emulators.blob import CONTAINER, BlobService

Said = dict[tuple[str, str, str], Decimal]
"""(billing account, sub account, month) -> billed cost."""
BUCKET, PAYER, MEMBERS = "bills-bucket", "000111", ("111111111111", "222222222222")
ESTIMATE = Decimal("0.9")
"""Of a day's cost is what the first deliveries know."""


def label(day: date) -> str:
    return f"{day:%Y-%m}"


def before(day: date, months: int = 1) -> str:
    for _ in range(months):
        day = day.replace(day=1) - timedelta(days=1)
    return label(day)


def cost(seed: int, day: date) -> Decimal:
    """What a day costs in the end, to the micro-cent."""
    return Decimal((seed * 7919 + day.toordinal() * 104729) % 99_991_877) / 1_000_000


def days_of(month: str, until: date) -> list[date]:
    """Days of the month before `until`."""
    first = date.fromisoformat(f"{month}-01")
    days = (first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1]))
    return [day for day in days if day < until]


def known(seed: int, month: str, now: datetime) -> list[Decimal]:
    """The days of a month as they are billed at `now`: the last two are estimates."""
    return [cost(seed, day) * (ESTIMATE if now.date() - day <= timedelta(days=2) else 1)
            for day in days_of(month, now.date())]  # fmt: skip


@dataclass
class ExportsInBucket:
    """Rewrites the open month with every delivery; the month before until the invoice of the 7th; then credits."""

    cloud: Cloud
    months: dict[tuple[str, str], list[Decimal]] = field(default_factory=dict)
    delivered: int = 0

    KIND = "aws-exports"

    def __post_init__(self) -> None:
        self.cloud.s3().create_bucket(Bucket=BUCKET)

    def settings(self, folder: Path) -> dict[str, Any]:
        return {"bucket": BUCKET, "prefix": "exports", "endpoint_url": self.cloud.url}

    def at(self, now: datetime) -> None:
        today = now.date()
        if now.hour in (3, 15):
            self._write(label(today), now)
            if today.day <= 7:
                self._write(before(today), now)
        if now.hour == 15 and today.day == 16:
            self._credit(before(today), Decimal("-12.345678"))
        if now.hour == 15 and today.day == 20:  # of a month that closed long ago
            self._credit(before(today, 4), Decimal("-0.000001"))

    def older(self, month: str, now: datetime) -> None:
        self._write(month, now)

    def _write(self, month: str, now: datetime) -> None:
        for number, member in enumerate(MEMBERS):
            self.months[member, month] = known(number + 1, month, now)
        self._deliver(month)

    def _credit(self, month: str, amount: Decimal) -> None:
        self.months[MEMBERS[0], month][-1] += amount
        self._deliver(month)

    def _deliver(self, month: str) -> None:
        self.delivered += 1
        files = {
            f"focus-{member}.csv.gz": bill(month, [f"{one:f}" for one in self.months[member, month]], PAYER, member)
            for member in MEMBERS
        }
        deliver(self.cloud.s3(), BUCKET, "exports/focus", month, files, f"run-{self.delivered}")

    def says(self) -> Said:
        return {(PAYER, *key): sum(amounts, Decimal(0)) for key, amounts in self.months.items() if amounts}


@dataclass
class ExportsInContainer:
    """Replaces the file of the whole month once a day; the month before is final with the 5th."""

    blobs: BlobService
    months: dict[str, list[Decimal]] = field(default_factory=dict)

    KIND = "azure-exports"

    def settings(self, folder: Path) -> dict[str, Any]:
        sas = folder / "sas"
        sas.write_text(f"?sv=2026-01-01&sp=rl&sig={self.blobs.signature}")
        return {"account": STORAGE, "container": CONTAINER, "prefix": "costs", "sas": f"file:{sas}",
                "endpoint": self.blobs.endpoint}  # fmt: skip

    def at(self, now: datetime) -> None:
        if now.hour == 7:
            for month in [label(now.date())] + [before(now.date())] * (now.day <= 5):
                self.older(month, now)

    def older(self, month: str, now: datetime) -> None:
        if not (amounts := known(5, month, now)):
            return  # on the first of a month nothing is billed yet
        self.months[month] = amounts
        run = f"{now:%Y%m%d}00-0000-4000-8000-000000000000"
        rows = [
            {**azure.row(month, f"{one:f}"), "Date": f"{month[5:]}/{day:02}/{month[:4]}"}
            for day, one in enumerate(amounts, 1)
        ]
        self.blobs.remove(f"/{month.replace('-', '')}01-")
        for kind in ("ActualCost", "AmortizedCost"):
            azure.deliver(self.blobs, month, kind, [rows], run=run)

    def says(self) -> Said:
        sub = azure.SCOPE.rpartition("/")[2]
        return {("7001234", sub, month): sum(amounts, Decimal(0)) for month, amounts in self.months.items()}


@dataclass
class SignedIn(Warehouse):
    """A warehouse that gives its token for a signed request, as the service for tokens does."""

    def name(self, request: Request) -> str:
        return "token" if request.path == "/token" else super().name(request)

    def answer(self, request: Request) -> Response:
        if request.path == "/token":
            facts = {"access_token": self.token, "expires_in": 3600, "token_type": "Bearer"}
            return Response(json.dumps(facts), content_type="application/json")
        return super().answer(request)


@dataclass
class ExportInTables:
    """Only appends: usage with a day's lag, late rows, and corrections of an earlier invoice month."""

    service: SignedIn
    written: int = 0

    KIND = "gcp-bigquery"

    def __post_init__(self) -> None:
        self.service.tables, self.service.schemas = {STANDARD: []}, {STANDARD: SCHEMA}

    def settings(self, folder: Path) -> dict[str, Any]:
        key = rsa.generate_private_key(65537, key_size=1024)  # every run checks its primes, which takes long
        private, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        facts = {
            "type": "service_account",
            "client_email": "reader@shop-prod.iam.gserviceaccount.com",
            "private_key": key.private_bytes(serialization.Encoding.PEM, private, plain).decode(),
            "private_key_id": "k1",
            "token_uri": f"{self.service.address}/token",
        }
        path = folder / "credential.json"
        path.write_text(json.dumps(facts))
        return {"project": "shop-prod", "tables": [STANDARD], "endpoint": self.service.address,
                "credentials": f"file:{path}"}  # fmt: skip

    def at(self, now: datetime) -> None:
        today = now.date()
        yesterday = today - timedelta(days=1)
        if now.hour == 8:
            self._append(now, yesterday, cost(9, yesterday) * ESTIMATE)
        if now.hour == 14:
            late = today - timedelta(days=3)
            self._append(now, late, cost(9, late) * (1 - ESTIMATE))
            if today.day in (12, 23):
                self._append(now, yesterday, Decimal("-3.210001"), before(today), cost_type="adjustment")

    def older(self, month: str, now: datetime) -> None:
        for day in days_of(month, now.date()):
            self._append(now, day, cost(9, day))

    def _append(self, now: datetime, used: date, amount: Decimal, month: str | None = None, **more: str) -> None:
        self.written += 1
        month = month or label(used)
        made = row(month, f"{now:%Y-%m-%d}", f"{amount:f}", used=f"{used}T10:00:00Z", **more)
        written = f"{now:%Y-%m-%dT%H:%M:%S}.{self.written % 10**6:06}Z"
        facts: Mapping[str, Any] = {**made.facts, "export_time": written}
        self.service.tables[STANDARD].append(replace(made, written=written, facts=facts))

    def says(self) -> Said:
        sums: Said = defaultdict(Decimal)
        rows: list[Stored] = self.service.tables[STANDARD]
        for one in rows:
            sums[ACCOUNT, "shop", f"{one.month[:4]}-{one.month[4:]}"] += Decimal(one.cost)
        return dict(sums)
