"""Billing files that others put below a prefix of a bucket in Google Cloud Storage."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from collectors.meter import Meter, Price
from collectors.sources.contract import Check, Grade, OnProgress, Part, Permission, Window
from collectors.sources.drops import Dropped, DropSettings, above, below, check_of, fetch_of, parts_of
from collectors.sources.failures import SourceError
from collectors.sources.gcp_access import CLOUD, Access, Identity, Need, called, credential

NAME = "gcp-drop"
LABEL = "Files that others drop in Google Cloud Storage"
GRADE: Grade = "full"
NORMAL_LAG_HOURS = 36
INTERVAL_HOURS = 6

SECONDS: Final = 9
"""Of silence on a connection; below ten, so that cancelling is heard in time."""
PAGES_MAX: Final = 1_000
STORAGE_SCOPES: Final = ("https://www.googleapis.com/auth/devstorage.read_only",)
PERMISSIONS = (
    Permission(
        "read",
        "List and read one bucket",
        "sh",
        "gcloud storage buckets add-iam-policy-binding gs://${bucket} --member serviceAccount:SERVICE_ACCOUNT "
        "--role roles/storage.objectViewer",
        actions=("storage.objects.list", "storage.objects.get"),
    ),
)


class Settings(Identity, DropSettings):
    """A bucket, and what lies below a prefix of it."""

    bucket: str
    """Name of the bucket."""
    prefix: str = ""
    """Only what lies below it in the bucket."""
    endpoint: str | None = None
    """Address of the storage service where it is not the public one."""


def prices(settings: Settings) -> Sequence[Price]:
    return (Price("list"), Price("object"))


@dataclass(slots=True)
class _Objects:
    settings: Settings
    meter: Meter
    access: Access
    while_waiting: Callable[[], None]
    _made: Any = None

    @property
    def client(self) -> Any:
        from google.cloud import storage  # type: ignore[attr-defined]

        if self._made is None:
            # Else it asks for the bucket itself, in the background, which this identity need not be allowed to.
            os.environ.setdefault("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
            own = self.access.credential or credential(self.settings, STORAGE_SCOPES)
            options = {"api_endpoint": self.settings.endpoint} if self.settings.endpoint else None
            # The project is asked for by the constructor and by no call that is made here.
            self._made = storage.Client("outlay", own, client_options=options)
        return self._made

    def _asked(self, price: str, work: Callable[[], Any], permission: str, doing: str) -> Any:
        line = PERMISSIONS[0].template.replace("${bucket}", self.settings.bucket)
        need = Need(doing, f"{permission} on {self.settings.bucket}", line)

        def once() -> Any:
            self.meter.charge(price)
            return called(work, need)

        return replace(self.access.retry, on_wait=lambda _left: self.while_waiting()).call(once)

    def listed(self) -> list[Dropped]:
        found: list[Dropped] = []
        seen: set[str] = set()
        token: str | None = None
        for _ in range(PAGES_MAX):
            names, token = self._asked("list", partial(self._page, token), "storage.objects.list", "listing")
            found += names
            if not token:
                return found
            if token in seen:
                raise SourceError("data", "The listing came back to a page it had answered already.")
            seen.add(token)
        text = f"There are too many objects below {self.settings.prefix!r}."
        raise SourceError("configuration", text, next_step="Name the folder of the bills.")

    def _page(self, token: str | None) -> tuple[list[Dropped], str | None]:
        answer = self.client.list_blobs(
            self.settings.bucket, prefix=self.settings.prefix or None, page_token=token, retry=None, timeout=SECONDS
        )
        page = next(answer.pages, ())
        return [
            Dropped(below(self.settings.prefix, one.name), int(one.size), one.updated,
                    f"{one.generation} {one.md5_hash or ''}".strip())
            for one in page
            if not one.name.endswith("/")
        ], answer.next_page_token  # fmt: skip

    def touch(self, one: Dropped) -> None:
        blob, same = self._blob(one)
        self._asked("object", lambda: blob.download_as_bytes(start=0, end=15, raw_download=True, **same),
                    "storage.objects.get", f"reading {one.name}")  # fmt: skip

    def _blob(self, one: Dropped) -> tuple[Any, dict[str, Any]]:
        generation = int(one.version.partition(" ")[0])
        blob = self.client.bucket(self.settings.bucket).blob(above(self.settings.prefix, one.name))
        return blob, {"if_generation_match": generation, "retry": None, "timeout": SECONDS}

    def bring(self, one: Dropped, target: Path, on_block: Callable[[int], None]) -> None:
        self._asked("object", lambda: self._download(one, target, on_block), "storage.objects.get",
                    f"reading {one.name}")  # fmt: skip

    def _download(self, one: Dropped, target: Path, on_block: Callable[[int], None]) -> None:
        from google.api_core.exceptions import NotFound, PreconditionFailed
        from google.cloud.storage.exceptions import DataCorruption

        blob, same = self._blob(one)
        with target.open("wb") as file:
            out = _Counted(file, on_block)
            try:
                blob.download_to_file(out, raw_download=True, checksum="crc32c", **same)
            except (NotFound, PreconditionFailed):
                out.take_back()
                raise SourceError("transient", f"{one.name} was replaced or removed since it was listed.") from None
            except DataCorruption:
                out.take_back()
                raise SourceError("data", f"The checksum of {one.name} does not fit what arrived.") from None
            except Exception as error:
                out.take_back()
                if type(error).__module__.startswith("urllib3"):  # of a raw body the SDK lets these through
                    raise SourceError("transient", f"The connection broke while {one.name} was read.") from None
                raise
        if out.size != one.size_bytes:
            out.take_back()
            text = f"{one.name} was cut: {out.size:,} of {one.size_bytes:,} bytes arrived."
            raise SourceError("transient", text)
        stated = one.version.partition(" ")[2]
        if stated and base64.b64encode(out.digest.digest()).decode() != stated:
            raise SourceError("data", f"{one.name} is not what the bucket says it is: its checksum differs.")


@dataclass(slots=True)
class _Counted:
    """A file that tells how much was written to it."""

    file: BinaryIO
    on_block: Callable[[int], None]
    size: int = 0
    digest: Any = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))

    def write(self, block: bytes) -> int:
        self.size += len(block)
        self.digest.update(block)
        self.on_block(len(block))
        return self.file.write(block)

    def take_back(self) -> None:
        self.on_block(-self.size)


def parts(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Part]:
    return parts_of(_Objects(settings, meter, access, meter.on_wait), settings, window)


def fetch(
    settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress, *, access: Access = CLOUD
) -> list[Path]:
    return fetch_of(lambda waits: _Objects(settings, meter, access, waits), settings, part, folder, on_progress)


def check(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Check]:
    return check_of(_Objects(settings, meter, access, meter.on_wait), settings, window)
