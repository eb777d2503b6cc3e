"""Shared cost: pools in force, who got which share, and the metrics they weigh with."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api import documents as doc
from api.questions import access_of
from api.security import Allow, Caller
from api.services import UseServices
from warehouse.metrics.pool_shares import PoolQuestion, pool_shares

router = APIRouter(tags=["pools"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
MayWrite = Annotated[Caller, Depends(Allow("rules.write"))]
MayAsk = Annotated[Caller, Depends(Allow("costs.read"))]
MayUpload = Annotated[Caller, Depends(Allow("data.write"))]
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="billing period, YYYY-MM")]


@router.get("/pools")
def pools(use: UseServices, _caller: MayRead) -> doc.PoolsDocument:
    """The document in force and its pools in the order in which cost flows."""
    return use.actions.pooling.pools()


@router.put("/pools", status_code=202)
def apply_pools(wanted: doc.PoolsText, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Publish pools with the rules in force. The job fails with every fault at once when they are wrong."""
    texts = use.actions.pooling.texts(wanted)
    return use.start("rules", lambda report: use.actions.apply_rules(texts, caller.actor, report), caller)


@router.post("/pools/check")
async def check_pools(wanted: doc.PoolsText, use: UseServices, _caller: MayRead) -> doc.PoolsCheck:
    """Every fault of a document of pools. Publishes nothing."""
    return await use.heavy.run(use.actions.pooling.check, wanted)


@router.post("/pools/preview")
async def preview_pools(wanted: doc.PoolsText, use: UseServices, _caller: MayRead) -> doc.RulesPreview:
    """What publishing a document of pools would move over the last 13 billing periods. Publishes nothing."""
    order = doc.PreviewOrder(**use.actions.pooling.texts(wanted).model_dump(exclude={"base"}))
    return await use.heavy.run(use.actions.rulebook.preview, order)


@router.get("/pools/shares", response_model=doc.PoolShares)
async def shares(use: UseServices, caller: MayAsk, period: Month, pool: str | None = None) -> Any:
    """Who weighed what and got which share of which pool in a billing period."""
    return await use.heavy.run(pool_shares, PoolQuestion(period, pool), access_of(caller), use.store)


@router.get("/series")
def series(use: UseServices, _caller: MayRead) -> list[doc.SeriesKnown]:
    """The metrics that have values."""
    return list(use.actions.pooling.series())


@router.post("/series", status_code=202)
def upload_series(wanted: doc.SeriesUpload, use: UseServices, caller: MayUpload) -> doc.Accepted:
    """Keep values of metrics, and share cost by them. A value of the same name, labels and day is replaced."""
    points = use.actions.pooling.points(wanted)
    return use.start("series", lambda report: use.actions.pooling.put_series(points, report), caller)
