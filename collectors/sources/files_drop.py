"""Billing files that others put into a folder or below a prefix of a bucket, with or without manifest.

A month is what lies under its name: `2026-09`, `202609`, `20260901-20260930` or `year=2026/month=9` anywhere in a path.
Files without a month in their path are read together, and their content tells the months.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from pydantic import model_validator

from collectors.meter import Meter, Price
from collectors.sources import s3_bucket, terraform
from collectors.sources.aws_session import AwsIdentity, retry
from collectors.sources.contract import Check, Fetching, Grade, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError
from collectors.sources.s3_bucket import Stored, bucket, unzip

NAME = "files-drop"
LABEL = "Files that others drop"
GRADE: Grade = "full"
NORMAL_LAG_HOURS = 36
INTERVAL_HOURS = 6
LISTS_ALL = True  # one listing answers every month

FILES_MAX: Final = 20_000
"""Below one folder: a mistyped path has millions."""
_BLOCK_BYTES: Final = 1 << 20
_MONTHS: Final = (
    re.compile(r"(?<!\d)(20\d{2})-(0[1-9]|1[0-2])(?!\d)"),
    re.compile(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(?:[0-3]\d)?(?!\d)"),
    re.compile(r"year=(20\d{2})/month=(0?[1-9]|1[0-2])(?!\d)"),
)


class Settings(AwsIdentity):
    """A folder of this machine, or a prefix of a bucket; one of the two."""

    folder: Path | None = None
    """Folder on this machine; mounted shares are folders too."""
    bucket: str | None = None
    """Name of a bucket (S3, or a store that speaks its protocol: set endpoint_url)."""
    prefix: str = ""
    """Only what lies below it in the bucket."""
    format: str | None = None
    """Name of the files' format; recognised from their content when none is named."""
    settle_seconds: int = 60
    """A file younger than this may still be written and is left for the next run."""

    @model_validator(mode="after")
    def one_place(self) -> Self:
        if (self.folder is None) == (self.bucket is None):
            raise ValueError("expected either folder or bucket")
        return self


PERMISSIONS = (
    Permission("folder", "The user that runs Outlay reads the folder", "sh",
               "setfacl -R -m u:${USER}:rX -m d:u:${USER}:rX '${folder}'", required=False),
    Permission("bucket", "Policy of the role that reads the bucket", "json",
               '{"Version":"2012-10-17","Statement":[\n'
               ' {"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::${bucket}",'
               '"Condition":{"StringLike":{"s3:prefix":["${prefix}*"]}}},\n'
               ' {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${bucket}/${prefix}*"}]}',
               required=False, actions=("s3:ListBucket", "s3:GetObject")),
    terraform.aws_bucket(),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Dropped:
    name: str  # below the folder or prefix
    size_bytes: int
    modified: datetime
    etag: str = ""

    @property
    def facts(self) -> str:
        return f"{self.name}\0{self.size_bytes}\0{self.etag or self.modified.isoformat()}"


def prices(settings: Settings) -> Sequence[Price]:
    return s3_bucket.PRICES


def parts(settings: Settings, window: Window, meter: Meter) -> Iterator[Part]:
    """One part for each month found in paths, newest first; one without month for all other files."""
    months: dict[str, list[_Dropped]] = {}
    for one in _listed(settings, meter):
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


def _facts(one: _Dropped) -> dict[str, Any]:
    return {"name": one.name, "size": one.size_bytes, "modified": one.modified.isoformat(), "etag": one.etag}


def month_of(path: str) -> str:
    """The first billing period a path names; "" when it names none."""
    found = [match for pattern in _MONTHS if (match := pattern.search(path))]
    first = min(found, key=lambda match: match.start(), default=None)
    return f"{first[1]}-{int(first[2]):02}" if first else ""


def _listed(settings: Settings, meter: Meter) -> list[_Dropped]:
    if settings.bucket is not None:
        found = bucket(settings, settings.bucket, meter).list(settings.prefix).objects
        dropped = [
            _Dropped(one.key.removeprefix(settings.prefix).lstrip("/"), one.size_bytes, one.modified, one.etag)
            for one in found
            if not one.key.endswith("/")
        ]
    else:
        assert settings.folder is not None
        meter.charge("list")
        dropped = _below(settings.folder)
    data = [one for one in dropped if not any(step.startswith((".", "_")) for step in one.name.split("/"))]
    if len(data) > FILES_MAX:
        text = f"There are more than {FILES_MAX:,} files."
        raise SourceError("configuration", text, next_step="Name the folder of the bills.")
    return data


def _below(folder: Path) -> list[_Dropped]:
    if not folder.is_dir():
        raise SourceError(
            "configuration", f"There is no folder at {folder}.", next_step="Check the path, or mount the share."
        )
    found: list[_Dropped] = []
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                about = path.stat()
                modified = datetime.fromtimestamp(about.st_mtime, UTC)
                found.append(_Dropped(path.relative_to(folder).as_posix(), about.st_size, modified))
            if len(found) > FILES_MAX:
                break
    except OSError as error:
        raise _unreadable(error) from error
    return found


def _unreadable(error: OSError) -> SourceError:
    text = f"{error.filename} cannot be read: {error.strerror}."
    return SourceError("configuration", text, next_step="Let the user that runs Outlay read it.")


def fetch(settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress) -> list[Path]:
    """Copies of all files of the month, as they were listed: one that changed meanwhile puts the month off."""
    files, whole = part.payload["files"], part.size_bytes or 0
    young = datetime.fromisoformat(part.payload["now"]) - timedelta(seconds=settings.settle_seconds)
    made: list[Path] = []
    far = [Fetching(0, whole, 0, len(files))]

    def on_block(size: int) -> None:
        far[0] = Fetching(far[0].bytes_done + size, whole, len(made), len(files))
        on_progress(far[0])

    place = bucket(settings, settings.bucket, meter, retry(lambda: on_progress(far[0]))) if settings.bucket else None
    for one in files:
        if datetime.fromisoformat(one["modified"]) > young:
            raise SourceError("transient", f"{one['name']} may still be written; it is read with the next run.")
        target = folder / one["name"]
        if place is not None:
            key = f"{settings.prefix}{'/' if settings.prefix and settings.prefix[-1] != '/' else ''}{one['name']}"
            stored = Stored(key, one["etag"], one["size"], datetime.fromisoformat(one["modified"]))
            place.download(stored, target, on_block)
            unzip(target)
        else:
            assert settings.folder is not None
            meter.charge("object")
            _copy(settings.folder / one["name"], target, one, on_block)
        made.append(target)
    return [path for path in made if path.stat().st_size]


def _copy(source: Path, target: Path, listed: Any, on_block: Callable[[int], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with source.open("rb") as file, target.open("wb") as out:
            while block := file.read(_BLOCK_BYTES):
                out.write(block)
                on_block(len(block))
            modified = datetime.fromtimestamp(source.stat().st_mtime, UTC).isoformat()
    except FileNotFoundError as error:
        raise SourceError("transient", f"{listed['name']} went away while it was read.") from error
    except PermissionError as error:
        raise _unreadable(error) from error
    if (target.stat().st_size, modified) != (listed["size"], listed["modified"]):
        raise SourceError("transient", f"{listed['name']} changed while it was read.")
    unzip(target)


def check(settings: Settings, window: Window, meter: Meter) -> Iterator[Check]:
    """List, read, months."""
    try:
        found = list(parts(settings, window, meter))
    except SourceError as error:
        yield _failed("list", error)
        return
    files = [one for part in found for one in part.payload["files"]]
    if not files:
        yield Check("list", "fail", "There is no file at this place.", line="Check the path or prefix.")
        return
    yield Check("list", "ok", f"{len(files):,} files, {sum(one['size'] for one in files):,} bytes.")
    try:
        _touch(settings, files[0]["name"], meter)
        yield Check("read", "ok", "Files can be read.")
    except SourceError as error:
        yield _failed("read", error)
        return
    except OSError as error:
        yield _failed("read", _unreadable(error))
        return
    months = [part.period for part in found if part.period]
    text = f"{len(months)} months by their paths: {', '.join(months[:14])}." if months else "No path names a month."
    yield Check("months", "ok" if months else "warn", text, required=False,
                line=None if months else "Put each month into a folder named like 2026-09.")  # fmt: skip


def _touch(settings: Settings, name: str, meter: Meter) -> None:
    if settings.folder is not None:
        with (settings.folder / name).open("rb") as file:
            file.read(16)
        return
    assert settings.bucket is not None
    slash = "/" if settings.prefix and not settings.prefix.endswith("/") else ""
    bucket(settings, settings.bucket, meter).read(f"{settings.prefix}{slash}{name}", first_bytes=16)


def _failed(name: str, error: SourceError) -> Check:
    return Check(name, "fail", error.message, missing=error.missing, line=error.line or error.next_step)
