"""Step 6 of a load: inside one transaction, the lines of a scope, their owners and rollups take the old ones' place."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from warehouse.focus import COLUMNS, COST_COLUMNS, total
from warehouse.focus.units import normal_units
from warehouse.store.faults import NotConservedError
from warehouse.store.inventory import EntityNames
from warehouse.store.splits import Sharing

COSTS = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")
OWNER_COLUMNS = ("team", "application", "environment", "cost_centre", "extra")


class Own(Protocol):
    """Attribution as the store sees it: pure functions of dims and tags, and the version of the rules behind them."""

    rules_version: int
    extra: tuple[str, ...]
    """Names of the dimensions beside team, application, environment and cost centre."""

    @property
    def tag_days(self) -> tuple[date, ...]:
        """On which the tags of some set may begin to be read in another way, in order."""

    def tag_readers(self, periods: Collection[str]) -> Sequence[Own]:
        """Of closed billing periods among `periods` the older versions that read tags in another way than this one."""
        ...

    def at(self, period: str) -> Own:
        """What decides a billing period: of a closed one the rules that were in force when it was closed."""
        ...

    @property
    def names(self) -> EntityNames | None:
        """What people call teams and entities; null without any."""

    @property
    def sharing(self) -> Sharing | None:
        """Pools; null without any."""

    def owners(self, dims: pl.DataFrame, tag_sets: pl.DataFrame) -> pl.DataFrame:
        """dims as stored, tag_sets as (tag_set, key, value); answers dim, valid_from, valid_to, owner columns, why.

        The windows of one dim are disjoint and cover every day; `extra` is a JSON object of the other dimensions.
        """
        ...

    def tags(self, tag_sets: pl.DataFrame) -> pl.DataFrame:
        """(tag_set, key, value) with aliases and folding applied: tag_set, valid_from, valid_to, key, value.

        The windows of one set are the same for all of its keys, disjoint, and cover every day.
        """
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """One generation of one (source, billing period), landed and about to go live."""

    source: str
    period: str
    generation: int
    content: str
    paths: tuple[Path, ...]
    """Canonical files, in the order that numbers their lines."""
    rows: int
    sums: Mapping[str, Mapping[str, Decimal]]
    """Cost column -> currency -> sum, as the reader of the raw files counted it."""
    period_start: datetime
    period_end: datetime
    warnings: tuple[str, ...] = ()


def _columns(table: str) -> list[tuple[str, str]]:
    """(FOCUS expression, stored name) of a table's descriptive columns."""
    pairs = [(f'"{column.name}"', column.column) for column in COLUMNS if column.table == table]
    return [
        ('coalesce("ServiceProviderName", "ProviderName")', name) if name == "provider" else (expression, name)
        for expression, name in pairs
    ]


def _digests(table: str) -> tuple[str, str]:
    """Two independent hashes of the tuple that identifies a row of `table`; together 128 bits."""
    expressions = ", ".join(expression for expression, _ in _columns(table))
    tail = ', "Tags"' if table == "dims" else ""
    return f"hash({expressions}{tail})", f"hash('salt', {expressions}{tail})"


def swap(cursor: duckdb.DuckDBPyConnection, scope: Scope, own: Own, now: datetime) -> None:
    """Replace the scope's lines, owners and rollups, and check that nothing was lost on the way.

    Raises NotConservedError when counts or sums differ; the caller rolls back.
    """
    key = {"source": scope.source, "period": scope.period}
    # Touching the row of the scope first makes two transactions on one scope conflict, an empty month included.
    cursor.execute("delete from generations where source = $source and period = $period", key)
    for table in ("lines", "daily", "monthly_dims"):
        cursor.execute(f"delete from {table} where source = $source and period = $period", key)
    cursor.execute("create or replace temp table scope_dims (digest ubigint, salted ubigint, dim integer)")
    offset = 0
    for path in scope.paths:
        _insert_part(cursor, scope, path, offset)
        offset += _count(cursor, "select count(*) from read_parquet($path)", {"path": str(path)})
    put_tags(cursor, own, scope.period)
    own = own.at(scope.period)
    own_dims(cursor, own, "select unnest($periods) as period, dim from scope_dims", [scope.period])
    roll_up(cursor, scope.source, scope.period)
    _check(cursor, scope)
    _put_generation(cursor, scope, own, now)


def _insert_part(cursor: duckdb.DuckDBPyConnection, scope: Scope, path: Path, offset: int) -> None:
    file = {"path": str(path)}
    _put_units(cursor, path)
    cursor.execute(
        """create or replace temp table new_tags as
        select hash("Tags") as digest, hash('salt', "Tags") as salted, any_value("Tags") as tags
        from read_parquet($path) group by 1, 2""",
        file,
    )
    cursor.execute(
        """insert into tag_sets
        select nextval('tag_set_keys'), digest, salted,
            cast(cast(coalesce(tags, '{}') as json) as map(varchar, varchar))
        from new_tags anti join tag_sets using (digest, salted)"""
    )
    for table in ("dims", "items"):
        _put_descriptions(cursor, table, file)
    # Parts of a month share dims: each stands here once, or the lines of the second part would be doubled.
    cursor.execute(
        """insert into scope_dims select digest, salted, dims.dim
        from (select digest, salted from new_dims anti join scope_dims using (digest, salted))
        join dims using (digest, salted)"""
    )
    cursor.execute(_INSERT_LINES, {**file, "source": scope.source, "period": scope.period,
                                   "generation": scope.generation, "offset": offset})  # fmt: skip


def _put_descriptions(cursor: duckdb.DuckDBPyConnection, table: str, file: dict[str, str]) -> None:
    """Insert the tuples of `table` (dims or items) that it has not seen before."""
    digest, salted = _digests(table)
    values = ", ".join(f"any_value({expression}) as {name}" for expression, name in _columns(table))
    names = [name for _, name in _columns(table)]
    extra = ', hash(any_value("Tags")) as tags_digest, hash(\'salt\', any_value("Tags")) as tags_salted'
    cursor.execute(
        f"""create or replace temp table new_{table} as
        select {digest} as digest, {salted} as salted, {values}{extra if table == "dims" else ""}
        from read_parquet($path) group by 1, 2""",
        file,
    )
    if table == "dims":
        cursor.execute(
            f"""insert into dims (dim, digest, salted, {", ".join(names)}, tag_set)
            select nextval('dim_keys'), new.digest, new.salted, {", ".join(f"new.{name}" for name in names)}, tag_set
            from (select * from new_dims anti join dims using (digest, salted)) new
            join tag_sets on tag_sets.digest = tags_digest and tag_sets.salted = tags_salted"""
        )
        return
    values = ", ".join(_normal_unit(name) if name in _UNITS else f"new.{name}" for name in names)
    cursor.execute(
        f"""insert into items (item, digest, salted, {", ".join(names)})
        select nextval('item_keys'), new.digest, new.salted, {values}
        from (select * from new_items anti join items using (digest, salted)) new"""
    )


_UNITS = ("consumed_unit", "pricing_unit")


def _normal_unit(name: str) -> str:
    return f"coalesce((select unit from new_units where spelling = new.{name}), new.{name})"


def _put_units(cursor: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The units this file spells, normalised; factors are whole numbers, so that quantities stay exact."""
    found = cursor.sql(
        """select distinct unit from (select "ConsumedUnit" as unit from read_parquet($path)
        union all select "PricingUnit" from read_parquet($path)) where unit is not null""",
        params={"path": str(path)},
    ).pl()
    known = normal_units(found["unit"].cast(pl.String))
    cursor.register("known_units", known.select("spelling", "unit", pl.col("factor").cast(pl.Int64)))
    cursor.execute("create or replace temp table new_units as select * from known_units")
    cursor.unregister("known_units")


_INSERT_LINES = f"""
insert into lines
select $source, $period, $generation, $offset + file_row_number,
    cast("ChargePeriodStart" as date), "ChargePeriodStart", "ChargePeriodEnd", d.dim, i.item, "BillingCurrency",
    {", ".join(f'"{name}"' for name in COST_COLUMNS)},
    "ConsumedQuantity" * coalesce(c.factor, 1), "PricingQuantity" * coalesce(p.factor, 1)
from (
    select *, {_digests("dims")[0]} as d1, {_digests("dims")[1]} as d2,
        {_digests("items")[0]} as i1, {_digests("items")[1]} as i2
    from read_parquet($path, file_row_number = true)
) r
join scope_dims d on d.digest = r.d1 and d.salted = r.d2
join items i on i.digest = r.i1 and i.salted = r.i2
left join new_units c on c.spelling = r."ConsumedUnit"
left join new_units p on p.spelling = r."PricingUnit"
order by 5
"""


def put_tags(cursor: duckdb.DuckDBPyConnection, own: Own, *periods: str) -> None:
    """Normalise the tag sets that the rules in force have not seen, nor the rules of closed billing periods where these
    read tags in another way. `periods` are to go live beside those that are."""
    live = cursor.execute("select distinct period from generations").fetchall()
    readers = (own, *own.tag_readers({*periods, *(period for (period,) in live)}))
    for reader in readers:
        _put_tags_by(cursor, reader)
    days = sorted({day for reader in readers for day in reader.tag_days})
    cursor.execute(
        "update meta set tag_days = $days::date[] where tag_days is distinct from $days::date[]", {"days": days}
    )


def _put_tags_by(cursor: duckdb.DuckDBPyConnection, own: Own) -> None:
    raw = cursor.sql(
        """select tag_set, unnest(map_entries(raw)) as entry from tag_sets
        anti join (select tag_set from tag_sets_normal where rules_version = $version) using (tag_set)""",
        params={"version": own.rules_version},
    ).pl()
    normal = own.tags(_long(raw))
    cursor.register("normal_tags", normal.select("tag_set", "valid_from", "valid_to", "key", "value"))
    cursor.execute(
        """insert into tag_sets_normal
        select tag_set, coalesce(valid_from, date '0001-01-01'), coalesce(valid_to, date '9999-12-31'), $version,
            coalesce(map_from_entries(list((key, value) order by key) filter (key is not null)), map {})
        from (select tag_set from tag_sets
              anti join (select tag_set from tag_sets_normal where rules_version = $version) using (tag_set))
        left join normal_tags using (tag_set) group by tag_set, valid_from, valid_to""",
        {"version": own.rules_version},
    )
    cursor.unregister("normal_tags")


def _long(entries: pl.DataFrame) -> pl.DataFrame:
    if entries.is_empty():
        return pl.DataFrame(schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String})
    return entries.unnest("entry").select("tag_set", pl.col("key"), pl.col("value"))


DIMS_AT_ONCE = 250_000
"""So that memory does not grow with the dims of a store."""


def own_dims(cursor: duckdb.DuckDBPyConnection, own: Own, wanted: str, periods: Sequence[str]) -> None:
    """Recompute the owners of dims in billing periods; `wanted` is a query of (period, dim) that may use $periods.

    What the rules say of a dim is the same in every period that they decide, so each is decided once.
    """
    cursor.execute(
        f"create or replace temp table wanted_dims as select distinct period, dim from ({wanted})",
        {"periods": list(periods)} if "$periods" in wanted else {},
    )
    cursor.execute(
        f"""create or replace temp table wanted_once as
        select dim, (row_number() over (order by dim) - 1) // {DIMS_AT_ONCE} as part
        from (select distinct dim from wanted_dims)"""
    )
    for part in range(_count(cursor, "select coalesce(max(part), -1) + 1 from wanted_once", {})):
        _own_part(cursor, own, part)


def _own_part(cursor: duckdb.DuckDBPyConnection, own: Own, part: int) -> None:
    which = {"part": part}
    chosen = "(select dim from wanted_once where part = $part)"
    dims = cursor.sql(
        f"select dims.* exclude (digest, salted) from dims semi join {chosen} using (dim)", params=which
    ).pl()
    tags = cursor.sql(
        f"""select tag_set, unnest(map_entries(raw)) as entry from tag_sets
        semi join (select tag_set from dims semi join {chosen} using (dim)) using (tag_set)""",
        params=which,
    ).pl()
    owned = own.owners(dims, _long(tags))
    cursor.register("answered", owned.select("dim", "valid_from", "valid_to", *OWNER_COLUMNS, "why"))
    cursor.execute(
        "create or replace temp table owned as "
        "select * replace (cast(cast(extra as json) as map(varchar, varchar)) as extra) from answered"
    )
    cursor.unregister("answered")
    same = " and ".join(f"v.{name} is not distinct from o.{name}" for name in OWNER_COLUMNS)
    cursor.execute(
        f"""insert into owner_values
        select nextval('owner_keys'), {", ".join(OWNER_COLUMNS)}
        from (select distinct {", ".join(OWNER_COLUMNS)} from owned) o
        where not exists (select 1 from owner_values v where {same})"""
    )
    cursor.execute(
        f"""delete from owners where (period, dim) in
        (select (w.period, w.dim) from wanted_dims w join {chosen} using (dim))""",
        which,
    )
    cursor.execute(
        f"""insert into owners
        select w.period, o.dim, o.valid_from, o.valid_to, v.owner, $version, o.why
        from owned o join owner_values v on {same} join wanted_dims w using (dim)""",
        {"version": own.rules_version},
    )


_SUMS = ", ".join(f"sum(l.{name})" for name in COSTS)
FILL_DAILY = f"""insert into daily
select l.source, l.period, l.day, l.currency, d.provider, d.service, d.charge_category, v.team, {_SUMS}, count(*)
from lines l join dims d using (dim)
join owners o on o.period = l.period and o.dim = l.dim and l.day >= o.valid_from and l.day < o.valid_to
join owner_values v using (owner)
{{where}} group by 1, 2, 3, 4, 5, 6, 7, 8"""


def roll_up(cursor: duckdb.DuckDBPyConnection, source: str, period: str) -> None:
    """Fill the rollups of a scope from its lines and owners; its old rows are gone already."""
    key = {"source": source, "period": period}
    cursor.execute(FILL_DAILY.format(where="where l.source = $source and l.period = $period"), key)
    cursor.execute(
        f"""insert into monthly_dims
        select l.source, l.period, cast(date_trunc('month', l.day) as date), l.currency, l.dim, {_SUMS}, count(*)
        from lines l where l.source = $source and l.period = $period group by 1, 2, 3, 4, 5""",
        key,
    )


def _check(cursor: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """I1 and I5: what the files hold, what the reader counted, what is stored and owned are equal to the last digit."""
    sums = ", ".join(f'sum("{name}")' for name in COST_COLUMNS)
    filed = cursor.execute(
        f"""select "BillingCurrency", "ChargeCategory", count(*), {sums} from read_parquet($paths)
        group by 1, 2 order by 1, 2""",
        {"paths": [str(path) for path in scope.paths]},
    ).fetchall()
    owned = cursor.execute(
        f"""select currency, charge_category, cast(sum(rows) as bigint), {", ".join(f"sum({name})" for name in COSTS)}
        from daily where source = $source and period = $period group by 1, 2 order by 1, 2""",
        {"source": scope.source, "period": scope.period},
    ).fetchall()
    if filed != owned:
        raise NotConservedError(f"owned lines of {scope.source} {scope.period} differ from the landed file")
    stored = {
        (column, row[0]): total(other[3 + i] for other in filed if other[0] == row[0])
        for row in filed
        for i, column in enumerate(COST_COLUMNS)
    }
    counted = {(column, currency): amount for column in COST_COLUMNS
               for currency, amount in scope.sums.get(column, {}).items()}  # fmt: skip
    if stored != counted or sum(row[2] for row in filed) != scope.rows:
        raise NotConservedError(f"the landed file of {scope.source} {scope.period} differs from what was read")


SETTLED_AFTER = timedelta(days=5)
"""This long after a billing period ended, the provider has delivered its last day."""


def _put_generation(cursor: duckdb.DuckDBPyConnection, scope: Scope, own: Own, now: datetime) -> None:
    """Describe the generation; a line longer than a day does not say that its days are complete."""
    # The last complete day is the one before the newest line's end: an end at midnight completes the day before it.
    cursor.execute(
        """insert into generations
        select $source, $period, $generation, $content, $now, $start, $end, count(*), min(day),
            case when $settled then cast($end as date) - 1
                 else cast(least(coalesce(max(charge_end) filter (charge_end <= charge_start + interval 1 day),
                                          max(charge_end)), $now) as date) - 1 end,
            if(count(*) filter (charge_end <= charge_start + interval 1 day) > 0, 'daily', 'monthly'),
            $warnings, $version
        from lines where source = $source and period = $period""",
        {
            "source": scope.source,
            "period": scope.period,
            "generation": scope.generation,
            "content": scope.content,
            "now": now,
            "start": scope.period_start,
            "end": scope.period_end,
            "settled": now >= scope.period_end + SETTLED_AFTER,
            "warnings": json.dumps(list(scope.warnings)),
            "version": own.rules_version,
        },
    )


def _count(cursor: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]) -> int:
    return int(cursor.execute(sql, parameters).fetchall()[0][0])
