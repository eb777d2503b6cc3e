"""Versions of the rules, what sets two of them apart, and what a draft would do."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, TypeVar

from api import documents as doc
from api.protocols import Help, ProblemError, not_found
from outlay import documents
from outlay.draft_money import Draft
from outlay.preview import preview
from outlay.ruling import NO_ORG, NO_RULES, RulesInForce
from warehouse.attribution import RulesError, changes
from warehouse.store import ConflictError, Store
from warehouse.store.series import Series

NOTHING = {"org": NO_ORG, "rules": NO_RULES, "files": {}}
CONTEXT_LINES = 3
TRIES = 5
Found = TypeVar("Found")


def over_what_is_in_force(attempt: Callable[[], Found]) -> Found:
    """What `attempt` answers, made once more where other rules were published while it was made."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except ConflictError:
            continue
    return attempt()


class Rulebook:
    """One per server. `clock` answers the present UTC time, `closed` the billing periods that are closed."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], closed: Callable[[], Collection[str]] = tuple
    ) -> None:
        self._store, self.clock, self.closed = store, clock, closed

    def in_force(self) -> RulesInForce:
        own = self._store.own
        return own if isinstance(own, RulesInForce) else RulesInForce(self._store.state.documents())

    def draft(self, texts: doc.RulesTexts) -> RulesInForce:
        """The texts, with the files in force where none are sent. Raises RulesError."""
        files = self.in_force().files if texts.files is None else texts.files
        series = {known.name for known in Series(self._store.state).known()}
        written = {"org": texts.org, "rules": texts.rules, "files": files, "version": 0}
        found = self._store.own_of({**written, "series": series})
        assert isinstance(found, RulesInForce)
        return found

    def preview(self, order: doc.PreviewOrder, *, whole: bool = False) -> doc.RulesPreview:
        try:
            rules = self.draft(order)
        except RulesError as error:
            return doc.RulesPreview(valid=False, faults=documents.rule_faults(error))
        names = rules.rules.names
        if order.dimension not in names:
            more = Help("dimension", names, f"Use one of {', '.join(names)}.")
            raise ProblemError("caller", "bad_request", f"There is no dimension {order.dimension!r}.", more)
        wanted = Draft(rules, order.dimension, frozenset(self.closed()), whole=whole)
        return preview(self._store, self.in_force(), wanted, self.clock())

    def versions(self) -> list[doc.RulesVersion]:
        """Newest first."""
        return [doc.RulesVersion(**row) for row in reversed(self._store.state.versions())]

    def texts(self, version: int) -> doc.RulesTexts:
        found = self._found(version)
        return doc.RulesTexts(org=found["org"], rules=found["rules"], files=found["files"])

    def changed(self, base: int, texts: doc.RulesTexts) -> str:
        """What texts change in a version, as a unified diff."""
        return _unified(self._found(base), texts.model_dump())

    def diff(self, before: int, after: int) -> doc.RulesDiff:
        """From one version to another; version 0 is no rules at all."""
        left, right = self._found(before), self._found(after)
        return doc.RulesDiff(before=before, after=after, text=_unified(left, right), rules=_changed(left, right))

    def against(self, texts: doc.RulesTexts) -> str:
        """What sets texts apart from those in force, as a unified diff."""
        now = self.in_force()
        return _unified({"org": now.org, "rules": now.text, "files": now.files}, texts.model_dump())

    def _found(self, version: int) -> Mapping[str, Any]:
        found = NOTHING if version == 0 else self._store.state.documents(version)
        if found is None:
            raise not_found("version of the rules", str(version), "List them: outlay rules versions.")
        return found


def _files(found: Mapping[str, Any]) -> dict[str, str]:
    return {"org.yaml": found["org"], "rules.yaml": found["rules"], **found["files"]}


def _unified(left: Mapping[str, Any], right: Mapping[str, Any]) -> str:
    old, new = _files(left), _files(right)
    lines: list[str] = []
    for name in dict.fromkeys([*old, *new]):
        was, becomes = (side.get(name, "").splitlines() for side in (old, new))
        lines += difflib.unified_diff(was, becomes, f"a/{name}", f"b/{name}", lineterm="", n=CONTEXT_LINES)
    return "".join(f"{line}\n" for line in lines)


def _changed(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[doc.RulesChange]:
    """Rules by their ids. A version that today's reader refuses has none to compare."""
    try:
        change = changes(RulesInForce({**left, "version": 0}).rules, RulesInForce({**right, "version": 0}).rules)
    except RulesError:
        return []
    gone = {(name, rule.id) for name, rule in change.gone}
    come = {(name, rule.id) for name, rule in change.come}
    kinds = {"removed": gone - come, "changed": gone & come, "added": come - gone}
    return [
        doc.RulesChange.model_validate({"dimension": name, "rule": rule, "change": kind})
        for kind, keys in kinds.items()
        for name, rule in sorted(keys)
    ]
