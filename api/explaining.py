"""Why two periods differ: from a question in an address to its explanation, as document and as file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from api.files import write_rows
from api.questions import Question, json_response
from api.writing import How, Written
from warehouse.metrics.explain import (
    MOVERS_MAX,
    MOVERS_USUAL,
    Explained,
    Parts,
    Wanted,
    document,
    explain,
)


class ExplainWanted(BaseModel):
    """What is asked beside the question."""

    floor: Annotated[
        str | None, Field(max_length=40, description="Parts smaller than this amount are noise; absent: the setting.")
    ] = None
    movers: Annotated[int, Field(ge=1, le=MOVERS_MAX, description="At most so many movers.")] = MOVERS_USUAL


@dataclass(frozen=True, slots=True)
class Why:
    """A question whose change is to be explained."""

    question: Question
    wanted: Wanted

    def found(self) -> Explained:
        """Blocks."""
        asked = self.question
        return explain(asked.query, asked.access, asked.use.store, asked.hour)


async def explain_response(request: Request, question: Question, wanted: ExplainWanted) -> Response:
    """The explanation, or 304 when the reader has it already."""
    floor = wanted.floor or question.use.actions.saved.preferences(question.access.actor).noise_floor
    why = Why(question, Wanted(floor, wanted.movers))

    def explain_document(_question: Question) -> dict[str, Any]:
        return document(why.found(), why.wanted)

    return await json_response(request, question, explain_document, why.wanted)


def write_explanation(question: Question, path: Path, how: How) -> Written:
    """Every part, noise included, as a file whose totals are the change."""
    parts = Parts(Why(question, Wanted()).found())
    return write_rows(parts, f"outlay-explain-{question.hour:%Y-%m-%d}", path, how)
