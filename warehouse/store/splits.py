"""Shared cost in the warehouse: weights and splits of a billing period, made anew whenever its lines, owners, pools or
series change, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

import duckdb
import polars as pl

from warehouse.store.faults import NotConservedError
from warehouse.store.series import VALUES, Series

COSTS: Final = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")
_ROWS: Final = "cast(sum(l.rows) as bigint)"
_QUANTITY: Final = ", sum(l.pricing_quantity) as quantity, l.pricing_quantity is null as unmetered"
"""Lines without a quantity stand apart: a price in place of their cost would be nothing."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Where the daily rollup and the owners of lines are read from: the tables, or what would take their place."""

    daily: str = "daily"
    owners: str = (
        "(select period, dim, valid_from, valid_to, team, application, environment from owners "
        "join owner_values using (owner))"
    )


class Sharing(Protocol):
    """Pools as the store sees them: which columns they read, and pure functions."""

    rules_version: int
    dims: tuple[str, ...]
    """Columns of dims; `tag_set` stands for tags."""
    items: tuple[str, ...]
    owned: tuple[str, ...]
    daily: tuple[str, ...]
    """Columns of the daily rollup, which is enough when there are no others."""
    series: tuple[str, ...]
    corrects: bool
    """Whether credits follow what they correct: months that are corrected weigh with the lines of their own billing
    period, and combinations are wanted with whether they are `unowned`."""

    rated: bool
    """Whether lines are wanted with their pricing quantity, as `quantity`."""

    counted: bool
    """Whether lines are wanted with how many they are, as `rows`."""

    costs: tuple[str, ...]
    """Those of COSTS that are read."""

    def cells(self, combinations: pl.DataFrame, tag_sets: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """(place, valid_from, valid_to, cell) for the rows of combinations, and what is true of each cell."""

    def takers(self, facts: pl.DataFrame) -> pl.DataFrame:
        """(cell, everybody, nobody, teams): of whom pools may take lines of each cell, `nobody` who have no team. The
        others only weigh, so they may be told without source, provider and service."""

    def share(
        self, lines: pl.DataFrame, facts: pl.DataFrame, series: pl.DataFrame, reference: pl.DataFrame | None
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """(weights, splits) of one billing period, with the columns of the tables, period and version aside."""

    def pieces(self, lines: pl.DataFrame, facts: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
        """What teams receive of single lines, by weights as `share` has them: row, pool, step, team, from_team and
        COSTS in whole numbers of 1e-18. Which there are depends on the key, team and cell of a line, and on whether it
        has a quantity."""


class Sharer(Protocol):
    """Attribution, as far as it shares: of a closed billing period by the version it was closed with."""

    @property
    def sharing(self) -> Sharing | None: ...

    def at(self, period: str) -> Sharer: ...


IN_FORCE: Final = Owned()
OWNED: Final = "v.dim = l.dim and v.period = l.period and l.day >= v.valid_from and l.day < v.valid_to"
"""How lines `l` are joined with their owners `v`."""


def put_splits(
    cursor: duckdb.DuckDBPyConnection,
    periods: Iterable[str] | None,
    own: Sharer,
    series: Series,
    keep: Callable[[str, str], None] | None = None,
) -> None:
    """Replace weights and splits of billing periods, null: of all; `keep` hears of each (source, period) that changes.

    Raises NotConservedError when splits would not add up to nothing; the caller rolls back.
    """
    for period in sorted(set(periods_of(cursor) if periods is None else periods)):
        sharing = own.at(period).sharing
        weights, splits = made(cursor, period, sharing, series) if sharing else (_NOTHING, _NOTHING)
        version = {"period": period, "version": sharing.rules_version if sharing else 0}
        changed = _changed(cursor, period, splits)
        for source in changed:
            if keep:
                keep(source, period)
        if changed:
            _replace(cursor, "splits", splits, version)
        else:
            cursor.execute("update splits set rules_version = $version where period = $period", version)
        _replace(cursor, "pool_weights", weights, version)
    cursor.execute("update split_state set series_version = $version", {"version": series.version()})


def periods_of(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """Every billing period with lines or splits."""
    rows = cursor.execute("select period from generations union select period from splits order by 1").fetchall()
    return [period for (period,) in rows]


def correcting(cursor: duckdb.DuckDBPyConnection, corrected: Iterable[str], own: Sharer) -> list[str]:
    """Billing periods with charges of earlier months among `corrected`, where pools follow what these months used."""
    rows = cursor.execute(
        "select distinct period from daily where list_contains($months, strftime(day, '%Y-%m')) "
        "and period > strftime(day, '%Y-%m') order by 1",
        {"months": sorted(corrected)},
    ).fetchall()
    sharing = {period: own.at(period).sharing for (period,) in rows}
    return [period for period, one in sharing.items() if one and one.corrects]


def made(
    cursor: duckdb.DuckDBPyConnection, period: str, sharing: Sharing, series: Series, owned: Owned = IN_FORCE
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Weights and splits of a billing period as pools make them, nothing written."""
    corrected = _corrected(cursor, period) if sharing.corrects else []
    found, facts = _lines(cursor, [period, *corrected], sharing, owned)
    lines = found.filter(pl.col("period") == period).drop("period")
    other = found.filter((pl.col("period") != period) & (pl.col("day").dt.strftime("%Y-%m") == pl.col("period")))
    first, last = lines["day"].min(), lines["day"].max()
    known = isinstance(first, date) and isinstance(last, date)
    values = series.values(sharing.series, first, last) if known else pl.DataFrame(schema=VALUES)  # type: ignore[arg-type]
    return sharing.share(lines, facts, values, other.drop("period") if corrected else None)


def made_together(
    cursor: duckdb.DuckDBPyConnection, periods: Sequence[str], sharing: Sharing, owned: Owned = IN_FORCE
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of several billing periods, none of which `reads_more`, at once: lines have their `period`."""
    lines, facts = _lines(cursor, periods, sharing, owned)
    return sharing.share(lines, facts, pl.DataFrame(schema=VALUES), None)


def reads_more(cursor: duckdb.DuckDBPyConnection, period: str, sharing: Sharing) -> bool:
    """Whether splits of a billing period need more than its own lines."""
    return bool(sharing.series or (sharing.corrects and _corrected(cursor, period)))


def _corrected(cursor: duckdb.DuckDBPyConnection, period: str) -> list[str]:
    """Months before the billing period that it has charges of."""
    rows = cursor.execute(
        "select distinct strftime(day, '%Y-%m') as month from daily where period = $period and month < $period "
        "order by 1",
        {"period": period},
    ).fetchall()
    return [month for (month,) in rows]


def _lines(
    cursor: duckdb.DuckDBPyConnection, periods: Sequence[str], sharing: Sharing, owned: Owned
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sums of billing periods by the daily key, team and cell."""
    if not (sharing.dims or sharing.items or sharing.owned or sharing.rated):
        return _rolled_up(cursor, periods, sharing, owned)
    within, given = _within(periods)
    cells = celled(cursor, periods, sharing, owned)
    by_dim = not (sharing.items or sharing.owned or sharing.rated or cells.windowed)
    rolled = _alike(cursor, (within, given), sharing, owned) if by_dim else None
    if rolled is not None and not cursor.sql("from apart").limit(1).fetchall():
        return rolled, cells.facts
    only = "" if rolled is None else _APART
    cursor.execute(_MARKED.format(owners=owned.owners, only=only, within=within), given)
    found = cursor.sql(
        f"""select * exclude (mark) from (
            select l.period, l.source, l.day, l.currency, v.mark, c.cell, {_sums(sharing, "count(*)")}
            from lines l {cells.items} join marked v on {OWNED} {cells.join}
            where {within} group by all
        ) join (select distinct mark, provider, service, charge_category, team from marked) using (mark)""",
        params=given,
    ).pl()
    return (found if rolled is None else pl.concat([found, rolled.select(found.columns)])), cells.facts


@dataclass(frozen=True, slots=True)
class Celled:
    """Cells of lines as the table pool_cells: what is true of each, whether they differ by day, and how lines `l` are
    joined with their items and, with their owners `v`, with their cells `c`."""

    facts: pl.DataFrame
    windowed: bool
    items: str
    join: str


def celled(
    cursor: duckdb.DuckDBPyConnection, periods: Sequence[str], sharing: Sharing, owned: Owned = IN_FORCE
) -> Celled:
    """The cells that lines of billing periods lie in."""
    within, given = _within(periods)
    columns = [*(f"d.{name}" for name in (*sharing.dims, *sharing.daily)), *(f"i.{name}" for name in sharing.items)]
    key = ["l.dim", *(f"i.{name}" for name in sharing.items), *(f"v.{name}" for name in sharing.owned)]
    owners = f"join {owned.owners} v on {OWNED}" if sharing.owned else ""
    items = "join items i on i.item = l.item" if sharing.items else ""
    base = "lines l" if sharing.items or sharing.owned else "monthly_dims l"
    flags = [_UNOWNED.format(owners=owned.owners, within=within)] if sharing.corrects else []
    wide = ", ".join(dict.fromkeys([*key, *columns, "d.tag_set", *flags]))
    combinations = cursor.sql(
        f"select distinct {wide} from {base} join dims d on d.dim = l.dim {items} {owners} where {within}",
        params=given,
    ).pl()
    facts, windowed = _register(cursor, combinations, sharing, [name.split(".")[1] for name in key])
    same = "".join(f" and c.{name.split('.')[1]} is not distinct from {name}" for name in key[1:])
    on_days = " and l.day >= c.valid_from and l.day < c.valid_to" if windowed else ""
    return Celled(facts, windowed, items, f"join pool_cells c on c.dim = l.dim{same}{on_days}")


def _alike(
    cursor: duckdb.DuckDBPyConnection, where: tuple[str, dict[str, Any]], sharing: Sharing, owned: Owned
) -> pl.DataFrame:
    """What the rollup is enough for: where all dims of one of its keys lie in one cell. Other keys are `apart`."""
    within, given = where
    cursor.execute(_CELLS)
    cursor.execute(_KEYS.format(owners=owned.owners, within=within), given)
    cursor.execute("create or replace temp table apart as from rolled_keys where cell <> other")
    same = " and ".join(f"a.{name} is not distinct from l.{name}" for name in _KEY)
    rolled: pl.DataFrame = cursor.sql(
        f"""select l.period, l.day, l.currency, l.charge_category, l.team, a.cell, {_named("a.taken")},
            {_sums(sharing, _ROWS)}
        from {owned.daily} l join rolled_keys a on a.period = l.period and {same}
        where a.cell = a.other and {within} group by all""",
        params=given,
    ).pl()
    return rolled


_KEY: Final = ("provider", "service", "charge_category", "team")
_TAKEN: Final = "coalesce(t.everybody or (t.nobody and team is null) or list_contains(t.teams, team), false)"
_CELLS: Final = """create or replace temp table celled_dims as
select dim, cell, cast(dense_rank() over (order by provider, service, charge_category) as integer) as number,
    provider, service, charge_category
from dims join (select dim, min(cell) as cell from pool_cells group by dim) using (dim)"""
_KEYS: Final = f"""create or replace temp table rolled_keys as
select period, {", ".join(_KEY)}, cell, other, {_TAKEN} as taken
from (select l.period, l.team, c.number, min(c.cell) as cell, max(c.cell) as other
    from {{owners}} l join celled_dims c using (dim) where {{within}} group by all)
join (select distinct number, provider, service, charge_category from celled_dims) using (number)
join pool_takers t using (cell)"""
"""Of the keys of the rollup the least and the greatest cell of their dims, by one number in place of three texts."""
_APART: Final = "semi join apart a on a.period = l.period and " + " and ".join(
    f"a.{name} is not distinct from {'l' if name == 'team' else 'd'}.{name}" for name in _KEY
)
_UNOWNED: Final = "l.dim in (select dim from {owners} l where team is null and {within}) as unowned"
_MARKED: Final = """create or replace temp table marked as
select l.*, d.provider, d.service, d.charge_category,
    cast(dense_rank() over (order by d.provider, d.service, d.charge_category, l.team) as integer) as mark
from {owners} l join dims d using (dim) {only} where {within}"""
"""Lines are grouped by one number in place of four texts."""


def _named(taken: str) -> str:
    """What is told of lines that a pool may take."""
    return ", ".join(f"case when {taken} then l.{name} end as {name}" for name in ("source", "provider", "service"))


def _sums(sharing: Sharing, rows: str) -> str:
    costs = ", ".join(f"sum(l.{name}) as {name}" for name in sharing.costs)
    counts = f", {rows} as rows" if sharing.counted else ""
    return f"{costs}{counts}{_QUANTITY if sharing.rated else ''}"


def _within(periods: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """A condition on `l` with its parameters: a plain list, with which parts of a table are not even looked at."""
    given = {f"period_{place}": period for place, period in enumerate(periods)}
    return f"l.period in ({', '.join(f'${name}' for name in given)})", given


def _rolled_up(
    cursor: duckdb.DuckDBPyConnection, periods: Sequence[str], sharing: Sharing, owned: Owned
) -> tuple[pl.DataFrame, pl.DataFrame]:
    key = list(sharing.daily) or ["charge_category"]
    within, given = _within(periods)
    combinations = cursor.sql(f"select distinct {', '.join(key)} from daily l where {within}", params=given).pl()
    facts, _ = _register(cursor, combinations, sharing, key)
    same = " and ".join(f"c.{name} is not distinct from l.{name}" for name in key)
    found = cursor.sql(
        f"""select l.period, l.day, l.currency, l.charge_category, l.team, c.cell, {_named(_TAKEN)},
            {_sums(sharing, _ROWS)}
        from {owned.daily} l join pool_cells c on {same} join pool_takers t using (cell)
        where {within} group by all""",
        params=given,
    ).pl()
    return found, facts


def _register(
    cursor: duckdb.DuckDBPyConnection, combinations: pl.DataFrame, sharing: Sharing, key: Sequence[str]
) -> tuple[pl.DataFrame, bool]:
    """Cells as the table pool_cells; whether they differ by day."""
    if "tag_set" in sharing.dims:
        tags = cursor.sql(
            "select tag_set, unnest(map_entries(raw)) as entry from tag_sets "
            "semi join (select unnest($sets::integer[]) as tag_set) using (tag_set)",
            params={"sets": combinations["tag_set"].unique().to_list()},
        ).pl()
        long = tags.unnest("entry").select("tag_set", "key", "value") if len(tags) else _NO_TAGS
    else:
        long = _NO_TAGS
    places, facts = sharing.cells(combinations, long)
    table = combinations.select(key)[places["place"]].with_columns(places["valid_from", "valid_to", "cell"])
    for name, frame in (("pool_cells", table), ("pool_takers", sharing.takers(facts))):
        cursor.register("celled", frame)
        cursor.execute(f"create or replace temp table {name} as from celled")
        cursor.unregister("celled")
    return facts, places.height > combinations.height


def _replace(cursor: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame, version: dict[str, Any]) -> None:
    """Put `rows` in the place of what `table` has of a billing period."""
    cursor.execute(f"delete from {table} where period = $period", {"period": version["period"]})
    if rows.is_empty():
        return
    cursor.register("fresh", rows)
    cursor.execute(
        f"insert into {table} by name select *, $period as period, $version as rules_version from fresh", version
    )
    cursor.unregister("fresh")


def _changed(cursor: duckdb.DuckDBPyConnection, period: str, splits: pl.DataFrame) -> list[str]:
    """Sources whose splits of the period will not be what they are; the version of the rules does not count.

    Rows are compared by the sums of two hashes: comparing them one by one costs as much as making them.
    Raises NotConservedError where what is given and what is received differ, in the last digit or more.
    """
    if splits.is_empty():
        found = cursor.execute(
            "select distinct source from splits where period = $period order by 1", {"period": period}
        ).fetchall()
        return [source for (source,) in found]
    told = ", ".join(splits.columns)
    digest = f"source, count(*), sum(hash({told})::hugeint), sum(hash('salt', {told})::hugeint)"
    unequal = " or ".join(f"sum({name}) <> 0" for name in COSTS)
    cursor.register("fresh", splits)
    try:
        lost = cursor.execute(
            "select count(*) from (select 1 from fresh "
            f"group by source, day, currency, provider, service, charge_category, pool having {unequal})"
        ).fetchall()
        if lost[0][0]:
            raise NotConservedError(f"the splits of {period} would add or lose cost")
        rows = cursor.execute(
            f"""with old as (select {digest} from splits where period = $period group by source),
            new as (select {digest} from fresh group by source)
            select distinct source from ((from old except from new) union all (from new except from old)) order by 1""",
            {"period": period},
        ).fetchall()
    finally:
        cursor.unregister("fresh")
    return [source for (source,) in rows]


_NOTHING: Final = pl.DataFrame()
_NO_TAGS: Final = pl.DataFrame(schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String})
