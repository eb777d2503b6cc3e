"""What tells groups of the inbox apart, and their ids: the same every month."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from api import documents as doc


def group_id(signature: Sequence[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps([[list(part) for part in signature], None]).encode()).hexdigest()[:12]


def pairs(signature: Iterable[doc.SignaturePart]) -> list[tuple[str, str]]:
    return [(part.column, part.value) for part in signature]
