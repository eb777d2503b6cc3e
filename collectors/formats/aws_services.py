"""Which FOCUS category a service of AWS belongs to.

One ServiceName has one category in a load: it is looked up by product code, and where two codes share a name, one of
them speaks for both. EC2 is one service with one name, so its disks and gateways count as Compute like its machines;
what drives their cost is told apart by usage type.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

SUPPORT_PREFIX: Final = "AWSSupport"
SUPPORT_CODES: Final = frozenset({"OCBPremiumSupport", "AWSDeveloperSupport", "AWSPremiumSupport"})
_MODEL_SOLD_THROUGH_BEDROCK: Final = "(Amazon Bedrock Edition)"


class Category(NamedTuple):
    name: str
    subcategory: str


OTHER: Final = Category("Other", "Other (Other)")


@cache
def table() -> dict[str, Category]:
    """Product code to category."""
    text = resources.files(__package__).joinpath("data/aws_services.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["product_code"]: Category(row["service_category"], row["service_subcategory"]) for row in rows}


def category(code: str | None, name: str) -> Category | None:
    """The category of a product code, or of a service sold under a code of its seller's; None when unknown."""
    if code and code.startswith(SUPPORT_PREFIX):
        return Category("Management and Governance", "Support")
    if code and code in table():
        return table()[code]
    if name.endswith(_MODEL_SOLD_THROUGH_BEDROCK):
        return Category("AI and Machine Learning", "Generative AI")
    return None


def categories(services: Collection[tuple[str | None, str]]) -> dict[str, Category]:
    """ServiceName to its one category, from (product code, ServiceName) pairs; the first known code decides."""
    found: dict[str, Category] = {}
    for code, name in sorted(set(services), key=lambda pair: (pair[1], pair[0] or "")):
        known = category(code, name)
        if known is not None:
            found.setdefault(name, known)
    return {name: found.get(name, OTHER) for _, name in services}
