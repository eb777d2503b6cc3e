"""The rules of every time: those in force, those before them, and those that billing periods were closed with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from warehouse.store.inventory import Inventory
from warehouse.store.removal import Periods
from warehouse.store.state import State
from warehouse.store.swap import Own


class Versions:
    """One per store; `in_force` answers what the store is owned by."""

    def __init__(
        self, state: State, inventory: Inventory, own_for: Callable[[Any], Own], in_force: Callable[[], Own]
    ) -> None:
        self._state, self._inventory, self._own_for, self._in_force = state, inventory, own_for, in_force
        self._closed_by: dict[int, Own] = {}

    def own_of(self, documents: Mapping[str, Any] | None, known: str | None = None) -> Own:
        """Attribution by these documents, by those before them, and by what sources know of accounts when asked, or
        knew at a moment."""
        past = {
            "older": partial(self._older, known=known),
            "by_version": self._as_closed,
            "closed": self._of_closed,
            "accounts": partial(self._inventory.accounts, known=known),
        }
        return self._own_for(documents and {**documents, **past})

    def _older(self, version: int, known: str | None) -> Own:
        """By the version before; before a draft (0) is the one in force."""
        if version == 0:
            return self._in_force()
        before = max((row["version"] for row in self._state.versions() if row["version"] < version), default=0)
        return self.own_of(self._state.documents(before) if before else None, known)

    def _as_closed(self, version: int) -> Own:
        """By a version, as it decides what was closed with it. What was learned of accounts later made another version
        where rules read it, and changes nothing here."""
        found = self._closed_by.get(version)
        if found is None:
            documents = self._state.documents(version) if version else None
            found = self._closed_by[version] = self.own_of(documents, documents["created_at"] if documents else None)
        return found

    def _of_closed(self) -> dict[str, int]:
        """Closed billing period -> the version that was in force when it was closed."""
        versions = self._state.versions()
        return {
            period: max((row["version"] for row in versions if row["created_at"] <= closed.closed_at), default=0)
            for period, closed in Periods(self._state).closed().items()
        }
