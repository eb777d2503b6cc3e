"""A preview with pools says what publishing then does, to the last digit, whatever rules and pools say."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

sys.path.insert(0, str(Path(__file__).parent))
from spine import NOW, Quiet, open_store

from api import documents as doc
from outlay.actions import Actions
from outlay.commands.rules_preview import markdown
from outlay.draft_money import Totals, owners_of, reorganised
from outlay.ruling import POOLS
from tests.outlay.test_rules_preview import add, money
from tests.warehouse.attribution.pools.made_pools import document
from tests.warehouse.store.made import MONTH, bill, prepared
from warehouse.attribution.pools import SPLITS
from warehouse.focus import add_months
from warehouse.metrics import Access, parse
from warehouse.store import Source, Store
from warehouse.store import splits as stored
from warehouse.store.series import Series

KEYS = ("a", "b", "c", "d", "platform", "data")
ORG = "teams:\n" + "".join(f"  - {{key: {key}}}\n" for key in KEYS[:-1]) + "  - {key: data, valid_from: 2026-08-10}\n"
COLUMNS = (
    ("service_category", ("Compute", "Storage", "Other")),
    ("provider", ("North Cloud", "South Cloud")),
    ("tag.Team", ("core", "=x")),
    ("charge_category", ("Usage", "Tax", "Credit")),
)
WORDS = {"service, equals: s": "service_category, equals: Compute", "[s, t]": "[Compute, Other]"}


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Actions]:
    """Two months of odd lines; the second corrects the first."""
    store = open_store(tmp_path_factory.mktemp("pools") / "data")
    store.put_source(Source("north", "north", "focus", "import"))
    whole = []
    for back in range(2):
        month = datetime.combine(add_months(MONTH.date(), -back), datetime.min.time(), MONTH.tzinfo)
        frame = bill(24, seed=back)
        days = [name for name, dtype in frame.schema.items() if dtype == pl.Datetime("us", "UTC")]
        frame = frame.with_columns(pl.col(days).dt.offset_by(f"-{back}mo"))
        if not back:
            late = pl.col("ChargeCategory") == "Credit"
            moved = (
                pl.when(late).then(pl.col(name).dt.offset_by("-1mo")).otherwise(name).alias(name)
                for name in ("ChargePeriodStart", "ChargePeriodEnd")
            )
            frame = frame.with_columns(*moved)
        whole.append(prepared(store, frame, "north", month))
    store.load(whole, actor="test", now=NOW)
    ticks = count()
    yield Actions(store, lambda: NOW + timedelta(seconds=next(ticks)))
    store.close()


def rules(seed: int) -> str:
    draw = random.Random(seed)
    made = []
    for place in range(draw.randint(0, 5)):
        column, values = draw.choice(COLUMNS)
        window = draw.choice(["", "", ", valid_from: 2026-08-14", ", valid_to: 2026-09-09"])
        made.append(
            f"      - {{id: r{place}, when: {{column: {column}, equals: {draw.choice(values)!r}}}, "
            f"value: {draw.choice(KEYS)}{window}}}"
        )
    application = f"  application:\n    default: app{draw.randint(0, 1)}\n"
    return "dimensions:\n  team:\n    rules:\n" + "\n".join(made) + "\n" + application if made else "{}\n"


def pools(seed: int) -> str:
    """Pools of odd documents, in the words of this bill; now and then of more, or none."""
    draw = random.Random(seed)
    if draw.random() < 0.1:
        return ""
    text = document(seed)
    if "split: series" in text:
        return pools(seed + 1_000)
    for word, other in WORDS.items():
        text = text.replace(word, other)
    if draw.random() < 0.5 and "specials:" not in text:
        text += "specials:\n  credits: {partition: provider}\n"
    if draw.random() < 0.3:
        text += "adjustments:\n  - {id: margin, percent: 7.3, against: platform}\n"
    if draw.random() < 0.3:
        text = text.replace("{column: region, missing: true}", "{column: application, equals: app0}")
    return text


def order(seed: int) -> doc.PreviewOrder:
    text = pools(seed)
    return doc.PreviewOrder(org=ORG, rules=rules(seed // 7), files={POOLS: text} if text else {})


def answered(actions: Actions) -> dict[tuple[str | None, str], Decimal]:
    """(team, currency) -> cost of both months."""
    found: dict[tuple[str | None, str], Decimal] = {}
    for (team, _, currency), amount in money(actions, "team").items():
        found[team, currency] = found.get((team, currency), Decimal(0)) + amount
    return {key: amount for key, amount in found.items() if amount}


def splits(actions: Actions) -> pl.DataFrame:
    """As they were published."""
    with actions.store.read() as snapshot:
        return snapshot.frame(f"select {', '.join(SPLITS)} from splits")


def by_line(actions: Actions) -> pl.DataFrame:
    """The same, had every line been looked at wherever pools read more than the rollup has."""
    own, series = actions.rulebook.in_force().sharing, Series(actions.store.state)
    if own is None:
        return pl.DataFrame(schema=SPLITS)
    with patch.object(stored, "_alike", lambda *_: None), actions.store._database.transaction() as cursor:
        return pl.concat([stored.made(cursor, period, own, series)[1] for period in stored.periods_of(cursor)])


DAYS = parse("period=2026-08-10..2026-09-09")


def owned(actions: Actions) -> Totals:
    """What each team has of DAYS, which cut both months."""
    found = owners_of(actions.store, DAYS, Access("me"), NOW)
    return {key: amount for key, amount in found.items() if amount}


def more(moves: list[doc.PoolMove]) -> dict[tuple[str, str | None, str], Decimal]:
    """What each pool takes of whom beyond what it takes now."""
    found: dict[tuple[str, str | None, str], Decimal] = {}
    for one in moves:
        key = (one.pool, one.was, one.currency)
        found[key] = found.get(key, Decimal(0)) + Decimal(one.amount)
    return {key: amount for key, amount in found.items() if amount}


def reorganised_days(actions: Actions, seed: int) -> Totals:
    """What each would have of them by a draft."""
    rulebook = actions.rulebook
    draft, in_force = rulebook.draft(order(seed)), rulebook.in_force()
    with patch.object(Store, "read", autospec=True, side_effect=Store.read) as views:
        found = reorganised(actions.store, draft, in_force, DAYS, NOW)
    assert views.call_count == 1
    assert found.before == owners_of(actions.store, DAYS, Access("me"), NOW)
    return {key: amount for key, amount in found.after.items() if amount}


@settings(max_examples=max(20, settings().max_examples // 6))
@given(seed=st.integers(0, 10**6), closed=st.sampled_from([False, False, True]))
def test_a_preview_with_pools_equals_what_is_published(actions: Actions, seed: int, closed: bool) -> None:
    """Each draft over what the one before it published."""
    note(f"{actions.rules().rules} {actions.rules().files}")
    if closed:
        actions.removing.set_period("2026-08", closed=True, actor="finance")
    try:
        before, preview = money(actions, "team"), actions.rulebook.preview(order(seed))
        assert preview.valid and preview.left_out == 0, preview.faults
        kept = [move for move in preview.by_month if not move.would_be]
        checked, of_days = actions.check_rules(order(seed)), None if closed else reorganised_days(actions, seed)
        applied = actions.apply_rules(order(seed), "test", Quiet())
        assert add(before, kept) == {key: amount for key, amount in money(actions, "team").items() if amount}
        told = {(one.team, one.currency): Decimal(one.after) for one in checked.effects}
        assert {key: amount for key, amount in told.items() if amount} == answered(actions)
        assert applied.state == "unchanged" or applied.coverage == checked.coverage
        if not closed:
            assert of_days == owned(actions)
            assert_frame_equal(splits(actions), by_line(actions), check_row_order=False)
        shared = sum(Decimal(move.shared) for move in preview.movement)
        assert shared == sum(Decimal(move.amount) for move in preview.by_pool)
        assert more(preview.by_pool) == {
            (one.pool, one.was, one.currency): Decimal(one.amount) - Decimal(one.before) for one in preview.taken
        }
    finally:
        actions.removing.set_period("2026-08", closed=False, actor="finance")
        with actions.store.read() as reader:
            assert reader.frame("select distinct rules_version from owners").height == 1


def test_the_demo_of_a_pool_moves_what_it_takes(actions: Actions) -> None:
    owned = "dimensions: {team: {rules: [{id: all, when: {column: provider, equals: North Cloud}, value: platform}]}}\n"
    actions.apply_rules(doc.RulesTexts(org=ORG, rules=owned, files={}), "test", Quiet())
    even = doc.PoolsText(text="pools: [{id: half, teams: [platform], split: even, to: [a, b]}]\n")
    preview = actions.rulebook.preview(doc.PreviewOrder(**actions.pooling.texts(even).model_dump(exclude={"base"})))
    assert {(one.pool, one.was, one.becomes) for one in preview.by_pool} == {("half", "platform", to) for to in "ab"}
    with actions.store.read() as reader:
        of = "select currency, sum(rows) as lines from daily where team = 'platform' group by 1 order by 1"
        lines = reader.frame(of).rows()
    assert [(one.currency, one.lines) for one in sorted(preview.taken, key=lambda one: one.currency)] == lines
    assert {(one.pool, one.was, one.before) for one in preview.taken} == {("half", "platform", "0")}
    assert preview.shared_lines == sum(count for _, count in lines)
    printed = markdown(preview.model_dump(mode="json"))
    assert f"0 lines move, {preview.shared_lines:,} would be shared" in printed
    assert all(f"| half | platform | {code} | 0.00 |" in printed for code, _ in lines), printed
    assert preview.moved_lines == 0 and all(one.amount == one.shared for one in preview.movement)
    after = {(one.team, one.currency): one for one in preview.effects}
    for code in ("EUR", "USD"):
        assert after["platform", code].after == "0"
        halves = [Decimal(after[team, code].after) for team in "ab"]
        assert sum(halves) == Decimal(after["platform", code].before) and abs(halves[0] - halves[1]) < Decimal("1e-15")
