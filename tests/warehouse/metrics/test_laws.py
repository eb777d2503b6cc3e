"""The laws every answer obeys, against the plain loop of `oracle`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.metrics import oracle
from tests.warehouse.metrics.fake_store import DAYS, NOW, WORDS, Estate, FakeStore, estates
from warehouse.metrics import CATALOGUE, Access, CostQuery, Filter, Match, Sort, answer, parse
from warehouse.metrics.freshness import matches

LAW = settings(max_examples=max(30, settings().max_examples // 2))
ME = Access("tester")
BY = ("provider", "service", "region", "resource", "charge_category", "billing_account", "sku", "cost_driver", "source",
      "team", "application", "tag.env", "tag.a:b,c")  # fmt: skip
COST = ("effective_cost", "billed_cost", "list_cost")
MATCHES = st.builds(Match, st.sampled_from(["is", "contains"]), WORDS) | st.just(Match("none"))
FILTERS = st.builds(
    Filter, st.sampled_from(BY), st.lists(MATCHES, min_size=1, max_size=3).map(tuple), st.booleans()
)  # fmt: skip


@st.composite
def ranges(draw: st.DrawFn) -> str:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    whole = draw(st.sampled_from(["all", "2026-10", "2026-09-01..2026-10-31"]))
    return draw(st.sampled_from([f"{first}..{last}", whole]))


@st.composite
def queries(draw: st.DrawFn, measures: tuple[str, ...] = COST) -> CostQuery:
    basis = draw(st.sampled_from(["charge", "billing"]))
    return CostQuery(
        measures=tuple(draw(st.lists(st.sampled_from(measures), min_size=1, max_size=2, unique=True))),
        by=tuple(draw(st.lists(st.sampled_from(BY), max_size=3, unique=True))),
        where=tuple(draw(st.lists(FILTERS, max_size=2))),
        period=draw(ranges()),
        grain=draw(st.sampled_from(["none", "day", "week", "month"] if basis == "charge" else ["none", "month"])),
        basis=basis,
        currency=draw(st.sampled_from([(), (), ("EUR",), ("USD", "GBP")])),
    )


def ask(store: FakeStore, query: CostQuery, access: Access = ME) -> dict[str, Any]:
    return answer(query, access, store, NOW).document()


def days(document: dict[str, Any]) -> tuple[date, date]:
    period = document["period"]
    if period["start"] is None or document["query"].startswith("period=all") or "&period=all" in document["query"]:
        return date(1970, 1, 1), date(2999, 1, 1)
    return date.fromisoformat(period["start"]), date.fromisoformat(period["end"])


@given(estates(), queries())
@LAW
def test_sql_agrees_with_the_plain_loop(estate: Estate, query: CostQuery) -> None:
    document = ask(FakeStore(estate), query)
    assert oracle.answered(document, query) == oracle.sums(estate, query, *days(document))


@given(estates(), queries(("consumed_quantity", "pricing_quantity", "billed_cost")))
@LAW
def test_usage_is_added_up_within_one_unit(estate: Estate, query: CostQuery) -> None:
    document = ask(FakeStore(estate), query)
    assert oracle.answered(document, query) == oracle.sums(estate, query, *days(document))
    flat = replace(query, by=(), grain="none")
    totals = {"rows": document["totals"]}
    assert oracle.answered(totals, flat) == oracle.sums(estate, flat, *days(document))


@given(estates(), queries(), st.none() | st.integers(1, 3))
@LAW
def test_groups_add_up_to_the_total(estate: Estate, query: CostQuery, top: int | None) -> None:
    store = FakeStore(estate)
    grouped = ask(store, replace(query, top=top))
    whole = ask(store, replace(query, by=(), grain="none"))
    assert grouped["totals"] == whole["totals"]
    flat = replace(query, by=())
    for measure in query.measures:
        rows = oracle.answered(whole, replace(flat, grain="none"))
        assert oracle.added(rows, measure) == oracle.total(grouped, measure)
        summed: dict[str | None, Decimal] = {}
        for row in grouped["rows"]:
            summed[row["currency"]] = summed.get(row["currency"], Decimal(0)) + Decimal(row[measure] or 0)
        assert summed == oracle.total(grouped, measure)


@given(estates(), queries(), st.tuples(DAYS, DAYS, DAYS))
@LAW
def test_two_halves_make_the_period(estate: Estate, query: CostQuery, three: tuple[date, date, date]) -> None:
    first, middle, last = sorted(three)
    store = FakeStore(estate)
    query = replace(query, basis="charge")
    whole, left = (
        ask(store, replace(query, period=f"{first}..{last}")),
        ask(store, replace(query, period=f"{first}..{middle}")),
    )
    right = ask(store, replace(query, period=f"{middle + timedelta(days=1)}..{last}")) if middle < last else None
    for measure in query.measures:
        both = oracle.total(left, measure)
        for currency, amount in (oracle.total(right, measure) if right else {}).items():
            both[currency] = both.get(currency, Decimal(0)) + amount
        assert both == oracle.total(whole, measure)


@given(estates(), queries(), FILTERS)
@LAW
def test_a_filter_and_its_complement_make_the_whole(estate: Estate, query: CostQuery, item: Filter) -> None:
    store = FakeStore(estate)
    opposite = replace(item, exclude=not item.exclude)
    parts = [ask(store, replace(query, where=(*query.where, one))) for one in (item, opposite)]
    for measure in query.measures:
        both: dict[str | None, Decimal] = {}
        for part in parts:
            for currency, amount in oracle.total(part, measure).items():
                both[currency] = both.get(currency, Decimal(0)) + amount
        assert both == oracle.total(ask(store, query), measure)


@given(estates(), queries())
@LAW
def test_rollups_and_lines_agree(estate: Estate, query: CostQuery) -> None:
    """Asking for a word that only lines hold must not change what the rollup says."""
    store = FakeStore(estate)
    narrow = replace(query, by=tuple(name for name in query.by if name in ("team", "service", "source")), where=())
    rolled = ask(store, narrow)
    every = Filter("sku", (Match("none"), Match("contains", "")))
    from_lines = ask(store, replace(narrow, where=(every,)))
    assert "from daily f" in " ".join(store.asked) and "from lines f" in store.asked[-1]
    assert rolled["rows"] == from_lines["rows"]
    assert rolled["totals"] == from_lines["totals"]


@given(estates(), queries(), st.lists(FILTERS, max_size=2))
@LAW
def test_access_can_only_remove(estate: Estate, query: CostQuery, scope: list[Filter]) -> None:
    store = FakeStore(estate)
    limited = Access("someone", everything=False, where=tuple(scope))
    document = ask(store, query, limited)
    seen = [line for line in estate.lines if scope and all(oracle.passes(estate, line, item) for item in scope)]
    inside = replace(estate, lines=tuple(seen))
    assert oracle.answered(document, query) == oracle.sums(inside, query, *days(document))
    assert set(document["data_to"]) <= {line.source for line in seen}


@given(estates(), queries(), st.sampled_from(["previous", "year", "2026-09-03..2026-09-20"]))
@LAW
def test_changes_are_differences(estate: Estate, query: CostQuery, compare: str) -> None:
    store = FakeStore(estate)
    query = replace(query, compare=compare, grain="none", period="2026-10")
    document = ask(store, query)
    start, end = (date.fromisoformat(document["compare"][name]) for name in ("start", "end"))
    now, before = oracle.sums(estate, query, *days(document)), oracle.sums(estate, query, start, end)
    rows = oracle.answered(document, query)
    assert set(rows) == set(now) | set(before)
    if all(row["previous_" + name] is None for row in document["rows"] for name in query.measures):
        # Unknown is not zero: nothing of the days compared with is loaded, so there is nothing to differ from.
        assert not before
        assert all(row["change_" + name] is None for row in document["rows"] for name in query.measures)
        return
    for row, key in zip(document["rows"], rows, strict=True):
        for name in query.measures:
            current = now[key][name] if key in now else Decimal(0)
            previous = before[key][name] if key in before else Decimal(0)
            assert _number(row[name]) == current
            assert _number(row["previous_" + name]) == previous
            changed = None if current is None or previous is None else current - previous
            assert _number(row["change_" + name]) == changed
            percent = row["change_percent_" + name]
            if changed is None or not previous:
                assert percent is None
            else:
                assert abs(Decimal(percent) - changed * 100 / abs(previous)) <= Decimal("0.05")


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@given(estates(), queries(), st.integers(1, 4))
@LAW
def test_pages_make_the_whole(estate: Estate, query: CostQuery, limit: int) -> None:
    store = FakeStore(estate)
    rows: list[Any] = []
    page = ask(store, replace(query, limit=limit))
    while True:
        rows += page["rows"]
        if page["next"] is None:
            break
        page = ask(store, replace(query, limit=limit, cursor=page["next"]))
    assert rows == ask(store, query)["rows"]
    assert page["row_count"] == len(rows)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.sampled_from(BY) | TEXT.filter(bool).map(lambda key: f"tag.{key}")
ANY_FILTER = st.builds(
    Filter, NAMES,
    st.lists(
        st.builds(Match, st.sampled_from(["is", "contains"]), TEXT) | st.just(Match("none")), min_size=1, max_size=3
    ).map(tuple),
    st.booleans(),
)  # fmt: skip


@given(st.data())
@settings(parent=LAW, max_examples=3 * LAW.max_examples)
def test_reading_what_was_written_gives_the_same_query(data: st.DataObject) -> None:
    draw = data.draw
    by = tuple(draw(st.lists(NAMES, max_size=4, unique=True)))
    measures = tuple(draw(st.lists(st.sampled_from(CATALOGUE.measure_names), max_size=4, unique=True)))
    query = CostQuery(
        measures=("effective_cost", *(name for name in measures if name != "effective_cost")),
        by=by,
        where=tuple(draw(st.lists(ANY_FILTER, max_size=3))),
        period=draw(ranges() | st.sampled_from(["last_7_days", "last_2_months", "today", "month_to_date"])),
        grain=draw(st.sampled_from(["none", "month"])),
        basis=draw(st.sampled_from(["charge", "billing"])),
        compare=draw(st.sampled_from(["none", "previous", "year", "2026-01-01..2026-01-31"])),
        top=draw(st.none() | st.integers(1, 1000)),
        sort=tuple(draw(st.lists(st.builds(Sort, st.sampled_from([*by, "currency"]), st.booleans()), max_size=2))),
        currency=draw(st.sampled_from([(), ("EUR", "JPY")])),
        known_on=draw(st.none() | DAYS.map(date.isoformat)),
        incomplete=draw(st.sampled_from(["exclude", "include"])),
        limit=draw(st.none() | st.integers(1, 100_000)),
    )
    text = str(query)
    assert text.isascii()
    assert parse(text) == query
    assert str(parse(text)) == text


@given(ANY_FILTER, st.none() | TEXT)
def test_python_filters_mean_what_sql_filters_mean(item: Filter, value: str | None) -> None:
    import duckdb

    from warehouse.metrics.tables import Tables

    tables = Tables("lines", CATALOGUE)
    column = tables.column(CATALOGUE.dimension(item.dimension) or CATALOGUE.dimensions[0])
    condition = tables.condition(item).replace(column, "x")
    sql = f"select ({condition}) is true from (select $x::varchar as x)"
    assert duckdb.sql(sql, params=tables.parameters | {"x": value}).fetchall() == [(matches(item, value),)]
