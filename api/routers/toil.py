"""How much of attribution is done by hand, and by whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api import documents as doc
from api.files import MEDIA_TYPES, table_text
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
CSV = MEDIA_TYPES[".csv"]


@router.get("/attribution/toil")
def toil(use: UseServices, _caller: MayRead) -> doc.Toil:
    """Acts by hand by month and kind, and the share that teams did themselves."""
    return use.actions.toil.report()


@router.get("/attribution/toil.csv", response_class=Response, responses={200: {"content": {CSV: {}}}})
def toil_file(use: UseServices, _caller: MayRead) -> Response:
    """The same as a file."""
    text = table_text(doc.ToilMonth, use.actions.toil.report().months)
    return Response(text, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="toil.csv"'})
