"""Which months a run looks at: those that may still change each time, the others once a week.

A run that somebody asked for looks at every month of its history. One that nobody asked for leaves closed months out
where each of them costs a call; where one listing answers all (`LISTS_ALL` of the source), nothing is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from collectors.sources.contract import SourceModule, Window
from outlay.sync_order import SETTLED_MONTHS, SyncOrder, window_of
from warehouse.focus import add_months
from warehouse.store import Store
from warehouse.store.collecting import Collected, Collecting, Configured
from warehouse.store.state import instant

WHOLE_DAYS: Final = 7
"""Between two looks at the months that are closed."""
STABLE_RUNS: Final = 3
"""A month that changed in one of so many runs is still looked at."""


@dataclass(slots=True)
class Look:
    """What a source was last looked at for, and with which settings. Kept in the state file."""

    store: Store
    source: Configured
    module: SourceModule
    moved: bool = field(init=False)
    """The settings changed since all months were looked at: what is no longer meant is to be told from what is lost."""
    _last: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.store.state.recall(self._name) or {}
        self.moved = bool(self._last) and self._last["settings"] != self._settings

    def window(self, order: SyncOrder, known: Iterable[Collected], now: datetime) -> Window:
        whole = window_of(self.source, order, now)
        if not order.routine or getattr(self.module, "LISTS_ALL", False) or self._whole_due(now):
            return whole
        may_change = [add_months(now.date().replace(day=1), -SETTLED_MONTHS), *self._restless(known)]
        return Window(max(whole.start, min(may_change)), whole.end, now)

    def listed(self, window: Window, now: datetime) -> None:
        """What the settings mean no longer has been left out, of every month if the window was whole."""
        if self._is_whole(window, now):
            self._keep("" if self.moved else self._last.get("at", ""))

    def done(self, window: Window, now: datetime) -> None:
        """A run ended well. Only one that looked at everything counts."""
        if self._is_whole(window, now):
            self._keep(instant(now))

    def _is_whole(self, window: Window, now: datetime) -> bool:
        whole = window_of(self.source, SyncOrder("look"), now)
        return window.start <= whole.start and window.end >= whole.end

    def _keep(self, looked_at: str) -> None:
        self._last = {"at": looked_at, "settings": self._settings}
        self.store.state.keep(self._name, self._last)

    def _whole_due(self, now: datetime) -> bool:
        if self.moved or not self._last.get("at"):
            return True
        return now - datetime.fromisoformat(self._last["at"]) >= timedelta(days=WHOLE_DAYS)

    def _restless(self, known: Iterable[Collected]) -> list[date]:
        """Months that are not loaded yet, or changed in one of the last runs."""
        labels = {one.period for one in known if one.outcome == "fetched"}
        for run in Collecting(self.store.state).runs(self.source.name, STABLE_RUNS + 1):
            labels |= {month["period"] for month in run.months if month["state"] != "unchanged"}
        return [date.fromisoformat(f"{label}-01") for label in labels if label]

    @property
    def _name(self) -> str:
        return f"looked at {self.source.name}"

    @property
    def _settings(self) -> str:
        meant = [self.source.kind, self.source.months, dict(self.source.settings)]
        return hashlib.sha256(json.dumps(meant, sort_keys=True).encode()).hexdigest()
