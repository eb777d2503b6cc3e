"""Taking a source away: what it would do in money, said before it is done; and the billing periods that forbid it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import polars as pl

from api import documents as doc
from api.protocols import Help, ProblemError, Progress, not_found
from collectors.sources import named
from outlay.collecting import Collectors
from outlay.coverage import claims_of
from outlay.documents import add_money
from outlay.inventory import closed_months_that_read, own_anew, read_of_accounts
from warehouse.metrics import Access, answer, parse
from warehouse.metrics.query import Match
from warehouse.store import COSTS, Load, Periods, Removal, Store
from warehouse.store.collecting import Collecting

ASKER: Final = "removal"
WAYS: Final[Mapping[doc.RemovalWay, Removal]] = {"keep": "kept", "hide": "hidden", "erase": "erasing"}


class Removing:
    """Implements `api.protocols.Removes`. One per server."""

    def __init__(self, store: Store, collectors: Collectors, clock: Callable[[], datetime]) -> None:
        self._store, self._collectors, self._clock = store, collectors, clock
        self._periods = Periods(store.state)

    def effect(self, source: str) -> doc.RemovalEffect:
        known = next((one for one in self._store.state.sources() if one.name == source), None)
        if known is None:
            raise not_found("source", source, "List them: outlay sources.")
        text = f"measures={','.join(COSTS)}&where=source:{Match('is', source)}&period=all&grain=month&basis=billing"
        totals = self._answered(text)
        closed = self._periods.closed()
        held = {load["period"] for load in self._store.removals.hidden_loads(source)}
        months = [
            doc.RemovalMonth(period=period, closed=period in closed, totals=totals.get(period, []))
            for period in sorted({*held, *totals}, reverse=True)
        ]
        depending = [month.period for month in months if month.closed]
        reading = closed_months_that_read(self._store, source, closed)
        return doc.RemovalEffect(
            source=source,
            query=text,
            months=months,
            totals=add_money(month.totals for month in months),
            closed=sorted({*depending, *reading}),
            may_erase=not depending and not reading,
            sentences=_sentences(known.label, months, (depending, reading)),
        )

    def _answered(self, text: str) -> dict[str, list[doc.Money]]:
        found: dict[str, list[doc.Money]] = {}
        for row in answer(parse(text), Access(ASKER), self._store, self._clock()).document()["rows"]:
            month = str(row["month"])[:7]
            costs = {name: row[name] for name in COSTS}
            found.setdefault(month, []).append(doc.Money(currency=row["currency"], **costs))
        return found

    def permit(self, source: str, how: doc.RemovalWay) -> None:
        effect = self.effect(source)
        self._collectors.permit_removal(source)
        if how == "erase" and not effect.may_erase:
            of_lines = [month.period for month in effect.months if month.closed]
            text = f"{_because(of_lines or effect.closed, source, lines=bool(of_lines))}; closed months are not erased."
            step = "Keep or hide the source, or open the months again: outlay periods open MONTH."
            raise ProblemError("caller", "conflict", text, Help(next_step=step))

    def remove(self, source: str, how: doc.RemovalWay, actor: str, progress: Progress) -> doc.Removed:
        effect = self.effect(source)
        self.permit(source, how)
        progress.source(source)
        progress.stage("swap", f"Removing {source}")
        with self._collectors.alone(source):
            before = read_of_accounts(self._store)
            rows = self._store.remove_sources([source], WAYS[how], actor=actor, now=self._clock())
            own_anew(self._store, before, self._clock())
        if how != "keep":
            self._look_again(source, [month.period for month in effect.months])
        return doc.Removed(sources=[source], how=how, rows=rows, totals=effect.totals if rows else [])

    def _look_again(self, source: str, periods: Sequence[str]) -> None:
        """Summaries stood back for it in these months: their next run reads what they kept once more."""
        collecting = Collecting(self._store.state)
        for one in collecting.configured():
            if one.name != source and named(one.kind).GRADE == "summary":
                for period in sorted({label for label, _ in collecting.parts(one.name)} & set(periods)):
                    collecting.set_outcome(one.name, period, "covered")

    def bring_back(self, source: str, progress: Progress) -> doc.Removed:
        progress.source(source)
        self._refuse_double(source)
        progress.stage("swap", f"Bringing {source} back")
        self._store.bring_back(source)
        effect = self.effect(source)
        with self._store.read() as snapshot:
            rows = next(state.rows for state in snapshot.sources if state.source == source)
        return doc.Removed(sources=[source], how="bring_back", rows=rows, totals=effect.totals)

    def _refuse_double(self, source: str) -> None:
        """Another source may have brought the same accounts meanwhile."""
        loads = [Load(**row) for row in self._store.removals.hidden_loads(source)]
        mine = {(load.period, *account) for load in loads for account in self._accounts(load)}
        others = claims_of(self._store, [load.period for load in loads])
        if shared := sorted({one.source for one in others if (one.period, *one.account) in mine}):
            text = f"{', '.join(shared)} has the same accounts now; they would be counted twice."
            raise ProblemError("caller", "conflict", text, Help(next_step="Hide that source first."))

    def _accounts(self, load: Load) -> list[tuple[str, str | None]]:
        paths = self._store.paths(load)
        if not paths:
            return []
        found = pl.scan_parquet(paths).select("BillingAccountId", "SubAccountId").unique().collect(engine="streaming")
        return list(found.iter_rows())

    def periods(self) -> Sequence[doc.PeriodState]:
        closed = self._periods.closed()
        holders: dict[str, list[str]] = {}
        for source, period in sorted(self._store.state.live()):
            holders.setdefault(period, []).append(source)
        return [
            doc.PeriodState(
                period=period,
                closed=period in closed,
                closed_at=datetime.fromisoformat(closed[period].closed_at) if period in closed else None,
                actor=closed[period].actor if period in closed else None,
                sources=holders.get(period, []),
            )
            for period in sorted({*closed, *holders}, reverse=True)
        ]

    def set_period(self, period: str, *, closed: bool, actor: str) -> doc.PeriodState:
        if closed:
            self._periods.close(period, actor, self._clock())
        else:
            self._periods.open(period)
            self._decide_anew(period, actor)
        known = (one for one in self.periods() if one.period == period)
        return next(known, doc.PeriodState(period=period, closed=False))

    def _decide_anew(self, period: str, actor: str) -> None:
        """What older rules decided is decided by those in force at once, as a version that says the same: else loads
        would leave an open month with owners of two versions."""
        with self._store.read() as snapshot:
            sql = "select count(*) from generations where period = $period and rules_version <> $version"
            older = snapshot.frame(sql, {"period": period, "version": snapshot.rules_version}).item()
        if older:
            self._store.publish_again(author=actor, now=self._clock())


def _because(closed: Sequence[str], source: str, *, lines: bool) -> str:
    why = f"depends on {source}" if lines else f"its rules read tags of accounts from {source}"
    return f"{', '.join(closed)} is closed and {why}"


def _sentences(
    label: str, months: Sequence[doc.RemovalMonth], held: tuple[Sequence[str], Sequence[str]]
) -> dict[doc.RemovalWay, str]:
    """`held`: the closed months that have lines of it, and those whose rules read its tags."""
    closed, reading = held
    many = f"{len(months)} billing period{'' if len(months) == 1 else 's'}"
    touched = f" Closed months among them: {', '.join(closed)}." if closed else ""
    erase = f"The lines, files and history of {many} are gone for good; only loading them again brings them back."
    refused = _because(closed or reading, label, lines=bool(closed))
    return {
        "keep": f"{label} is collected no more. Its {many} stay in every answer as they are.",
        "hide": f"{label} is collected no more, and its {many} leave every answer until you bring it back.{touched}",
        "erase": f"Refused: {refused}." if closed or reading else erase,
    }
