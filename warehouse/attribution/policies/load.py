"""`tags.yaml` in, checked policies out, or every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from warehouse.attribution.conditions import Columns, Reader
from warehouse.attribution.document import Faults, Mark, Node, RulesError, nearest, read_document
from warehouse.attribution.kinds import Record, Spot
from warehouse.attribution.model import (
    ACCOUNT_TAG,
    ALWAYS,
    DIMENSIONS,
    READABLE,
    TAG,
    AnyOf,
    Check,
    Condition,
    TagKey,
)
from warehouse.attribution.org import window
from warehouse.attribution.policies.grammar import COLUMNS_MAX, POLICIES
from warehouse.attribution.policies.model import SCOPED, RequiredKey, TagPolicy
from warehouse.attribution.tables import Tables

EMPTY: Final = Node("mapping", Mark(1, 1))


def load_policies(
    text: str,
    tag_keys: tuple[TagKey, ...] = (),
    dimensions: tuple[str, ...] = DIMENSIONS,
    *,
    files: Mapping[str, str] | None = None,
    file: str = "tags.yaml",
) -> tuple[TagPolicy, ...]:
    """The policies of a text; an empty one has none. Raises RulesError with every fault.

    `dimensions` are those of the rules, `files` name -> text of the tables.
    """
    faults = Faults(file)
    document = POLICIES.read(read_document(text, faults) or EMPTY, faults)
    tables = Tables(files or {}, None)
    reading = _Reading(Reader(_Scope(tag_keys, dimensions), faults), tables)
    found = tuple(reading.policies(document.get("policies", ()))) if document else ()
    wrong = (faults.listed() if faults.found else []) + tables.faults()
    if wrong:
        raise RulesError(wrong)
    return found


class _Scope(Columns):
    """What questions group by: other columns that rules read are no part of an answer."""

    def __init__(self, tag_keys: Iterable[TagKey], dimensions: Iterable[str]) -> None:
        known = (*SCOPED, *dimensions)
        super().__init__(tag_keys, known)
        self._known = known

    def check(self, column: str, mark: Mark, faults: Faults) -> None:
        if column.startswith(ACCOUNT_TAG) or (column in READABLE and column not in self._known):
            near = nearest(column, self._known)
            faults.add(mark, f'"{column[:100]}" in a tag policy', "what questions group by, or tag.KEY", near)
        else:
            super().check(column, mark, faults)


class _Reading:
    def __init__(self, reader: Reader, tables: Tables) -> None:
        self.reader, self.tables, self.faults = reader, tables, reader.faults
        self.ids: dict[str, Mark] = {}

    def policies(self, records: Iterable[Record]) -> Iterator[TagPolicy]:
        for record in records:
            self._unique(record)
            condition = self.reader.read(record.get("when")) if "when" in record.fields else ALWAYS
            keys = tuple(self._key(spot, one) for spot, one in record.get("keys", ()))
            if "keys" in record.fields and not keys:
                self.faults.add(record.at("keys"), "a policy without keys", "at least one required key")
            policy = TagPolicy(
                id=record.get("id", "?"),
                keys=keys,
                when=ALWAYS if condition is None else condition,
                note=record.get("note"),
                line=record.mark.line,
                **window(record, self.faults),
            )
            if len(policy.columns) > COLUMNS_MAX:
                problem = f"a policy that reads {len(policy.columns)} columns and keys"
                self.faults.add(record.mark, problem, f"at most {COLUMNS_MAX}; several policies")
            yield policy

    def _unique(self, record: Record) -> None:
        policy = record.get("id")
        if policy in self.ids:
            expected = f"an id of its own (line {self.ids[policy].line} has it)"
            self.faults.add(record.at("id"), f'the policy id "{policy}" a second time', expected)
        elif policy is not None:
            self.ids[policy] = record.at("id")

    def _key(self, spot: Spot, record: Record) -> RequiredKey:
        column = TAG + spot.value
        self.reader.check_column(column, spot.mark)
        listed = [one.value for one in record.get("values", ())]
        if lookup := record.get("lookup"):
            listed += self.tables.column(lookup, self.faults)
        parts: list[Condition] = []
        values = tuple(dict.fromkeys(self.reader.columns.folded(column, listed)))
        if values or "lookup" in record.fields:
            parts.append(Check(column, "equals", values))
        regexes: tuple[Spot, ...] = record.get("regex", ())
        refused = [self.reader.refused(one) for one in regexes]
        if regexes and not any(refused):
            parts.append(Check(column, "regex", tuple(one.value for one in regexes)))
        return RequiredKey(spot.value, AnyOf(tuple(parts)) if parts else ALWAYS, values)
