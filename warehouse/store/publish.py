"""A new rules version: owners, tags and rollups of every period in one transaction."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.store.faults import NotConservedError
from warehouse.store.history import Historian
from warehouse.store.swap import COSTS, FILL_DAILY, Own, own_dims, put_tags


def publish(cursor: duckdb.DuckDBPyConnection, historian: Historian, own: Own) -> None:
    """Recompute what the rules decide, for every period; no line is rewritten, and closed periods stay as they are.

    Raises NotConservedError when the new owners would lose or add cost; the caller rolls back.
    """
    scopes = cursor.execute("select source, period from generations order by period, source").fetchall()
    for source, period in scopes:
        historian.keep(source, period)
    cursor.execute("delete from tag_sets_normal")
    put_tags(cursor, own)
    cursor.execute("delete from owners")
    deciding: dict[int, tuple[Own, list[str]]] = {}
    for period in sorted({period for _, period in scopes}):
        theirs = own.at(period)
        deciding.setdefault(theirs.rules_version, (theirs, []))[1].append(period)
    for version, (theirs, periods) in deciding.items():
        own_dims(cursor, theirs, "select period, dim from monthly_dims where list_contains($periods, period)", periods)
        put = {"version": version, "periods": periods}
        cursor.execute("update generations set rules_version = $version where list_contains($periods, period)", put)
    before = _totals(cursor)
    cursor.execute("delete from daily")
    cursor.execute(FILL_DAILY.format(where=""))
    if _totals(cursor) != before:
        raise NotConservedError("the new rules would lose or add cost")
    put_version(cursor, own)
    historian.share(None, own)


def put_version(cursor: duckdb.DuckDBPyConnection, own: Own) -> None:
    """Say which rules every owner is by, and what they decide."""
    cursor.execute(
        "update meta set rules_version = $version, dimensions = $names::varchar[]",
        {"version": own.rules_version, "names": list(own.extra)},
    )


def _totals(cursor: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    sums = ", ".join(f"sum({name})" for name in COSTS)
    return cursor.execute(
        f"""select source, period, currency, charge_category, cast(sum(rows) as bigint), {sums} from daily
        group by 1, 2, 3, 4 order by 1, 2, 3, 4"""
    ).fetchall()
