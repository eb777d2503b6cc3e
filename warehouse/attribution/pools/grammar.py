"""The fields of `pools.yaml`: what the loader reads, the schema publishes and the reference explains."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from warehouse.attribution.document import Faults, Node
from warehouse.attribution.grammar import (
    CONDITION,
    FROM,
    LABEL,
    LITERAL,
    NOTE,
    RULE_ID,
    TAG_KEY,
    TEAM_KEY,
    TO,
    VERSION,
)
from warehouse.attribution.kinds import Field, Fields, Many, Named, Raw, Spot, Text, Truth, Word
from warehouse.attribution.pools.model import COSTS, FALLBACKS, GRAINS, METHODS

POOLS_MAX: Final = 500
TARGETS_MAX: Final = 1_000
ADJUSTMENTS_MAX: Final = 500
PARTITION_MAX: Final = 5
RATES_MAX: Final = 10_000
PERCENT_DIGITS: Final = 9
"""Behind the point: weights have no more."""
CATEGORIES: Final = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
SERIES_NAME: Final = Text(100, r"[A-Za-z][A-Za-z0-9_.-]*", "the name of a series: letters, digits, _, . and -")


@dataclass(frozen=True, slots=True)
class Percent:
    """Decimal percent, exactly as written; `signed` allows less than nothing."""

    most: int = 100
    signed: bool = False

    def read(self, node: Node, faults: Faults) -> Spot | None:
        pattern = rf"{'[+-]?' if self.signed else ''}[0-9]{{1,5}}(\.[0-9]{{1,{PERCENT_DIGITS}}})?"
        if node.kind == "text" and re.fullmatch(pattern, node.text) and abs(Decimal(node.text)) <= self.most:
            return Spot(Decimal(node.text), node.mark)
        low = f"-{self.most}" if self.signed else "0"
        faults.add(node.mark, f"{node.called} here", f"a percentage from {low} to {self.most}, such as 12.5")
        return None

    def schema(self) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "number", "minimum": -self.most if self.signed else 0, "maximum": self.most},
                {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]+)?$"},
            ]
        }


@dataclass(frozen=True, slots=True)
class Rate:
    """A decimal price, exactly as written: quantities of 9 digits make costs of 18."""

    def read(self, node: Node, faults: Faults) -> Spot | None:
        if node.kind == "text" and re.fullmatch(rf"[0-9]{{1,6}}(\.[0-9]{{1,{PERCENT_DIGITS}}})?", node.text):
            return Spot(Decimal(node.text), node.mark)
        faults.add(node.mark, f"{node.called} here", "a price below 1000000 with at most 9 digits, such as 0.0042")
        return None

    def schema(self) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "number", "minimum": 0, "exclusiveMaximum": 1_000_000},
                {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
            ]
        }


TEAMS: Final = Many(TEAM_KEY, TARGETS_MAX, or_one=True, shortest=1)
CATEGORY_LIST: Final = Many(Word((*CATEGORIES, "all")), len(CATEGORIES), or_one=True, shortest=1)
PARTITION: Final = Many(TAG_KEY, PARTITION_MAX, or_one=True, shortest=1)
FALLBACK: Final = Many(Word(FALLBACKS), len(FALLBACKS), or_one=True)
CAP: Final = Field(Percent(), "percent of what is split that no target gets more of; the rest goes to the others")
MINIMUM: Final = Field(Percent(), "percent of what is split that every target gets at least")
LIMITS: Final = Fields({"cap": CAP, "minimum": MINIMUM})

IDLE: Final = Fields(
    {
        "policy": Field(Word(("keep", "spread", "team")), "who has what nobody used", required=True),
        "team": Field(TEAM_KEY, "the team that has it, with policy: team"),
        "labels": Field(Many(LITERAL, 100, or_one=True), "values of the label that mean nobody"),
        "capacity": Field(SERIES_NAME, "series of the whole; what is above the sum of the teams is idle"),
    }
)
POOL: Final = Fields(
    {
        "id": Field(RULE_ID, "names the pool in every explanation; unique, never changes", required=True),
        "name": Field(LABEL, "what people call it; the id when absent"),
        "note": Field(NOTE, "why the pool exists, for the people who read explanations"),
        "teams": Field(TEAMS, "takes the cost of these teams, the shares they receive included"),
        "unallocated": Field(Truth(), "takes cost without a team"),
        "when": Field(Raw(CONDITION), "takes lines of which this is true; every line of its teams when absent"),
        "split": Field(Word(METHODS), "how it is divided", required=True),
        "to": Field(TEAMS, "who gets it; every team that weighs and is no pool's own when absent"),
        "include": Field(TEAMS, "without to: teams of other pools that get a share as well"),
        "without": Field(TEAMS, "without to: teams that get none"),
        "percent": Field(Named(Percent(), TARGETS_MAX, TEAM_KEY), "fixed: percent of each team"),
        "remainder": Field(TEAM_KEY, "fixed: the team that gets what is left to 100"),
        "measure": Field(Word(COSTS), "proportional: the cost that weighs; effective_cost when absent"),
        "charge_categories": Field(CATEGORY_LIST, "proportional: of which charges; Usage when absent"),
        "basis": Field(Raw(CONDITION), "proportional: only lines of which this is true weigh"),
        "grain": Field(Word(GRAINS), "weights of the whole billing period, of each month or of each day"),
        "partition": Field(PARTITION, "proportional: split within each value of these columns apart"),
        "series": Field(SERIES_NAME, "series: the metric that weighs"),
        "label": Field(LABEL, "series: its label that names the team; team when absent"),
        "idle": Field(IDLE, "series: what becomes of the part nobody used"),
        "cap": CAP,
        "minimum": MINIMUM,
        "limits": Field(Named(LIMITS, TARGETS_MAX, TEAM_KEY), "cap and minimum of single teams"),
        "fallback": Field(FALLBACK, "asked in order where nothing weighs; keep when absent"),
        "valid_from": FROM,
        "valid_to": TO,
    }
)
COMMITMENTS: Final = Fields({"unused": Field(TEAM_KEY, "who pays for commitments that nobody used", required=True)})
FOLLOW: Final = Field(PARTITION, "columns within which shares are counted apart")
OTHERWISE: Final = Field(FALLBACK, "asked in order where nothing weighs; unpartitioned, then keep when absent")
TAX: Final = Fields({"partition": FOLLOW, "fallback": OTHERWISE})
SUPPORT: Final = Fields(
    {
        "when": Field(Raw(CONDITION), "which lines are support", required=True),
        "partition": FOLLOW,
        "fallback": OTHERWISE,
    }
)
CREDITS: Final = Fields({"partition": FOLLOW, "fallback": OTHERWISE})
SPECIALS: Final = Fields(
    {
        "credits": Field(CREDITS, "credits, refunds and corrections without a resource: shares of the corrected month"),
        "commitments": Field(COMMITMENTS, "the unused part of commitments; the used part is with who used it"),
        "tax": Field(TAX, "tax follows the taxed lines"),
        "support": Field(SUPPORT, "support follows what it is charged for"),
    }
)
ADJUSTMENT: Final = Fields(
    {
        "id": Field(RULE_ID, "names the adjustment in every explanation; unique, never changes", required=True),
        "when": Field(Raw(CONDITION), "which lines it is of; every line when absent"),
        "percent": Field(Percent(1_000, signed=True), "percent of the cost, negative for a discount"),
        "rates": Field(
            Named(Rate(), RATES_MAX, LITERAL),
            "value of `by`, with the price of a unit of its pricing quantity instead",
        ),
        "percents": Field(
            Named(Percent(1_000, signed=True), RATES_MAX, LITERAL), "value of `by`, with the percent of its cost"
        ),
        "by": Field(Word(("sku", "service", "billing_account")), "what rates and percents are by; sku when absent"),
        "measures": Field(
            Many(Word(tuple(name for name in COSTS if name != "billed_cost")), 3, or_one=True, shortest=1),
            "costs it changes; effective_cost when absent. What was billed never changes",
        ),
        "against": Field(TEAM_KEY, "the team that has the opposite amount", required=True),
        "note": Field(NOTE, "why, for the people who read explanations"),
        "valid_from": FROM,
        "valid_to": TO,
    },
    one_of=("percent", "percents", "rates"),
)
POOLS: Final = Fields(
    {
        "version": VERSION,
        "pools": Field(Many(POOL, POOLS_MAX), "shared cost; where two would take a line, the first does"),
        "specials": Field(SPECIALS, "charges that follow others; they come before pools"),
        "adjustments": Field(
            Many(ADJUSTMENT, ADJUSTMENTS_MAX), "percentages on costs that are not billed, or prices instead"
        ),
    }
)
