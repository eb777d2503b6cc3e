"""Runs of Azure Cost Management exports: which delivered files make a month.

A daily export writes the whole month anew each day, and earlier runs stay in storage: adding files up multiplies the
cost. Of each export and month only the run submitted last counts. Folder names are no contract; `manifest.json` is.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from collectors.formats.contract import Bundle, BundleFile, FormatError, FoundFile
from warehouse.focus import add_months

COST: Final = {"actualcost": "actual", "usage": "actual", "amortizedcost": "amortized", "focuscost": "focus"}
"""Type of export -> kind of data. Price sheets, reservation details and recommendations are no bills."""
FORMATS: Final = {"actual": "azure-cost", "amortized": "azure-cost", "focus": None}
MANIFEST: Final = "manifest.json"
MANIFEST_BYTES_MAX: Final = 32 * 1024 * 1024  # thousands of parts fit; a larger file is no manifest

MONTHS_MAX: Final = 240  # of one run; exports reach back seven years

GUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SINGLE: Final = re.compile(rf"(?P<export>(?:.*/)?\d{{8}}-\d{{8}}/[^/]+)_{GUID}\.csv(?:\.gz)?", re.IGNORECASE)
INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?")


Files = dict[str, list[FoundFile]]
"""By the last part of the name: folders hold years of runs, and every blob is looked up."""


@dataclass(frozen=True, slots=True)
class Run:
    """One delivery of one export."""

    manifest: FoundFile
    export: str
    scope: str  # resource path the export was defined on, lower case; empty when the manifest does not say
    kind: str  # actual, amortized, focus; empty for what is no bill
    type: str
    run_id: str
    submitted: datetime
    first_month: str
    last_month: str
    blobs: tuple[Mapping[str, Any], ...]

    @property
    def period(self) -> str:
        return self.first_month if self.first_month == self.last_month else f"{self.first_month}..{self.last_month}"

    def has_rows(self) -> bool:
        return any(blob.get("dataRowCount") != 0 for blob in self.blobs)

    def months(self) -> set[date]:
        month, last = date.fromisoformat(f"{self.first_month}-01"), date.fromisoformat(f"{self.last_month}-01")
        found = {month}
        while month < last and len(found) < MONTHS_MAX:
            month = add_months(month, 1)
            found.add(month)
        return found

    def overlaps(self, other: Run) -> bool:
        return not self.months().isdisjoint(other.months())


def find(listing: Sequence[FoundFile]) -> list[Bundle]:
    runs = [run for found in listing if (run := _run(found)) is not None]
    files: Files = defaultdict(list)
    for found in listing:
        files[found.name.rpartition("/")[2]].append(found)
    covered = {blob.name for run in runs for blob in _present(run, files)}
    _check_single(found.name for found in listing if found.name not in covered)
    if not runs:
        return []
    counted = _newest(run for run in runs if run.kind and run.has_rows())
    if not counted:
        types = ", ".join(sorted({run.type for run in runs}))
        raise FormatError(
            f"the manifests describe no cost: {types}.",
            file=runs[0].manifest.name,
            next_step="Import an export of type ActualCost and one of type AmortizedCost, or one of type FocusCost.",
        )
    _check_rivals(counted)
    bundles = [_bundle(group, files) for group in _by_month(counted)]
    used = {file.name for bundle in bundles for file in bundle.files}
    # Manifests, and the data of runs that do not count, are known but not imported; the first bundle names them.
    aside = sorted((covered | {run.manifest.name for run in runs}) - used)
    first = bundles[0]
    named = Bundle(first.files, first.format_name, first.period, {**(first.manifest or {}), "manifest_names": aside})
    return [named, *bundles[1:]]


def _run(found: FoundFile) -> Run | None:
    """The run a manifest.json describes, or None when the file is none of these exports'."""
    if found.name.rpartition("/")[2].casefold() != MANIFEST or found.size_bytes > MANIFEST_BYTES_MAX:
        return None
    try:
        facts = json.loads(found.path.read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        step = "Fetch the folder again."
        raise FormatError("the manifest is not JSON.", file=found.name, next_step=step) from error
    if not (isinstance(facts, dict) and {"exportConfig", "runInfo", "blobs"} <= facts.keys()):
        return None
    try:
        return _read(found, facts)
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(
            f"the manifest lacks a fact or has it in another form: {error}.",
            file=found.name,
            next_step="Fetch the folder again.",
        ) from error


def _read(found: FoundFile, facts: Mapping[str, Any]) -> Run:
    config, info = facts["exportConfig"], facts["runInfo"]
    scope = str(config.get("resourceId") or "").casefold().partition("/providers/microsoft.costmanagement/")[0]
    return Run(
        manifest=found,
        export=str(config["exportName"]),
        scope=scope,
        kind=COST.get(str(config["type"]).casefold(), ""),
        type=str(config["type"]),
        run_id=str(info["runId"]),
        submitted=_instant(str(info["submittedTime"])),
        first_month=_instant(str(info["startDate"])).strftime("%Y-%m"),
        last_month=_instant(str(info["endDate"])).strftime("%Y-%m"),
        blobs=tuple({"blobName": str(blob["blobName"]), **blob} for blob in facts["blobs"]),
    )


def _instant(text: str) -> datetime:
    """UTC; the manifest writes up to seven fractional digits and sometimes forgets the Z. Raises ValueError."""
    match = INSTANT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no time")
    day, time, fraction, zone = match.groups()
    zone = "+00:00" if zone in (None, "Z") else zone
    return datetime.fromisoformat(f"{day}T{time}{(fraction or '.0')[:7].ljust(7, '0')}{zone}").astimezone(UTC)


def _newest(runs: Iterable[Run]) -> list[Run]:
    """Of each export the runs that no later run of the same months replaces."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (run.submitted, run.run_id), reverse=True):
        later = [one for one in kept if (one.export, one.scope, one.kind) == (run.export, run.scope, run.kind)]
        over = [one for one in later if one.overlaps(run)]
        if not over:
            kept.append(run)
        elif not run.months() <= set().union(*(one.months() for one in over)):
            raise FormatError(
                f"export {run.export} has a run of {run.period} and a later one of {over[0].period}: "
                "one replaces the other only in part.",
                file=run.manifest.name,
                next_step="Import the runs of single months.",
            )
    return sorted(kept, key=lambda run: (run.first_month, run.kind, run.export))


def _check_rivals(runs: Sequence[Run]) -> None:
    """Two exports of one month whose scopes hold each other bill the same cost twice."""
    for index, run in enumerate(runs):
        for other in runs[index + 1 :]:
            same_data = run.kind == other.kind or "focus" in (run.kind, other.kind)
            if same_data and run.overlaps(other) and _nested(run.scope, other.scope):
                raise FormatError(
                    f"{run.period} comes from two exports, {run.export} ({run.type}) and {other.export} "
                    f"({other.type}): together they would count it twice.",
                    file=other.manifest.name,
                    next_step="Import one of them, or give each its own source.",
                )


def _nested(one: str, other: str) -> bool:
    """An export without a scope may hold any other."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/") or not (one and other)


def _by_month(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Actual and amortized runs of a month belong together; a FOCUS export stands alone."""
    groups: dict[tuple[str, bool], list[Run]] = defaultdict(list)
    for run in runs:
        groups[run.period, run.kind == "focus"].append(run)
    yield from groups.values()


def _bundle(runs: Sequence[Run], listed: Files) -> Bundle:
    files: list[BundleFile] = []
    for run in runs:
        for blob in run.blobs:
            found = _checked(run, blob, listed)
            if blob.get("dataRowCount") == 0:  # a header alone is no part of a bill
                continue
            facts = {"dataset": run.kind, "rows": blob.get("dataRowCount"), "bytes": blob.get("byteCount")}
            files.append(BundleFile(found.path, found.name, {**facts, "export": run.export, "run": run.run_id}))
    exports = [
        {"export": run.export, "type": run.type, "run": run.run_id, "submitted": run.submitted.isoformat()}
        for run in runs
    ]
    one_month = runs[0].first_month == runs[0].last_month
    return Bundle(
        files=tuple(files),
        format_name=FORMATS[runs[0].kind],
        period=runs[0].period if one_month else None,
        manifest={"exports": exports, "manifest_names": []},
    )


def _checked(run: Run, blob: Mapping[str, Any], files: Files) -> FoundFile:
    found = _located(run, blob["blobName"], files)
    if found is None:
        raise FormatError(
            f"the manifest of export {run.export}, {run.period}, lists {blob['blobName']}, which is missing.",
            file=run.manifest.name,
            next_step="Fetch the whole folder of the run; part of a month is not loaded.",
        )
    size = blob.get("byteCount")
    # Packed files carry their own checks, and what the count means for them is not documented.
    if isinstance(size, int) and found.name.casefold().endswith(".csv") and found.size_bytes != size:
        raise FormatError(
            f"the file has {found.size_bytes:,} bytes, its manifest says {size:,}.",
            file=found.name,
            next_step="Fetch the file again.",
        )
    return found


def _located(run: Run, blob: str, files: Files) -> FoundFile | None:
    """The listed file of a blob. Blob names count from the container, listed names from whatever folder was given."""
    own = blob.rpartition("/")[2]
    beside = f"{run.manifest.name.rpartition('/')[0]}/{own}".lstrip("/")
    fits = [
        found
        for found in files.get(own, ())
        if f"/{blob}".endswith(f"/{found.name}") or f"/{found.name}".endswith(f"/{blob}") or found.name == beside
    ]
    return max(fits, key=lambda found: (found.name == beside, len(found.name)), default=None)


def _present(run: Run, files: Files) -> Iterator[FoundFile]:
    found = (_located(run, blob["blobName"], files) for blob in run.blobs)
    return (file for file in found if file is not None)


def _check_single(names: Iterable[str]) -> None:
    """Exports of the old kind have no manifest: one whole file per run, told apart by a random id."""
    seen: dict[str, str] = {}
    for name in names:
        match = SINGLE.fullmatch(name)
        if match is not None and (other := seen.setdefault(match["export"], name)) != name:
            raise FormatError(
                f"{other} and {name} are two runs of one export and month; each holds the whole month.",
                file=name,
                next_step="Import the newer one alone.",
            )
