"""What people keep beside the money, as the API asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from api import documents as doc


class Saves(Protocol):
    """What people keep: views, annotations, subscriptions, settings. What the actor may not see is "not_found"."""

    def views(self, actor: str) -> Sequence[doc.SavedView]:
        """By name."""

    def put_view(self, view: str | None, wanted: doc.ViewOrder, actor: str) -> doc.SavedView:
        """A new one when no id is given. Raises "conflict" when `wanted.revision` is not the one that stands."""

    def drop_view(self, view: str, actor: str) -> None: ...

    def star(self, view: str, starred: bool, actor: str) -> doc.SavedView: ...

    def annotations(self, start: date, end: date, scope: str, actor: str) -> Sequence[doc.Annotation]:
        """Oldest first; those whose cost may be among that of `scope`. Raises a "query" fault for a bad scope."""

    def annotate(self, wanted: doc.AnnotationOrder, actor: str) -> doc.Annotation: ...

    def reword(self, annotation: str, wanted: doc.AnnotationOrder, actor: str) -> doc.Annotation:
        """Only an own one; "conflict" when another has its key."""

    def resolve(self, annotation: str, resolved: bool, actor: str) -> doc.Annotation: ...

    def drop_annotation(self, annotation: str, actor: str) -> None: ...

    def subscriptions(self, actor: str) -> Sequence[doc.Subscription]: ...

    def subscribe(self, wanted: doc.SubscriptionOrder, actor: str) -> doc.Subscription: ...

    def unsubscribe(self, subscription: str, actor: str) -> None: ...

    def preferences(self, actor: str) -> doc.Preferences: ...

    def prefer(self, change: doc.PreferencesChange, actor: str) -> doc.Preferences: ...
