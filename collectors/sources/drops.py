"""Files that others put somewhere: months by their paths, fetched as they were listed. A part of sources, none itself.

A month is what a path says: `2026-09`, `202609`, `20260901-20260930` or `year=2026/month=9` anywhere in it. Files
without a month in their path are read together, and their content tells the months.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from collectors.sources.contract import Check, Fetching, OnProgress, Part, Settings, Window
from collectors.sources.failures import SourceError
from collectors.sources.s3_bucket import unzip

FILES_MAX: Final = 20_000
"""Below one folder: a mistyped path has millions."""
_MONTHS: Final = (
    re.compile(r"(?<!\d)(20\d{2})-(0[1-9]|1[0-2])(?!\d)"),
    re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)"),
    re.compile(r"year=(20\d{2})/month=(0?[1-9]|1[0-2])(?!\d)"),
)


class DropSettings(Settings):
    """What every place that files are dropped at has in common."""

    format: str | None = None
    """Name of the files' format; recognised from their content when none is named."""
    settle_seconds: int = 60
    """A file younger than this may still be written and is left for the next run."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file as listed. `version` is the store's word for its content; empty where only time and size tell."""

    name: str  # below the folder or prefix
    size_bytes: int
    modified: datetime
    version: str = ""

    @property
    def facts(self) -> str:
        return f"{self.name}\0{self.size_bytes}\0{self.version or self.modified.isoformat()}"


class Depot(Protocol):
    """A place that files are dropped at. Every method may raise SourceError."""

    def listed(self) -> list[Dropped]:
        """Everything below the place, names relative to it."""
        ...

    def touch(self, one: Dropped) -> None:
        """Read the first bytes."""
        ...

    def bring(self, one: Dropped, target: Path, on_block: Callable[[int], None]) -> None:
        """The file as it was listed, verified; another version of it is "transient"."""
        ...


def month_of(path: str) -> str:
    """The first billing period a path names; "" when it names none."""
    found = [match for pattern in _MONTHS if (match := pattern.search(path))]
    first = min(found, key=lambda match: match.start(), default=None)
    return f"{first[1]}-{int(first[2]):02}" if first else ""


def below(prefix: str, key: str) -> str:
    """The name of an object below a prefix."""
    return key.removeprefix(prefix).lstrip("/")


def above(prefix: str, name: str) -> str:
    """The key of an object from its name below a prefix."""
    return f"{prefix}{'/' if prefix and not prefix.endswith('/') else ''}{name}"


def parts_of(depot: Depot, settings: Any, window: Window) -> Iterator[Part]:
    """One part for each month found in paths, newest first; one without month for all other files."""
    months: dict[str, list[Dropped]] = {}
    for one in _data(depot.listed()):
        months.setdefault(month_of(one.name), []).append(one)
    for period, files in sorted(months.items(), reverse=True):
        if period and not window.holds(period):
            continue
        token = hashlib.sha256("\n".join(sorted(one.facts for one in files)).encode()).hexdigest()
        yield Part(
            period=period,
            key="files",
            token=token,
            size_bytes=sum(one.size_bytes for one in files),
            objects=len(files),
            payload={"files": [_facts(one) for one in files], "now": window.now.isoformat()},
            format_name=settings.format,
        )


def _data(found: Sequence[Dropped]) -> list[Dropped]:
    """Without markers, and without names that would leave our folder."""
    data = [one for one in found if not any(not step or step[0] in "._" for step in one.name.split("/"))]
    if len(data) > FILES_MAX:
        text = f"There are more than {FILES_MAX:,} files."
        raise SourceError("configuration", text, next_step="Name the folder of the bills.")
    return data


def _facts(one: Dropped) -> dict[str, Any]:
    return {"name": one.name, "size": one.size_bytes, "modified": one.modified.isoformat(), "version": one.version}


def _dropped(facts: Any) -> Dropped:
    return Dropped(facts["name"], facts["size"], datetime.fromisoformat(facts["modified"]), facts["version"])


@dataclass(slots=True)
class Progress:
    """How far a fetch is; what a broken try brought is taken back by a negative size."""

    on_progress: OnProgress
    now: Fetching = field(default_factory=lambda: Fetching(0))

    def add(self, size: int, objects: int = 0) -> None:
        done, files = self.now.bytes_done + size, self.now.objects_done + objects
        self.now = replace(self.now, bytes_done=done, objects_done=files)
        self.on_progress(self.now)

    def wait(self) -> None:
        self.on_progress(self.now)


def fetch_of(
    depot: Callable[[Callable[[], None]], Depot], settings: Any, part: Part, folder: Path, on_progress: OnProgress
) -> list[Path]:
    """All files of the month, as they were listed. `depot` makes the place from what hears of waits."""
    files = [_dropped(facts) for facts in part.payload["files"]]
    far = Progress(on_progress, Fetching(0, part.size_bytes or 0, 0, len(files)))
    place = depot(far.wait)
    young = datetime.fromisoformat(part.payload["now"]) - timedelta(seconds=settings.settle_seconds)
    made: list[Path] = []
    for one in files:
        if one.modified > young:
            raise SourceError("transient", f"{one.name} may still be written; it is read with the next run.")
        target = folder / one.name
        target.parent.mkdir(parents=True, exist_ok=True)
        place.bring(one, target, far.add)
        far.add(0, 1)
        unzip(target)
        made.append(target)
    return [path for path in made if path.stat().st_size]


def check_of(depot: Depot, settings: Any, window: Window) -> Iterator[Check]:
    """List, read, format, months, newest day."""
    try:
        files = _data(depot.listed())
    except SourceError as error:
        yield _failed("list", error)
        return
    if not files:
        yield Check("list", "fail", "There is no file at this place.", line="Check the path or prefix.")
        return
    yield Check("list", "ok", f"{len(files):,} files, {sum(one.size_bytes for one in files):,} bytes.")
    try:
        depot.touch(files[0])
        yield Check("read", "ok", "Files can be read.")
    except SourceError as error:
        yield _failed("read", error)
        return
    if settings.format:
        yield Check("format", "ok", f"All files are read as {settings.format}.")
    months = sorted({month for one in files if (month := month_of(one.name)) and window.holds(month)}, reverse=True)
    text = f"{len(months)} months by their paths: {', '.join(months[:14])}." if months else "No path names a month."
    line = None if months else "Put each month into a folder named like 2026-09."
    yield Check("months", "ok" if months else "warn", text, required=False, line=line)
    newest = max(one.modified for one in files)
    yield Check("newest day", "ok", f"The newest file came {newest:%Y-%m-%d %H:%M} UTC.", required=False)


def _failed(name: str, error: SourceError) -> Check:
    return Check(name, "fail", error.message, missing=error.missing, line=error.line or error.next_step)
