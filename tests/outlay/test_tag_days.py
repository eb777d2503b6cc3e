"""Questions read tags as rules do: aliases on their days, before and after a version of the rules begins."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outlay.documents import line
from outlay.rule_files import TAGS
from outlay.ruling import RulesInForce
from outlay.tagging import Tagging
from tests.warehouse.attribution import brute_force
from tests.warehouse.store.made import NOW, bill, prepared, put
from warehouse.metrics import Access, answer, lines, parse
from warehouse.metrics.compliance import compliance
from warehouse.metrics.explain import explain
from warehouse.metrics.explain.document import amount_of
from warehouse.store import Periods, Source, Store

ME = Access("tester")
TEAMS = ("a", "b", "c")
ORG = json.dumps({"teams": [{"key": key} for key in TEAMS]})
NAMES = ("owner", "squad", "Team")
POLICY = "policies: [{id: team, keys: {team: {}}}]\n"
Books = list[tuple[dict[str, Any], date | None]]
"""What `tag_keys` says in each version, and the first charge day of the version."""


def tagged() -> pl.DataFrame:
    """A month of odd lines with up to three tags that may say the team."""
    frame = bill(60)
    tags = [
        json.dumps({name: TEAMS[digit] for index, name in enumerate(NAMES) if (digit := place // 4**index % 4) < 3})
        for place in range(len(frame))
    ]
    return frame.with_columns(Tags=pl.Series(tags))


BILL = tagged()


class Estate:
    """A store, and every version of its rules so far."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder, RulesInForce, now=NOW)
        put(self.store, BILL)
        self.books: Books = []
        self.publish({}, None)

    def publish(self, keys: dict[str, Any], start: date | None) -> None:
        rules = {"tag_keys": keys, "dimensions": {"team": {"rules": [{"id": "tag", "from": "tag.team"}]}}}
        text = json.dumps(rules | ({"effective_from": start} if start else {}), default=str)
        now = NOW + timedelta(seconds=len(self.books))
        self.store.publish(ORG, text, author="test", now=now, files={TAGS: POLICY})
        self.books.append((keys, start))

    def team(self, row: Mapping[str, Any]) -> str | None:
        day = row["ChargePeriodStart"].date()
        keys = next(keys for keys, start in reversed(self.books) if start is None or day >= start)
        return brute_force.normal_tags(json.loads(row["Tags"]), {"tag_keys": keys}, day).get("team")

    def summed(self, *, by_day: bool = False) -> dict[tuple[Any, ...], Decimal]:
        found: dict[tuple[Any, ...], Decimal] = {}
        for row in BILL.iter_rows(named=True):
            days = (row["ChargePeriodStart"].date(),) if by_day else ()
            key = (*days, self.team(row), row["BillingCurrency"])
            found[key] = found.get(key, Decimal(0)) + row["EffectiveCost"]
        return found

    def asked(self, query: str, *keys: str) -> dict[tuple[Any, ...], Decimal]:
        rows = answer(parse(query), ME, self.store, NOW).rows
        return {tuple(row[name] for name in (*keys, "currency")): row["effective_cost"] for row in rows.to_dicts()}


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    found = Estate(tmp_path_factory.mktemp("days") / "data")
    yield found
    found.store.close()


DAYS = st.sampled_from([date(2026, 9, 1), date(2026, 9, 9), date(2026, 9, 20), date(2026, 10, 1)])


@st.composite
def aliases(draw: st.DrawFn) -> list[Any]:
    made: list[Any] = []
    for name in draw(st.lists(st.sampled_from(["owner", "squad"]), unique=True)):
        first, last = sorted([draw(DAYS), draw(DAYS)])
        window = draw(st.sampled_from([{}, {"valid_from": first}, {"valid_to": last},
                                       {"valid_from": first, "valid_to": last} if first < last else {}]))  # fmt: skip
        made.append({"key": name, **window} if window else name)
    return made


@settings(max_examples=max(12, settings().max_examples // 20))
@given(found=aliases(), start=st.none() | DAYS)
def test_questions_read_tags_as_rules_do(estate: Estate, found: list[Any], start: date | None) -> None:
    estate.publish({"team": {"aliases": found}}, start)
    for period in ("all", "2026-09", "2026-09-03..2026-09-21"):
        of_tags, of_teams = (estate.asked(f"by={name}&period={period}", name) for name in ("tag.team", "team"))
        assert of_tags == of_teams
    assert estate.asked("by=tag.team&period=all", "tag.team") == estate.summed()
    assert estate.asked("by=tag.team&period=all&grain=day", "day", "tag.team") == estate.summed(by_day=True)
    for team in TEAMS:
        mine = {key[1:]: amount for key, amount in estate.summed().items() if key[0] == team}
        assert estate.asked(f"where=tag.team:{team}&period=all") == mine
        listed = lines(parse(f"where=tag.team:{team}&period=all&limit=100"), ME, estate.store, NOW)["rows"]
        assert {row["team"] for row in listed} <= {team}
        assert sum(Decimal(row["effective_cost"]) for row in listed) == sum(mine.values())


def test_lines_coverage_and_policies_say_the_same(estate: Estate) -> None:
    days = {"key": "owner", "valid_from": date(2026, 9, 9)}, {"key": "squad", "valid_to": date(2026, 9, 20)}
    estate.publish({"team": {"aliases": list(days)}}, None)
    told = estate.summed()
    covered = {code: sum(amount for (team, other), amount in told.items() if team and other == code)
               for code in ("EUR", "USD")}  # fmt: skip
    coverage = Tagging(estate.store, lambda: NOW).coverage(parse("period=all"), ME, 20)
    of_team = next(one for one in coverage.keys if one.key == "team")
    assert {one.currency: Decimal(one.covered) for one in of_team.money} == covered
    own = estate.store.own
    assert isinstance(own, RulesInForce)
    judged = compliance(parse("period=all"), own.policies, ME, estate.store, NOW).totals.filter(pl.col("key") == "team")
    assert dict(judged.select("currency", "compliant").iter_rows()) == covered
    for row in lines(parse("period=all&limit=12"), ME, estate.store, NOW)["rows"]:
        shown = line(estate.store, row["id"])
        assert shown is not None and shown.tags.get("team") == row["team"]


def test_days_cost_nothing_where_no_alias_has_any(estate: Estate) -> None:
    def sql(period: str = "2026-09") -> str:
        return answer(parse(f"by=tag.team&period={period}"), ME, estate.store, NOW).sql

    estate.publish({"team": {"aliases": ["owner"]}}, None)
    assert "monthly_dims" in sql() and "valid_from" not in sql()
    estate.publish({"team": {"aliases": [{"key": "owner", "valid_from": date(2026, 9, 1)}]}}, None)
    assert "monthly_dims" in sql("all") and "valid_from" in sql("all")
    estate.publish({"team": {"aliases": [{"key": "owner", "valid_to": date(2026, 8, 20)}]}}, None)
    assert "monthly_dims" in sql() and "monthly_dims" not in sql("all")
    assert estate.asked("by=tag.team&period=2026-09", "tag.team") == estate.summed()


def test_an_alias_may_begin_on_the_day_of_a_version(estate: Estate) -> None:
    day = date(2026, 9, 9)
    for start in (None, day):
        estate.publish({"team": {"aliases": [{"key": "owner", "valid_from": day}]}}, start)
        assert estate.asked("by=tag.team&period=all", "tag.team") == estate.summed()


def test_closed_months_read_tags_by_the_rules_they_were_closed_with(tmp_path: Path) -> None:
    found = Estate(tmp_path / "data")
    store, periods = found.store, Periods(found.store.state)
    months = [name for name, kind in BILL.schema.items() if kind == pl.Datetime("us", "UTC")]
    later = BILL.with_columns(pl.col(months).dt.offset_by("1mo"))
    store.load([prepared(store, later, "north", datetime(2026, 10, 1, tzinfo=UTC))], actor="test", now=NOW)

    def read() -> dict[tuple[Any, ...], Decimal]:
        """Tags, and teams, which rules read from them, say the same in every table."""
        by = "period=all&basis=billing&grain=month"
        told = found.asked(f"by=tag.team&{by}", "month", "tag.team")
        assert told == found.asked(f"by=team&{by}", "month", "team")
        days = "period=2026-09-03..2026-10-21&by"
        assert found.asked(f"{days}=tag.team", "tag.team") == found.asked(f"{days}=team", "team")
        for row in lines(parse("period=2026-09&limit=4"), ME, store, NOW)["rows"]:
            shown = line(store, row["id"])
            assert shown is not None and shown.tags.get("team") == row["team"]
        return {key: amount for key, amount in told.items() if key[0] == "2026-09"}

    days = {"key": "owner", "valid_from": date(2026, 9, 9)}, {"key": "squad", "valid_to": date(2026, 10, 20)}
    found.publish({"team": {"aliases": list(days)}}, None)
    was = read()
    periods.close("2026-09", "finance", NOW + timedelta(seconds=len(found.books) - 1))
    found.publish({"team": {"aliases": ["squad"]}}, None)
    assert read() == was
    changed = explain(parse("by=tag.team&period=2026-10&compare=previous"), ME, store, NOW).currencies
    (code,) = (one for one in changed if one.currency == "EUR")
    sums = found.asked("by=tag.team&period=2026-09", "tag.team")
    assert {one.group.values: amount_of(one.before) for one in code.groups if one.before} == {
        key[:1]: amount for key, amount in sums.items() if key[1] == "EUR"
    }
    # What is loaded into it later, and a warehouse that is built anew, read as it does.
    more = tagged().filter(pl.col("ServiceCategory") == "Compute")
    store.put_source(Source("south", "south", "focus", "import"))
    store.load([prepared(store, more, "south")], actor="test", now=NOW)
    both = read()
    assert both != was
    store.rebuild(now=NOW)
    assert read() == both
    # Opened and published again, it reads tags as all others do.
    periods.open("2026-09")
    found.publish({"team": {"aliases": ["owner"]}}, None)
    assert read() not in (was, both)
    store.close()
