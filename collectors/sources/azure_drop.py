"""Billing files that others put below a prefix of a container in Azure Blob Storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collectors.meter import Meter, Price
from collectors.sources import terraform
from collectors.sources.azure_access import CLOUD, Access
from collectors.sources.azure_blobs import ROLE, SCOPE, Container, FetchProgress, Place
from collectors.sources.contract import Check, Fetching, Grade, OnProgress, Part, Permission, Window
from collectors.sources.drops import Dropped, DropSettings, above, below, check_of, fetch_of, parts_of

NAME = "azure-drop"
LABEL = "Files that others drop in Azure Blob Storage"
GRADE: Grade = "full"
NORMAL_LAG_HOURS = 36
INTERVAL_HOURS = 6

READS: Final = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
PERMISSIONS = (
    Permission(
        "read",
        "Read one container",
        "sh",
        f'az role assignment create --assignee ${{client}} --role "{ROLE}" --scope "{SCOPE}"',
        actions=(READS,),
    ),
    terraform.azure_role(ROLE, SCOPE, READS),
)


class Settings(Place, DropSettings):
    """A container, and what lies below a prefix of it."""


def prices(settings: Settings) -> Sequence[Price]:
    return (Price("list"), Price("object"))


@dataclass(frozen=True, slots=True)
class _Blobs:
    settings: Settings
    meter: Meter
    access: Access
    while_waiting: Callable[[], None] = lambda: None

    def _container(self, on_block: Callable[[int], None] | None = None) -> Container:
        hear = on_block or (lambda _size: self.while_waiting())
        seen = 0

        def on_progress(step: Fetching) -> None:
            nonlocal seen
            fresh, seen = step.bytes_done - seen, step.bytes_done
            hear(fresh)

        return Container(self.settings, self.meter, self.access, FetchProgress(on_progress))

    def listed(self) -> list[Dropped]:
        folder = self.settings.folder
        return [
            Dropped(below(folder, blob.name), int(blob.size), blob.last_modified, str(blob.etag))
            for blob in self._container().blobs()
            if not blob.name.endswith("/") and (blob.metadata or {}).get("hdi_isfolder") != "true"
        ]

    def touch(self, one: Dropped) -> None:
        self._container().first_bytes(above(self.settings.folder, one.name))

    def bring(self, one: Dropped, target: Path, on_block: Callable[[int], None]) -> None:
        self._container(on_block).download(above(self.settings.folder, one.name), target, one.version)


def parts(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Part]:
    return parts_of(_Blobs(settings, meter, access, meter.on_wait), settings, window)


def fetch(
    settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress, *, access: Access = CLOUD
) -> list[Path]:
    return fetch_of(lambda waits: _Blobs(settings, meter, access, waits), settings, part, folder, on_progress)


def check(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Check]:
    return check_of(_Blobs(settings, meter, access, meter.on_wait), settings, window)
