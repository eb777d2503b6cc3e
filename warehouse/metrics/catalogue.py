"""What can be asked: measures and dimensions as data. Documents, types and completion are made from this list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Unit = Literal["currency", "quantity", "rate", "percent"]
Table = Literal["lines", "dims", "items", "owners", "tags", "tag_keys", "splits", "why"]
TAG_PREFIX: Final = "tag."
RULE_PREFIX: Final = "rule."
REASON_WORDS: Final = {
    "layer": ("Layer", "What {} comes from."),
    "rule": ("Rule", "Id of the rule that decided {}."),
    "reason": ("Reason", "Why there is no {}, or no better one."),
    "version": ("Rules version", "Version of the rules that {} is decided by."),
}
"""What is kept beside each dimension of the rules, asked for as `rule.DIMENSION`."""
VERSION: Final = "rules_version"
RULED: Final = re.compile("[a-z][a-z0-9_]{0,39}")
"""Names of dimensions that rules may add; they stand in statements as they are."""
DECIDED: Final = ("team", "application", "environment")
"""Dimensions that rules decide always, beside those that they name."""
SYSTEM: Final = "system"
"""The dimension that a catalogue of the organisation's own adds; its values are entities."""
RATE_DIGITS: Final = 12
"""Digits behind the point of a rate, rounded half-even."""
PERCENT_DIGITS: Final = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """A number about a group of lines. `sums` are the stored columns it is made of; a ratio divides two of them."""

    name: str
    label: str
    unit: Unit
    doc: str
    sums: tuple[str, ...]
    unit_column: str | None = None  # the dimension its values are counted in: additive only within one value of it
    additive: bool = True


@dataclass(frozen=True, slots=True)
class Dimension:
    """A word that lines can be grouped and filtered by: one column of one table, with its label beside it."""

    name: str
    label: str
    doc: str
    table: Table
    column: str
    label_column: str | None = None
    tag_key: str | None = None
    named: bool = False  # teams and entities: what people call them, the documents say

    @property
    def has_label(self) -> bool:
        """Whether an answer has a column of names beside its values."""
        return self.named or self.label_column is not None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words that questions may use. `unit_dimensions` come along by themselves and cannot be asked for.

    `ruled` are the dimensions that the rules in force name beside those listed here; on `tag_days` the tags of some
    charges begin to be read in another way; `tag_versions` says by which rules those of a billing period are read,
    first those of any other, and nothing where all are read by the same.
    """

    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    unit_dimensions: tuple[Dimension, ...]
    ruled: tuple[str, ...] = ()
    tag_days: tuple[date, ...] = ()
    tag_versions: tuple[tuple[str, int], ...] = ()

    def measure(self, name: str) -> Measure | None:
        return next((measure for measure in self.measures if measure.name == name), None)

    def dimension(self, name: str) -> Dimension | None:
        """A named dimension, those that any `tag.KEY` and `rule.DIMENSION` are, or the one that rules may name so."""
        word, about = _reasoned(name)
        if name.startswith(TAG_PREFIX) and len(name) > len(TAG_PREFIX):
            key = name[len(TAG_PREFIX) :]
            return Dimension(name, f"Tag {key}", f"Value of the tag {key}.", "tags", "tags", tag_key=key)
        if word and RULED.fullmatch(about):
            label, said = REASON_WORDS[word]
            column = VERSION if word == "version" else f"$.{about}.{word}"
            return Dimension(name, f"{label} of {about}", said.format(about), "why", column)
        listed = next((item for item in (*self.dimensions, *self.unit_dimensions) if item.name == name), None)
        if listed is None and RULED.fullmatch(name):
            label = name.replace("_", " ").capitalize()
            return Dimension(name, label, f"{label}, by the rules.", "owners", f"extra['{name}']", named=name == SYSTEM)
        return listed

    def knows(self, name: str) -> bool:
        word, about = _reasoned(name)
        if word:
            return about in (*DECIDED, *self.ruled)
        return (name.startswith(TAG_PREFIX) and len(name) > len(TAG_PREFIX)) or name in self.dimension_names

    @property
    def measure_names(self) -> tuple[str, ...]:
        return tuple(measure.name for measure in self.measures)

    @property
    def dimension_names(self) -> tuple[str, ...]:
        return (*(dimension.name for dimension in self.dimensions), *self.ruled)


def ruled_in(name: str) -> str:
    """The dimension of the rules that a name such as `rule.DIMENSION` is about; any other name itself."""
    return _reasoned(name)[1] or name


def _reasoned(name: str) -> tuple[str, str]:
    word, _, about = name.partition(".")
    return (word, about) if word in REASON_WORDS and about else ("", "")


def nearest(word: str, known: Sequence[str]) -> tuple[str, ...]:
    """The known word with the fewest single-letter edits, the first of equals; none beyond half the word's letters."""
    word = word[:64]
    ranked = min(((_edits(word, item), place, item) for place, item in enumerate(known)), default=None)
    return (ranked[2],) if ranked and ranked[0] <= max(2, len(word) // 2) else ()


def _edits(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for index, letter in enumerate(left, 1):
        above, row = row, [index]
        for column, other in enumerate(right, 1):
            row.append(min(row[-1] + 1, above[column] + 1, above[column - 1] + (letter != other)))
    return row[-1]


def _cost(name: str, label: str, doc: str) -> Measure:
    return Measure(name, label, "currency", doc, (name,))


MEASURES: Final = (
    _cost("effective_cost", "Effective cost", "Cost with commitments and upfront fees spread over what they cover."),
    _cost("billed_cost", "Billed cost", "What the invoice says: the basis of finance."),
    _cost("list_cost", "List cost", "Cost at public prices, before any discount."),
    _cost("contracted_cost", "Contracted cost", "Cost at negotiated prices, before commitments."),
    Measure(
        "consumed_quantity", "Consumed quantity", "quantity",
        "Usage as metered. Added up only within one unit, which stands beside it.",
        ("consumed_quantity",), unit_column="consumed_unit",
    ),
    Measure(
        "pricing_quantity", "Pricing quantity", "quantity",
        "Usage as priced. Added up only within one unit, which stands beside it.",
        ("pricing_quantity",), unit_column="pricing_unit",
    ),
    Measure(
        "effective_rate", "Effective rate", "rate",
        f"Effective cost divided by pricing quantity: two sums, never an average; {RATE_DIGITS} digits, half-even.",
        ("effective_cost", "pricing_quantity"), unit_column="pricing_unit", additive=False,
    ),
    Measure(
        "share", "Share", "percent",
        "Percent of the currency's total of the first cost measure asked for, one digit, half-even.",
        (), additive=False,
    ),
)  # fmt: skip

DIMENSIONS: Final = (
    Dimension("provider", "Provider", "Who provides the service.", "dims", "provider"),
    Dimension(
        "billing_account", "Billing account", "Id of the account that is invoiced.",
        "dims", "billing_account", "billing_account_name",
    ),
    Dimension(
        "sub_account", "Sub account", "Id of the account, subscription or project that used the service.",
        "dims", "sub_account", "sub_account_name",
    ),
    Dimension("service", "Service", "The provider's service.", "dims", "service"),
    Dimension("service_category", "Service category", "FOCUS category of the service.", "dims", "service_category"),
    Dimension("region", "Region", "Id of the region.", "dims", "region", "region_name"),
    Dimension("resource", "Resource", "Id of the resource.", "dims", "resource", "resource_name"),
    Dimension("resource_name", "Resource name", "Name of the resource, as a rule reads it.", "dims", "resource_name"),
    Dimension("resource_group", "Resource group", "Group that the resource lies in.", "dims", "resource_group"),
    Dimension("resource_type", "Resource type", "Kind of resource.", "dims", "resource_type"),
    Dimension("charge_category", "Charge category", "Usage, purchase, tax, credit, adjustment.",
              "dims", "charge_category"),
    Dimension("charge_frequency", "Charge frequency", "One-time, recurring, usage-based.",
              "items", "charge_frequency"),
    Dimension("pricing_category", "Pricing category", "Standard, committed, dynamic, other.",
              "items", "pricing_category"),
    Dimension("cost_driver", "Cost driver", "What is paid for: compute, storage, transfer and so on.",
              "items", "cost_driver"),
    Dimension("sku", "SKU", "Id of the product on the price list.", "items", "sku"),
    Dimension("commitment", "Commitment", "Id of the commitment that applies.",
              "dims", "commitment", "commitment_name"),
    Dimension("invoice", "Invoice", "Id of the invoice.", "items", "invoice"),
    Dimension("source", "Source", "The configured account the line came from.", "lines", "source"),
    Dimension("team", "Team", "Owner by the rules; missing means unallocated.", "owners", "team", named=True),
    Dimension("application", "Application", "The organisation's own service, by the rules.",
              "owners", "application", named=True),
    Dimension("environment", "Environment", "Production, test and so on, by the rules.", "owners", "environment"),
    Dimension("cost_centre", "Cost centre", "Cost centre, by the rules.", "owners", "cost_centre"),
    Dimension("layer", "Layer", "What the team comes from: override, tag, inherited, catalogue, rule, name, default, "
              "unallocated.", "why", "$.team.layer"),
    Dimension("rule", "Rule", "Id of the rule that decided the team, or that answered with what is no team.",
              "why", "$.team.rule"),
    Dimension("pool", "Pool", "The pool that a share of shared cost is of; missing for direct cost.",
              "splits", "pool"),
    Dimension("allocation", "Allocation", "direct: of a line's own team; shared: given or received by a pool.",
              "splits", "allocation"),
)  # fmt: skip

UNIT_DIMENSIONS: Final = (
    Dimension("consumed_unit", "Consumed unit", "Unit of the consumed quantity.", "items", "consumed_unit"),
    Dimension("pricing_unit", "Pricing unit", "Unit of the pricing quantity.", "items", "pricing_unit"),
)

CATALOGUE: Final = Catalogue(MEASURES, DIMENSIONS, UNIT_DIMENSIONS)
