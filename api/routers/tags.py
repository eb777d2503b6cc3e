"""Tags in money: coverage by key, spellings to merge, policies and who follows them."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import documents as doc
from api.documents.tag_policies import TagPoliciesDocument, TagPolicyCheck, TagPolicyText, TagsCompliance
from api.exports import File, file_route
from api.policy_files import write_compliance
from api.questions import parameters, question_of
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["tags"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]
MayReadRules = Annotated[Caller, Depends(Allow("rules.read"))]
MayWriteRules = Annotated[Caller, Depends(Allow("rules.write"))]
UNUSED = ("by", "top", "compare", "normalise", "sort", "limit", "cursor", "known_on", "basis")
"""Fields of a question that say nothing about compliance; they may be there."""
PolicyId = Annotated[str | None, Query(max_length=100, description="One policy; all of them when absent.")]


@router.get("/tags/coverage", openapi_extra=parameters("by", "top", "grain", "compare", "sort", "limit", "cursor"))
async def coverage(
    request: Request, use: UseServices, caller: MayRead, keys: Annotated[int, Query(ge=1, le=200)] = 20
) -> doc.TagsCoverage:
    """What each tag key covers of the cost that a question is about, and what fixing it would unlock a month."""
    asked = question_of(request, use, caller, without=("keys",))
    return await use.heavy.run(use.actions.tagging.coverage, asked.query, asked.access, keys)


@router.get("/tags/variants", openapi_extra=parameters("by", "top", "grain", "compare", "sort", "limit", "cursor"))
async def variants(
    request: Request, use: UseServices, caller: MayRead, key: Annotated[str | None, Query(max_length=512)] = None
) -> doc.TagVariants:
    """Spellings of keys and of values that probably mean the same, and the `tag_keys` that would merge them."""
    asked = question_of(request, use, caller, without=("key",))
    return await use.heavy.run(use.actions.tagging.variants, asked.query, asked.access, [key] if key else [])


@router.get("/tags/compliance", openapi_extra=parameters(*UNUSED))
async def compliance(request: Request, use: UseServices, caller: MayRead, policy: PolicyId = None) -> TagsCompliance:
    """What tag policies say of the cost that a question is about: by policy, key and team, and with a grain in time."""
    asked = question_of(request, use, caller, without=("policy",))
    return await use.heavy.run(use.actions.tag_policies.compliance, asked.query, asked.access, policy)


@file_route(router, "/tags/compliance.{extension}", parameters(*UNUSED))
async def compliance_file(
    request: Request, use: UseServices, caller: MayRead, file: File, policy: PolicyId = None
) -> Response:
    """The same as a file."""
    asked = question_of(request, use, caller, without=("policy", "raw"))
    return await file(caller, partial(write_compliance, asked, policy))


@router.get("/tags/policies")
def policies(use: UseServices, _caller: MayReadRules) -> TagPoliciesDocument:
    """The document of tag policies in force, and its policies."""
    return use.actions.tag_policies.document()


@router.put("/tags/policies", status_code=202)
def apply_policies(wanted: TagPolicyText, use: UseServices, caller: MayWriteRules) -> doc.Accepted:
    """Publish policies with the rules in force. The job fails with every fault at once when they are wrong."""
    texts = use.actions.tag_policies.texts(wanted)
    return use.start("rules", lambda report: use.actions.apply_rules(texts, caller.actor, report), caller)


@router.post("/tags/policies/check")
async def check_policies(wanted: TagPolicyText, use: UseServices, _caller: MayReadRules) -> TagPolicyCheck:
    """Every fault of a document of policies. Publishes nothing."""
    return await use.heavy.run(use.actions.tag_policies.check, wanted)
