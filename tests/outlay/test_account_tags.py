"""Tags of accounts that change give cost other owners at once, as a version of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.protocols import ProblemError
from outlay.actions import Actions
from outlay.inventory import FACTS, known_from_now_on
from outlay.ruling import RulesInForce
from tests.outlay.sync.syncing import Quiet
from tests.warehouse.store.made import NOW, bill, put
from warehouse.metrics import Access, answer, parse
from warehouse.store import Periods, Source, Store

ORG = "teams:\n  - {key: red}\n  - {key: blue}\n"
RULES = "dimensions: {team: {rules: [{id: account, from: account_tag.team}]}}\n"


def teams(store: Store, period: str = "&period=all") -> set[tuple[str | None, str]]:
    found = answer(parse(f"by=team,billing_account{period}"), Access("me"), store, NOW + timedelta(days=9))
    return {(row["team"], row["billing_account"]) for row in found.document()["rows"]}


def told(store: Store, tags: dict[str, str], now: datetime, key: str = "0001") -> bool:
    """What a source of facts says of an account."""
    found = SimpleNamespace(kind="account", key=key, values={"name": "one", "tags": tags})
    module = SimpleNamespace(facts=lambda _paths: SimpleNamespace(facts=[found], notes=[]))
    part = SimpleNamespace(source="org", period="all", key=f"accounts {key}", files=[])
    return known_from_now_on(store, cast(Any, module), [cast(Any, part)], now)[0]


def test_changed_tags_of_accounts_are_owned_by_at_once(tmp_path: Path) -> None:
    store = Store(tmp_path, RulesInForce, now=NOW)
    put(store, bill())
    store.publish(ORG, RULES, author="test", now=NOW)
    before = store.own.rules_version
    assert told(store, {"team": "red"}, NOW + timedelta(days=1))
    assert teams(store) == {("red", "0001"), (None, "0002")}
    assert store.own.rules_version == before + 1
    assert [row["author"] for row in store.state.versions()] == ["test", FACTS]
    # The same again changes nothing.
    assert not told(store, {"team": "red"}, NOW + timedelta(days=2))
    assert store.own.rules_version == before + 1
    # Another team from today on: what was charged before stays with the one before.
    assert told(store, {"team": "blue"}, NOW + timedelta(days=3))
    assert teams(store) == {("red", "0001"), (None, "0002")}
    with store.read() as reader:
        rows = reader.frame("select distinct valid_from, team from owners join owner_values using (owner)")
    assert (NOW.date() + timedelta(days=3), "blue") in rows.rows()
    store.close()


def test_tags_of_accounts_that_no_rule_reads_make_no_version(tmp_path: Path) -> None:
    store = Store(tmp_path, RulesInForce, now=NOW)
    put(store, bill())
    keys = "tag_keys: {team: {aliases: [{key: squad, valid_from: 2026-09-10}]}}\n"
    store.publish(ORG, keys + RULES, author="test", now=NOW)
    assert told(store, {"team": "red"}, NOW + timedelta(days=1))
    before = store.own.rules_version
    with store.read() as reader:
        owners = reader.frame("from owners order by all")
    # The source knows more, less and something else of the account: all of it was noted, and no owner changed.
    for day, more in ((2, {"stage": "prod"}), (3, {"stage": "test", "floor": "4"}), (4, {})):
        assert told(store, {"team": "red"} | more, NOW + timedelta(days=day))
        assert store.own.rules_version == before
    with store.read() as reader:
        assert reader.frame("from owners order by all").equals(owners)
    # Another name of the same tag is read, from a day on; so is its end.
    assert told(store, {"Squad": "blue"}, NOW + timedelta(days=5))
    assert store.own.rules_version == before + 1
    assert told(store, {}, NOW + timedelta(days=6))
    assert store.own.rules_version == before + 2
    store.close()


def test_closed_months_keep_what_was_known_of_accounts(tmp_path: Path) -> None:
    store = Store(tmp_path, RulesInForce, now=NOW)
    put(store, bill())
    store.publish(ORG, RULES, author="test", now=NOW)
    assert told(store, {"team": "red"}, NOW + timedelta(days=1))
    assert teams(store) == {("red", "0001"), (None, "0002")}
    Periods(store.state).close("2026-09", "finance", NOW + timedelta(days=2))
    # Another account is heard of for the first time, which holds for the time before as well.
    assert told(store, {"team": "blue"}, NOW + timedelta(days=3), key="0002")
    assert teams(store) == {("red", "0001"), (None, "0002")}
    store.publish(ORG, RULES + "# again\n", author="test", now=NOW + timedelta(days=4))
    assert teams(store) == {("red", "0001"), (None, "0002")}
    store.rebuild(now=NOW)
    assert teams(store) == {("red", "0001"), (None, "0002")}
    Periods(store.state).open("2026-09")
    store.publish(ORG, RULES, author="test", now=NOW + timedelta(days=5))
    assert teams(store) == {("red", "0001"), ("blue", "0002")}
    store.close()


def test_tags_that_closed_months_read_are_not_erased(tmp_path: Path) -> None:
    store = Store(tmp_path, RulesInForce, now=NOW)
    put(store, bill())
    store.publish(ORG, RULES, author="test", now=NOW)
    removing = Actions(store, lambda: NOW + timedelta(days=4)).removing
    store.put_source(Source("org", "Names", "names", "collect", normal_lag_hours=36))
    assert told(store, {"team": "red", "floor": "4"}, NOW + timedelta(days=1))
    store.put_source(Source("floors", "Floors", "names", "collect", normal_lag_hours=36))
    Periods(store.state).close("2026-09", "finance", NOW + timedelta(days=1, hours=1))
    effect = removing.effect("org")
    assert (effect.closed, effect.may_erase, effect.months) == (["2026-09"], False, [])
    assert effect.sentences["erase"] == "Refused: 2026-09 is closed and its rules read tags of accounts from Names."
    with pytest.raises(ProblemError, match="2026-09 is closed and its rules read tags of accounts from org") as caught:
        removing.remove("org", "erase", "me", Quiet())
    assert "outlay periods open MONTH" in (caught.value.next_step or "")
    assert removing.effect("floors").may_erase, "it told of no account"
    # Rules that come later do not read them: the month that is closed still does, and keeps its owners.
    store.publish(ORG, "{}\n", author="test", now=NOW + timedelta(days=2))
    assert not removing.effect("org").may_erase
    assert teams(store) == {("red", "0001"), (None, "0002")}
    store.publish(ORG, RULES, author="test", now=NOW + timedelta(days=3))
    removing.set_period("2026-09", closed=False, actor="finance")
    removing.remove("org", "erase", "me", Quiet())
    assert teams(store) == {(None, "0001"), (None, "0002")}, "an open month is decided anew at once"
    store.close()


def test_what_the_version_before_reads_makes_a_version_too(tmp_path: Path) -> None:
    store = Store(tmp_path, RulesInForce, now=NOW)
    put(store, bill())
    store.publish(ORG, RULES, author="test", now=NOW)
    store.publish(ORG, "effective_from: 2026-09-20\n", author="test", now=NOW)
    before = store.own.rules_version
    assert told(store, {"team": "red"}, NOW + timedelta(days=1))
    assert store.own.rules_version == before + 1
    assert teams(store, "&period=2026-09-01..2026-09-19") == {("red", "0001"), (None, "0002")}
    store.close()
