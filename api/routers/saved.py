"""What people keep: views, annotations, subscriptions, settings."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api import documents as doc
from api.exports import File, file_route
from api.listings import Listing
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["saved"])
MayRead = Annotated[Caller, Depends(Allow("saved.read"))]
MayWrite = Annotated[Caller, Depends(Allow("saved.write"))]
MaySet = Annotated[Caller, Depends(Allow("operate"))]


@router.get("/views")
def views(use: UseServices, caller: MayRead) -> doc.Views:
    """The views that the caller may see, by name."""
    return doc.Views(views=list(use.actions.saved.views(caller.actor)))


@file_route(router, "/views.{extension}")
async def views_file(use: UseServices, caller: MayRead, file: File) -> Response:
    """The same as a file."""
    found = Listing("views", doc.SavedView, lambda: use.actions.saved.views(caller.actor))
    return await file(caller, found.writer(use))


@router.post("/views", status_code=201)
def create_view(wanted: doc.ViewOrder, use: UseServices, caller: MayWrite) -> doc.SavedView:
    """Give an address a name."""
    return use.actions.saved.put_view(None, wanted, caller.actor)


@router.put("/views/{view}")
def change_view(view: str, wanted: doc.ViewOrder, use: UseServices, caller: MayWrite) -> doc.SavedView:
    """Change an own view. 409 when its revision is no longer the one that was read."""
    return use.actions.saved.put_view(view, wanted, caller.actor)


@router.delete("/views/{view}", status_code=204)
def delete_view(view: str, use: UseServices, caller: MayWrite) -> None:
    """Forget an own view and its subscriptions."""
    use.actions.saved.drop_view(view, caller.actor)


@router.put("/views/{view}/star")
def star_view(view: str, wanted: doc.Star, use: UseServices, caller: MayWrite) -> doc.SavedView:
    """Star a view, or take the star away."""
    return use.actions.saved.star(view, wanted.starred, caller.actor)


@router.get("/annotations")
def list_annotations(use: UseServices, caller: MayRead, start: date, end: date, scope: str = "") -> doc.Annotations:
    """What happened from `start` to before `end` to cost that `scope` (`where=team:search`) may contain."""
    return doc.Annotations(annotations=list(use.actions.saved.annotations(start, end, scope, caller.actor)))


@file_route(router, "/annotations.{extension}")
async def annotations_file(
    use: UseServices, caller: MayRead, file: File, start: date, end: date, scope: str = ""
) -> Response:
    """The same as a file."""
    find = partial(use.actions.saved.annotations, start, end, scope, caller.actor)
    return await file(caller, Listing("annotations", doc.Annotation, find).writer(use))


@router.post("/annotations", status_code=201)
def annotate(wanted: doc.AnnotationOrder, use: UseServices, caller: MayWrite) -> doc.Annotation:
    """Say what happened; with a `key`, again and again."""
    return use.actions.saved.annotate(wanted, caller.actor)


@router.put("/annotations/{annotation}")
def change_annotation(
    annotation: str, wanted: doc.AnnotationOrder, use: UseServices, caller: MayWrite
) -> doc.Annotation:
    """Say it otherwise: an own annotation gets these days, words and scope, and stays resolved if it was."""
    return use.actions.saved.reword(annotation, wanted, caller.actor)


@router.patch("/annotations/{annotation}")
def resolve_annotation(
    annotation: str, wanted: doc.AnnotationState, use: UseServices, caller: MayWrite
) -> doc.Annotation:
    """Mark as resolved, or open again."""
    return use.actions.saved.resolve(annotation, wanted.resolved, caller.actor)


@router.delete("/annotations/{annotation}", status_code=204)
def delete_annotation(annotation: str, use: UseServices, caller: MayWrite) -> None:
    """Take back an own annotation."""
    use.actions.saved.drop_annotation(annotation, caller.actor)


@router.get("/subscriptions")
def subscriptions(use: UseServices, caller: MayRead) -> doc.Subscriptions:
    """The caller's subscriptions."""
    return doc.Subscriptions(subscriptions=list(use.actions.saved.subscriptions(caller.actor)))


@file_route(router, "/subscriptions.{extension}")
async def subscriptions_file(use: UseServices, caller: MayRead, file: File) -> Response:
    """The same as a file."""
    found = Listing("subscriptions", doc.Subscription, lambda: use.actions.saved.subscriptions(caller.actor))
    return await file(caller, found.writer(use))


@router.post("/subscriptions", status_code=201)
def subscribe(wanted: doc.SubscriptionOrder, use: UseServices, caller: MayWrite) -> doc.Subscription:
    """Keep the wish to get a view regularly."""
    return use.actions.saved.subscribe(wanted, caller.actor)


@router.delete("/subscriptions/{subscription}", status_code=204)
def unsubscribe(subscription: str, use: UseServices, caller: MayWrite) -> None:
    """Drop an own subscription."""
    use.actions.saved.unsubscribe(subscription, caller.actor)


@router.get("/preferences")
def preferences(use: UseServices, caller: MayRead) -> doc.Preferences:
    """The settings in force for the caller."""
    return use.actions.saved.preferences(caller.actor)


@router.patch("/preferences")
def prefer(change: doc.PreferencesChange, use: UseServices, caller: MaySet) -> doc.Preferences:
    """Change settings: the start view is the caller's, the others are everybody's."""
    return use.actions.saved.prefer(change, caller.actor)
