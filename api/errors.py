"""Any failure as RFC 9457 problem details: one shape for every status, and never a traceback."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.documents import ProblemDocument

MEDIA_TYPE = "application/problem+json"
TITLES = {
    "invalid": "The request is not valid",
    "not_found": "Not found",
    "method_not_allowed": "Method not allowed",
    "too_large": "Too large",
    "too_many_requests": "Too many questions at once",
    "query": "The query is not valid",
    "rules": "The rules are not valid",
    "format": "The file cannot be loaded",
    "conform": "The file breaks the rules of FOCUS",
    "internal": "Something went wrong on our side",
}
STATUS_BY_SLUG = {
    "not_found": 404,
    "conflict": 409,
    "held": 409,
    "not_retained": 410,
    "too_large": 413,
    "too_many_requests": 429,
    "queue_full": 429,
    "query_timeout": 503,
    "not_ready": 503,
    "disk_full": 507,
}
STATUS_BY_KIND = {"caller": 400, "operator": 503, "provider": 502, "us": 500}
SLUG_BY_STATUS = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def problem_of(error: BaseException, request_id: str | None = None) -> ProblemDocument:
    """The document for any exception: ours by their attributes, HTTP's by their status, the rest as "internal"."""
    if isinstance(error, RequestValidationError):
        document = _invalid(error)
    elif isinstance(error, HTTPException):
        slug = SLUG_BY_STATUS.get(error.status_code, "http")
        document = problem(slug, str(error.detail).rstrip(".") + ".", error.status_code)
    elif _is_ours(error):
        document = _ours(error)
    else:
        document = problem(
            "internal",
            "Outlay met a fault of its own. Nothing was changed by this request.",
            500,
            next_step=f"Look for {request_id} in the server's log." if request_id else "Look at the server's log.",
        )
    return document.model_copy(update={"request_id": request_id})


def problem(slug: str, detail: str, status: int, **more: Any) -> ProblemDocument:
    title = TITLES.get(slug, slug.replace("_", " ").capitalize())
    return ProblemDocument(type=f"urn:outlay:problem:{slug}", title=title, status=status, detail=detail, **more)


def response(document: ProblemDocument, headers: Mapping[str, str] | None = None) -> Response:
    body = orjson.dumps(document.model_dump(mode="json"))
    return Response(body, document.status, dict(headers or {}), MEDIA_TYPE)


def _is_ours(error: BaseException) -> bool:
    return hasattr(error, "kind") or hasattr(error, "faults") or hasattr(error, "next_step")


def _ours(error: BaseException) -> ProblemDocument:
    kind = str(getattr(error, "kind", "caller"))
    slug = str(getattr(error, "slug", None) or _slug(type(error).__name__))
    faults = [_plain(fault) for fault in getattr(error, "faults", ())]
    first = faults[0] if faults else {}
    detail = str(getattr(error, "message", None) or error or first.get("message", "") or slug)
    status = getattr(error, "status", None) or STATUS_BY_SLUG.get(slug) or STATUS_BY_KIND.get(kind, 500)
    places = {name: getattr(error, name, None) for name in ("file", "row", "line", "column", "value")}
    return problem(
        slug,
        detail,
        int(status),
        field=_text(getattr(error, "field", None) or first.get("field")),
        nearest=[str(word) for word in (getattr(error, "nearest", None) or first.get("nearest") or ())],
        next_step=_text(getattr(error, "next_step", None)),
        faults=faults,
        **{name: _simple(value) for name, value in places.items() if value is not None},
    )


def _slug(class_name: str) -> str:
    """`FormatError` is "format", `QueryTimeout` "query_timeout"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", class_name.removesuffix("Error")).lower()


def _invalid(error: RequestValidationError) -> ProblemDocument:
    """All faults of a request at once, without echoing what was sent."""
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"][1:]) or str(fault["loc"][0]), "message": fault["msg"]}
        for fault in error.errors()
    ]
    first = faults[0]
    detail = "; ".join(f"{fault['field']}: {fault['message']}" for fault in faults[:5]) + "."
    return problem("invalid", detail, 422, field=first["field"], faults=faults)


def _plain(fault: Any) -> dict[str, Any]:
    if isinstance(fault, BaseModel):
        return fault.model_dump(mode="json")
    if dataclasses.is_dataclass(fault) and not isinstance(fault, type):
        return {item.name: _simple(getattr(fault, item.name)) for item in dataclasses.fields(fault)}
    if isinstance(fault, Mapping):
        return {str(name): _simple(value) for name, value in fault.items()}
    return {"message": str(fault)}


def _simple(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Sequence):
        return [_simple(item) for item in value]
    return str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
