"""Views, annotations, subscriptions and settings: who may see them, who may change them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from api import documents as doc
from api.protocols import Help, ProblemError, not_found
from warehouse.metrics import Filter, parse
from warehouse.store import Store
from warehouse.store.saved import EVERYBODY, Annotation, Saved, Subscription, View
from warehouse.store.state import instant

VIEWS_MAX: Final = 1_000
"""Of all people together: more are a mistake of a program."""
ANNOTATIONS_SHOWN: Final = 500
MAIL: Final = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+")
WEBHOOK: Final = re.compile(r"https://[^\s\"<>\\]+")
PERSONAL: Final = ("start_view",)


class Keeping:
    """Implements `api.saved_protocols.Saves`. Every method may be called from any thread."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.saved = Saved(store.state)
        self.clock = clock

    # views

    def views(self, actor: str) -> Sequence[doc.SavedView]:
        stars = self.saved.stars(actor)
        return [_view(view, actor, stars) for view in self.saved.views() if _seen(view, actor)]

    def put_view(self, view: str | None, wanted: doc.ViewOrder, actor: str) -> doc.SavedView:
        _check_team(wanted)
        if view is not None:
            self._own(view, actor)
        elif len(self.saved.views()) >= VIEWS_MAX:
            raise ProblemError("caller", "too_many", f"There are {VIEWS_MAX} views.", Help(next_step="Delete some."))
        read = wanted.revision if view is not None else 0
        new = View(
            view or uuid.uuid4().hex, wanted.name, wanted.page, wanted.query, actor, wanted.visibility, wanted.team,
            read + 1, instant(self.clock()),
        )  # fmt: skip
        if not self.saved.put_view(new, read):
            step = "Read the view again, and save it under its new revision or under another name."
            raise ProblemError(
                "caller", "conflict", f"{wanted.name} was changed meanwhile.", Help("revision", (), step)
            )
        return _view(new, actor, self.saved.stars(actor))

    def drop_view(self, view: str, actor: str) -> None:
        self._own(view, actor)
        self.saved.drop_view(view)

    def star(self, view: str, starred: bool, actor: str) -> doc.SavedView:
        found = self._visible(view, actor)
        self.saved.star(actor, view, starred=starred)
        return _view(found, actor, self.saved.stars(actor))

    def _visible(self, view: str, actor: str) -> View:
        found = next((one for one in self.saved.views() if one.id == view and _seen(one, actor)), None)
        if found is None:
            raise not_found("view", view)
        return found

    def _own(self, view: str, actor: str) -> None:
        if self._visible(view, actor).owner != actor:
            raise ProblemError(
                "caller", "forbidden", "This view is somebody else's.", Help(next_step=_COPY, status=403)
            )

    # annotations

    def annotations(self, start: date, end: date, scope: str, actor: str) -> Sequence[doc.Annotation]:
        asked = _filters(scope)
        found = self.saved.annotations(start.isoformat(), end.isoformat())
        seen = [one for one in found if _seen(one, actor) and _may_touch(_filters(one.scope), asked)]
        return [_annotation(one, actor) for one in seen[-ANNOTATIONS_SHOWN:]]

    def annotate(self, wanted: doc.AnnotationOrder, actor: str) -> doc.Annotation:
        before = self.saved.annotation_of(wanted.key) if wanted.key else None
        if before is not None and before.owner != actor:
            raise ProblemError(
                "caller", "conflict", "Somebody else uses this key.", Help("key", (), "Use another key.")
            )
        return self._put_annotation(before, wanted, actor)

    def reword(self, annotation: str, wanted: doc.AnnotationOrder, actor: str) -> doc.Annotation:
        before = self._own_annotation(annotation, actor)
        holder = self.saved.annotation_of(wanted.key) if wanted.key else None
        if holder is not None and holder.id != before.id:
            raise ProblemError(
                "caller", "conflict", "Another annotation has this key.", Help("key", (), "Use another key.")
            )
        return self._put_annotation(before, wanted, actor)

    def _put_annotation(self, before: Annotation | None, wanted: doc.AnnotationOrder, actor: str) -> doc.Annotation:
        _check_team(wanted)
        end = wanted.end or wanted.start + timedelta(days=1)
        if end <= wanted.start:
            raise ProblemError("caller", "invalid", "It ends before it begins.", Help("end", (), _HALF_OPEN))
        scope = "&".join(f"where={one}" for one in _filters(wanted.scope))
        new = Annotation(
            id=before.id if before else uuid.uuid4().hex,
            **wanted.model_dump(include={"key", "kind", "text", "link", "visibility", "team"}),
            start=wanted.start.isoformat(),
            end=end.isoformat(),
            scope=scope,
            owner=actor,
            resolved_at=before.resolved_at if before else None,
            changed_at=instant(self.clock()),
        )
        self.saved.put_annotation(new)
        return _annotation(new, actor)

    def resolve(self, annotation: str, resolved: bool, actor: str) -> doc.Annotation:
        found = self._annotation(annotation, actor)
        now = instant(self.clock())
        changed = replace(found, resolved_at=now if resolved else None, changed_at=now)
        self.saved.put_annotation(changed)
        return _annotation(changed, actor)

    def drop_annotation(self, annotation: str, actor: str) -> None:
        self._own_annotation(annotation, actor)
        self.saved.drop_annotation(annotation)

    def _own_annotation(self, annotation: str, actor: str) -> Annotation:
        found = self._annotation(annotation, actor)
        if found.owner != actor:
            raise ProblemError("caller", "forbidden", "This annotation is somebody else's.", Help(status=403))
        return found

    def _annotation(self, annotation: str, actor: str) -> Annotation:
        found = self.saved.annotation(annotation)
        if found is None or not _seen(found, actor):
            raise not_found("annotation", annotation)
        return found

    # subscriptions

    def subscriptions(self, actor: str) -> Sequence[doc.Subscription]:
        return [doc.Subscription(**asdict(one)) for one in self.saved.subscriptions() if one.owner == actor]

    def subscribe(self, wanted: doc.SubscriptionOrder, actor: str) -> doc.Subscription:
        self._visible(wanted.view, actor)
        shape, help_ = (MAIL, "a mail address") if wanted.channel == "mail" else (WEBHOOK, "an https address")
        if not shape.fullmatch(wanted.target):
            raise ProblemError("caller", "invalid", f"The target is not {help_}.", Help("target"))
        new = Subscription(uuid.uuid4().hex, **wanted.model_dump(), owner=actor, changed_at=instant(self.clock()))
        self.saved.put_subscription(new)
        return doc.Subscription(**asdict(new))

    def unsubscribe(self, subscription: str, actor: str) -> None:
        if subscription not in {one.id for one in self.subscriptions(actor)}:
            raise not_found("subscription", subscription)
        self.saved.drop_subscription(subscription)

    # settings

    def preferences(self, actor: str) -> doc.Preferences:
        return doc.Preferences(**{**self.saved.preferences(EVERYBODY), **self.saved.preferences(actor)})

    def prefer(self, change: doc.PreferencesChange, actor: str) -> doc.Preferences:
        named = change.model_dump(include=change.model_fields_set)
        if view := named.get("start_view"):
            self._visible(view, actor)
        self.saved.prefer(actor, {name: value for name, value in named.items() if name in PERSONAL})
        self.saved.prefer(EVERYBODY, {name: value for name, value in named.items() if name not in PERSONAL})
        return self.preferences(actor)


_COPY: Final = "Save it as a view of your own."
_HALF_OPEN: Final = "Name the first day after it, or leave the end out for a single day."


def _seen(kept: View | Annotation, actor: str) -> bool:
    """Own things and those of everybody. Who belongs to a team is known once people sign in; until then all do."""
    return kept.visibility != "me" or kept.owner == actor


def _check_team(wanted: doc.ViewOrder | doc.AnnotationOrder) -> None:
    if wanted.visibility == "team" and wanted.team is None:
        raise ProblemError("caller", "invalid", "Which team may see it?", Help("team", (), "Name the team's key."))


def _filters(scope: str) -> tuple[Filter, ...]:
    """The filters of a scope. Raises QueryError for anything else in it."""
    words = [word for word in scope.split("&") if word.startswith("where=")]
    if len(words) != len([word for word in scope.split("&") if word]):
        raise ProblemError("caller", "invalid", "A scope has filters only.", Help("scope", (), "where=team:search"))
    return parse("&".join(words)).where


def _may_touch(scope: Sequence[Filter], asked: Sequence[Filter]) -> bool:
    """Whether cost of the scope may be among what is asked: no dimension is held to values apart from each other."""
    held = {one.dimension: set(one.values) for one in asked if not one.exclude and _exact(one)}
    barred = {one.dimension: set(one.values) for one in asked if one.exclude and _exact(one)}
    for one in scope:
        if one.exclude or not _exact(one):
            continue
        values = set(one.values)
        if not values & held.get(one.dimension, values) or values <= barred.get(one.dimension, set()):
            return False
    return True


def _exact(one: Filter) -> bool:
    return all(value.kind != "contains" for value in one.values)


def _view(view: View, actor: str, stars: set[str]) -> doc.SavedView:
    return doc.SavedView(**_facts(view), starred=view.id in stars, mine=view.owner == actor)


def _annotation(annotation: Annotation, actor: str) -> doc.Annotation:
    return doc.Annotation(**_facts(annotation), mine=annotation.owner == actor)


def _facts(kept: View | Annotation) -> dict[str, Any]:
    return asdict(kept)
