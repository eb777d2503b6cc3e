"""From a request to a question, and from the answer to bytes: the only module here that calls `warehouse.metrics`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

import orjson
from anyio import to_thread
from fastapi import Request
from starlette.responses import Response

from api.documents import CatalogueDimension, CatalogueDocument, CatalogueMeasure
from api.security import Caller
from api.services import Services
from warehouse.metrics import CATALOGUE, Access, Answer, CostQuery, Search, lines, parse, values
from warehouse.metrics.cache import version_of
from warehouse.metrics.query import BASES, COMPARES, GRAINS

PARAMETERS = {
    "measures": "Measures, separated by commas.",
    "by": "Dimensions to group by, separated by commas.",
    "where": "Filter `dimension:value,value`, may be repeated. A leading `-` excludes, `~` means contains.",
    "period": "A range `a..b` with the last day included, a month `YYYY-MM`, or a word such as `last_month`.",
    "grain": "`day`, `week` or `month`.",
    "basis": "`charge` days (UTC) or the provider's `billing` periods.",
    "compare": "`previous`, `year` or a range.",
    "normalise": "`day` divides costs and quantities by the days they are of.",
    "top": "This many groups; the rest folds into one.",
    "sort": "A column of the answer; leading `-` for the largest first.",
    "currency": "Answer only these currencies.",
    "known_on": "As it was known at the end of this day.",
    "incomplete": "`include` reaches past the last complete day.",
    "limit": "Rows on a page.",
    "cursor": "`next` of the page before.",
}
"""The fields of a question as OpenAPI describes them; their grammar is checked by `warehouse.metrics`."""
REVALIDATE = "private, no-cache"


def parameters(*without: str) -> dict[str, Any]:
    """OpenAPI text for the fields of a question, for routes that read the raw query string."""
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": text,
                "schema": {"type": "array", "items": {"type": "string"}} if name == "where" else {"type": "string"},
            }
            for name, text in PARAMETERS.items()
            if name not in without
        ]
    }


@dataclass(frozen=True, slots=True)
class Question:
    """A parsed query, who asks it, and the hour of the asking: one for the answer and for its tag."""

    query: CostQuery
    access: Access
    use: Services
    hour: datetime

    def answer(self) -> Answer:
        """The answer, from memory where nothing changed; blocks."""
        return self.use.answers.answer(self.query, self.access, self.use.store, self.hour)

    def lines(self) -> dict[str, Any]:
        return lines(self.query, self.access, self.use.store, self.hour)

    def values(self, search: Search) -> dict[str, Any]:
        return values(search, self.query, self.access, self.use.store, self.hour)

    def etag(self, *more: Hashable) -> tuple[str, tuple[Hashable, ...]]:
        """A tag, and the generations and rules it stands for. Equal tags mean equal answers."""
        with self.use.store.read() as snapshot:
            version = version_of(snapshot, self.hour)
        parts = (version, self.access, self.query, self.use.settings.version, *more)
        return 'W/"' + hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + '"', version[:2]


def access_of(caller: Caller) -> Access:
    return Access(caller.actor, everything=True)


def question_of(request: Request, use: Services, caller: Caller, without: Collection[str] = ()) -> Question:
    """The question in the address. `without` names the parameters that belong to the route instead."""
    catalogue = replace(CATALOGUE, ruled=use.store.dimensions)
    return Question(parse(query_text(request, without), catalogue), access_of(caller), use, use.hour())


def query_text(request: Request, without: Collection[str] = ()) -> str:
    """The raw query string less some parameters: the text form of a question is its form in an address."""
    text = request.scope["query_string"].decode("ascii")
    parts = [part for part in text.split("&") if part and unquote_plus(part.partition("=")[0]) not in without]
    return "&".join(parts)


def costs_document(question: Question) -> dict[str, Any]:
    return question.answer().document()


def lines_document(question: Question) -> dict[str, Any]:
    return question.lines()


async def json_response(
    request: Request, question: Question, document: Callable[[Question], dict[str, Any]], *more: Hashable
) -> Response:
    """The document, or 304 when the reader has it already. `more` is what it depends on beside the question."""
    etag, version = await to_thread.run_sync(question.etag, document.__name__, *more)
    headers = {"ETag": etag, "Cache-Control": REVALIDATE}
    if etag in (tag.strip() for tag in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    body = await question.use.heavy.run(document, question)
    if (body["generations"], body["rules_version"]) != version:  # a load went live in between: right, but untagged
        headers = {"Cache-Control": "no-store"}
    return Response(await to_thread.run_sync(orjson.dumps, body), media_type="application/json", headers=headers)


def catalogue_document(use: Services) -> CatalogueDocument:
    return CatalogueDocument(
        measures=[
            CatalogueMeasure(
                name=item.name,
                label=item.label,
                unit=item.unit,
                doc=item.doc,
                additive=item.additive,
                unit_column=item.unit_column,
            )
            for item in CATALOGUE.measures
        ],
        dimensions=[
            CatalogueDimension(name=item.name, label=item.label, doc=item.doc)
            for name in replace(CATALOGUE, ruled=use.store.dimensions).dimension_names
            if (item := CATALOGUE.dimension(name))
        ],
        grains=list(GRAINS),
        bases=list(BASES),
        compares=list(COMPARES),
    )
