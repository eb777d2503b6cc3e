"""What all documents share, and the one shape of error."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Document(BaseModel):
    """What all documents share: unknown fields are an error of the builder, not a silent loss."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ProblemDocument(Document):
    """RFC 9457 problem details. `type` is stable and safe to compare; the sentences are for people."""

    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=True)
    type: str
    title: str
    status: int
    detail: str
    field: str | None = None
    nearest: list[str] = Field(default_factory=list)
    next_step: str | None = None
    request_id: str | None = None
    faults: list[dict[str, Any]] = Field(default_factory=list)
