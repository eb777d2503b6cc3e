"""The inbox: cost of a month without an owner, or with a doubtful one, as groups, and what is done about them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from api import documents as doc
from api.inbox_protocols import InboxWanted
from api.protocols import Help, ProblemError, Progress
from outlay.asking import Asking
from outlay.consents import Consents, WaitsError
from outlay.held import Held
from outlay.inbox_groups import groups, read
from outlay.inbox_listed import SORTS, Listed, likely, listed, together
from outlay.inbox_listed import Asking as Question
from outlay.inbox_orders import carried_out
from outlay.inbox_share import EXCLUDED, open_cost, question, shares
from outlay.inbox_table import InboxTable
from outlay.rulebook import Rulebook
from warehouse.store import Snapshot, Store


@dataclass(frozen=True, slots=True)
class Acting:
    """How an order comes into force, and how it is counted as an act by hand."""

    publish: Callable[[doc.RulesTexts, str, Progress, int | None], doc.RulesApplied]
    record: Callable[[doc.ActKind, str, str | None, str], None]
    consents: Consents
    """For orders on behalf of a team."""
    asking: Asking


class Inbox:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, rulebook: Rulebook, acting: Acting, clock: Callable[[], datetime]) -> None:
        self._store, self._rulebook, self._acting, self._clock = store, rulebook, acting, clock

    def unallocated(self, wanted: InboxWanted) -> doc.Unallocated:
        with self._store.read() as snapshot:
            return self._listed(wanted, snapshot)

    def _listed(self, wanted: InboxWanted, snapshot: Snapshot) -> doc.Unallocated:
        in_force, now, store = self._rulebook.in_force(), self._clock(), Held(snapshot)
        month = wanted.month or _newest(snapshot) or now.strftime("%Y-%m")
        found = read(snapshot, month, wanted.kind, in_force)
        knows = EXCLUDED in store.dimensions
        asking = Question(store, wanted.kind, question(wanted.kind, month, knows), now)
        grouped = groups(found, in_force, wanted.kind, now.date())
        shown = _chosen(listed(grouped, found, asking), wanted)
        all_of_it = wanted.kind == "contradicted"
        return doc.Unallocated(
            month=month,
            kind=wanted.kind,
            query=str(asking.query),
            groups=[one.document for one in shown[: wanted.limit]],
            totals=together(grouped, asking) if all_of_it else open_cost(store, asking.query, now),
            excluded=open_cost(store, question("excluded", month, knows), now) if knows else [],
            shares=shares(store, month, in_force.rules.assertions, now),
            owners=likely(grouped, shown, asking),
            more=max(len(shown) - wanted.limit, 0),
            rules_version=in_force.rules_version,
        )

    def table(self, wanted: InboxWanted) -> InboxTable:
        """Every group, however many."""
        return InboxTable(self.unallocated(replace(wanted, limit=sys.maxsize)))

    def draft(self, order: doc.InboxOrder) -> doc.InboxDraft:
        in_force = self._rulebook.in_force()
        texts = carried_out(order, in_force, self._store, self._clock().date())
        return doc.InboxDraft(**texts.model_dump(), diff=self._rulebook.against(texts), base=in_force.rules_version)

    def settled(self, order: doc.InboxPublish) -> doc.RulesTexts:
        in_force = self._rulebook.in_force()
        if order.base != in_force.rules_version:
            more = Help("base", (), "Look at the draft again.")
            raise ProblemError("caller", "conflict", f"Version {in_force.rules_version} was published meanwhile.", more)
        return carried_out(order, in_force, self._store, self._clock().date())

    def publish(self, order: doc.InboxPublish, actor: str, progress: Progress) -> doc.RulesApplied:
        texts = self.settled(order)
        request = None
        if order.on_behalf:
            wanted = doc.RequestOrder(
                **texts.model_dump(), team=order.on_behalf, base=order.base, note=order.note or ""
            )
            try:
                request, applied = self._acting.consents.at_once(wanted, actor, progress, order.act)
            except WaitsError as waits:
                self._acting.asking.claimed(order, actor, waits.request)
                raise
        else:
            applied = self._acting.publish(texts, actor, progress, order.base)
            self._acting.record(order.act, actor, None, str(applied.version))
        if order.act != "include":  # whose it is then is asked as before
            self._acting.asking.settle(order, actor, request.id if request else None)
        return applied


def _chosen(found: Iterable[Listed], wanted: InboxWanted) -> list[Listed]:
    ordered = sorted(found, key=SORTS[wanted.sort])
    return [one for one in ordered if not wanted.groups or one.document.id in wanted.groups]


def _newest(snapshot: Snapshot) -> str | None:
    newest = snapshot.frame("select max(day) as day from lines")["day"][0]
    return f"{newest:%Y-%m}" if newest else None
