"""What publishing a draft would do, computed and thrown away: only what the draft touches is decided again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import polars as pl

from api import documents as doc
from outlay import effects
from outlay.draft_money import Draft, DraftMoney, Figures, Touched
from outlay.movement import estate_of, largest, periods, summed, values_of
from outlay.ruling import RulesInForce
from warehouse.attribution import Assertion, Change, Estate, Rule, attribute, changes, matches
from warehouse.attribution.pools.divide import amounts
from warehouse.attribution.standing import Standing, deciding, standings
from warehouse.focus import plain
from warehouse.store import Snapshot, Store

ROWS_MAX: Final = 1_000
"""Rows of each table of a preview."""
EVERY: Final = sys.maxsize


def preview(store: Store, in_force: RulesInForce, draft: Draft, now: datetime) -> doc.RulesPreview:
    """`in_force` are the rules that the store is owned by."""
    change = changes(in_force.rules, draft.rules.rules)
    money = DraftMoney(store, in_force, draft, now)
    with store.read() as snapshot:
        labels = periods(snapshot)
        found = money.touched(snapshot, change)
        wanted = {draft.dimension, *(one.dimension for one in draft.rules.rules.assertions)}
        parts = {name: money.moved(snapshot, found, name, labels) for name in sorted(wanted)}
        standing = _standings(snapshot, draft.rules, change, found)
        figures = {name: money.figures(snapshot, name, moved, labels) for name, moved in parts.items()}
    shown = figures[draft.dimension]
    checked = [_checked(one, figures[one.dimension], standing) for one in draft.rules.rules.assertions]
    results = [result for several in checked for result in several]
    by_month = summed(parts[draft.dimension].rows, "period", "was", "becomes", "currency").sort(
        "period", maintain_order=True
    )
    most = EVERY if draft.whole else ROWS_MAX
    months = [
        doc.MonthMove(**move_row(row), would_be=row["period"] in draft.closed)
        for row in by_month.head(most).iter_rows(named=True)
    ]
    tables = _document(draft, labels, shown)
    return tables.model_copy(
        update={
            "by_month": months,
            "left_out": tables.left_out + max(0, by_month.height - most),
            "names": _names(draft, tables, now.date()),
            "rules_version": in_force.rules_version,
            "rules": [_standing(one) for one in standing if one.state != "used"],
            "assertions": results,
            "passed": all(result.passed for result in results),
        }
    )


def _names(draft: Draft, tables: doc.RulesPreview, day: date) -> dict[str, str]:
    """Of the owners in the tables. Those that the draft brings nobody else knows yet."""
    owners = {owner for move in tables.movement for owner in (move.was, move.becomes)}
    owners |= {effect.team for effect in tables.effects}
    return {value: name for value, name in draft.rules.names.of(draft.dimension, day).iter_rows() if value in owners}


def _standings(snapshot: Snapshot, draft: RulesInForce, change: Change, found: Touched) -> list[Standing]:
    """Of the rules that came, and of those that answer nowhere any more; the others that answer nowhere by name."""
    rules = {(one.name, rule.id): rule for one in draft.rules.dimensions for rule in one.rules if rule.written}
    first, last = snapshot.frame("select min(day), max(day) from daily").row(0)
    if first is None:
        return []
    rest = """select distinct why from owners anti join (select unnest($dims::integer[]) as dim) using (dim)
    where valid_from <= $last and valid_to > $first"""
    here = {"dims": found.estate.dims["dim"].to_list(), "first": first, "last": last}
    elsewhere = [] if change.everything else snapshot.frame(rest, here)["why"].to_list()
    before, after = (one.filter(pl.col("valid_from") <= last, pl.col("valid_to") > first)
                     for one in (found.before, found.after))  # fmt: skip
    used = deciding([*elsewhere, *after["why"].unique()])
    newly = deciding(before["why"].unique()) | {(name, rule.id) for name, rule in change.come}
    idle = [key for key in rules if key not in used]
    come = {(name, rule.id) for name, rule in change.come}
    examined = [(key[0], rule) for key, rule in rules.items() if key in newly and (key not in used or key in come)]
    left = [Standing(name, key, rules[name, key].line, "unused", 0) for name, key in idle if (name, key) not in newly]
    return [*_examined(snapshot, draft, examined, found, (first, last)), *left]


def _examined(
    snapshot: Snapshot, draft: RulesInForce, asked: list[tuple[str, Rule]], found: Touched, days: tuple[date, date]
) -> list[Standing]:
    if not asked:
        return []
    names = set(draft.rules.names)
    on_bills = [rule for _, rule in asked if not rule.columns & names]
    columns = {column for rule in on_bills for column in rule.columns}
    estate = estate_of(snapshot, found.estate.accounts, columns) if on_bills else found.estate
    by_bill = iter(matches(estate, on_bills, draft.rules.tag_keys) if on_bills else [])
    # What others decide is known of the dims that were decided again; a rule that changed with it stands among those.
    on_answers = [rule for _, rule in asked if rule.columns & names]
    by_answer = iter(matches(_answered(found, names), on_answers, draft.rules.tag_keys) if on_answers else [])
    everything = found.estate.dims["dim"]
    matched = [next(by_answer if rule.columns & names else by_bill) for _, rule in asked]
    more = pl.concat(matched).unique()
    more = more.filter(~more.is_in(everything.implode()))
    owners = found.after
    if len(more):
        other = estate_of(snapshot, found.estate.accounts, dims=more)
        owners = pl.concat([owners, attribute(other.dims, other.tag_sets, draft.rules, other.accounts)])
    return standings(asked, matched, owners, days)


def _answered(found: Touched, names: Iterable[str]) -> Estate:
    """The estate with every dimension as a column, and a row for each stretch of days that has its own answers."""
    dims = found.estate.dims
    for place, name in enumerate(sorted(names)):
        sides = values_of(found.after, name).select("dim", "valid_from", pl.col("value").alias(name))
        dims = dims.join(sides, on="dim") if not place else dims.join(sides, on=["dim", "valid_from"])
    return Estate(dims, found.estate.tag_sets, found.estate.accounts)


def _standing(one: Standing) -> doc.RuleStanding:
    return doc.RuleStanding(
        dimension=one.dimension, rule=one.rule, line=one.line, state=one.state, others=list(one.others)
    )


def _document(draft: Draft, labels: list[str], shown: Figures) -> doc.RulesPreview:
    moved = shown.moved.rows
    matrix = summed(moved, "was", "becomes", "currency")
    by_service = summed(moved, "service", "was", "becomes", "currency")
    by_pool = summed(moved.filter(pl.col("pool").is_not_null()), "pool", "was", "becomes", "currency")
    by_resource = largest(moved, EVERY) if draft.whole else largest(moved)
    taken = takes(shown.moved.taken)
    most = EVERY if draft.whole else ROWS_MAX
    tables = (matrix, by_service, by_pool, by_resource, taken)
    lost = summed(moved.filter(~pl.col("passed")), "was", "becomes", "currency").filter(pl.col("becomes").is_null())
    changes_, coverage = effects.compare(shown.before, shown.after)
    return doc.RulesPreview(
        valid=True,
        dimension=draft.dimension,
        periods=labels,
        movement=[doc.Move(**move_row(row)) for row in matrix.head(most).iter_rows(named=True)],
        by_service=[doc.ServiceMove(**move_row(row)) for row in by_service.head(most).iter_rows(named=True)],
        by_pool=[doc.PoolMove(**move_row(row)) for row in by_pool.head(most).iter_rows(named=True)],
        by_resource=[doc.ResourceMove(**move_row(row)) for row in by_resource.head(most).iter_rows(named=True)],
        taken=[doc.PoolTakes(**take) for take in take_rows(taken.head(most))],
        moved_lines=int(moved["lines"].sum()),
        shared_lines=int(taken["lines"].sum()),
        newly_unallocated=[doc.Move(**move_row(row)) for row in lost.head(most).iter_rows(named=True)],
        left_out=sum(max(0, table.height - most) for table in tables),
        effects=changes_,
        coverage=coverage,
    )


def move_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "amount": plain(row["amount"]), "shared": plain(row["shared"])}


def takes(taken: pl.DataFrame) -> pl.DataFrame:
    """pool, was, currency, amount, before, lines: where a pool would take other cost than now, the largest first."""
    cell = ("pool", "was", "currency")
    sums = taken.group_by(cell).agg(pl.col("amount", "before", "lines").sum())
    sums = sums.filter(pl.col("amount") != pl.col("before"))
    size = pl.max_horizontal(pl.col("amount", "before").abs())
    sums = sums.sort(size, *cell, descending=[True, *[False] * len(cell)], nulls_last=True)
    return sums.with_columns(amounts(sums[name]) for name in ("amount", "before"))


def take_rows(taken: pl.DataFrame) -> list[dict[str, Any]]:
    money = ("amount", "before")
    return [{**row, **{name: plain(row[name]) for name in money}} for row in taken.iter_rows(named=True)]


def _checked(asserted: Assertion, figures: Figures, standing: list[Standing]) -> list[doc.AssertionResult]:
    """One result for each currency with cost; one for a count of rules."""
    if asserted.measure == "dead_rules_at_most":
        idle = [one for one in standing if one.dimension == asserted.dimension
                and one.state not in ("used", "overlapping")]  # fmt: skip
        return [_result(asserted, len(idle) <= asserted.limit, str(len(idle)))]
    currencies = sorted({currency for _, currency in {**figures.before, **figures.after}})
    wanted = [code for code in currencies if asserted.currency in (None, code)]
    found = []
    for code in wanted:
        share = _share(asserted, figures, code)
        text = "more than there was" if share is None else f"{_one_digit(share)} % of {code}"
        found.append(_result(asserted, share is not None and share < Fraction(asserted.limit), text))
    return found


def _result(asserted: Assertion, passed: bool, found: str) -> doc.AssertionResult:
    return doc.AssertionResult(assertion=str(asserted), line=asserted.line, passed=passed, found=found)


def _share(asserted: Assertion, figures: Figures, code: str) -> Fraction | None:
    """Percent; None where there was nothing and now is something."""
    before, after = ({owner: amount for (owner, currency), amount in side.items() if currency == code}
                     for side in (figures.before, figures.after))  # fmt: skip
    if asserted.measure == "change_percent_below":
        was, will = (side.get(asserted.value, Decimal(0)) for side in (before, after))
        return _percent(abs(Fraction(will) - Fraction(was)), abs(Fraction(was)))
    if asserted.measure == "unallocated_percent_below":
        return _percent(abs(Fraction(after.get(None, Decimal(0)))), _size(after.values()))
    moved = figures.moved.rows.filter(pl.col("currency") == code)
    if asserted.measure == "newly_unallocated_percent_below":
        moved = moved.filter(pl.col("becomes").is_null(), ~pl.col("passed"))
    cells = summed(moved, "was", "becomes")
    return _percent(_size(cells["amount"]), _size(before.values()))


def _size(amounts: Iterable[Decimal]) -> Fraction:
    return sum((abs(Fraction(amount)) for amount in amounts), Fraction(0))


def _percent(part: Fraction, whole: Fraction) -> Fraction | None:
    if not part:
        return Fraction(0)
    return part * 100 / whole if whole else None


def _one_digit(share: Fraction) -> str:
    return plain(Decimal(round(share * 10)).scaleb(-1))
