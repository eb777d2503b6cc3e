"""The condition of a rule, from its node: `all`, `any`, `not`, or one column compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from warehouse.attribution.document import Faults, Mark, Node, nearest
from warehouse.attribution.fold import aliases_by_squash, folded_all, normal_values_all, squash
from warehouse.attribution.grammar import CHECK, CHECKS, PARTS_MAX, REGEX_CLASSES_MAX, REGEXES_MAX
from warehouse.attribution.kinds import Record, Spot
from warehouse.attribution.match import regex_fault, regex_weight
from warehouse.attribution.model import (
    DIMENSIONS,
    READABLE,
    TAG,
    All,
    AnyOf,
    Check,
    Condition,
    Not,
    TagKey,
    prefix_of,
)

GROUPS: Final = ("all", "any", "not")
FOCUS_NAMES: Final = {name: column for column, name in READABLE.items()}


class Columns:
    """Which names a rule may read, and how literals compared with them are folded."""

    def __init__(self, tag_keys: Iterable[TagKey], dimensions: Iterable[str] = DIMENSIONS) -> None:
        self._keys = {key.key: key for key in tag_keys}
        self._by_squash = {word: found.key for word, (found, _) in aliases_by_squash(self._keys.values()).items()}
        self._named = (*READABLE, *dimensions)
        self._read: dict[str, str | None] = {}

    def tag_key(self, column: str) -> TagKey | None:
        prefix = prefix_of(column)
        return self._keys.get(column.removeprefix(prefix)) if prefix else None

    def check(self, column: str, mark: Mark, faults: Faults) -> None:
        prefix = prefix_of(column)
        if not prefix:
            if column not in self._named:
                meant = FOCUS_NAMES.get(column)
                near = (meant,) if meant else nearest(column, [*self._named, *(TAG + key for key in self._keys)])
                faults.add(mark, f'unknown column "{column[:100]}"', "a column rules can read, or tag.KEY", near)
            return
        key = column.removeprefix(prefix)
        if not key.strip():
            faults.add(mark, f'"{prefix}" without a key', f"{prefix}KEY")
        elif key not in self._keys and (reader := self._reader(key)):
            faults.add(mark, f'"{column[:100]}", which is read under another name', f"{prefix}{reader}, by tag_keys",
                       [prefix + reader])  # fmt: skip

    def _reader(self, key: str) -> str | None:
        """The tag key that reads this one under another name."""
        if key not in self._read:
            self._read[key] = self._by_squash.get(squash([key])[0])
        return self._read[key]

    def folded(self, column: str, texts: Sequence[str]) -> list[str]:
        """Whole values, as those of the column are."""
        key = self.tag_key(column)
        return list(texts) if key is None else normal_values_all(key, texts)

    def literals(self, column: str, operator: str, texts: tuple[str, ...]) -> tuple[str, ...]:
        """As the values they are compared with are folded; a regular expression is left as it is."""
        key = self.tag_key(column)
        if key is None or operator == "regex":
            return texts
        if operator == "equals":
            return tuple(self.folded(column, texts))
        return tuple(folded_all(texts, key.fold))


class Reader:
    """Reads the conditions of one document, so that each regular expression is tried once."""

    def __init__(self, columns: Columns, faults: Faults) -> None:
        self.columns = columns
        self.faults = faults
        self._regexes: dict[str, tuple[str, str] | None] = {}
        self._classes = 0

    def check_column(self, column: str, mark: Mark) -> None:
        self.columns.check(column, mark, self.faults)

    def read(self, node: Node) -> Condition | None:
        """None after a fault."""
        names = [key.text for key, _ in node.pairs]
        if node.kind != "mapping" or not names:
            self.faults.add(node.mark, f"{node.called} as a condition", "all, any, not, or column with one comparison")
            return None
        if "column" in names or not any(name in GROUPS for name in names):
            return self._check(node, names)
        if len(names) > 1:
            expected = f'"{names[0]}" on its own; put the others into all or any'
            self.faults.add(node.mark, f"{' and '.join(names)[:100]} side by side", expected)
            return None
        value = node.pairs[0][1]
        if names[0] == "not":
            part = self.read(value)
            return None if part is None else Not(part)
        return self._group(names[0], value)

    def _group(self, name: str, node: Node) -> Condition | None:
        if node.kind != "list" or not 1 <= len(node.items) <= PARTS_MAX:
            self.faults.add(node.mark, f"{node.called} under {name}", f"a list of 1 to {PARTS_MAX} conditions")
            return None
        parts = tuple(part for part in map(self.read, node.items) if part is not None)
        if len(parts) < len(node.items):
            return None
        return All(parts) if name == "all" else AnyOf(parts)

    def _check(self, node: Node, names: list[str]) -> Condition | None:
        before = len(self.faults.found) + self.faults.left_out
        if "column" not in names and not any(name in CHECKS for name in names):
            self.faults.unknown(node.pairs[0][0].mark, "name", names[0], ["column", *CHECKS, *GROUPS])
            return None
        record = CHECK.read(node, self.faults)
        if record is None:
            return None
        if record.get("column"):
            self.check_column(record.get("column"), record.at("column"))
        operator = next((name for name in CHECKS if name in record.fields), None)
        if operator is None or len(self.faults.found) + self.faults.left_out > before:
            return None
        return self._compared(record, operator)

    def _compared(self, record: Record, operator: str) -> Condition | None:
        column = record.get("column")
        if operator == "missing":
            return Check(column, operator, missing=record.get("missing"))
        spots: tuple[Spot, ...] = record.get(operator)
        refused = [self.refused(spot) for spot in spots] if operator == "regex" else []
        if any(refused):
            return None
        texts = self.columns.literals(column, operator, tuple(spot.value for spot in spots))
        return Check(column, operator, tuple(dict.fromkeys(texts)))

    def refused(self, spot: Spot) -> bool:
        """Whether a regular expression may not be used, which is told."""
        if spot.value not in self._regexes:
            if len(self._regexes) >= REGEXES_MAX:
                self.faults.add(spot.mark, f"more than {REGEXES_MAX} regular expressions", "prefix, contains or glob")
                return True
            self._classes += regex_weight(spot.value)
            if self._classes > REGEX_CLASSES_MAX:
                problem = f"more than {REGEX_CLASSES_MAX} character classes in all regular expressions"
                self.faults.add(spot.mark, problem, "fewer, or fewer counted repetitions of them")
                return True
            self._regexes[spot.value] = regex_fault(spot.value)
        fault = self._regexes[spot.value]
        if fault is not None:
            self.faults.add(spot.mark, *fault)
        return fault is not None
