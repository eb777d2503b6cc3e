"""All parts of an explanation as a table that files are written from: its totals are the change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.focus import MONEY
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.explain.causes import LABELS
from warehouse.metrics.explain.document import amount_of, document, share_of
from warehouse.metrics.explain.parts import Explained, Group
from warehouse.metrics.explain.story import name_of
from warehouse.metrics.shape import TYPES, Column, texts
from warehouse.metrics.tables import named


@dataclass(frozen=True, slots=True)
class Parts:
    """Every mover of every currency, noise included. `document` has the shape of an answer's."""

    found: Explained

    @property
    def columns(self) -> list[Column]:
        by = [column for name in self.found.query.by for column in _grouped(name)]
        own = ("cause", "name", "provider", "service", "sub_account", "resource")
        named_by = {column.name for column in by}
        return [
            *(Column(name, _label(name), "dimension") for name in own if name not in named_by),
            *by,
            Column("first_day", "First day", "dimension"),
            Column("last_day", "Last day before", "dimension"),
            Column("currency", "Currency", "dimension"),
            Column("amount", "Part of the change", "measure", "currency"),
            Column("share", "Share of the change", "measure", "percent"),
        ]

    @property
    def rows(self) -> pl.DataFrame:
        found = [
            {
                "cause": LABELS[mover.cause],
                "name": name_of(mover),
                "provider": mover.provider,
                "service": mover.service,
                "sub_account": mover.sub_account,
                "resource": mover.resource,
                **self._group(mover.group),
                "first_day": mover.first_day.isoformat() if mover.first_day else None,
                "last_day": mover.last_day.isoformat() if mover.last_day else None,
                "currency": parts.currency,
                "amount": amount_of(mover.amount),
                "share": share_of(mover.amount, parts.change),
            }
            for parts in self.found.currencies
            for mover in parts.movers
            if self.found.known_before
        ]
        kept = [{name: row[name] for name in self._names if name in row} for row in found]
        frame = pl.DataFrame(kept, schema={name: self._type(name) for name in self._names})
        return frame.with_columns(pl.col("share").cast(TYPES["percent"]))

    def _group(self, group: Group) -> dict[str, str | None]:
        """Its values with their names; nothing of the rest of the groups."""
        found: dict[str, str | None] = {}
        for name, value, label in zip(self.found.query.by, group.values, group.labels, strict=True):
            found |= {} if group.rest else {name: value, f"{name}_label": label}
        return found

    @property
    def _names(self) -> list[str]:
        return [column.name for column in self.columns]

    @staticmethod
    def _type(name: str) -> Any:
        return MONEY if name == "amount" else pl.String

    def document(self) -> dict[str, Any]:
        about = document(self.found)
        totals = [{"currency": item["currency"], "amount": item["change"]} for item in about["currencies"]]
        return {
            **{name: about[name] for name in ("query", "period", "compare", "basis", "data_to", "generations",
                                              "rules_version", "warnings")},
            "known_on": self.found.query.known_on,
            "columns": [column.document() for column in self.columns],
            "rows": texts(self.rows, self.columns),
            "totals": totals,
        }  # fmt: skip


def _grouped(name: str) -> list[Column]:
    """What an answer has of a dimension that it is grouped by."""
    dimension = named(CATALOGUE, name)
    found = [Column(name, dimension.label, "dimension")]
    return (
        [*found, Column(f"{name}_label", f"{dimension.label} name", "label", of=name)] if dimension.has_label else found
    )


def _label(name: str) -> str:
    dimension = CATALOGUE.dimension(name)
    return dimension.label if dimension else name.capitalize()
