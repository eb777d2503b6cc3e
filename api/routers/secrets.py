"""Secrets given to Outlay: write-only. What they hold is in no answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from api.documents import collecting as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["data"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]
MayWrite = Annotated[Caller, Depends(Allow("data.write"))]
SecretName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")]


@router.get("/secrets")
def stored_secrets(use: UseServices, _caller: MayRead) -> doc.StoredSecrets:
    """Names, dates and users of stored secrets; never what they hold."""
    return doc.StoredSecrets(secrets=list(use.actions.secrets.all()))


@router.put("/secrets/{name}")
def put_secret(name: SecretName, given: doc.SecretValue, use: UseServices, caller: MayWrite) -> doc.StoredSecret:
    """Keep a secret, encrypted, for settings to refer to as `stored:NAME`. Writing again replaces it at once."""
    return use.actions.secrets.put(name, given.value, caller.actor)


@router.delete("/secrets/{name}", status_code=204)
def forget_secret(name: SecretName, use: UseServices, _caller: MayWrite) -> Response:
    """Forget a secret that no source uses."""
    use.actions.secrets.forget(name)
    return Response(status_code=204)
