"""From a request to a question, and from the answer to bytes: the only module here that calls `warehouse.metrics`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from urllib.parse import unquote_plus

import orjson
import polars as pl
from anyio import to_thread
from fastapi import Request
from starlette.responses import Response

from api.documents import CatalogueDimension, CatalogueDocument, CatalogueMeasure
from api.security import Caller
from api.services import Services
from warehouse.metrics import (
    CATALOGUE,
    Access,
    Answer,
    CostQuery,
    Dimension,
    Search,
    all_lines,
    line_texts,
    lines,
    parse,
    values,
)  # fmt: skip
from warehouse.metrics.cache import version_of
from warehouse.metrics.query import BASES, COMPARES, GRAINS
from warehouse.metrics.shape import Column, texts

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
    "incomplete": "`include` reaches past the last complete day; days `a..b` stay as written.",
    "limit": "Rows on a page.",
    "cursor": "`next` of the page before.",
}
"""The fields of a question as OpenAPI describes them; their grammar is checked by `warehouse.metrics`."""
BATCH_ROWS = 50_000
"""Rows made into text at once when a file is written."""
NAMES_MAX = 2_000
"""Names of one dimension that a page begins with."""
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
class Content:
    """What a file is made of. The frames can be taken once; `long` names amounts of more digits than 15."""

    sheet: str
    about: dict[str, Any]  # the document of the answer, without rows
    row_count: int
    frames: Iterator[pl.DataFrame]
    texts: Callable[[pl.DataFrame], list[dict[str, Any]]]
    long: frozenset[str]


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

    def lines(self, *, shares: bool = False) -> dict[str, Any]:
        return lines(self.query, self.access, self.use.store, self.hour, shares=shares)

    @contextmanager
    def whole(self) -> Iterator[Content]:
        """The whole answer, not the page: all of it is in memory."""
        query = replace(self.query, limit=None, cursor=None)
        answer = replace(self, query=query).answer()
        about = replace(answer, rows=answer.rows.clear()).document()
        yield content_of("Costs", answer, {name: value for name, value in about.items() if name != "rows"})

    @contextmanager
    def whole_lines(self, *, shares: bool = False) -> Iterator[Content]:
        """Every line, a batch at a time, while the store is held; with `shares`, rows of shared cost behind them."""
        with all_lines(self.query, self.access, self.use.store, self.hour, shares=shares) as found:
            long = frozenset(found.long)
            yield Content("Lines", found.document, found.row_count, found.batches, line_texts, long)

    def values(self, search: Search) -> dict[str, Any]:
        return values(search, self.query, self.access, self.use.store, self.hour)

    def etag(self, *more: Hashable) -> tuple[str, tuple[Hashable, ...]]:
        """A tag, and the generations and rules it stands for. Equal tags mean equal answers."""
        with self.use.store.read() as snapshot:
            version = version_of(snapshot, self.hour)
        parts = (version, self.access, self.query, self.use.settings.version, *more)
        return 'W/"' + hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + '"', version[:2]


class Rows(Protocol):
    """An answer, or anything that has its shape."""

    @property
    def columns(self) -> Sequence[Column]: ...
    @property
    def rows(self) -> pl.DataFrame: ...


def content_of(sheet: str, found: Rows, about: dict[str, Any]) -> Content:
    """What is in memory, as the content of a file; it becomes text a batch at a time."""
    frames = (found.rows.slice(start, BATCH_ROWS) for start in range(0, max(1, len(found.rows)), BATCH_ROWS))
    rows = partial(texts, columns=found.columns)
    return Content(sheet, about, len(found.rows), frames, rows, _long(found, about))


def _long(found: Rows, about: dict[str, Any]) -> frozenset[str]:
    """The amounts of which a row or a total has more digits than a spreadsheet's number holds."""
    names = [column.name for column in found.columns if column.kind == "measure"]
    totals = {name: pl.Series(name, [row.get(name) for row in about["totals"]], pl.String) for name in names}
    return frozenset(name for name in names if is_long(found.rows[name]) or is_long(totals[name]))


def is_long(amounts: pl.Series) -> bool:
    """Whether one of them has more digits than a spreadsheet's number holds."""
    text = amounts.cast(pl.String)
    fraction = pl.when(text.str.contains(".", literal=True)).then(text.str.strip_chars_end("0")).otherwise(text)
    digits = pl.select(fraction).to_series().str.replace_all(r"[.\-]", "").str.strip_chars_start("0")
    return bool((digits.str.len_chars() > 15).any())


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


def shared_lines_document(question: Question) -> dict[str, Any]:
    return question.lines(shares=True)


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
        dimensions=[CatalogueDimension(name=item.name, label=item.label, doc=item.doc) for item in _dimensions(use)],
        grains=list(GRAINS),
        bases=list(BASES),
        compares=list(COMPARES),
        names=_names(use),
    )


def _names(use: Services) -> dict[str, dict[str, str]]:
    """What whatever is no answer to a question calls teams and entities."""
    named = [item.name for item in _dimensions(use) if item.named]
    with use.store.read() as reader:
        found = {name: reader.names.of(name, use.hour().date()).head(NAMES_MAX) for name in named}
    return {name: dict(frame.iter_rows()) for name, frame in found.items() if len(frame)}


def _dimensions(use: Services) -> list[Dimension]:
    known = replace(CATALOGUE, ruled=use.store.dimensions).dimension_names
    return [item for name in known if (item := CATALOGUE.dimension(name))]
