"""A store over hand-made frames: rules that own by service category, scopes from FOCUS frames."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.focus import COST_COLUMNS, SCHEMA, add_months, conform
from warehouse.store import Prepared, Source, Store

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
MONTH = datetime(2026, 9, 1, tzinfo=UTC)
TEXT = pl.lit(None, dtype=pl.String)


def bill(rows: int = 36, seed: int = 7) -> pl.DataFrame:
    """A month of odd lines, the same for the same seed."""
    chance = random.Random(seed)
    made = []
    for number in range(rows):
        start = MONTH + timedelta(hours=chance.randrange(27 * 24))
        provider = chance.choice(["North Cloud", "South Cloud"])
        category = chance.choice(["Usage", "Usage", "Usage", "Tax", "Credit"])
        costs = {name: Decimal(chance.randint(-(10**24), 10**24)).scaleb(-18) for name in COST_COLUMNS}
        made.append(
            {
                **dict.fromkeys(SCHEMA),
                **costs,
                "BillingAccountId": chance.choice(["0001", "0002"]),
                "BillingCurrency": chance.choice(["USD", "USD", "EUR"]),
                "BillingPeriodStart": MONTH,
                "BillingPeriodEnd": MONTH.replace(month=10),
                "ChargePeriodStart": start,
                "ChargePeriodEnd": start + timedelta(hours=chance.choice([1, 24, 72])),
                "ChargeCategory": category,
                "ConsumedQuantity": Decimal(number).scaleb(-9) if category == "Usage" else None,
                "ConsumedUnit": chance.choice(["Hrs", "100 Hours", "GB-Mo"]) if category == "Usage" else None,
                "InvoiceIssuerName": provider,
                "ProviderName": provider,
                "ServiceProviderName": provider,
                "PublisherName": provider,
                "ServiceName": chance.choice(["=1+1", 'quo"te', "new\nline", "Block storage", "a,b:c~d"]),
                "ServiceCategory": chance.choice(["Compute", "Storage", "Other"]),
                "ResourceId": chance.choice([None, f"resource-{number % 9}"]),
                "Tags": json.dumps({"Team": chance.choice(["core", "=x"]), "env": "prod"}) if number % 3 else None,
            }
        )
    return pl.DataFrame(made, schema=pl.Schema(SCHEMA), orient="row")


class ByCategory:
    """Compute is the core team's; with version 2, storage is too. Nothing else has an owner."""

    extra: tuple[str, ...] = ()
    tag_days: tuple[date, ...] = ()
    sharing = None
    names = None

    def __init__(self, documents: Any) -> None:
        self.rules_version = documents["version"] if documents else 0
        self.owned = ["Compute", "Storage"] if documents and documents["rules"] == "wider" else ["Compute"]

    def tag_readers(self, periods: Collection[str]) -> Sequence[ByCategory]:
        return ()

    def at(self, period: str) -> ByCategory:
        return self

    def owners(self, dims: pl.DataFrame, tag_sets: pl.DataFrame) -> pl.DataFrame:
        return dims.select(
            "dim",
            valid_from=pl.lit(date(1, 1, 1)),
            valid_to=pl.lit(date(9999, 12, 31)),
            team=pl.when(pl.col("service_category").is_in(self.owned)).then(pl.lit("core")),
            application=TEXT,
            environment=TEXT,
            cost_centre=TEXT,
            extra=pl.lit("{}"),
            why=pl.lit("{}"),
        )

    def tags(self, tag_sets: pl.DataFrame) -> pl.DataFrame:
        lower = tag_sets.with_columns(pl.col("key").str.to_lowercase()).unique(["tag_set", "key"], keep="first")
        return lower.with_columns(valid_from=pl.lit(date(1, 1, 1)), valid_to=pl.lit(date(9999, 12, 31)))


def open_store(folder: Path, now: datetime = NOW, on_step: Any = None) -> Store:
    return Store(folder, ByCategory, now=now, on_step=on_step)


def prepared(store: Store, frame: pl.DataFrame, source: str = "north", month: datetime = MONTH) -> Prepared:
    """The frame as the child would hand it over; its content digest is that of its rows."""
    rows = conform(frame).collect()
    content = hashlib.sha256(rows.write_csv().encode()).hexdigest()
    made = store.landing.scratch(f"{source}-{content[:12]}-{month:%Y%m}") / "lines.parquet"
    rows.write_parquet(made)
    sums = {
        column: dict(frame.group_by("BillingCurrency").agg(pl.col(column).sum()).iter_rows()) for column in COST_COLUMNS
    }
    end = datetime.combine(add_months(month.date(), 1), datetime.min.time(), UTC)
    return Prepared(
        source=source,
        period=f"{month:%Y-%m}",
        identity=f"files of {content}",
        parts=((content, made),),
        rows=len(rows),
        sums=sums,
        period_start=month,
        period_end=end,
        facts={"files": [{"name": "bill.csv", "digest": content, "size_bytes": 1}], "counts": {}},
    )


def put(store: Store, *frames: pl.DataFrame, source: str = "north", now: datetime = NOW) -> list[str]:
    """Load frames as one batch; answers the states of their loads."""
    store.put_source(Source(source, source, "focus", "import"))
    done = store.load([prepared(store, frame, source) for frame in frames], actor="test", now=now)
    return [load.state for load in done]


def contents(store: Store) -> list[tuple[Any, ...]]:
    """Everything a reader may see of costs, in a fixed order."""
    with store.read() as snapshot:
        return snapshot.frame(
            """select l.source, l.period, l.line_no, l.day, l.currency, d.* exclude (dim, digest, salted, tag_set),
                t.tags::varchar, v.team, l.billed_cost, l.effective_cost, l.list_cost, l.contracted_cost,
                l.consumed_quantity, i.consumed_unit
            from lines l join dims d using (dim) join items i using (item)
            join tag_sets_normal t on t.tag_set = d.tag_set and l.day >= t.valid_from and l.day < t.valid_to
            join owners o on o.period = l.period and o.dim = l.dim join owner_values v using (owner)
            order by 1, 2, 3"""
        ).rows()


def assert_sound(store: Store) -> None:
    """Invariants I1, I2, I4 and I6 over the whole store."""
    live = store.state.live()
    with store.read() as snapshot:
        held = snapshot.frame("select source, period, generation, rows from generations").rows()
        assert {(s, p): g for s, p, g, _ in held} == {key: load.generation for key, load in live.items()}
        for table in ("daily", "monthly_dims"):
            for source, period, _, rows in held:
                key = {"source": source, "period": period}
                where = "where source = $source and period = $period"
                counted = snapshot.frame(f"select sum(rows)::bigint from {table} {where}", key).item() or 0
                lines = snapshot.frame(f"select count(*) from lines {where}", key).item()
                assert counted == lines == rows == live[(source, period)].facts["rows"]
                sums = "sum(billed_cost), sum(effective_cost), sum(list_cost), sum(contracted_cost)"
                by = f"select currency, {sums} from {{}} {where} group by 1 order by 1"
                assert snapshot.frame(by.format(table), key).rows() == snapshot.frame(by.format("lines"), key).rows()
        strays = snapshot.frame("select count(*) from lines anti join generations using (source, period, generation)")
        assert strays.item() == 0
