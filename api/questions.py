"""From a request to a question, and from the answer to bytes: the only module here that calls `warehouse.metrics`."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import orjson
from fastapi import Request
from starlette.responses import Response

from api.documents import CatalogueDimension, CatalogueDocument, CatalogueMeasure
from api.security import Caller
from api.services import Services

PARAMETERS = {
    "measures": "Measures, separated by commas.",
    "by": "Dimensions to group by, separated by commas.",
    "where": "Filter `dimension:value,value`, may be repeated. A leading `-` excludes, `~` means contains.",
    "period": "A range `a..b` with the last day included, a month `YYYY-MM`, or a word such as `last_month`.",
    "grain": "`day`, `week` or `month`.",
    "basis": "`charge` days (UTC) or the provider's `billing` periods.",
    "compare": "`previous`, `year` or a range.",
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
    """A parsed query and who asks it."""

    query: Any
    caller: Caller
    use: Services

    def ask(self) -> Any:
        """The answer; blocks."""
        from warehouse.metrics import answer

        return answer(self.query, access_of(self.caller), self.use.store, self.use.hour())


def access_of(caller: Caller) -> Any:
    from warehouse.metrics import Access

    return Access(caller.actor, everything=True)


def question_of(request: Request, use: Services, caller: Caller, without: Collection[str] = ()) -> Question:
    """The question in the address. `without` names the parameters that belong to the route instead."""
    from warehouse.metrics import parse

    return Question(parse(query_text(request, without)), caller, use)


def query_text(request: Request, without: Collection[str] = ()) -> str:
    """The raw query string less some parameters: the text form of a question is its form in an address."""
    text = request.scope["query_string"].decode("ascii")
    parts = [part for part in text.split("&") if part and unquote_plus(part.partition("=")[0]) not in without]
    return "&".join(parts)


def etag_of(question: Question, generations: str, rules_version: int) -> str:
    """Equal tags mean equal answers: data, rules, reader, words of the question, the hour, and this version."""
    use = question.use
    parts = (
        generations,
        str(rules_version),
        question.caller.actor,
        str(question.query),
        use.hour().isoformat(),
        use.settings.version,
    )
    return 'W/"' + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32] + '"'


def current_etag(question: Question) -> str:
    with question.use.store.read() as snapshot:
        return etag_of(question, snapshot.generations, snapshot.rules_version)


def unchanged(request: Request, etag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    return etag in (tag.strip() for tag in given.split(","))


async def json_answer(request: Request, question: Question) -> Response:
    """The answer's document, or 304 when the reader has it already."""
    from anyio import to_thread

    etag = await to_thread.run_sync(current_etag, question)
    headers = {"ETag": etag, "Cache-Control": REVALIDATE}
    if unchanged(request, etag):
        return Response(status_code=304, headers=headers)
    body, headers["ETag"] = await question.use.heavy.run(_render, question)
    return Response(body, media_type="application/json", headers=headers)


def _render(question: Question) -> tuple[bytes, str]:
    """Bytes and their tag, both from one snapshot: a load may have gone live since the tag was first looked up."""
    document = question.ask().document()
    return orjson.dumps(document), etag_of(question, document["generations"], document["rules_version"])


def catalogue_document() -> CatalogueDocument:
    from warehouse.metrics.catalogue import CATALOGUE
    from warehouse.metrics.query import BASES, COMPARES, GRAINS

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
            CatalogueDimension(name=item.name, label=item.label, doc=item.doc) for item in CATALOGUE.dimensions
        ],
        grains=list(GRAINS),
        bases=list(BASES),
        compares=list(COMPARES),
    )
