"""A preview says what publishing then does, to the last digit; what it says of rules and assertions."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from spine import NOW, Quiet, open_store

from api import documents as doc
from api.protocols import ProblemError
from outlay.actions import Actions
from tests.warehouse.store.made import MONTH, bill, prepared
from warehouse.focus import add_months
from warehouse.metrics import CATALOGUE, Access, answer, parse
from warehouse.store import ConflictError, Source
from warehouse.store.removal import Periods

ORG = """\
teams:
  - {key: core, cost_centre: 1}
  - {key: edge}
  - {key: late, valid_from: 2026-09-12}
"""
RULES = """\
dimensions:
  team:
    rules:
      - {id: compute, when: {column: service_category, equals: Compute}, value: core}
      - {id: tagged, from: tag.Team}
      - {id: north, when: {column: provider, equals: North Cloud}, value: edge}
      - {id: nothing, when: {column: region, equals: nowhere}, value: edge}
  division:
    default: Other
    rules:
      - {id: by-team, when: {column: team, equals: core}, value: Retail}
"""
DRAFTS = {
    "an added rule": RULES.replace("      - {id: tagged", "      - {id: storage, when: {column: service_category, "
                                   "equals: Storage}, value: edge}\n      - {id: tagged"),
    "a removed rule": RULES.replace("      - {id: tagged, from: tag.Team}\n", ""),
    "another answer": RULES.replace("value: core}", "value: edge}"),
    "another order": RULES.replace("      - {id: compute", "      - {id: first, from: tag.Team}\n      - {id: compute"),
    "days inside a month": RULES.replace("value: core}", "value: core, valid_from: 2026-08-10, valid_to: 2026-09-20}"),
    "a team that begins": RULES.replace("value: core}", "value: late}"),
    "another default": RULES.replace("default: Other", "default: Else"),
    "one dimension less": RULES.partition("  division:")[0],
    "nothing at all": "{}\n",
    "tags read otherwise": "tag_keys: {team: {values: {edge: core}}}\n" + RULES.replace("tag.Team", "tag.team"),
    "an override": RULES.replace(
        "    rules:\n      - {id: compute", "    overrides:\n      - {id: o, resource: [resource-3, resource-4], "
        "value: late}\n    rules:\n      - {id: compute"
    ),
}  # fmt: skip


def texts(rules: str) -> doc.PreviewOrder:
    return doc.PreviewOrder(org=ORG, rules=rules)


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    """Fourteen months of odd lines; the first is too old to be shown."""
    store = open_store(tmp_path_factory.mktemp("preview") / "data")
    store.put_source(Source("north", "north", "focus", "import"))
    whole = []
    for back in range(14):
        month = datetime.combine(add_months(MONTH.date(), -back), datetime.min.time(), MONTH.tzinfo)
        days = [name for name, dtype in bill().schema.items() if dtype == pl.Datetime("us", "UTC")]
        frame = bill(seed=back).with_columns(pl.col(days).dt.offset_by(f"-{back}mo"))
        whole.append(prepared(store, frame, "north", month))
    store.load(whole, actor="test", now=NOW)
    ticks = count()
    yield Actions(store, lambda: NOW + timedelta(seconds=next(ticks)))
    store.close()


@pytest.fixture(autouse=True)
def in_force(actions: Actions) -> None:
    actions.apply_rules(doc.RulesTexts(org=ORG, rules=RULES), "test", Quiet())


Key = tuple[str | None, str, str]


def money(actions: Actions, dimension: str) -> dict[Key, Decimal]:
    """(owner, period, currency) -> cost, as every screen has it."""
    names = CATALOGUE.dimension_names
    by = dimension if dimension in names or dimension in actions.store.dimensions else ""
    text = f"{f'by={by}&' if by else ''}basis=billing&grain=month&period=all"
    found = answer(parse(text, replace(CATALOGUE, ruled=actions.store.dimensions)), Access("me"), actions.store, NOW)
    rows = found.document()["rows"]
    return {(row.get(by), row["month"], row["currency"]): Decimal(row["effective_cost"]) for row in rows}


def add(sums: dict[Key, Decimal], moves: list[doc.MonthMove]) -> dict[Key, Decimal]:
    sums = dict(sums)
    for move in moves:
        for owner, amount in ((move.was, -Decimal(move.amount)), (move.becomes, Decimal(move.amount))):
            key = (owner, move.period, move.currency)
            sums[key] = sums.get(key, Decimal(0)) + amount
    return {key: amount for key, amount in sums.items() if amount}


@pytest.mark.parametrize("name", DRAFTS)
def test_a_preview_equals_what_is_published(actions: Actions, name: str) -> None:
    dimensions = [one for one in ("team", "division") if one == "team" or one in DRAFTS[name]]
    orders = [texts(DRAFTS[name]).model_copy(update={"dimension": one}) for one in dimensions]
    before = [money(actions, one) for one in dimensions]
    previews = [actions.rulebook.preview(order) for order in orders]
    actions.apply_rules(orders[0], "test", Quiet())
    for was, preview in zip(before, previews, strict=True):
        assert preview.valid and preview.left_out == 0
        assert len(preview.periods) == 13 and preview.periods[-1] == "2026-09"
        now = money(actions, preview.dimension)
        after = {key: amount for key, amount in now.items() if amount and key[1] in preview.periods}
        shown = {key: amount for key, amount in was.items() if key[1] in preview.periods}
        assert add(shown, preview.by_month) == after
        totals: dict[tuple[Any, str], Decimal] = {}
        for (owner, _, currency), amount in after.items():
            totals[owner, currency] = totals.get((owner, currency), Decimal(0)) + amount
        told = {(one.team, one.currency): Decimal(one.after) for one in preview.effects}
        assert {key: amount for key, amount in told.items() if amount} == {k: v for k, v in totals.items() if v}


def test_the_tables_of_a_preview_agree(actions: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    preview = actions.rulebook.preview(texts(DRAFTS["another answer"]))
    assert {(move.was, move.becomes) for move in preview.movement} == {("core", "edge")}
    for table in (preview.by_month, preview.by_service):
        for move in preview.movement:
            same = [
                one for one in table if (one.was, one.becomes, one.currency) == (move.was, move.becomes, move.currency)
            ]
            assert sum(Decimal(one.amount) for one in same) == Decimal(move.amount)
            assert sum(one.lines for one in same) == move.lines
    assert preview.moved_lines == sum(move.lines for move in preview.movement) > 0
    assert preview.newly_unallocated == []
    lost = actions.rulebook.preview(texts("{}\n")).newly_unallocated
    assert {move.becomes for move in lost} == {None} and {move.was for move in lost} >= {"core", "edge"}
    monkeypatch.setattr("outlay.preview.ROWS_MAX", 1)
    short, whole = (actions.rulebook.preview(texts(DRAFTS["another answer"]), whole=one) for one in (False, True))
    assert short.left_out > 0 and [len(short.movement), len(short.by_month)] == [1, 1]
    assert (whole.left_out, whole.movement, whole.by_month) == (0, preview.movement, preview.by_month), "for files"


def test_the_same_rules_move_nothing(actions: Actions) -> None:
    preview = actions.rulebook.preview(texts("# a comment\n" + RULES))
    assert preview.valid and preview.movement == [] and preview.moved_lines == 0
    assert [(one.rule, one.state) for one in preview.rules] == [("nothing", "unused")]


def test_closed_months_are_shown_as_would_be(actions: Actions) -> None:
    periods = Periods(actions.store.state)
    periods.close("2026-08", "finance", actions.clock())
    preview = actions.rulebook.preview(texts(DRAFTS["another answer"]))
    assert {move.period for move in preview.by_month if move.would_be} == {"2026-08"}
    shown = sum(move.lines for move in preview.by_month if not move.would_be)
    assert preview.moved_lines == shown > 0
    before = money(actions, "team")
    actions.apply_rules(texts(DRAFTS["another answer"]), "test", Quiet())
    after = money(actions, "team")
    months = {
        period for owner, period, code in before if before[owner, period, code] != after.get((owner, period, code))
    }
    assert "2026-08" not in months and "2026-07" in months
    actions.store.rebuild(now=NOW)
    assert money(actions, "team") == after
    periods.open("2026-08")
    actions.apply_rules(texts(DRAFTS["another answer"] + "# again\n"), "test", Quiet())
    opened = {key: amount for key, amount in money(actions, "team").items() if amount and key[1] in preview.periods}
    assert add({key: amount for key, amount in before.items() if key[1] in preview.periods}, preview.by_month) == opened


def owned(actions: Actions, side: str, period: str) -> dict[tuple[str | None, str], str]:
    """What each team has in a tree, without those that have nothing."""
    tree = actions.org.tree(None, side, period, "me")
    several = [(team.key, team.cost, team.then) for team in tree.teams]
    several += [(other.team, other.cost, other.then) for other in tree.others]
    if side == "now":
        then = {(team, one.currency): one.effective_cost for team, _, costs in several for one in costs}
        assert then == owned(actions, "then", period)
    return {(team, one.currency): one.effective_cost for team, cost, _ in several for one in cost}


@pytest.mark.parametrize("period", ["2026-08", "2026-08-10..2026-09-09"])
def test_a_closed_month_is_now_what_todays_rules_say_and_then_what_its_own_said(actions: Actions, period: str) -> None:
    was = owned(actions, "then", period)
    actions.removing.set_period("2026-08", closed=True, actor="finance")
    actions.apply_rules(texts(DRAFTS["another answer"]), "test", Quiet())
    then, now = owned(actions, "then", period), owned(actions, "now", period)
    assert period != "2026-08" or then == was
    assert now != then
    # Nothing that is asked changes a closed month; opened, it is what was said.
    assert owned(actions, "then", period) == then
    preview = actions.rulebook.preview(texts(RULES))
    assert not [move for move in preview.by_month if move.would_be]
    actions.removing.set_period("2026-08", closed=False, actor="finance")
    assert owned(actions, "then", period) == now == owned(actions, "now", period)


def test_a_month_that_is_opened_takes_back_nothing_that_is_published_meanwhile(actions: Actions) -> None:
    actions.removing.set_period("2026-08", closed=True, actor="finance")
    actions.apply_rules(texts(DRAFTS["another answer"]), "test", Quiet())
    opening = threading.Thread(target=actions.removing.set_period, args=("2026-08",),
                               kwargs={"closed": False, "actor": "finance"})  # fmt: skip
    with actions.store._writing:
        opening.start()
        opening.join(0.5)  # it waits for what is being written
        actions.apply_rules(texts(DRAFTS["another order"]), "test", Quiet())
    opening.join()
    assert actions.rules().rules == DRAFTS["another order"]


def test_a_draft_of_an_older_version_is_not_laid_over_what_was_published_meanwhile(actions: Actions) -> None:
    base = actions.rules().version
    drafts = [doc.RulesOrder(org=ORG, rules=f"{RULES}# {who}\n", base=base) for who in ("theirs", "mine")]
    actions.apply_rules(drafts[0], "them", Quiet())
    with pytest.raises(ConflictError, match=f"Version {base + 1} of the rules was published meanwhile"):
        actions.apply_rules(drafts[1], "me", Quiet())
    assert actions.rules().rules == drafts[0].rules


def test_a_version_decides_from_its_first_day(actions: Actions) -> None:
    draft = "effective_from: 2026-08-12\n" + DRAFTS["another answer"]
    was = money(actions, "team")
    preview = actions.rulebook.preview(texts(draft))
    assert {move.period for move in preview.by_month} == {"2026-08", "2026-09"}
    actions.apply_rules(texts(draft), "test", Quiet())
    now = money(actions, "team")
    assert add(was, preview.by_month) == {key: amount for key, amount in now.items() if amount}
    # A change of such a version is compared with it, and a version without a first day decides every day again.
    for later in (draft.replace("2026-08-12", "2026-08-20"), DRAFTS["another answer"]):
        was, preview = now, actions.rulebook.preview(texts(later))
        actions.apply_rules(texts(later), "test", Quiet())
        now = money(actions, "team")
        kept = {key: amount for key, amount in was.items() if key[1] in preview.periods}
        after = {key: amount for key, amount in now.items() if amount and key[1] in preview.periods}
        assert add(kept, preview.by_month) == after


def test_rules_that_do_nothing_are_told_with_the_reason(actions: Actions) -> None:
    draft = RULES.replace(
        "      - {id: nothing",
        """\
      - {id: ended, when: {column: service_category, equals: Other}, value: edge, valid_to: 2020-01-01}
      - {id: hidden, when: {column: service_category, equals: Compute}, value: edge}
      - {id: partly, when: {column: service_category, equals: [Compute, Other]}, value: edge}
      - {id: missing, when: {column: service_category, equals: Compter}, value: edge}
      - {id: reader, when: {column: division, equals: Nobody}, value: edge}
      - {id: nothing""",
    )
    draft = draft.replace("      - {id: reader, when: {column: division, equals: Nobody}, value: edge}\n", "")
    found = {one.rule: one for one in actions.rulebook.preview(texts(draft)).rules}
    assert {name: one.state for name, one in found.items()} == {
        "ended": "dead",
        "hidden": "shadowed",
        "partly": "overlapping",
        "missing": "never",
        "nothing": "unused",
    }
    assert found["hidden"].others == ["compute"]
    assert found["partly"].others[0] == "compute"
    assert found["hidden"].line == 8


def test_a_rule_that_another_now_shadows_is_told(actions: Actions) -> None:
    draft = RULES.replace("      - {id: compute", "      - {id: all, value: edge}\n      - {id: compute")
    found = {one.rule: one.state for one in actions.rulebook.preview(texts(draft)).rules}
    assert found == {
        "compute": "shadowed",
        "tagged": "shadowed",
        "north": "shadowed",
        "nothing": "unused",
        "by-team": "never",
    }


def test_assertions_pass_or_fail_in_each_currency(actions: Actions) -> None:
    asserted = """\
assertions:
  - unallocated_percent_below: 100
  - {unallocated_percent_below: 0, currency: EUR}
  - {unallocated_percent_below: 1, dimension: division}
  - moved_percent_below: 0.1
  - newly_unallocated_percent_below: 0.1
  - {change_percent_below: 10, value: core, currency: USD}
  - {change_percent_below: 1000000, value: late}
  - dead_rules_at_most: 0
"""
    preview = actions.rulebook.preview(texts(asserted + DRAFTS["a team that begins"]))
    passed = [(one.line, one.passed) for one in preview.assertions]
    assert passed == [
        (2, True), (2, True), (3, False), (4, True), (4, True), (5, False), (5, False), (6, False), (6, False),
        (7, False), (8, False), (8, False), (9, False),
    ]  # fmt: skip
    assert not preview.passed
    assert [one.found for one in preview.assertions if one.line == 7] == ["25.8 % of USD"]
    assert [one.found for one in preview.assertions if one.line == 8] == ["more than there was"] * 2
    assert actions.rulebook.preview(texts("assertions: [{moved_percent_below: 0.1}]\n" + RULES)).passed


def test_a_wrong_draft_is_told_and_changes_nothing(actions: Actions) -> None:
    before = actions.rules()
    preview = actions.rulebook.preview(texts(RULES.replace("value: edge", "value: ege")))
    assert not preview.valid and not preview.passed
    assert preview.faults[0].nearest == ["edge"]
    assert actions.rules() == before


def test_versions_are_told_apart_and_brought_back(actions: Actions) -> None:
    first = actions.rulebook.versions()[0]
    assert first.in_force
    table = "team,division\ncore,Retail\n"
    looked = RULES.replace(
        "when: {column: team, equals: core}, value: Retail", "lookup: {table: t.csv, key: team, value: division}"
    )
    actions.apply_rules(doc.RulesTexts(org=ORG, rules=looked, files={"t.csv": table}), "second", Quiet())
    newest = actions.rulebook.versions()[0]
    assert (newest.version, newest.author, newest.in_force) == (first.version + 1, "second", True)
    diff = actions.rulebook.diff(first.version, newest.version)
    assert [(one.dimension, one.rule, one.change) for one in diff.rules] == [("division", "by-team", "changed")]
    assert "+team,division\n" in diff.text and "--- a/rules.yaml\n" in diff.text
    assert actions.rulebook.texts(newest.version).files == {"t.csv": table}
    # A change of the rules alone keeps the tables.
    actions.apply_rules(doc.RulesTexts(org=ORG, rules=looked + "# more\n"), "third", Quiet())
    assert actions.rules().files == {"t.csv": table}
    back = actions.rulebook.texts(first.version)
    actions.apply_rules(back, "second", Quiet())
    assert actions.rules().rules == RULES and actions.rules().files == {}
    assert actions.rulebook.diff(first.version, actions.rules().version).text == ""
    assert len(actions.rulebook.diff(0, first.version).rules) == 5
    with pytest.raises(ProblemError):
        actions.rulebook.texts(999)
    with pytest.raises(ProblemError):
        actions.rulebook.preview(texts(RULES).model_copy(update={"dimension": "divison"}))
