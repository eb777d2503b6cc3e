"""The tables under a question: which one holds the facts, and the joins that its words need."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from warehouse.metrics.catalogue import VERSION, Catalogue, Dimension
from warehouse.metrics.query import Filter, Match

Fact = Literal["daily", "monthly_dims", "lines", "splits"]
DAILY: Final = frozenset({"source", "provider", "service", "charge_category", "team", "pool", "allocation"})
"""What the daily rollup and the splits are by, beside day and currency."""
SHARED: Final = frozenset({"team", "cost_centre", "pool", "allocation"})
"""What a split changes: a question about none of these gets the same answer with splits and without."""
SPLITS: Final = frozenset({"source", "provider", "service", "charge_category", "team", "cost_centre", "pool"})
"""What is known of a split. It is of no resource, and nothing else of single lines."""
OWNERS: Final = (
    "join owners o on o.period = f.period and o.dim = f.dim and f.day >= o.valid_from and f.day < o.valid_to"
)
"""Of facts called f, by their days."""
DECIDED: Final = "join owners o on o.period = f.period and o.dim = f.dim and o.valid_from = f.valid_from"
"""Of sums called f, by the day from which on their owner has them."""
STRETCH: Final = "tag_day"
"""In sums of facts, the first of the days on which tags are read as on theirs."""
READER: Final = "tag_version"
"""In sums of facts, the version of the rules that reads their tags."""


@dataclass(frozen=True, slots=True)
class Known:
    """Daily rows of the past: files of what was superseded since, and the scopes that have not changed; and splits."""

    paths: tuple[str, ...]
    live: tuple[tuple[str, str], ...]
    split_paths: tuple[str, ...] = ()
    split_live: tuple[tuple[str, str], ...] = ()


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

    def beside(self, fact: Fact) -> Tables:
        """Another fact table of the same question, with the same values bound."""
        return Tables(fact, self.catalogue, parameters=self.parameters, _names=self._names)

    def column(self, dimension: Dimension) -> str:
        if dimension.table == "splits" or self.fact == "splits":
            return self._split(dimension)
        if self.fact == "daily" or dimension.table == "lines":
            return f"f.{dimension.column}"
        if dimension.table == "why":
            return self._reason(dimension.column)
        self._used.add(dimension.table)
        if dimension.tag_key is None:
            return f"{dimension.table}.{dimension.column}"
        if dimension.tag_key not in self._tags:
            self._tags.append(dimension.tag_key)
        return f"tags.k{self._tags.index(dimension.tag_key)}"

    def _reason(self, column: str) -> str:
        if column == VERSION:
            return f"cast({self.decided(VERSION)} as varchar)"
        return f"json_extract_string({self.decided('why')}, '{column}')"

    def decided(self, column: str) -> str:
        """A column of what the rules decided about a fact: why, rules_version, valid_from, valid_to."""
        self._used |= {"owners", "why"}
        return f"o.{column}"

    def _split(self, dimension: Dimension) -> str:
        """A column of splits; for rows that are none, what tells them apart."""
        if self.known and dimension.name == "allocation":
            return "if(f.pool is null, 'direct', 'shared')"
        if dimension.name == "allocation":
            return "'shared'" if self.fact == "splits" else "'direct'"
        held = dimension.name in SPLITS and (self.fact == "splits" or self.known)
        return f"f.{dimension.column}" if held else "cast(null as varchar)"

    def sum(self, column: str) -> str:
        """The sum of a stored column; splits have costs only."""
        absent = self.fact == "splits" and not column.endswith("_cost")
        return "sum(cast(null as decimal(38, 9)))" if absent else f"sum(f.{column})"

    def largest_label(self, dimension: Dimension) -> str:
        """The label of the newest dim of a group."""
        if self.fact == "splits":
            return "max(cast(null as varchar))"
        return f"arg_max({self.label(dimension)}, dims.dim)"

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

    @property
    def owned(self) -> bool:
        """Whether a column of owners has been asked for."""
        return "owners" in self._used

    @property
    def reasoned(self) -> bool:
        """Whether a column of what the rules decided has been asked for."""
        return "why" in self._used

    @property
    def dated(self) -> bool:
        """Whether tags have been asked for that are not read alike on all days."""
        return bool(self.catalogue.tag_days and self._used & {"tags", "tag_keys"})

    @property
    def stretch(self) -> str:
        """The first of the days on which tags are read as on the day of a fact."""
        later = [f"when f.day >= {day} then {day}" for day in map(self.bind, reversed(self.catalogue.tag_days))]
        return f"case {' '.join(later)} else {self.bind(date.min)} end"

    @property
    def versioned(self) -> bool:
        """Whether tags have been asked for that not all billing periods read by the same rules."""
        return bool(self.catalogue.tag_versions and self._used & {"tags", "tag_keys"})

    @property
    def reader(self) -> str:
        """The version that reads the tags of a fact."""
        (_, usual), *others = self.catalogue.tag_versions
        cases = [f"when {self.bind(period)} then {self.bind(version)}" for period, version in others]
        return f"case f.period {' '.join(cases)} else {self.bind(usual)} end"

    def source(self, sums: str = "") -> str:
        """The FROM clause, once every column has been asked for. `sums`: a query of the facts, summed by what the
        joins need (dim, item, owner, where it is reasoned period and valid_from, and where tags are dated or versioned
        STRETCH and READER), to read in their place.
        """
        if self.fact == "daily" and self.known:
            return self._past(self.known)
        joins = [f"({sums}) f" if sums else f"{self.fact} f"]
        if self._used & {"dims", "tags", "tag_keys"}:
            joins.append("join dims on dims.dim = f.dim")
        if self._tags:
            keys = ", ".join(f"tags[{self.bind(key)}] as k{index}" for index, key in enumerate(self._tags))
            joins.append(f"left {self._tagged('tags', keys, summed=bool(sums))}")
        if "tag_keys" in self._used:
            joins.append(self._tagged("tag_keys", "unnest(map_keys(tags)) as key", summed=bool(sums)))
        if "items" in self._used:
            joins.append("join items on items.item = f.item")
        if self.owned:
            again = [DECIDED] if self.reasoned else []
            joins += again if sums else [OWNERS]
            joins.append(f"join owner_values owners on owners.owner = {'f' if sums else 'o'}.owner")
        return "\n".join(joins)

    def _tagged(self, name: str, columns: str, *, summed: bool) -> str:
        """The join of what tag sets say, on the day of the fact and by its rules where these matter."""
        same, picked = f"{name}.tag_set = dims.tag_set", f"tag_set, {columns}"
        if self.dated:
            day = STRETCH if summed else "month" if self.fact == "monthly_dims" else "day"
            same += f" and f.{day} >= {name}.valid_from and f.{day} < {name}.valid_to"
            picked += ", valid_from, valid_to"
        if self.versioned:
            same += f" and {name}.rules_version = {f'f.{READER}' if summed else self.reader}"
            picked += ", rules_version"
        return f"join (select {picked} from tag_sets_normal) {name} on {same}"

    def _past(self, known: Known) -> str:
        parts = [self._live("daily", known.live), self._live("splits", known.split_live)]
        for name, paths in (("paths", known.paths), ("split_paths", known.split_paths)):
            if paths:
                self.parameters[name] = list(paths)
                parts.append(f"select * from read_parquet(${name}, union_by_name = true)")
        return f"({' union all by name '.join(parts)}) f"

    def _live(self, table: str, scopes: tuple[tuple[str, str], ...]) -> str:
        """The rows of scopes that have not changed since."""
        self.parameters[f"{table}_sources"] = [source for source, _ in scopes]
        self.parameters[f"{table}_periods"] = [period for _, period in scopes]
        return (
            f"select {table}.* from {table} join (select unnest(${table}_sources::varchar[]) as source, "
            f"unnest(${table}_periods::varchar[]) as period) using (source, period)"
        )


def named(catalogue: Catalogue, name: str) -> Dimension:
    """A dimension that a checked query names."""
    dimension = catalogue.dimension(name)
    if dimension is None:
        raise LookupError(f"no dimension {name!r}: the query was not checked")
    return dimension
