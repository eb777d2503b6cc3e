"""Azure cost exports in Blob Storage: actual with amortized, or FOCUS, of each month the run submitted last.

A part is a month below the prefix: its exports are listed, and its change token is that of its manifests, so that an
unchanged month costs its share of one listing. Which runs count is read from the manifests when a month is fetched.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from collectors.formats.contract import FormatError, FoundFile
from collectors.manifests import azure as manifests
from collectors.meter import Meter, Price
from collectors.sources import terraform
from collectors.sources.azure_access import CLOUD, Access, revealed
from collectors.sources.azure_blobs import ROLE, SCOPE, Container, FetchProgress, Place, need_of
from collectors.sources.contract import Check, Grade, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError

NAME = "azure-exports"
LABEL = "Azure cost exports in Blob Storage"
GRADE: Grade = "full"
NORMAL_LAG_HOURS = 26
INTERVAL_HOURS = 6
LISTS_ALL = True  # one listing answers every month

CHECKED_MAX: Final = 20  # manifests a connection test reads
MONTH_FOLDER: Final = re.compile(r"(?:^|/)(\d{4})(\d\d)\d\d-(\d{4})(\d\d)\d\d/")
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ =-]{0,199}")
_GRANT: Final = f'az role assignment create --assignee ${{client}} --role "{ROLE}" --scope "{SCOPE}"'

PERMISSIONS = (
    Permission(
        "identity",
        "An identity of its own, where the machine has none",
        "sh",
        "az ad sp create-for-rbac -n outlay-cost-reader",
        required=False,
    ),
    Permission(
        "read",
        "Read one container",
        "sh",
        _GRANT,
        actions=("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",),
    ),
    terraform.azure_role(ROLE, SCOPE, "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"),
)


class Settings(Place):
    """Where the exports are delivered, and who reads them."""


@dataclass(slots=True)
class _Month:
    """Blobs below the folders of one month: name -> ETag."""

    manifests: dict[str, str] = field(default_factory=dict)
    latest: dict[str, tuple[datetime, str]] = field(default_factory=dict)  # export -> when, folder of its newest run
    sizes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # folder -> of each blob
    single: dict[str, tuple[datetime, str, str]] = field(default_factory=dict)  # export -> newest time, name, ETag

    @property
    def expected(self) -> list[int]:
        """Sizes of what will most likely be fetched; the manifests say it exactly, and later."""
        return [size for _, folder in self.latest.values() for size in self.sizes[folder]]


def prices(settings: Settings) -> Sequence[Price]:
    return (Price("list"), Price("object"))


def check(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Check]:
    need = need_of(settings, "reading a manifest")
    try:
        store = Container(settings, meter, access)
        yield Check("identity", *_identity(settings))
        months, aside = _listed(store)
        yield Check("list", "ok", f"{settings.address} can be listed.")
    except SourceError as error:
        name = "identity" if error.missing is None and error.failure == "configuration" else "list"
        yield Check(name, "fail", str(error), missing=error.missing, line=error.line)
        return
    newest = months[max(months)].manifests if months else {}
    try:
        found = [store.manifest(name) for name in sorted(newest)[-CHECKED_MAX:]]
        yield Check("read", "ok", f"{len(found)} manifests can be read.")
    except SourceError as error:
        yield Check("read", "fail", str(error), missing=error.missing or need.missing, line=error.line or need.line)
        return
    if found:
        yield _kinds_check({str(one["exportConfig"].get("type")).casefold() for one in found})
    yield _months_check(window, months, aside)
    if found:
        last = max(str(one["runInfo"].get("submittedTime"))[:16] for one in found)
        yield Check("newest day", "ok", f"The last run was submitted at {last} UTC.")
    yield from _BESIDE


_BESIDE: Final = (
    Check("invoices", "ok", "Invoices come from the bill itself: exports of actual cost name them.", required=False),
    Check("names", "ok", "Names of accounts and subscriptions come from the bill itself.", required=False),
)


def _kinds_check(found: set[str]) -> Check:
    kinds = {manifests.COST[kind] for kind in found if kind in manifests.COST}
    if kinds == {"actual"}:
        text = "Only actual cost is exported: effective cost will not be amortised. Add an export of amortized cost."
    elif kinds == {"amortized"}:
        text = "Only amortized cost is exported: purchases will be missing. Add an export of actual cost."
    elif not kinds:
        text = f"No export of cost, but {', '.join(sorted(found))}. Export actual and amortized cost, or FOCUS."
    else:
        return Check("format", "ok", f"Exports of {' and '.join(sorted(kinds))} cost.")
    return Check("format", "warn", text, required=False)


def _months_check(window: Window, months: Mapping[str, _Month], aside: Sequence[str]) -> Check:
    inside = [month for month in months if window.holds(month)]
    if aside:
        text = f"Exports of several months in one run are not collected: {', '.join(aside[:3])}."
        return Check("months", "warn", text, required=False)
    if not inside:
        text = "No export of these months. A new one delivers within a day; older months are exported one by one."
        return Check("months", "fail", text)
    size = sum(sum(months[month].expected) for month in inside)
    return Check("months", "ok", f"{len(inside)} months, {min(inside)} to {max(inside)}, {size / 1e6:,.1f} MB.")


def _identity(settings: Settings) -> tuple[Any, str]:
    if settings.account_key:
        return "warn", "An account key can change and delete everything in the account; a reader's identity is enough."
    ways = {"A shared access signature": settings.sas, "A client secret": settings.client_secret,
            "A federated token": settings.federated_token_file}  # fmt: skip
    if settings.sas and (more := _beyond_reading(revealed(settings.sas))):
        return "warn", f"The shared access signature can do more than needed: {more}. Read and list are enough."
    way = next((name for name, given in ways.items() if given), "The identity of this machine")
    return "ok", f"{way} is used."


_RIGHTS: Final = {
    "a": "add", "c": "create", "w": "write", "d": "delete", "x": "delete versions", "y": "delete for good",
    "t": "change tags", "m": "move", "i": "make immutable", "o": "own", "p": "change permissions",
}  # fmt: skip


def _beyond_reading(signature: str) -> str:
    """What a shared access signature says it allows beside reading and listing."""
    rights = parse_qs(signature.removeprefix("?")).get("sp", [""])[0]
    return ", ".join(text for letter, text in _RIGHTS.items() if letter in rights)


def parts(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Part]:
    months, _ = _listed(Container(settings, meter, access))
    for period in sorted(filter(window.holds, months), reverse=True):
        month = months[period]
        # An export without manifests writes a whole file a run; the newest of each export is the month.
        single = {} if month.manifests else {name: tag for _, name, tag in month.single.values()}
        found = month.manifests or single
        if found:
            token = hashlib.sha256(json.dumps(sorted(found.items())).encode()).hexdigest()
            payload = {"manifests": sorted(month.manifests), "single": sorted(single)}
            sizes = month.expected
            yield Part(period, settings.address, token, sum(sizes) or None, len(sizes) or None, payload)


def fetch(
    settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress, *, access: Access = CLOUD
) -> list[Path]:
    done = FetchProgress(on_progress)
    store = Container(settings, meter, access, done)
    if part.payload["single"]:
        return [store.download(name, folder / _basename(name)) for name in part.payload["single"]]
    runs = _newest([(name, store.manifest(name)) for name in part.payload["manifests"]])
    if not runs:
        raise SourceError("transient", f"The exports of {part.period} hold no row yet.")
    blobs = [(run, blob) for run, (_, facts) in enumerate(runs) for blob in facts["blobs"] if _has_rows(blob)]
    done.start(len(blobs), [blob.get("byteCount") for _, blob in blobs])
    for run, (_, facts) in enumerate(runs):
        path = folder / f"run-{run}" / "manifest.json"
        path.parent.mkdir()
        path.write_text(json.dumps(facts), encoding="utf-8")
    data = [
        store.download(_inside(settings, blob["blobName"]), folder / f"run-{run}" / _basename(blob["blobName"]))
        for run, blob in blobs
    ]
    _verify(folder, data)
    return data


def _verify(folder: Path, data: Sequence[Path]) -> None:
    """What the import will say of these files, said now: sizes, doubles, two exports of one scope."""
    if len(set(data)) != len(data):
        raise SourceError("data", "The manifest lists two files of one name.")
    every = [path for path in folder.rglob("*") if path.is_file()]
    listing = [FoundFile(path, path.relative_to(folder).as_posix(), path.stat().st_size) for path in every]
    try:
        manifests.find(listing)
    except FormatError as error:
        raise SourceError("data", str(error.message), next_step=error.next_step) from error


def _newest(found: Iterable[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Of each export of costs the run submitted last that holds rows."""
    latest: dict[tuple[str, ...], tuple[tuple[datetime, str], tuple[str, Mapping[str, Any]]]] = {}
    for name, facts in found:
        config, info = facts["exportConfig"], facts["runInfo"]
        if str(config.get("type")).casefold() not in manifests.COST or not any(map(_has_rows, facts["blobs"])):
            continue
        key = (str(config.get("resourceId")).casefold(), str(config.get("exportName")), str(config["type"]).casefold())
        try:
            order = (_instant(str(info["submittedTime"])), str(info["runId"]))
        except (KeyError, ValueError):
            raise SourceError("data", f"The manifest {name} does not say when its run was submitted.") from None
        if key not in latest or latest[key][0] < order:
            latest[key] = (order, (name, facts))
    return [run for _, (_, run) in sorted(latest.items())]


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text.strip()))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _has_rows(blob: Mapping[str, Any]) -> bool:
    return blob.get("dataRowCount") != 0


def _inside(settings: Settings, name: Any) -> str:
    """The name of a blob that a manifest lists, which must lie below the prefix."""
    segments = str(name).split("/")
    if not str(name).startswith(settings.folder) or {"", ".", ".."} & set(segments):
        raise SourceError(
            "data",
            "The manifest lists a file outside of the folder that is collected.",
            next_step="Set the prefix to the folder that the export was created with.",
        )
    return str(name)


def _basename(name: Any) -> str:
    own = str(name).rpartition("/")[2]
    if not PLAIN_NAME.fullmatch(own):
        raise SourceError("data", "The manifest lists a file whose name no export has.")
    return own


def _listed(store: Container) -> tuple[dict[str, _Month], list[str]]:
    """Months by label, and folders of runs over several months."""
    months: dict[str, _Month] = defaultdict(_Month)
    aside: set[str] = set()
    for blob in store.blobs():
        folder, _, own = blob.name.rpartition("/")
        dated = MONTH_FOLDER.search(blob.name)
        if dated and dated.group(1, 2) != dated.group(3, 4):
            aside.add(blob.name[: dated.end()])
        elif own.casefold() == manifests.MANIFEST:
            month = months[f"{dated[1]}-{dated[2]}" if dated else store.month_of(blob.name)]
            month.manifests[blob.name] = blob.etag
            export, run = blob.name[: dated.end()] if dated else folder, (blob.last_modified, folder)
            month.latest[export] = max(run, month.latest.get(export, run))
        elif dated:
            month = months[f"{dated[1]}-{dated[2]}"]
            month.sizes[folder].append(blob.size)
            if match := manifests.SINGLE.fullmatch(blob.name):
                newest = (blob.last_modified, blob.name, blob.etag)
                month.single[match["export"]] = max(newest, month.single.get(match["export"], newest))
    months.pop("", None)
    return months, sorted(aside)
