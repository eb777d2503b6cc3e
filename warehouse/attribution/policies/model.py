"""What `tags.yaml` says, checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from warehouse.attribution.model import ALWAYS, DAY_MAX, DAY_MIN, TAG, Condition, checks

SCOPED: Final = (
    "provider", "billing_account", "sub_account", "service", "service_category", "region", "resource",
    "resource_type", "charge_category", "commitment", "cost_centre",
)  # fmt: skip
"""What a scope may read beside `tag.KEY` and the dimensions of the rules: what questions group by."""


@dataclass(frozen=True, slots=True)
class RequiredKey:
    """A key that must be there; `allowed` is asked of its value, folded as the tag keys of the rules say."""

    key: str
    allowed: Condition = ALWAYS
    values: tuple[str, ...] = ()
    """The allowed values that are listed, whether in the document or in a table."""


@dataclass(frozen=True, slots=True)
class TagPolicy:
    """Judges charges of its days that `when` holds for."""

    id: str
    keys: tuple[RequiredKey, ...]
    when: Condition = ALWAYS
    note: str | None = None
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX
    line: int = 0
    """In the document, from 1."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Everything it reads of a charge, sorted."""
        return tuple(sorted({check.column for check in checks(self.when)} | {TAG + one.key for one in self.keys}))

    def required(self, key: str) -> RequiredKey | None:
        return next((one for one in self.keys if one.key == key), None)
