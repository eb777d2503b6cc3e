"""The lists about rules, teams and tags as files: every row, whatever page of them is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api import documents as doc
from api.documents.campaigns import Campaign, CampaignOwner
from api.documents.pools import PoolGroup
from api.documents.tags import TagCoverage, TagVariant
from api.documents.units import UnitCost
from api.exports import File, file_route
from api.listings import Listing, every
from api.questions import access_of, parameters, question_of
from api.security import Allow, Caller
from api.services import UseServices
from warehouse.metrics.pool_shares import PoolQuestion, pool_shares

router = APIRouter(tags=["exports"])
MayReadCosts = Annotated[Caller, Depends(Allow("costs.read"))]
MayReadRules = Annotated[Caller, Depends(Allow("rules.read"))]
Month = Annotated[str, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
UNUSED = ("by", "top", "grain", "compare", "sort", "limit", "cursor")
PAGE = 200
ALL = 1_000_000
"""More keys than anybody has."""


class SpellingCost(BaseModel):
    """A spelling of a key, or of a value under a key, the one to use instead, and its cost."""

    kind: str
    key: str | None
    use: str
    spelling: str
    currency: str | None
    amount: str | None


class OwnerMonth(CampaignOwner):
    """How far an owner got, as the last bills of a month show it."""

    month: str


@file_route(router, "/rules/versions.{extension}")
async def versions_file(use: UseServices, caller: MayReadRules, file: File) -> Response:
    return await file(caller, Listing("versions", doc.RulesVersion, use.actions.rulebook.versions).writer(use))


@file_route(router, "/rules/effects.{extension}")
async def effects_file(use: UseServices, caller: MayReadRules, file: File) -> Response:
    """What each rule in force does in the newest month, a row for each currency."""
    found = Listing("rules", doc.RuleEffect, lambda: use.actions.rule_forms.effects().rules)
    return await file(caller, found.writer(use))


@file_route(router, "/rules/proposal.{extension}")
async def proposal_file(use: UseServices, caller: MayReadRules, file: File) -> Response:
    """Every team before and after the starter rules."""
    found = Listing("proposal", doc.TeamEffect, lambda: use.actions.proposal().effects)
    return await file(caller, found.writer(use))


@file_route(router, "/rules/requests.{extension}")
async def requests_file(use: UseServices, caller: MayReadRules, file: File, team: str | None = None) -> Response:
    """Requests with the most of what they would move, a row for each movement."""
    found = Listing(
        "requests", doc.RuleRequest, lambda: every(partial(use.actions.consents.page, team, PAGE), "requests")
    )
    return await file(caller, found.writer(use))


@file_route(router, "/rules/disputes.{extension}")
async def disputes_file(use: UseServices, caller: MayReadRules, file: File, team: str | None = None) -> Response:
    page = partial(use.actions.disputes.page, team, PAGE)
    found = Listing("disputes", doc.Dispute, lambda: every(page, "disputes"))
    return await file(caller, found.writer(use))


@file_route(router, "/rules/offers.{extension}")
async def offers_file(use: UseServices, caller: MayReadRules, file: File) -> Response:
    return await file(caller, Listing("offers", doc.Offer, use.actions.offering.all).writer(use))


@file_route(router, "/rules/ended-teams.{extension}")
async def ended_teams_file(use: UseServices, caller: MayReadRules, file: File) -> Response:
    """Teams that exist no more, a row for each rule that names them."""
    found = Listing("ended-teams", doc.EndedTeam, use.actions.disputes.ended_teams, per="rules")
    return await file(caller, found.writer(use))


@file_route(router, "/questions.{extension}")
async def questions_file(use: UseServices, caller: MayReadRules, file: File, team: str | None = None) -> Response:
    found = Listing("questions", doc.OwnerQuestion, lambda: use.actions.asking.all(team))
    return await file(caller, found.writer(use))


@file_route(router, "/attribution/toil.{extension}")
async def toil_file(use: UseServices, caller: MayReadRules, file: File) -> Response:
    return await file(caller, Listing("toil", doc.ToilMonth, lambda: use.actions.toil.report().months).writer(use))


@file_route(router, "/org.{extension}")
async def org_file(
    use: UseServices, caller: MayReadRules, file: File, at: date | None = None,
    owned: Literal["then", "now"] = "then", period: str | None = None,
) -> Response:  # fmt: skip
    """The tree of teams with its cost, a row for each currency."""
    org = use.actions.org
    found = Listing("org", doc.OrgTreeRow, lambda: org.rows(org.tree(at, owned, period, caller.actor)))
    return await file(caller, found.writer(use))


@file_route(router, "/entities.{extension}")
async def entities_file(use: UseServices, caller: MayReadRules, file: File, period: str = "last_30_days") -> Response:
    """What the catalogue lists, with and without cost."""
    found = Listing("entities", doc.EntityCost, lambda: use.actions.entities.costs(period, caller.actor).entities)
    return await file(caller, found.writer(use))


@file_route(router, "/entities/unknown.{extension}")
async def unknown_file(use: UseServices, caller: MayReadRules, file: File, period: str = "last_30_days") -> Response:
    """Cost of applications that nobody listed."""
    found = Listing("unlisted", doc.ApplicationCost, lambda: use.actions.entities.costs(period, caller.actor).unknown)
    return await file(caller, found.writer(use))


@file_route(router, "/pools.{extension}")
async def pools_file(use: UseServices, caller: MayReadRules, file: File) -> Response:
    return await file(caller, Listing("pools", doc.PoolShown, lambda: use.actions.pooling.pools().pools).writer(use))


@file_route(router, "/pools/shares.{extension}")
async def shares_file(
    use: UseServices, caller: MayReadCosts, file: File, period: Month, pool: str | None = None
) -> Response:
    """Who weighed what and got which share of which pool in a billing period."""

    def find() -> Sequence[BaseModel]:
        found = pool_shares(PoolQuestion(period, pool), access_of(caller), use.store)
        return doc.PoolShares.model_validate(found).groups

    return await file(caller, Listing(f"shares-{period}", PoolGroup, find, per="shares").writer(use))


@file_route(
    router, "/tags/coverage.{extension}", parameters("by", "top", "grain", "compare", "sort", "limit", "cursor")
)
async def coverage_file(request: Request, use: UseServices, caller: MayReadCosts, file: File) -> Response:
    """Every tag key: what it covers, what is without it, and what fixing it would unlock a month."""
    asked = question_of(request, use, caller, without=("raw",))
    find = partial(use.actions.tagging.coverage, asked.query, asked.access, ALL)
    return await file(caller, Listing("tag-coverage", TagCoverage, lambda: find().keys).writer(use))


@file_route(
    router, "/tags/variants.{extension}", parameters("by", "top", "grain", "compare", "sort", "limit", "cursor")
)
async def variants_file(
    request: Request, use: UseServices, caller: MayReadCosts, file: File,
    key: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:  # fmt: skip
    """Spellings that probably mean the same, a row for each spelling and currency."""
    asked = question_of(request, use, caller, without=("raw", "key"))
    find = partial(use.actions.tagging.variants, asked.query, asked.access, [key] if key else [])
    return await file(caller, Listing("tag-spellings", SpellingCost, lambda: spelt(find().variants)).writer(use))


def spelt(variants: Sequence[TagVariant]) -> Sequence[SpellingCost]:
    return [
        SpellingCost(
            kind=one.kind, key=one.key, use=one.spellings[0].text, spelling=spelling.text, currency=code, amount=amount
        )
        for one in variants
        for spelling in one.spellings
        for code, amount in spelling.money.items() or [(None, None)]
    ]


@file_route(router, "/series.{extension}")
async def series_file(use: UseServices, caller: MayReadRules, file: File) -> Response:
    """The metrics that have values."""
    return await file(caller, Listing("series", doc.SeriesKnown, use.actions.pooling.series).writer(use))


@file_route(router, "/costs/units.{extension}", parameters())
async def units_file(request: Request, use: UseServices, caller: MayReadCosts, file: File, team: str) -> Response:
    """What one unit of each metric of a team costs, a row for each day, week or month."""
    asked = question_of(request, use, caller, without=("raw", "team"))
    find = partial(use.actions.unit_costs.of_team, team, asked.query, asked.access)
    return await file(caller, Listing("unit-costs", UnitCost, lambda: find().series, per="points").writer(use))


@file_route(router, "/tags/campaigns.{extension}")
async def campaigns_file(use: UseServices, caller: MayReadCosts, file: File) -> Response:
    found = Listing("tag-campaigns", Campaign, lambda: use.actions.campaigns.all().campaigns)
    return await file(caller, found.writer(use))


@file_route(router, "/tags/campaigns/{campaign}/owners.{extension}")
async def campaign_owners_file(campaign: str, use: UseServices, caller: MayReadCosts, file: File) -> Response:
    """How far each owner got, by month and currency."""

    def find() -> Sequence[BaseModel]:
        months = use.actions.campaigns.progress(campaign, access_of(caller)).months
        return [OwnerMonth(month=one.month, **owner.model_dump()) for one in months for owner in one.owners]

    return await file(caller, Listing("tag-campaign-owners", OwnerMonth, find).writer(use))
