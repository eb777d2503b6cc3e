"""The one-time link that opens a server beyond loopback."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from api.protocols import Help, ProblemError
from api.security import COOKIE, Allow, Caller
from api.services import UseServices

router = APIRouter(include_in_schema=False)
Anyone = Annotated[Caller, Depends(Allow("public"))]
# A page that moves on by itself: after a redirect from a chat or a mail the browser would hold a strict cookie back.
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Outlay</title>'
    '<meta http-equiv="refresh" content="0;url=/"><p><a href="/">Open Outlay</a></p></html>'
)


@router.get("/access")
def access(token: str, use: UseServices, _caller: Anyone) -> HTMLResponse:
    """Trade the printed token for a cookie. The token works once."""
    secret = use.door.open(token) if use.door else None
    if secret is None:
        more = Help(next_step="Restart the server for a new link.", status=403)
        raise ProblemError("caller", "access_token_used", "This link was used before or is not right.", more)
    page = HTMLResponse(PAGE, headers={"Cache-Control": "no-store"})
    page.set_cookie(COOKIE, secret, httponly=True, samesite="strict", path="/")
    return page
