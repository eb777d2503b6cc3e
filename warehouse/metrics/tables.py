"""The tables under a question: which one holds the facts, and the joins that its words need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from warehouse.metrics.catalogue import Catalogue, Dimension
from warehouse.metrics.query import Filter, Match

Fact = Literal["daily", "monthly_dims", "lines"]
DAILY: Final = frozenset({"source", "provider", "service", "charge_category", "team"})
"""What the daily rollup is by, beside day and currency."""


@dataclass(frozen=True, slots=True)
class Known:
    """Daily rows of the past: files of what was superseded since, and the scopes that have not changed."""

    paths: tuple[str, ...]
    live: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Tables:
    """One fact table, called f, the side tables that were asked for, and the values bound so far.

    A tag key is looked up once for each tag set, before the join, never once for each line.
    """

    fact: Fact
    catalogue: Catalogue
    known: Known | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    _names: dict[Any, str] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _tags: list[str] = field(default_factory=list)

    def bind(self, value: Any) -> str:
        """A placeholder for `value`; equal values share one."""
        name = self._names.setdefault((type(value), value), f"v{len(self._names)}")
        self.parameters[name] = value
        return f"${name}"

    def column(self, dimension: Dimension) -> str:
        if self.fact == "daily" or dimension.table == "lines":
            return f"f.{dimension.column}"
        self._used.add(dimension.table)
        if dimension.tag_key is None:
            return f"{dimension.table}.{dimension.column}"
        if dimension.tag_key not in self._tags:
            self._tags.append(dimension.tag_key)
        return f"tags.k{self._tags.index(dimension.tag_key)}"

    def label(self, dimension: Dimension) -> str:
        self._used.add(dimension.table)
        return f"{dimension.table}.{dimension.label_column}"

    def condition(self, item: Filter) -> str:
        """What a filter lets in. Where a missing value makes it unknown it lets nothing in, and its opposite does."""
        column = self.column(named(self.catalogue, item.dimension))
        exact = [self.bind(match.text) for match in item.values if match.kind == "is"]
        parts = [f"{column} in ({', '.join(exact)})"] if exact else []
        parts += [self._loose(column, match) for match in item.values if match.kind != "is"]
        matched = f"({' or '.join(parts) or 'false'})"
        return f"{matched} is not true" if item.exclude else matched

    def _loose(self, column: str, match: Match) -> str:
        return f"{column} is null" if match.kind == "none" else f"contains({column}, {self.bind(match.text)})"

    def source(self) -> str:
        """The FROM clause, once every column has been asked for."""
        if self.fact == "daily" and self.known:
            return self._past(self.known)
        joins = [f"{self.fact} f"]
        if self._used & {"dims", "tags", "tag_keys"}:
            joins.append("join dims on dims.dim = f.dim")
        if self._tags:
            keys = ", ".join(f"tags[{self.bind(key)}] as k{index}" for index, key in enumerate(self._tags))
            joins.append(f"left join (select tag_set, {keys} from tag_sets_normal) tags on tags.tag_set = dims.tag_set")
        if "tag_keys" in self._used:
            keys = "select tag_set, unnest(map_keys(tags)) as key from tag_sets_normal"
            joins.append(f"join ({keys}) tag_keys on tag_keys.tag_set = dims.tag_set")
        if "items" in self._used:
            joins.append("join items on items.item = f.item")
        if "owners" in self._used:
            joins.append(
                "join owners o on o.period = f.period and o.dim = f.dim\n"
                "and f.day >= o.valid_from and f.day < o.valid_to\njoin owner_values owners on owners.owner = o.owner"
            )
        return "\n".join(joins)

    def _past(self, known: Known) -> str:
        sources, periods = [source for source, _ in known.live], [period for _, period in known.live]
        self.parameters |= {"sources": sources, "periods": periods}
        live = (
            "select daily.* from daily join (select unnest($sources::varchar[]) as source, "
            "unnest($periods::varchar[]) as period) using (source, period)"
        )
        if not known.paths:
            return f"({live}) f"
        self.parameters["paths"] = list(known.paths)
        return f"({live} union all by name select * from read_parquet($paths)) f"


def named(catalogue: Catalogue, name: str) -> Dimension:
    """A dimension that a checked query names."""
    dimension = catalogue.dimension(name)
    if dimension is None:
        raise LookupError(f"no dimension {name!r}: the query was not checked")
    return dimension
