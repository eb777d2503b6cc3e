"""Which source counts: for each billing account, sub account and month exactly one, the finest that is complete.

A summary leaves out the accounts that a full source has; what it says of them becomes a control total. Where a full
source lands after a summary, both change in one transaction. Two full sources of one account are never added up: the
one that was there first counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import polars as pl

from collectors.sources import SourceError, named, sources
from collectors.sources.contract import Grade
from warehouse.focus import SCHEMA, add_months, plain, total
from warehouse.metrics.dim_costs import bills_of_accounts
from warehouse.store import Prepared, Store
from warehouse.store.collecting import Collecting

Account = tuple[str, str | None]
"""Billing account and sub account."""
COVERED: Final = "covered"
"""The setting of a normaliser that names accounts to leave out, as JSON pairs."""
LATE_DAYS: Final = 2
"""A source that has nothing of the first two days of a month began in the middle of it."""
_EMPTY: Final = f"{'0' * 32}-0"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source has of one account in one month."""

    source: str
    grade: Grade
    period: str
    account: Account
    currency: str
    billed: Decimal
    first_day: date


def claims_of(store: Store, periods: Sequence[str]) -> list[Claim]:
    """Of everything that is live in these months, demo data aside."""
    grades = _grades(store)
    with store.read() as snapshot:
        rows = bills_of_accounts(snapshot, periods)
    return [
        Claim(source, grades[source], period, (billing, sub), currency, billed, day)
        for source, period, billing, sub, currency, billed, day in rows.iter_rows()
        if source in grades
    ]


def _grades(store: Store) -> dict[str, Grade]:
    """By kind for what is collected; by format for what was imported."""
    kinds = {one.name: named(one.kind).GRADE for one in Collecting(store.state).configured()}
    summaries = {module.NAME for module in sources().values() if module.GRADE == "summary"}
    found: dict[str, Grade] = {}
    for source in store.state.sources():
        if source.kind != "demo":
            by_format: Grade = "summary" if source.format in summaries else "full"
            found[source.name] = kinds.get(source.name, by_format)
    return found


def claims_in(prepared: Prepared, grade: Grade) -> list[Claim]:
    """Of lines that are read and not yet live."""
    paths = [path for _, path in prepared.parts]
    rows = (
        pl.scan_parquet(paths)
        .group_by("BillingAccountId", "SubAccountId", "BillingCurrency")
        .agg(pl.col("BilledCost").sum(), pl.col("ChargePeriodStart").min().dt.date().alias("day"))
        .collect(engine="streaming")
    )
    return [
        Claim(prepared.source, grade, prepared.period, (billing, sub), currency, billed, day)
        for billing, sub, currency, billed, day in rows.sort(pl.all()).iter_rows()
    ]


def covered(mine: Iterable[Claim], others: Iterable[Claim]) -> dict[Account, tuple[Claim, ...]]:
    """Accounts of a summary that a full source has, with its claims."""
    full = [one for one in others if one.grade == "full"]
    found: dict[Account, tuple[Claim, ...]] = {}
    for account, period in {(one.account, one.period) for one in mine}:
        theirs = tuple(one for one in full if one.period == period and _same(account, one.account))
        if theirs:
            found[account] = theirs
    return found


def unfinished(full: Iterable[Claim], summaries: Sequence[Claim]) -> set[tuple[str, str]]:
    """(source, month) of full sources that began in mid-month, all of whose accounts a summary has from before.

    Of such a month the summary is the finest that is complete.
    """
    months: dict[tuple[str, str], list[Claim]] = {}
    for one in full:
        if one.grade == "full":
            months.setdefault((one.source, one.period), []).append(one)
    return {
        key
        for key, claims in months.items()
        if min(one.first_day for one in claims) >= _start(key[1]) + timedelta(days=LATE_DAYS)
        and all(any(_earlier(summary, one) for summary in summaries) for one in claims)
    }


def _earlier(summary: Claim, full: Claim) -> bool:
    same = summary.period == full.period and _same(summary.account, full.account)
    return same and summary.first_day < full.first_day


def _same(summary: Account, full: Account) -> bool:
    """A member account that is asked for itself is its own payer; the payer's bill knows it as a sub account."""
    return summary == full or (summary[0] == summary[1] == full[1])


def _start(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)


def clash(mine: Sequence[Claim], others: Iterable[Claim]) -> str | None:
    """For a full source: the source that has all of its accounts already, or None when nobody has any.

    Raises SourceError where another has some of them: then nobody can tell which lines are meant.
    """
    theirs = [one for one in others if one.grade == "full" and one.source != mine[0].source]
    accounts = {one.account for one in mine}
    shared = {one.account for one in theirs if one.account in accounts}
    if not shared:
        return None
    names = sorted({one.source for one in theirs if one.account in shared})
    if shared == accounts:
        return ", ".join(names)
    listed = ", ".join(sorted(str(sub or billing) for billing, sub in shared)[:5])
    raise SourceError(
        "configuration",
        f"{', '.join(names)} has some of the same accounts in {mine[0].period} ({listed}); nothing was loaded twice.",
        next_step="Let only one of the two sources read them.",
    )


def outgrown(mine: Sequence[Claim], others: Iterable[Claim]) -> set[str]:
    """Full sources all of whose accounts this one has too, and more beside, from no later day: a payer's bill of its
    members takes the place of the members' own.
    """
    since: dict[Account, date] = {}
    for one in mine:
        since[one.account] = min(one.first_day, since.get(one.account, one.first_day))
    theirs: dict[str, dict[Account, date]] = {}
    for other in others:
        if other.grade == "full":
            theirs.setdefault(other.source, {})[other.account] = other.first_day
    return {
        source
        for source, accounts in theirs.items()
        if accounts.keys() < since.keys() and all(since[account] <= day for account, day in accounts.items())
    }


def setting(accounts: Iterable[Account]) -> dict[str, str]:
    """How a normaliser is told what to leave out; the same accounts always make the same text."""
    listed = sorted(([billing, sub] for billing, sub in accounts), key=str)
    return {COVERED: json.dumps(listed)} if listed else {}


def compared(mine: Sequence[Claim], found: Mapping[Account, Sequence[Claim]]) -> str:
    """The control total, as a sentence for each currency."""
    if not found:
        return ""
    texts = []
    for currency in sorted({one.currency for one in mine if one.account in found}):
        here = total(one.billed for one in mine if one.account in found and one.currency == currency)
        claims = {claim for several in found.values() for claim in several if claim.currency == currency}
        there = total(claim.billed for claim in claims)
        texts.append(f"{plain(here)} here, {plain(there)} there, difference {plain(total([here, -there]))} {currency}")
    names = sorted({claim.source for several in found.values() for claim in several})
    return f"{', '.join(names)} counts for {len(found)} of {len({one.account for one in mine})} accounts: " + (
        "; ".join(texts) + "."
    )


def controls(mine: Sequence[Claim], found: Mapping[Account, Sequence[Claim]]) -> list[dict[str, str]]:
    """What a source says of accounts that another one counts, beside what is counted; by billing account."""
    made: list[dict[str, str]] = []
    told = [one for one in mine if one.account in found]
    for billing, currency in sorted({(one.account[0], one.currency) for one in told}):
        own = [one for one in told if (one.account[0], one.currency) == (billing, currency)]
        theirs = {claim for one in own for claim in found[one.account] if claim.currency == currency}
        here, there = total(one.billed for one in own), total(one.billed for one in theirs)
        made.append(
            {
                "source": own[0].source,
                "billing_account": billing,
                "currency": currency,
                "period": own[0].period,
                "expected": plain(here),
                "stored": plain(there),
                "difference": plain(total([there, here.copy_negate()])),
            }
        )
    return made


def nothing(source: str, period: str, folder: Path, identity: str) -> Prepared:
    """A month in which another source counts for everything: a generation without lines."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{period}.parquet"
    pl.DataFrame(schema=SCHEMA).write_parquet(path)
    first = _start(period)
    begins, ends = (datetime.combine(day, datetime.min.time(), UTC) for day in (first, add_months(first, 1)))
    return Prepared(source, period, identity, ((_EMPTY, path),), 0, {}, begins, ends, facts={"files": []})
