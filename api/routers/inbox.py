"""What has no owner, or a doubtful one, who probably owns it, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api import documents as doc
from api.exports import File, file_route
from api.files import write_rows
from api.inbox_protocols import InboxWanted, WhichQuestions
from api.routers.requests import Cursor, Limit
from api.security import Allow, Caller
from api.services import UseServices
from api.writing import How, Written

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
MayWrite = Annotated[Caller, Depends(Allow("rules.write"))]
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="YYYY-MM; the newest when absent.")]
Kind = Annotated[
    doc.InboxKind,
    Query(description="Without an owner; with one on weak evidence, or against other evidence; without on purpose."),
]
Sort = Annotated[doc.InboxSort, Query(description="`urgent` is money × certainty.")]
Team = Annotated[str | None, Query(max_length=200, description="What this team was asked.")]
Groups = Annotated[
    str,
    Query(pattern=r"^([0-9a-f]{12}(,[0-9a-f]{12})*)?$", max_length=2_600, description="Ids, else all; 200 at most."),
]


def wanted(month: Month = None, kind: Kind = "unallocated", sort: Sort = "urgent", group: Groups = "") -> InboxWanted:
    return InboxWanted(month, kind, sort, tuple(group.split(",")) if group else ())


Wanted = Annotated[InboxWanted, Depends(wanted)]


def which_questions(team: Team = None, group: Groups = "") -> WhichQuestions:
    return WhichQuestions(team, tuple(group.split(",")) if group else ())


Which = Annotated[WhichQuestions, Depends(which_questions)]


@router.get("/unallocated")
async def unallocated(use: UseServices, _caller: MayRead, asked: Wanted) -> doc.Unallocated:
    """Cost of a month without a team, in groups that one rule could own, with likely owners and why."""
    return await use.heavy.run(use.actions.inbox.unallocated, asked)


@file_route(router, "/unallocated.{extension}")
async def unallocated_file(use: UseServices, caller: MayRead, asked: Wanted, file: File) -> Response:
    """Every group as a file."""

    def write(path: Path, how: How) -> Written:
        found = use.actions.inbox.table(asked)
        return write_rows(found, f"outlay-inbox-{asked.kind}-{found.found.month}", path, how)

    return await file(caller, write)


@router.post("/unallocated/draft")
def draft(order: doc.InboxOrder, use: UseServices, _caller: MayRead) -> doc.InboxDraft:
    """The texts in force with what would carry out an order, behind the others. Publishes nothing."""
    return use.actions.inbox.draft(order)


@router.post("/unallocated/publish", status_code=202)
def publish(order: doc.InboxPublish, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Carry out an order. A conflict when another version of the rules is in force than it was drafted from."""
    use.actions.inbox.settled(order)
    return use.start("rules", lambda report: use.actions.inbox.publish(order, caller.actor, report), caller)


@router.post("/unallocated/ask")
def ask(question: doc.InboxQuestion, use: UseServices, caller: MayWrite) -> doc.InboxAsked:
    """An address that opens exactly these groups, and a text for the team that probably owns them."""
    return use.actions.asking.ask(question, caller.actor)


@router.get("/questions")
def questions(
    use: UseServices, _caller: MayRead, which: Which, limit: Limit = 50, cursor: Cursor = None
) -> doc.OwnerQuestions:
    """What teams were asked of the inbox, and what they answered."""
    return use.actions.asking.page(which, limit, cursor)


@router.post("/questions/answer")
def answer_questions(given: doc.QuestionsAnswer, use: UseServices, caller: MayWrite) -> doc.OwnerQuestions:
    """Say that groups are not of the team that was asked; it is not asked about them again. 409 when answered."""
    return use.actions.asking.deny(given, caller.actor)
