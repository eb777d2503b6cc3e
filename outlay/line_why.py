"""Why one bill line is whose it is: what the rules in force say of it, beside the owner that is stored with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from api import documents as doc
from api.documents.answers import NearRule, OwnerStep
from outlay.ruling import RulesInForce
from warehouse.attribution import Answer, Explanation, explain, inherited_tags
from warehouse.metrics import LineShare
from warehouse.metrics.percent import quotient

OWNERS: Final = ("team", "application", "environment", "cost_centre")
TAGS_MAX: Final = 10
"""Tags, and teams of a share, told one by one; more are counted."""
CENTS: Final = 2


@dataclass(frozen=True, slots=True)
class LineWhy:
    """What is stored of a line: its dim with owner and `why`, its `shares`, its tags as delivered, and its charge
    day."""

    row: Mapping[str, Any]
    raw: Mapping[str, str]
    day: date
    rules: RulesInForce | None

    def told(self) -> tuple[list[doc.WhyOwner], list[OwnerStep]]:
        """The reasons by dimension, and the path through the stages of attribution."""
        stored: Mapping[str, Any] = json.loads(self.row["why"] or "{}")
        found = self._explained()
        answers = {answer.dimension: answer for answer in found.answers} if found else {}
        reasons = [self._reason(name, told, answers.get(name)) for name, told in stored.items()]
        return reasons, self._path(reasons, found)

    def _explained(self) -> Explanation | None:
        """By the rules of the stored version; there are no words to add when others are in force by now."""
        rules = self.rules
        if rules is None or rules.rules_version != self.row["rules_version"]:
            return None
        rules = rules.on(self.day)
        return explain(
            self.row, self.raw, rules.rules, day=self.day,
            account_tags=inherited_tags(rules.accounts(), self.row, rules.rules, self.day),
        )  # fmt: skip

    def _reason(self, name: str, told: Mapping[str, Any], answer: Answer | None) -> doc.WhyOwner:
        """What is stored decides; words are added where the rules still give the same answer."""
        same = answer is not None and answer.rule == told.get("rule")
        return doc.WhyOwner(
            dimension=name,
            value=self.row.get(name) if name in OWNERS else (answer.value if answer else None),
            rule=told.get("rule"),
            layer=told.get("layer"),
            reason=told.get("reason"),
            line=answer.line if answer and same else None,
            condition=answer.condition if answer and same else None,
            note=answer.note if answer and same else None,
            near=[
                NearRule(rule=near.rule, line=near.line, failed=near.failed, found=near.found, note=near.note)
                for near in (answer.near if answer and same else ())
            ],
        )

    def _path(self, reasons: Sequence[doc.WhyOwner], found: Explanation | None) -> list[OwnerStep]:
        row = self.row
        steps = [OwnerStep(stage="tags", text=_tags_text(self.raw, found.tags if found else None))]
        steps += [OwnerStep(stage="rules", text=_rule_text(reason)) for reason in reasons]
        steps += [OwnerStep(stage="pools", text=text) for text in _share_texts(row.get("shares", ()))]
        span = f"rules version {row['rules_version']}"
        if row["valid_from"].year > 1:
            span += f", from {row['valid_from']}"
        if row["valid_to"].year < 9999:
            span += f", before {row['valid_to']}"
        return [*steps, OwnerStep(stage="published", text=f"Published with {span}.")]


def _tags_text(raw: Mapping[str, str], normal: Mapping[str, str] | None) -> str:
    if not raw:
        return "The line has no tags."
    if normal is None:
        return f"{len(raw)} tags."
    same = {key for key, value in raw.items() if normal.get(key) == value}
    read = [f"{key}={value}" for key, value in normal.items() if key not in same]
    lost = [f"{key}={value}" for key, value in raw.items() if key not in same]
    if not lost:
        return "Tags are read as they are."
    return f"Tags {_listed(lost)} are read as {_listed(read) if read else 'nothing'}."


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - TAGS_MAX} more" if len(texts) > TAGS_MAX else ""
    return ", ".join(texts[:TAGS_MAX]) + more


def _share_texts(shares: Iterable[LineShare]) -> Iterator[str]:
    """A sentence for each pool and whose cost it shares, in the order in which cost flows."""
    for (step, pool, giver), parts in groupby(shares, lambda one: (one.step, one.pool, one.from_team)):
        told = [
            f"{quotient(one.effective_cost, Decimal(1), CENTS):,} {one.currency} to {one.team or 'nobody'}"
            for one in parts
        ]
        word = "Pool" if step else "Adjustment"
        yield f"{word} {pool}, from {giver or 'nobody'}: {_listed(told)}."


def _rule_text(reason: doc.WhyOwner) -> str:
    name = reason.dimension.replace("_", " ")
    if reason.value is None:
        said = (reason.reason or "no rule").replace("_", " ").replace(":", " ")
        return f"No {name}: {said}."
    by = f"rule {reason.rule}, layer {reason.layer}" if reason.rule else f"layer {reason.layer}"
    return f"{name.capitalize()} is {reason.value}, by {by}."
