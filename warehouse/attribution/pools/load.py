"""`pools.yaml` in, checked pools out, or every fault at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from warehouse.attribution.conditions import Columns, Reader
from warehouse.attribution.document import Faults, Mark, Node, RulesError, nearest, read_document
from warehouse.attribution.kinds import Record, Spot
from warehouse.attribution.model import DAY_MAX, DAY_MIN, TagKey, Team
from warehouse.attribution.pools.grammar import POOLS
from warehouse.attribution.pools.graph import in_order
from warehouse.attribution.pools.model import ITEMS, OWNED, Adjustment, Basis, Limits, Metric, Pool, Pools
from warehouse.attribution.pools.specials import specials

EMPTY: Final = Node("mapping", Mark(1, 1))
ALL: Final = Decimal(100)
OF_METHOD: Final[Mapping[str, tuple[str, ...]]] = {
    "percent": ("fixed",),
    "remainder": ("fixed",),
    "measure": ("proportional",),
    "charge_categories": ("proportional",),
    "basis": ("proportional",),
    "partition": ("proportional",),
    "grain": ("proportional", "series"),
    "series": ("series",),
    "label": ("series",),
    "idle": ("series",),
    "to": ("even", "proportional", "series"),
    "include": ("proportional", "series"),
    "without": ("proportional", "series"),
    "fallback": ("proportional", "series"),
    "cap": ("proportional", "series"),
    "minimum": ("proportional", "series"),
    "limits": ("proportional", "series"),
}
"""Fields that only some methods read: elsewhere they would be ignored, so they are refused."""


def load_pools(
    text: str,
    teams: tuple[Team, ...] | None,
    tag_keys: tuple[TagKey, ...] = (),
    *,
    file: str = "pools.yaml",
    series: Collection[str] | None = None,
) -> Pools:
    """The pools of a text; an empty one has none. Raises RulesError with every fault.

    `teams` is None where they could not be read; then no team is called unknown. `series` are the names of metrics
    that have values: a pool that reads another one needs a fallback. None: they are not looked at.
    """
    faults = Faults(file)
    document = POOLS.read(read_document(text, faults) or EMPTY, faults)
    pools = _Reading(teams, tag_keys, series, faults).pools(document) if document else Pools()
    if found := faults.listed() if faults.found else []:
        raise RulesError(found)
    return pools


class _Reading:
    def __init__(
        self,
        teams: tuple[Team, ...] | None,
        tag_keys: tuple[TagKey, ...],
        series: Collection[str] | None,
        faults: Faults,
    ) -> None:
        self.teams, self.tag_keys, self.series, self.faults = teams, tag_keys, series, faults
        self.keys = None if teams is None else {team.key for team in teams}
        self.reader = Reader(Columns(tag_keys, (*ITEMS, *OWNED)), faults)

    def pools(self, document: Record) -> Pools:
        records: tuple[Record, ...] = document.get("pools", ())
        made = [pool for pool in map(self._pool, records) if pool]
        built_in = specials(document.get("specials"), self.reader, self.team)
        adjustments = [one for one in map(self._adjustment, document.get("adjustments", ())) if one]
        self._unique([*records, *document.get("adjustments", ())])
        every = [*built_in, *made]
        order, cycle = in_order(every) if not self.faults.found else ((), None)
        if cycle:
            first = next(record for record in records if record.get("id") in cycle)
            path = " → ".join(cycle)
            expected = "pools whose cost never comes back; take a team out of to, include, percent or teams"
            self.faults.add(first.at("id"), f"pools that feed each other: {path}", expected)
        by_id = {pool.id: pool for pool in every}
        return Pools(
            ordered=tuple(by_id[name] for name in order),
            document=tuple(pool.id for pool in every),
            adjustments=tuple(adjustments),
            teams=self.teams or (),
            tag_keys=self.tag_keys,
        )

    def team(self, spot: Spot) -> str:
        """A team's key; a fault when there is no such team."""
        if self.keys is not None and spot.value not in self.keys:
            self.faults.unknown(spot.mark, "team", spot.value, self.keys)
        return str(spot.value)

    def _teams(self, record: Record, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.team(spot) for spot in record.get(name, ())))

    def _one(self, record: Record, name: str) -> str | None:
        return self.team(record.fields[name]) if name in record.fields else None

    def _pool(self, record: Record) -> Pool | None:
        method = record.get("split")
        if record.get("id") is None or method is None:
            return None
        self._only_of(method, record)
        pool = Pool(
            id=record.get("id"),
            method=method,
            teams=self._teams(record, "teams"),
            unallocated=bool(record.get("unallocated")),
            when=self._condition(record, "when"),
            to=self._teams(record, "to"),
            include=self._teams(record, "include"),
            without=self._teams(record, "without"),
            percents=tuple((self.team(name), share.value) for name, share in record.get("percent", ())),
            remainder=self._one(record, "remainder"),
            basis=self._basis(record),
            metric=self._metric(record) if method == "series" else None,
            limits=_limits(record),
            limits_of=tuple((self.team(name), _limits(one)) for name, one in record.get("limits", ())),
            fallback=tuple(spot.value for spot in record.get("fallback", ())),
            name=record.get("name"),
            note=record.get("note"),
            line=record.mark.line,
            **self._window(record),
        )
        self._check(pool, record)
        return pool

    def _condition(self, record: Record, name: str) -> Any:
        return self.reader.read(record.get(name)) if name in record.fields else None

    def _window(self, record: Record) -> dict[str, Any]:
        start, end = record.get("valid_from", DAY_MIN), record.get("valid_to", DAY_MAX)
        if start >= end:
            problem = f"a window from {start} to {end}"
            self.faults.add(record.at("valid_to"), problem, "valid_to after valid_from; it is the first day out")
        return {"valid_from": start, "valid_to": end}

    def _basis(self, record: Record) -> Basis:
        for spot in record.get("partition", ()):
            self.reader.check_column(spot.value, spot.mark)
        categories = tuple(spot.value for spot in record.get("charge_categories", ())) or ("Usage",)
        return Basis(
            measure=record.get("measure", "effective_cost"),
            charge_categories=() if "all" in categories else categories,
            when=self._condition(record, "basis"),
            grain=record.get("grain", "period"),
            partition=tuple(spot.value for spot in record.get("partition", ())),
        )

    def _metric(self, record: Record) -> Metric | None:
        if "series" not in record.fields:
            self.faults.add(record.mark, '"series" is missing', "the name of a series, with split: series")
            return None
        idle: Record = record.get("idle") or Record(record.mark, {})
        policy = idle.get("policy", "keep")
        if policy == "team" and "team" not in idle.fields:
            self.faults.add(idle.mark, "policy: team without a team", "team, the key of a team")
        if policy != "team" and "team" in idle.fields:
            self.faults.add(idle.at("team"), '"team" here', "it with policy: team only")
        for name, spot in (("series", record.fields["series"]), ("capacity", idle.fields.get("capacity"))):
            if spot and self.series is not None and spot.value not in self.series and "fallback" not in record.fields:
                known = nearest(spot.value, self.series)
                problem = f'the series "{spot.value}" has no values'
                self.faults.add(spot.mark, problem, f"a {name} that was uploaded, or a fallback for this pool", known)
        return Metric(
            series=record.get("series"),
            label=record.get("label", "team"),
            capacity=idle.get("capacity"),
            idle_labels=tuple(spot.value for spot in idle.get("labels", ())),
            idle=policy,
            idle_team=self._one(idle, "team"),
        )

    def _only_of(self, method: str, record: Record) -> None:
        for name, methods in OF_METHOD.items():
            if name in record.fields and method not in methods:
                expected = f"it with split: {' or '.join(methods)} only"
                self.faults.add(record.at(name), f'"{name}" with split: {method}', expected)

    def _check(self, pool: Pool, record: Record) -> None:
        if pool.any_team and "when" not in record.fields:
            self.faults.add(record.mark, "a pool that would take everything", "teams, unallocated: true, or when")
        if pool.to and (pool.include or pool.without):
            expected = "either to, or include and without"
            self.faults.add(record.at("to"), "to beside include or without", expected)
        if pool.method == "even" and not pool.to:
            self.faults.add(record.mark, '"to" is missing', "the teams that get an even share")
        if pool.method == "fixed":
            self._check_percents(pool, record)
        _check_limits(pool, record, self.faults)
        own = set(pool.teams)
        if pool.method != "fixed" and pool.to and set(pool.to) <= own:
            self.faults.add(record.at("to"), "a pool that gives to its own teams only", "another team")

    def _check_percents(self, pool: Pool, record: Record) -> None:
        if not pool.percents and not pool.remainder:
            self.faults.add(
                record.mark, '"percent" is missing', "percent of each team, and a remainder if they make less"
            )
            return
        whole = sum((share for _, share in pool.percents), Decimal(0))
        if whole > ALL or (whole < ALL and pool.remainder is None):
            expected = "100 in all" if whole > ALL else "100 in all, or a remainder: the team that gets what is left"
            self.faults.add(record.at("percent"), f"percentages that make {whole:f}", expected)
        elif whole == ALL and pool.remainder is not None:
            self.faults.add(record.at("remainder"), "a remainder of nothing", "percentages that make less than 100")
        elif pool.remainder in dict(pool.percents):
            self.faults.add(record.at("remainder"), f'"{pool.remainder}" a second time', "a team without a percentage")

    def _adjustment(self, record: Record) -> Adjustment | None:
        if record.get("id") is None or record.get("against") is None:
            return None
        return Adjustment(
            id=record.get("id"),
            percent=record.get("percent"),
            rates=tuple((name.value, price.value) for name, price in record.get("rates", ())),
            percents=tuple((name.value, percent.value) for name, percent in record.get("percents", ())),
            by=record.get("by") or "sku",
            against=self.team(record.fields["against"]),
            measures=tuple(spot.value for spot in record.get("measures", ())) or ("effective_cost",),
            when=self._condition(record, "when"),
            note=record.get("note"),
            line=record.mark.line,
            **self._window(record),
        )

    def _unique(self, records: Iterable[Record]) -> None:
        ids: dict[str, Mark] = {}
        for record in records:
            name = record.get("id")
            if name in ids:
                expected = f"an id of its own (line {ids[name].line} has it)"
                self.faults.add(record.at("id"), f'the id "{name}" a second time', expected)
            elif name is not None:
                ids[name] = record.at("id")


def _limits(record: Record) -> Limits:
    return Limits(record.get("cap"), record.get("minimum"))


def _check_limits(pool: Pool, record: Record, faults: Faults) -> None:
    """Minimums that make more than the whole cannot be kept, and a cap below a minimum neither."""
    each = dict(pool.limits_of)
    least = sum((one.minimum or Decimal(0) for one in each.values()), Decimal(0))
    least += (pool.limits.minimum or Decimal(0)) * len(
        [team for team in pool.to if not each.get(team, Limits()).minimum]
    )
    if least > ALL:
        faults.add(record.at("limits"), f"minimums that make {least:f}", "at most 100 in all")
    for one in (pool.limits, *each.values()):
        cap = one.cap if one.cap is not None else pool.limits.cap
        minimum = one.minimum if one.minimum is not None else pool.limits.minimum
        if cap is not None and minimum is not None and cap < minimum:
            faults.add(record.at("limits"), f"a cap of {cap:f} below a minimum of {minimum:f}", "a cap above it")
