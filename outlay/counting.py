"""A month on its way in, beside what other sources have of the same accounts: who counts, who stands back."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from api.protocols import Progress
from collectors.sources import SourceError, named, sources
from collectors.sources.contract import Grade
from outlay.coverage import (
    COVERED,
    Account,
    Claim,
    claims_in,
    claims_of,
    clash,
    compared,
    controls,
    covered,
    nothing,
    outgrown,
    setting,
    unfinished,
)
from outlay.landed import Desk, Read, read
from warehouse.store import Prepared, facts_of, whole
from warehouse.store.collecting import Collected, Collecting

_LOCK: Final = threading.Lock()


@contextlib.contextmanager
def alone(progress: Progress) -> Iterator[None]:
    """From looking at who counts to going live, one month at a time: two sources must not both find nobody there."""
    while not _LOCK.acquire(timeout=1):
        progress.check()
    try:
        yield
    finally:
        _LOCK.release()


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose month it is, and the parts it was read from."""

    source: str
    grade: Grade
    parts: tuple[Collected, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What to load. `yielding`: months of other sources that stand back in the same transaction."""

    prepared: list[Prepared]
    note: str | None = None
    yielding: bool = False


def settle(desk: Desk, asked: Asked, found: Read, scratch: Path) -> Settled:
    """Leave out what another source counts; let summaries stand back for a full source."""
    if not found.prepared:
        return Settled([])
    periods = [one.period for one in found.prepared]
    others = [one for one in claims_of(desk.store, periods) if one.source != asked.source]
    if not others:
        return Settled(found.prepared)
    if asked.grade == "summary":
        return _summary(desk, asked, found, others, scratch)
    return _full(desk, found, others, scratch)


def _summary(desk: Desk, asked: Asked, found: Read, others: Sequence[Claim], scratch: Path) -> Settled:
    mine = [claim for one in found.prepared for claim in claims_in(one, "summary")]
    halves = {(source, period) for source, period in unfinished(others, mine) if source in _collected(desk)}
    theirs = covered(mine, [one for one in others if (one.source, one.period) not in halves])
    empty = _emptied(desk, halves, scratch / "half")
    if not theirs:
        return Settled([*found.prepared, *empty], yielding=bool(empty))
    note = compared(mine, theirs)
    rest = read(desk, asked.parts, scratch / f"rest-{asked.source}", setting(theirs)).prepared
    if any(claim.account in theirs for one in rest for claim in claims_in(one, "summary")):
        raise SourceError("bug", f"The format of {asked.source} does not leave out what another source counts.")
    left = _left(found.prepared, rest, scratch / f"none-{asked.source}", setting(theirs))
    control = controls(mine, theirs)
    return Settled([*(_with(one, control=control) for one in left), *empty], note, yielding=True)


def _left(before: Sequence[Prepared], rest: Sequence[Prepared], folder: Path, told: dict[str, str]) -> list[Prepared]:
    """The rest of each month, empty where nothing is left of it; it remembers what there was of it."""
    left = {one.period: one for one in rest}
    made = []
    for one in before:
        none = nothing(one.source, one.period, folder, f"{one.identity} {sorted(told.items())}")
        made.append(_with(left.get(one.period, none), whole=whole(facts_of(one))))
    return made


def _emptied(desk: Desk, months: Iterable[tuple[str, str]], folder: Path) -> list[Prepared]:
    """Months of other full sources that stand back as a whole."""
    live = desk.store.state.live()
    return [
        _with(nothing(source, period, folder / source, COVERED), whole=whole(live[source, period].facts))
        for source, period in sorted(months)
    ]


def _with(one: Prepared, **facts: object) -> Prepared:
    return replace(one, facts={**one.facts, **facts})


def _collected(desk: Desk) -> set[str]:
    """What a person imported by hand never stands back by itself."""
    return {one.name for one in Collecting(desk.store.state).configured()}


def beside(desk: Desk, imported: Sequence[Prepared], scratch: Path) -> list[Prepared]:
    """Months of collected summaries that stand back for a full bill that a person imports."""
    summaries = {module.NAME for module in sources().values() if module.GRADE == "summary"}
    full = [one for one in imported if not summaries & set(one.facts.get("formats", ()))]
    names = {one.source for one in imported}
    others = [one for one in claims_of(desk.store, [one.period for one in full]) if one.source not in names]
    if not any(one.grade == "summary" for one in others):
        return []
    return _standing_back(desk, [claim for one in full for claim in claims_in(one, "full")], others, scratch)


def _full(desk: Desk, found: Read, others: Sequence[Claim], scratch: Path) -> Settled:
    taken: list[Prepared] = []
    notes: list[str] = []
    mine: list[Claim] = []
    gone: set[tuple[str, str]] = set()
    for one in found.prepared:
        claims = claims_in(one, "full")
        there = [other for other in others if other.period == one.period]
        smaller = outgrown(claims, there) & _collected(desk)
        theirs = _counted(claims, [other for other in there if other.source not in smaller])
        if theirs:
            notes.append(compared(claims, theirs))
            continue
        taken.append(_with(one, control=_controlled(claims, there)))
        mine += claims
        gone |= {(source, one.period) for source in smaller}
    standing = _standing_back(desk, mine, others, scratch) if taken else []
    standing += _emptied(desk, gone, scratch / "gone")
    return Settled([*taken, *standing], " ".join(notes) or None, bool(standing))


def _controlled(claims: Sequence[Claim], others: Sequence[Claim]) -> list[dict[str, str]]:
    """What summaries said of these accounts until now."""
    told = [one for one in others if one.grade == "summary"]
    found = {one.account: [o for o in claims if o.account == one.account] for one in told}
    return controls(told, {account: theirs for account, theirs in found.items() if theirs})


def _counted(claims: Sequence[Claim], others: Sequence[Claim]) -> dict[Account, tuple[Claim, ...]]:
    """Who counts for a whole month of a full source: another full one, or a summary that began before it."""
    summaries = [one for one in others if one.grade == "summary"]
    if not claims:
        return {}
    if unfinished(claims, summaries):
        return {one.account: tuple(o for o in summaries if o.account == one.account) for one in claims}
    if clash(claims, others) is None:
        return {}
    return {one.account: tuple(o for o in others if o.account == one.account and o.grade == "full") for one in claims}


def _standing_back(desk: Desk, mine: Sequence[Claim], others: Sequence[Claim], scratch: Path) -> list[Prepared]:
    """Months of summaries, read again from landing without the accounts that count elsewhere from now on."""
    collecting = Collecting(desk.store.state)
    kinds = {one.name: named(one.kind) for one in collecting.configured()}
    full = [*mine, *(other for other in others if other.grade == "full")]
    made: list[Prepared] = []
    for source, period in sorted({(one.source, one.period) for one in others if one.grade == "summary"}):
        theirs = [one for one in others if (one.source, one.period) == (source, period)]
        parts = tuple(one for (label, _), one in collecting.parts(source).items() if label == period)
        if source not in kinds or not parts or not covered(theirs, full):
            continue
        asked, folder = Asked(source, "summary", parts), scratch / f"back-{source}-{period}"
        made += _summary(desk, asked, read(desk, parts, folder), full, folder).prepared
    return made
