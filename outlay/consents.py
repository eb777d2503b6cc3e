"""Requests between teams: made of drafts, answered, and published once everybody consents or the platform decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol

from api import documents as doc
from api.protocols import Help, ProblemError, Progress, not_found
from outlay import documents
from outlay.claims import Consequence, Wish, consequence
from outlay.offering import Offering
from outlay.request_pages import DETAILS, asked_of, page, placed, printed, waits_for
from outlay.rulebook import Rulebook
from outlay.speaking import check_team, speaks_for
from outlay.toil import Toil
from warehouse.attribution import RulesError
from warehouse.attribution.consent import PLATFORM, Asked, Closed, Need, State, Tree, covers, may_answer, state
from warehouse.attribution.rebase import merged
from warehouse.store import Store
from warehouse.store.requests import GivenAnswer, Request, Requests
from warehouse.store.saved import EVERYBODY, Saved
from warehouse.store.state import instant

ANSWER_DAYS: Final = 14
"""How long the teams that are asked have, unless the setting `request_days` says otherwise."""


class Publishes(Protocol):
    def __call__(
        self, texts: doc.RulesTexts, actor: str, progress: Progress, over: int | None = None
    ) -> doc.RulesApplied: ...


class WaitsError(ProblemError):
    """A request is made, and others have to consent to it first."""

    def __init__(self, request: str, asked: str) -> None:
        super().__init__("caller", "conflict", f"It waits for {asked}.", Help(next_step="Look at the requests."))
        self.request = request


class Consents:
    """One per server. Every method may be called from any thread."""

    def __init__(self, store: Store, rulebook: Rulebook, publish: Publishes, offering: Offering, toil: Toil) -> None:
        self._store, self._rulebook, self._publish, self._toil = store, rulebook, publish, toil
        self._offering, self._turns = offering, _Turns()
        self._kept = Requests(store.state)
        self.clock: Callable[[], datetime] = rulebook.clock

    # requests

    def submit(self, order: doc.RequestOrder, actor: str, dispute: str | None = None) -> doc.RuleRequest:
        """Keep a draft with whom it needs. Raises "rules" with every fault, or "conflict" for another base version."""
        request = self._submitted(order, actor, dispute)
        if dispute is None:
            self._toil.record("request", actor, order.team, request.id)
        return self._page(request)

    def at_once(
        self, order: doc.RequestOrder, actor: str, progress: Progress, act: doc.ActKind = "publish"
    ) -> tuple[doc.RuleRequest, doc.RulesApplied]:
        """Publish for a team what nobody else has to consent to, as one act by hand; else it waits: "conflict"."""
        request = self._submitted(order, actor, None)
        page = self._page(request)
        if page.state != "accepted":
            self._toil.record("request", actor, order.team, request.id)
            asked = ", ".join(one.team or "the platform" for one in page.asked)
            raise WaitsError(request.id, asked)
        applied = self._published(request.id, order.team, actor, progress)
        if applied.state == "done":
            self._toil.record(act, actor, order.team, request.id)
        return page, applied

    def _submitted(self, order: doc.RequestOrder, actor: str, dispute: str | None) -> Request:
        check_team(self._rulebook, order.team)
        in_force = self._rulebook.in_force()
        if order.base != in_force.rules_version:
            step = f"Write it against version {in_force.rules_version}."
            raise ProblemError("caller", "conflict", "Other rules are in force by now.", Help("base", (), step))
        found = self._consequence(order, order.team)
        for one in found.above:
            raise one.error()
        needs: Mapping[str, set[Need]] = found.needs
        if dispute and not needs and not found.effect["moved_lines"]:
            needs = {PLATFORM: {"dispute"}}  # no rule can say it: the platform finds another way
        now = self.clock()
        days = Saved(self._store.state).preferences(EVERYBODY).get("request_days", ANSWER_DAYS)
        request = Request(
            id=uuid.uuid4().hex,
            team=order.team,
            actor=actor,
            note=order.note,
            base=order.base,
            texts=self._texts(order).model_dump(include={"org", "rules", "files"}),
            effect=found.effect,
            asked=sorted(needs),
            reasons={who: sorted(why) for who, why in needs.items()},
            created_at=instant(now),
            deadline=instant(now + timedelta(days=days)),
            dispute=dispute,
        )
        if order.replaces is None:
            self._kept.add(request)
            return request
        with self._turns.of(order.replaces):
            replaced = self._own(order.replaces, order.team)
            self._kept.add(request)
            self._close(replaced, "superseded", actor)
        return request

    def page(self, team: str | None, limit: int, cursor: str | None = None) -> doc.RuleRequests:
        """Those first that are not ended, of these the newest; with a team, those that it made or is asked about."""
        found = self._kept.page(limit, team, placed(cursor))
        now, standing = self.clock(), self._kept.standing()
        waiting = len(standing)
        if team is not None:
            waiting = sum(team in waits_for(one, asked, now) for one, asked in self._asked(standing))
        return doc.RuleRequests(requests=self._pages(found.rows), waiting=waiting, next=printed(found.next))

    def states(self, ids: Collection[str]) -> dict[str, State]:
        """Of requests, whichever of these there are."""
        now = self.clock()
        return {one.id: state(asked, now) for one, asked in self._asked(self._kept.some(ids))}

    def claims(self, ids: Collection[str]) -> dict[str, doc.QuestionState]:
        """What requests by which a team claims cost say of it: in force, waiting, or come to nothing."""
        now, found = self.clock(), dict[str, doc.QuestionState]()
        for one, asked in self._asked(self._kept.some(ids)):
            fallen = state(asked, now) in ("refused", "withdrawn", "superseded")
            found[one.id] = "ours" if one.version is not None else "open" if fallen else "claimed"
        return found

    def _asked(self, requests: Sequence[Request]) -> Iterator[tuple[Request, Asked]]:
        answers = self._kept.answers([one.id for one in requests])
        for one in requests:
            yield one, asked_of(one, answers.get(one.id, ()))

    def one(self, request: str) -> doc.RequestDetail:
        found = self._found(request)
        texts = doc.RulesTexts(**found.texts)
        diff = self._rulebook.changed(found.base, texts)
        details = {name: found.effect[name] for name in DETAILS if name in found.effect}
        return doc.RequestDetail(**self._page(found).model_dump(), texts=texts, diff=diff, **details)

    def answer(self, request: str, given: doc.RequestAnswer, actor: str) -> doc.RuleRequest:
        """A team answers for itself and those below it. Raises "conflict" when it is not its turn."""
        found, now = self._found(request), self.clock()
        if not given.accepted and not given.reason:
            raise ProblemError("caller", "invalid", "Why not?", Help("reason", (), "Say why it is refused."))
        ((_, asked),) = self._asked([found])
        tree = Tree(self._rulebook.in_force().rules.teams)
        mine = [who for who in sorted(asked.asked | {PLATFORM}) if _speaks(given.team, who, tree, now)]
        turn = [who for who in mine if may_answer(asked, who, now)]
        kept = [
            self._kept.answer(GivenAnswer(request, who, given.accepted, given.reason, actor, instant(now)))
            for who in turn
        ]
        if not any(kept):
            name = given.team or "the platform"
            raise ProblemError("caller", "conflict", f"It is not {name} that is asked now.", Help("team"))
        self._toil.record("answer", actor, given.team, request)
        return self.one(request)

    def withdraw(self, request: str, by: doc.Acting, actor: str) -> doc.RuleRequest:
        """The team that made it takes it back, or the platform does."""
        with self._turns.of(request):
            self._close(self._own(request, by.team), "withdrawn", actor)
        return self.one(request)

    def publish(self, request: str, by: doc.Acting, actor: str, progress: Progress) -> doc.RulesApplied:
        """Over the version in force, whatever it is by now: laid over it, and looked at once more."""
        applied = self._published(request, by.team, actor, progress)
        self._toil.record("publish", actor, by.team, request)
        return applied

    def _published(self, request: str, team: str | None, actor: str, progress: Progress) -> doc.RulesApplied:
        with self._turns.of(request):
            return self._in_force(self._own(request, team), actor, progress)

    def _in_force(self, found: Request, actor: str, progress: Progress) -> doc.RulesApplied:
        in_force = self._rulebook.in_force()
        ((_, asked),) = self._asked([found])
        if state(asked, self.clock()) != "accepted":
            raise ProblemError("caller", "conflict", "Not everybody that is asked has consented.")
        texts = self._rebased(found)
        needs = self._consequence(texts, found.team).needs
        if not covers(asked, needs, self.clock()):
            self._kept.change(found.id, conflict="more")
            raise ProblemError(
                "caller", "conflict", "By now it would take what nobody consented to.", Help(next_step=_DECIDES)
            )
        applied = self._publish(texts, actor, progress, in_force.rules_version)
        closed: Closed = "published" if applied.state == "done" else "superseded"
        self._close(found, closed, actor, applied.version)
        return applied

    def _rebased(self, found: Request) -> doc.RulesTexts:
        base, now = self._rulebook.texts(found.base), self._rulebook.in_force()
        names = dict.fromkeys([*(base.files or {}), *(found.texts["files"] or {}), *now.files])
        try:
            laid = [
                merged((base.files or {}).get(name), (found.texts["files"] or {}).get(name), now.files.get(name))
                for name in names
            ]
            org = merged(base.org, found.texts["org"], now.org)
            rules = merged(base.rules, found.texts["rules"], now.text)
        except ValueError as error:
            self._kept.change(found.id, conflict="text")
            step = f"Write it anew against version {now.rules_version}, in the place of this one."
            raise ProblemError(
                "caller", "conflict", "The rules were changed in the same place.", Help(next_step=step)
            ) from error
        files = {name: text for name, text in zip(names, laid, strict=True) if text is not None}
        return doc.RulesTexts(org=org or "", rules=rules or "", files=files)

    def _consequence(self, texts: doc.RulesTexts, team: str) -> Consequence:
        try:
            draft = self._rulebook.draft(texts)
        except RulesError as error:
            raise documents.RulesFaultError(documents.rule_faults(error)) from error
        wish = Wish(team, draft, self.clock(), self._offering.standing(), self._rulebook.closed())
        return consequence(self._store, self._rulebook.in_force(), wish)

    def _texts(self, order: doc.RulesTexts) -> doc.RulesTexts:
        files = dict(self._rulebook.in_force().files) if order.files is None else order.files
        return doc.RulesTexts(org=order.org, rules=order.rules, files=files)

    def _close(self, request: Request, how: Closed, actor: str, version: int | None = None) -> None:
        when = instant(self.clock())
        if not self._kept.change(request.id, closed=how, closed_at=when, closed_by=actor, version=version):
            raise ProblemError("caller", "conflict", "The request is closed already.")

    def _found(self, request: str) -> Request:
        found = self._kept.one(request)
        if found is None:
            raise not_found("request", request)
        return found

    def _own(self, request: str, team: str | None) -> Request:
        """One that is not closed, and that this team may take back or publish: its own, or as the platform."""
        found = self._found(request)
        speaks_for(team, found.team, "request")
        if found.closed:
            raise ProblemError("caller", "conflict", f"The request is {found.closed}.")
        return found

    def _page(self, request: Request) -> doc.RuleRequest:
        return self._pages([request])[0]

    def _pages(self, requests: Sequence[Request]) -> list[doc.RuleRequest]:
        answers, now = self._kept.answers([one.id for one in requests]), self.clock()
        return [page(one, answers.get(one.id, []), now) for one in requests]


class _Turns:
    """One at a time publishes a request or closes it: what comes into force was not withdrawn meanwhile."""

    def __init__(self) -> None:
        self._lock, self._taken = Lock(), set[str]()

    @contextmanager
    def of(self, request: str) -> Iterator[None]:
        """Raises "conflict" where it is somebody else's turn: publishing takes too long to wait for it."""
        with self._lock:
            if request in self._taken:
                step = "Look at it again in a minute."
                raise ProblemError("caller", "conflict", "The request is being published.", Help(next_step=step))
            self._taken.add(request)
        try:
            yield
        finally:
            with self._lock:
                self._taken.discard(request)


_DECIDES: Final = "The platform team decides now."


def _speaks(team: str | None, who: str, tree: Tree, now: datetime) -> bool:
    """Whether a team (null: the platform) answers for one that is asked."""
    return who == PLATFORM if team is None else who != PLATFORM and team in tree.chain(who, now.date())
