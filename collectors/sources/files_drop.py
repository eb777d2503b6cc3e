"""Billing files that others put into a folder of this machine or below a prefix of a bucket of S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from pydantic import model_validator

from collectors.meter import Meter, Price
from collectors.sources import s3_bucket, terraform
from collectors.sources.aws_session import AwsIdentity, retry
from collectors.sources.contract import Check, Grade, OnProgress, Part, Permission, Window
from collectors.sources.drops import (
    FILES_MAX,
    Depot,
    Dropped,
    DropSettings,
    above,
    below,
    check_of,
    fetch_of,
    parts_of,
)
from collectors.sources.failures import SourceError
from collectors.sources.s3_bucket import Bucket, Stored, bucket

NAME = "files-drop"
LABEL = "Files that others drop"
GRADE: Grade = "full"
NORMAL_LAG_HOURS = 36
INTERVAL_HOURS = 6

_BLOCK_BYTES: Final = 1 << 20


class Settings(AwsIdentity, DropSettings):
    """A folder of this machine, or a prefix of a bucket; one of the two."""

    folder: Path | None = None
    """Folder on this machine; mounted shares are folders too."""
    bucket: str | None = None
    """Name of a bucket (S3, or a store that speaks its protocol: set endpoint_url)."""
    prefix: str = ""
    """Only what lies below it in the bucket."""

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


def prices(settings: Settings) -> Sequence[Price]:
    return s3_bucket.PRICES


@dataclass(frozen=True, slots=True)
class _Folder:
    """Of this machine."""

    folder: Path
    meter: Meter

    def listed(self) -> list[Dropped]:
        self.meter.charge("list")
        if not self.folder.is_dir():
            text = f"There is no folder at {self.folder}."
            raise SourceError("configuration", text, next_step="Check the path, or mount the share.")
        found: list[Dropped] = []
        try:
            for path in sorted(self.folder.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    about = path.stat()
                    modified = datetime.fromtimestamp(about.st_mtime, UTC)
                    found.append(Dropped(path.relative_to(self.folder).as_posix(), about.st_size, modified))
                if len(found) > FILES_MAX:
                    break
        except OSError as error:
            raise _unreadable(error) from error
        return found

    def touch(self, one: Dropped) -> None:
        try:
            with (self.folder / one.name).open("rb") as file:
                file.read(16)
        except OSError as error:
            raise _unreadable(error) from error

    def bring(self, one: Dropped, target: Path, on_block: Callable[[int], None]) -> None:
        self.meter.charge("object")
        source = self.folder / one.name
        try:
            with source.open("rb") as file, target.open("wb") as out:
                while block := file.read(_BLOCK_BYTES):
                    out.write(block)
                    on_block(len(block))
                modified = datetime.fromtimestamp(source.stat().st_mtime, UTC)
        except FileNotFoundError as error:
            raise SourceError("transient", f"{one.name} went away while it was read.") from error
        except PermissionError as error:
            raise _unreadable(error) from error
        if (target.stat().st_size, modified) != (one.size_bytes, one.modified):
            raise SourceError("transient", f"{one.name} changed while it was read.")


def _unreadable(error: OSError) -> SourceError:
    text = f"{error.filename} cannot be read: {error.strerror}."
    return SourceError("configuration", text, next_step="Let the user that runs Outlay read it.")


@dataclass(frozen=True, slots=True)
class _Prefix:
    """Of a bucket."""

    place: Bucket
    prefix: str

    def listed(self) -> list[Dropped]:
        found = self.place.list(self.prefix).objects
        return [
            Dropped(below(self.prefix, one.key), one.size_bytes, one.modified, one.etag)
            for one in found
            if not one.key.endswith("/")
        ]

    def touch(self, one: Dropped) -> None:
        self.place.read(above(self.prefix, one.name), first_bytes=16)

    def bring(self, one: Dropped, target: Path, on_block: Callable[[int], None]) -> None:
        stored = Stored(above(self.prefix, one.name), one.version, one.size_bytes, one.modified)
        self.place.download(stored, target, on_block)


def _depot(settings: Settings, meter: Meter, while_waiting: Callable[[], None] | None = None) -> Depot:
    if settings.bucket is None:
        assert settings.folder is not None
        return _Folder(settings.folder, meter)
    return _Prefix(bucket(settings, settings.bucket, meter, retry(while_waiting or meter.on_wait)), settings.prefix)


def parts(settings: Settings, window: Window, meter: Meter) -> Iterator[Part]:
    return parts_of(_depot(settings, meter), settings, window)


def fetch(settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress) -> list[Path]:
    return fetch_of(lambda waits: _depot(settings, meter, waits), settings, part, folder, on_progress)


def check(settings: Settings, window: Window, meter: Meter) -> Iterator[Check]:
    return check_of(_depot(settings, meter), settings, window)
