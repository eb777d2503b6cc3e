"""How a total came to its owners: from a question in an address to the document."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from api.path_protocols import PATHS_MAX, PATHS_USUAL, PathsAsked
from api.questions import Question, json_response

Decided = Annotated[str, Field(max_length=40, description="Which dimension of the rules the paths lead to.")]


class PathsWanted(BaseModel):
    """What is asked beside the question."""

    dimension: Decided = "team"
    paths: Annotated[int, Field(ge=1, le=PATHS_MAX, description="At most so many direct paths, the largest.")] = (
        PATHS_USUAL
    )

    def of(self, question: Question) -> PathsAsked:
        return PathsAsked(question.query, question.access, question.hour, self.dimension, self.paths)


async def paths_response(request: Request, question: Question, wanted: PathsWanted) -> Response:
    """The paths, or 304 when the reader has them already."""

    def paths_document(asked: Question) -> dict[str, Any]:
        return asked.use.actions.owner_paths.document(wanted.of(asked)).model_dump(mode="json")

    return await json_response(request, question, paths_document, wanted.dimension, wanted.paths)
