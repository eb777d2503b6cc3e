"""What the store knows, as the documents that the API sends."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl

from api import documents as doc
from api.protocols import Help, ProblemError
from outlay.line_why import OWNERS, LineWhy
from outlay.pipeline import Imported
from outlay.ruling import RulesInForce
from warehouse.attribution import RulesError
from warehouse.focus import BY_NAME, plain, total
from warehouse.metrics import line_shares
from warehouse.store import COSTS, Load, Snapshot, SourceState, Store, StoreError

MESSAGES: Final[Mapping[str, tuple[str, str | None]]] = {
    "landed": ("The lines are kept and about to go live.", None),
    "live": ("These are the lines that every answer uses.", None),
    "superseded": ("Newer lines have taken the place of these.", None),
    "unchanged": ("The same lines were live already; nothing changed.", None),
    "held": ("The load waits for a person: {reason}.", "Accept or reject it on the Data page or with `outlay loads`."),
    "rejected": ("A person turned the load down; what was live stayed live.", None),
    "quarantined": ("The files were refused: {reason}", "Mend the files as it says, then import them again."),
    "failed": ("The load failed: {reason}", "Import the files again; nothing was changed."),
}
"""State of a load -> what happened and what to do, in words for people."""


def money(sums: Mapping[str, Mapping[str, Any]]) -> list[doc.Money]:
    """Totals per currency from {cost column: {currency: amount}}."""
    named = {"BilledCost": "billed_cost", "EffectiveCost": "effective_cost", "ListCost": "list_cost",
             "ContractedCost": "contracted_cost"}  # fmt: skip
    currencies = sorted({currency for by_currency in sums.values() for currency in by_currency})
    return [
        doc.Money(
            currency=currency,
            **{name: plain(Decimal(sums.get(column, {}).get(currency, 0))) for column, name in named.items()},
        )
        for currency in currencies
    ]


def add_money(several: Iterable[Sequence[doc.Money]]) -> list[doc.Money]:
    """Totals of several lists, per currency."""
    sums: dict[str, dict[str, Decimal]] = {}
    for one in several:
        for each in one:
            here = sums.setdefault(each.currency, dict.fromkeys(COSTS, Decimal(0)))
            for name in COSTS:
                here[name] = total([here[name], Decimal(getattr(each, name) or 0)])
    return [
        doc.Money(currency=currency, **{name: plain(amount) for name, amount in amounts.items()})
        for currency, amounts in sorted(sums.items())
    ]


def rows_of(facts: Mapping[str, Any]) -> doc.Rows:
    counts = facts.get("counts", {})
    return doc.Rows(
        received=counts.get("received", 0),
        mapped=counts.get("mapped", 0),
        folded=sum(counts.get("folded", {}).values()),
        skipped=sum(counts.get("skipped", {}).values()),
        generated=sum(counts.get("generated", {}).values()),
        stored=facts.get("rows", 0),
    )


def load_fields(load: Load) -> dict[str, Any]:
    """What the short and the long document of a load share."""
    message, action = MESSAGES[load.state]
    refusal = load.facts.get("problem") or {}
    return {
        "id": load.id,
        "source": load.source,
        "period": load.period,
        "generation": load.generation or None,
        "state": load.state,
        "format": ", ".join(load.facts.get("formats", [])) or None,
        "actor": load.actor,
        "created_at": datetime.fromisoformat(load.created_at),
        "ended_at": datetime.fromisoformat(load.changed_at),
        "rows": rows_of(load.facts),
        "totals": money(load.facts.get("sums", {})),
        "message": message.format(reason=load.reason or ""),
        "action": refusal.get("next_step") or action,
        "warnings": load.facts.get("warnings", []),
    }


def load_document(load: Load) -> doc.Load:
    return doc.Load(**load_fields(load))


def import_document(source: str, done: Imported) -> doc.ImportResult:
    """The end of an import for people: loads, files, rows and totals."""
    made = [load_document(load) for load in done.loads]
    files = {file["digest"]: (file, load) for load in done.loads for file in load.facts.get("files", [])}
    return doc.ImportResult(
        state=done.state,
        source=source,
        loads=made,
        files=[
            doc.FileResult(
                name=file["name"],
                digest=digest,
                format=", ".join(load.facts.get("formats", [])),
                state="unchanged" if done.state == "unchanged" else "read",
            )
            for digest, (file, load) in files.items()
        ],
        rows=_import_rows(done.loads),
        totals=add_money(load.totals for load in made),
        warnings=list(dict.fromkeys(text for load in made for text in load.warnings)),
    )


def _import_rows(loads: Sequence[Load]) -> doc.Rows:
    """What was received is counted per bundle, which several loads share; what is stored, per load."""
    bundles = {json.dumps(load.facts.get("bundles")): rows_of(load.facts) for load in loads}
    names = ("received", "mapped", "folded", "skipped", "generated")
    sums = {name: sum(getattr(rows, name) for rows in bundles.values()) for name in names}
    return doc.Rows(**sums, stored=sum(load.facts.get("rows", 0) for load in loads))


class RulesFaultError(ProblemError):
    """Bad rules: every fault with its place; the old rules stay in force."""

    def __init__(self, faults: Sequence[doc.RuleFault]) -> None:
        super().__init__(
            "caller", "rules", f"The rules have {len(faults)} faults.", Help(next_step="Mend them and try again.")
        )
        self.faults = [fault.model_dump() for fault in faults]


def rule_faults(error: RulesError) -> list[doc.RuleFault]:
    return [
        doc.RuleFault(
            file=fault.file,
            line=fault.line,
            column=fault.column,
            problem=fault.problem,
            expected=fault.expected,
            nearest=list(fault.nearest),
        )
        for fault in error.faults
    ]


def load_detail(load: Load, previous: Load | None) -> doc.LoadDetail:
    counts = load.facts.get("counts", {})
    left_out = [
        doc.LeftOut(kind=kind, reason=reason, rows=rows)
        for kind in ("folded", "skipped", "generated")
        for reason, rows in counts.get(kind, {}).items()
    ]
    residues = total(Decimal(text) for text in load.facts.get("residues", {}).values())
    billed = load.facts.get("sums", {}).get("BilledCost", {})
    return doc.LoadDetail(
        **load_fields(load),
        error=doc.ProblemDocument(**load.facts["problem"]) if load.facts.get("problem") else None,
        files=[doc.LoadFile(**file) for file in load.facts.get("files", [])],
        steps=[doc.LoadStep(**step) for step in load.facts.get("steps", [])],
        left_out=left_out,
        # The child refuses a load whose own control totals differ, so a recorded load has no difference to them.
        control=[
            *(
                doc.ControlTotal(currency=currency, period=load.period, expected=amount, stored=amount, difference="0")
                for currency, amount in billed.items()
            ),
            *(doc.ControlTotal(**one) for one in load.facts.get("control", [])),
        ],
        previous=money(previous.facts.get("sums", {})) if previous else [],
        residue=plain(residues),
    )


def is_late(state: SourceState, now: datetime) -> bool:
    """Whether a daily source lags more than it normally does after the end of its last complete day.

    What a person imports is never late: it was on no schedule.
    """
    if state.grain != "daily" or state.data_to is None or not state.active or not state.scheduled:
        return False
    end_of_data = datetime.combine(state.data_to + timedelta(days=1), datetime.min.time(), now.tzinfo)
    return now - end_of_data > timedelta(hours=state.normal_lag_hours + 24)


def source_document(state: SourceState, loads: Sequence[Load], live: Sequence[Load], now: datetime) -> doc.Source:
    """`loads` are those that wait for a person."""
    return doc.Source(
        source=state.source,
        label=state.label,
        format=state.format,
        kind="demo" if state.kind == "demo" else "import",
        active=state.active,
        grain="monthly" if state.grain == "monthly" else "daily",
        first_day=state.first_day,
        data_to=state.data_to,
        normal_lag_hours=state.normal_lag_hours,
        late=is_late(state, now),
        loaded_at=state.loaded_at,
        rows=state.rows,
        periods=len(state.periods),
        totals=add_money(money(load.facts["sums"]) for load in live),
        warnings=list(state.warnings),
        held=sum(load.state == "held" for load in loads),
        quarantined=sum(load.state == "quarantined" for load in loads),
    )


def months(store: Store, snapshot: Snapshot, source: str) -> list[doc.SourceMonth]:
    """Every billing period of a source that was ever loaded, newest first."""
    outlines = store.state.outlines(source)
    rows = snapshot.frame("from generations where source = $source", {"source": source})
    by_period = {row["period"]: row for row in rows.iter_rows(named=True)}
    by_scope: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for load, period, state in outlines:
        by_scope[period].append((load, state))
    newest = {
        period: next((load for load, state in here if state == "live"), here[0][0])
        for period, here in by_scope.items()
        if period
    }
    loads = {load.period: load for load in store.state.loads(id=newest.values())}
    found = []
    for period in sorted(newest, reverse=True):
        shown, row = loads[period], by_period.get(period, {})
        found.append(
            doc.SourceMonth(
                period=period,
                generation=shown.generation,
                state=load_document(shown).state,
                rows=shown.facts["rows"],
                loaded_at=row.get("loaded_at"),
                first_day=row.get("first_day"),
                data_to=row.get("data_to"),
                totals=money(shown.facts["sums"]),
                restated=sum(state == "superseded" for _, state in by_scope[period]),
            )
        )
    return found


_LINE = """
select d.* exclude (dim, digest, salted, tag_set), o.why, o.valid_from, o.valid_to, o.rules_version,
    v.team, v.application, v.environment, v.cost_centre, map_entries(v.extra) as extra, t.tags, l.day,
    map_entries(s.raw) as raw
from lines l join dims d using (dim) left join tag_sets s on s.tag_set = d.tag_set
join owners o on o.period = l.period and o.dim = l.dim and l.day >= o.valid_from and l.day < o.valid_to
join owner_values v using (owner)
left join tag_sets_normal t on t.tag_set = d.tag_set and l.day >= t.valid_from and l.day < t.valid_to
    and t.rules_version = $reader
where l.source = $source and l.period = $period and l.generation = $generation and l.line_no = $line_no
"""


def line(store: Store, line_id: str) -> doc.LineDetail | None:
    """A bill line with its native facts, its owner and why, and the file and row it came from."""
    parts = line_id.rsplit(":", 3)
    if len(parts) != 4 or not parts[2].isdigit() or not parts[3].isdigit():
        return None
    key = {"source": parts[0], "period": parts[1], "generation": int(parts[2]), "line_no": int(parts[3])}
    with store.read() as snapshot:
        reader = dict(snapshot.tag_versions).get(parts[1], snapshot.rules_version)
        found = snapshot.frame(_LINE, {**key, "reader": reader})
        if found.is_empty():
            return None
        row = found.row(0, named=True) | {"shares": line_shares(snapshot, key)}
        load = next(
            (load for load in store.state.loads(source=parts[0], period=parts[1]) if load.generation == int(parts[2])),
            None,
        )
        landed = store.line(load, int(parts[3])) if load else None
    if load is None or landed is None:
        raise StoreError(f"line {line_id} is missing from its landed file", "run: outlay check")
    rules = store.own_of(store.state.documents())
    return _line_document(line_id, key, row, (load, landed, rules if isinstance(rules, RulesInForce) else None))


def _line_document(
    line_id: str,
    key: Mapping[str, Any],
    row: Mapping[str, Any],
    origin: tuple[Load, Mapping[str, Any], RulesInForce | None],
) -> doc.LineDetail:
    load, landed, rules = origin
    names = {file["digest"]: file["name"] for file in load.facts.get("files", [])}
    owner = {name: row[name] for name in OWNERS} | {one["key"]: one["value"] for one in row["extra"] or []}
    why, path = LineWhy(row, _tags(row["raw"]), row["day"], rules).told()
    return doc.LineDetail(
        id=line_id,
        source=key["source"],
        period=key["period"],
        generation=key["generation"],
        line_no=key["line_no"],
        focus={name: _plain(name, value) for name, value in landed.items() if BY_NAME[name].introduced},
        native={
            name: _plain(name, value)
            for name, value in landed.items()
            if not BY_NAME[name].introduced and value is not None and name not in ("x_SourceFile", "x_SourceRow")
        },
        tags=_tags(row["tags"]),
        owner=owner,
        why=why,
        path=path,
        rules_version=row["rules_version"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        origin=doc.LineOrigin(
            name=names.get(landed["x_SourceFile"]),
            digest=landed["x_SourceFile"],
            row=landed["x_SourceRow"],
            generated=landed["x_Generated"],
        ),
    )


def _plain(name: str, value: Any) -> Any:
    """A value as JSON can carry it exactly."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if BY_NAME[name].kind == "json" and isinstance(value, str):
        return json.loads(value, parse_float=str)
    return value


def _tags(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {str(key): str(each) for key, each in value.items()}
    return {entry["key"]: entry["value"] for entry in value or []}


def tags_long(frame: pl.DataFrame) -> pl.DataFrame:
    """(tag_set, entry) to (tag_set, key, value)."""
    if frame.is_empty():
        return pl.DataFrame(schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String})
    return frame.unnest("entry")
