"""A month on its way in, beside what other sources have of the same accounts: who counts, who stands back."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.protocols import Progress
from collectors.sources import SourceError, named
from collectors.sources.contract import Grade
from outlay.coverage import (
    COVERED,
    Account,
    Claim,
    claims_in,
    claims_of,
    clash,
    compared,
    covered,
    nothing,
    setting,
    unfinished,
)
from outlay.landed import Desk, Read, read
from warehouse.store import Prepared
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
    halves = unfinished(others, mine)
    theirs = covered(mine, [one for one in others if (one.source, one.period) not in halves])
    empty = [nothing(source, period, scratch / f"half-{source}", COVERED) for source, period in sorted(halves)]
    if not theirs:
        return Settled([*found.prepared, *empty], yielding=bool(empty))
    note = compared(mine, theirs)
    rest = read(desk, asked.parts, scratch / f"rest-{asked.source}", setting(theirs)).prepared
    if any(claim.account in theirs for one in rest for claim in claims_in(one, "summary")):
        raise SourceError("bug", f"The format of {asked.source} does not leave out what another source counts.")
    whole = _whole(found.prepared, rest, scratch / f"none-{asked.source}", setting(theirs))
    return Settled([*whole, *empty], note, yielding=True)


def _whole(before: Sequence[Prepared], rest: Sequence[Prepared], folder: Path, told: dict[str, str]) -> list[Prepared]:
    """The rest of each month, empty where nothing is left of it."""
    left = {one.period: one for one in rest}
    return [
        left.get(one.period) or nothing(one.source, one.period, folder, f"{one.identity} {sorted(told.items())}")
        for one in before
    ]


def _full(desk: Desk, found: Read, others: Sequence[Claim], scratch: Path) -> Settled:
    taken: list[Prepared] = []
    notes: list[str] = []
    mine: list[Claim] = []
    for one in found.prepared:
        claims = claims_in(one, "full")
        theirs = _counted(claims, [other for other in others if other.period == one.period])
        if theirs:
            notes.append(compared(claims, theirs))
        else:
            taken.append(one)
            mine += claims
    standing = _standing_back(desk, mine, others, scratch) if taken else []
    return Settled([*taken, *standing], " ".join(notes) or None, bool(standing))


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
