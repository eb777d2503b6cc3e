"""The journey of a bill, all stages in order: start reading here.

fetch      files under the paths, grouped into bundles, kept as received      collectors.bundles, Landing.receive
normalise  each bundle to FOCUS lines, in a child process                     outlay.child, collectors.formats
verify     rows and sums accounted for; unchanged or held?                    outlay.child, warehouse.store.loads
land       canonical Parquet, from which all can be rebuilt                   Landing.land
swap       lines, owners and rollups of all scopes in one transaction         warehouse.store.swap
live       recorded outside the warehouse, and answered from now on           State.go_live
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import polars as pl

from api.documents import Stage
from api.protocols import ImportOrder, Progress
from collectors import cost_drivers
from collectors.bundles import discover
from collectors.formats import Bundle, BundleFile, FormatError, formats
from outlay.child import ChildError, ChildLimits, ChildResult, ChildTask, TaskFile, run_child
from outlay.child import Progress as ChildProgress
from warehouse.focus import total
from warehouse.store import Cause, Load, Prepared, Source, Store, identity

Run = Callable[[ChildTask, Callable[[ChildProgress], None]], ChildResult]


@dataclass(frozen=True, slots=True)
class Received:
    """A bundle whose files are kept as received."""

    files: tuple[TaskFile, ...]
    sizes: Mapping[str, int]
    format_name: str | None
    manifest: Mapping[str, Any] | None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def digests(self) -> list[str]:
        return [file.digest for file in self.files]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import, as a whole."""

    loads: tuple[Load, ...]
    state: Literal["live", "unchanged", "held"]


def import_files(
    store: Store, order: ImportOrder, progress: Progress, now: datetime, run: Run | None = None
) -> Imported:
    """Load files or folders as one transaction over all their billing periods.

    The same content again changes nothing. Raises FormatError and ChildError when a file cannot be read, whatever
    `progress.check` raises when the job is cancelled; then what was live stays live.
    """
    from outlay import counting  # who reads landed parts again for it stands on this module
    from outlay.landed import Desk

    steps = Steps(progress, now)
    progress.source(order.source)
    steps.stage("fetch", f"Receiving files for {order.source}")
    received = receive(store, discover(order.paths, order.format, order.name), order, progress)
    if known := _all_seen(store, order.source, received):
        return Imported(tuple(known), "unchanged")
    scratch = store.landing.scratch(uuid.uuid4().hex)
    try:
        steps.stage("normalise", f"Reading {order.source}")
        received, results = normalise_all(received, scratch, progress, run)
        steps.stage("verify", "Checking that every row and every cent is accounted for")
        prepared = prepare(order.source, received, results)
        progress.check()
        store.put_source(_source(store, order, results, now))
        with counting.alone(progress):
            back = counting.beside(Desk(store, progress, run), prepared, scratch)
            steps.stage("swap", "Putting the new lines in the place of the old ones")
            ready = [*with_facts(prepared, steps=steps.document()), *back]
            cause: Cause = "coverage" if back else "new data"
            loads = [
                load
                for load in store.load(ready, actor=order.actor, now=now, cause=cause)
                if load.source == order.source
            ]
    finally:
        store.landing.drop_scratch(scratch.name)
    progress.stage("live", None)
    states = {load.state for load in loads}
    return Imported(tuple(loads), "held" if "held" in states else "live" if "live" in states else "unchanged")


class Steps:
    """When each stage of an import began, told to its progress and kept for its page."""

    def __init__(self, progress: Progress, now: datetime) -> None:
        self._progress, self._now, self._zero = progress, now, time.monotonic()
        self._begun: list[tuple[Stage, datetime]] = []

    def stage(self, stage: Stage, message: str) -> None:
        self._progress.stage(stage, message)
        self._begun.append((stage, self._now + timedelta(seconds=time.monotonic() - self._zero)))

    def document(self) -> list[dict[str, str | None]]:
        """The stages so far; each ended when the next began."""
        ends: list[datetime | None] = [begun for _, begun in self._begun[1:]]
        return [
            {"stage": stage, "started_at": begun.isoformat(), "ended_at": end.isoformat() if end else None}
            for (stage, begun), end in zip(self._begun, [*ends, None], strict=True)
        ]


def with_facts(prepared: Sequence[Prepared], **facts: Any) -> list[Prepared]:
    """The same loads with more to show on their pages."""
    return [replace(one, facts={**one.facts, **facts}) for one in prepared]


def receive(store: Store, bundles: Sequence[Bundle], order: ImportOrder, progress: Progress) -> list[Received]:
    """Keep every file of the bundles as received."""
    every = [file for bundle in bundles for file in bundle.files]
    whole = sum(file.path.stat().st_size for file in every)
    done = 0
    found = []
    for bundle in bundles:
        kept: list[TaskFile] = []
        sizes: dict[str, int] = {}
        for file in bundle.files:
            progress.check()
            digest, size = store.landing.receive(file.path)
            kept.append(_task_file(store, file, digest))
            sizes[digest] = size
            done += size
            progress.size(done, whole)
        found.append(
            Received(tuple(kept), sizes, bundle.format_name or order.format, bundle.manifest, dict(order.settings))
        )
    return found


def _task_file(store: Store, file: BundleFile, digest: str) -> TaskFile:
    return TaskFile(path=store.landing.raw(digest), name=file.name, digest=digest, facts=file.facts)


def _all_seen(store: Store, source: str, received: Iterable[Received]) -> list[Load]:
    """The live loads that these very files made before; nothing unless that holds for all of them."""
    found: list[Load] = []
    for one in received:
        known = [
            store.seen(source, _identity(one, module.NAME, module.VERSION))
            for module in formats().values()
            if one.format_name in (None, module.NAME)
        ]
        loads = next((loads for loads in known if loads), [])
        if not loads:
            return []
        found += loads
    return list({load.id: load for load in found}.values())


def normalise_all(
    received: Sequence[Received], scratch: Path, progress: Progress, run: Run | None
) -> tuple[list[Received], list[ChildResult]]:
    """Read all bundles. Loose files of several formats become a bundle of each, with an account of its own.

    Raises FormatError when two of those bill one account: they are two bills of the same cost.
    """
    found: list[tuple[Received, ChildResult]] = []
    for number, one in enumerate(received):
        try:
            found.append((one, normalise(one, scratch / str(number), progress, run)))
        except (FormatError, ChildError) as error:
            apart = _by_format(one, getattr(error, "kinds", None) or {})
            if not apart:
                raise
            read = [(each, normalise(each, scratch / f"{number}-{each.format_name}", progress, run)) for each in apart]
            if twice := billed_twice([(made.format_name, one.path) for _, made in read for one in made.periods]):
                raise FormatError(
                    f"{twice} in two formats; nothing was loaded twice.", next_step="Import one of them."
                ) from None
            found += read
    return [one for one, _ in found], [made for _, made in found]


def _by_format(one: Received, kinds: Mapping[str, str]) -> list[Received]:
    """A bundle for each of the formats that the reader tells; none when it belongs together, or tells nonsense."""
    if one.manifest or any(kinds.get(file.name) not in formats() for file in one.files):
        return []
    return [
        replace(one, files=tuple(file for file in one.files if kinds[file.name] == name), format_name=name)
        for name in sorted(set(kinds.values()))
    ]


def billed_twice(files: Iterable[tuple[str, Path]]) -> str | None:
    """(who delivers, canonical file of a period): an account that two deliver in one period, in words."""
    seen: dict[tuple[str, str, str | None], str] = {}
    for who, path in files:
        accounts = pl.scan_parquet(path).select("BillingAccountId", "SubAccountId").unique().collect()
        for billing, sub in accounts.sort(pl.all()).iter_rows():
            if (other := seen.setdefault((path.stem, billing, sub), who)) != who:
                return f"{other} and {who} both bill account {sub or billing}"
    return None


def normalise(one: Received, out: Path, progress: Progress, run: Run | None) -> ChildResult:
    """Read one bundle in a child process, its canonical files to `out`."""
    out.mkdir(parents=True)
    task = ChildTask(
        files=one.files, out=out, format_name=one.format_name, settings=one.settings, manifest=one.manifest
    )

    def report(step: ChildProgress) -> None:
        progress.check()
        progress.stage("normalise" if step.stage == "normalise" else "verify", None)
        progress.rows(step.rows_done, step.rows_total or None)

    return run(task, report) if run else run_child(task, ChildLimits(), report)


def _identity(one: Received, format_name: str, version: int) -> str:
    """What decides the lines: the bytes, the mapping, its settings, and the table of cost drivers."""
    settings = {**one.settings, "cost drivers": str(cost_drivers.VERSION)}
    return identity(one.digests, format_name, version, settings)


def prepare(source: str, received: Sequence[Received], results: Sequence[ChildResult]) -> list[Prepared]:
    """One prepared load per billing period; bundles that meet in a period become its parts."""
    periods: dict[str, list[tuple[Received, ChildResult, Any]]] = {}
    for one, result in zip(received, results, strict=True):
        for period in result.periods:
            periods.setdefault(period.period, []).append((one, result, period))
    return [_prepare(source, period, found) for period, found in sorted(periods.items())]


def _prepare(source: str, period: str, found: Sequence[tuple[Received, ChildResult, Any]]) -> Prepared:
    names = [_identity(one, made.format_name, made.version) for one, made, _ in found]
    sums: dict[str, dict[str, Any]] = {}
    for _, _, part in found:
        for column, by_currency in part.sums.items():
            for currency, amount in by_currency.items():
                here = sums.setdefault(column, {})
                here[currency] = total([here[currency], amount] if currency in here else [amount])
    return Prepared(
        source=source,
        period=period,
        identity=names[0] if len(names) == 1 else identity(names, "several", 1, {}),
        parts=tuple((part.content, part.path) for _, _, part in found),
        rows=sum(part.rows for _, _, part in found),
        sums=sums,
        period_start=min(part.period_start for _, _, part in found),
        period_end=max(part.period_end for _, _, part in found),
        warnings=tuple(dict.fromkeys(text for _, made, _ in found for text in made.warnings)),
        facts=load_facts(found),
    )


def load_facts(found: Sequence[tuple[Received, ChildResult, Any]]) -> dict[str, Any]:
    """What a load's page shows, and what mending a mapping needs to read the raw files again."""
    return {
        "bundles": [
            {
                "format": made.format_name,
                "settings": dict(one.settings),
                "manifest": dict(one.manifest) if one.manifest else None,
                "files": [{"name": f.name, "digest": f.digest, "facts": f.facts} for f in one.files],
            }
            for one, made, _ in found
        ],
        "files": [
            {"name": f.name, "digest": f.digest, "size_bytes": one.sizes.get(f.digest)}
            for one, _, _ in found
            for f in one.files
        ],
        "formats": sorted({made.format_name for _, made, _ in found}),
        "columns": sorted({name for _, made, _ in found for name in made.columns}),
        "counts": {
            "received": sum(made.received for _, made, _ in found),
            "mapped": sum(made.mapped for _, made, _ in found),
            "folded": _add(made.folded for _, made, _ in found),
            "skipped": _add(made.skipped for _, made, _ in found),
            "generated": _add(made.generated for _, made, _ in found),
        },
        "kinds": _add(part.kinds for _, _, part in found),
        "residues": {name: str(amount) for _, made, _ in found for name, amount in made.residues.items()},
    }


def _add(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    result: dict[str, int] = {}
    for one in counts:
        for reason, rows in one.items():
            result[reason] = result.get(reason, 0) + rows
    return result


def _source(store: Store, order: ImportOrder, results: Sequence[ChildResult], now: datetime) -> Source:
    known = next((source for source in store.state.sources() if source.name == order.source), None)
    if known:
        return known
    return Source(
        name=order.source,
        label=order.source,
        format=", ".join(sorted({result.format_name for result in results})),
        kind="import",
        created_at=now.isoformat(),
    )


def renormalise(store: Store, progress: Progress, now: datetime, actor: str) -> list[Load]:
    """Read the raw files of all live loads again with today's mappings; what changes becomes a new generation."""
    groups: dict[tuple[str, str], list[Load]] = {}
    for load in store.state.live().values():
        groups.setdefault((load.source, load.batch), []).append(load)
    changed: list[Load] = []
    for (source, _), loads in sorted(groups.items()):
        progress.source(source)
        wanted = {load.period for load in loads}
        scratch = store.landing.scratch(uuid.uuid4().hex)
        try:
            received, results = normalise_all(_received_again(store, loads), scratch, progress, None)
            prepared = [one for one in prepare(source, received, results) if one.period in wanted]
            mended = with_facts(prepared, cause="mapping")
            made = store.load(mended, actor=actor, now=now, cause="mapping")
        finally:
            store.landing.drop_scratch(scratch.name)
        changed += [load for load in made if load.state == "live"]
    return changed


def _received_again(store: Store, loads: Sequence[Load]) -> list[Received]:
    bundles = {
        tuple(sorted(file["digest"] for file in bundle["files"])): (bundle, load)
        for load in loads
        for bundle in load.facts["bundles"]
    }
    return [
        Received(
            files=tuple(
                TaskFile(store.landing.raw(file["digest"]), file["name"], file["digest"], file["facts"])
                for file in bundle["files"]
            ),
            sizes={file["digest"]: file["size_bytes"] for file in load.facts["files"]},
            format_name=bundle["format"],
            manifest=bundle["manifest"],
            settings=bundle["settings"],
        )
        for bundle, load in bundles.values()
    ]
