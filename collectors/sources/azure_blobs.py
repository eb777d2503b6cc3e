"""One container of Blob Storage: listed, read and verified. A part of sources, none itself."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import model_validator

from collectors.manifests import azure as manifests
from collectors.meter import Meter
from collectors.secret import Secret
from collectors.sources.azure_access import TIMEOUT_SECONDS, Access, Identity, Need, called, credential, revealed
from collectors.sources.contract import Fetching, OnProgress
from collectors.sources.failures import SourceError

BLOCK_BYTES: Final = 8 << 20
PAGES_MAX: Final = 400  # of 5,000 names: two million blobs are no export folder
ROLE: Final = "Storage Blob Data Reader"
SCOPE: Final = (
    "/subscriptions/${SUBSCRIPTION}/resourceGroups/${RESOURCE_GROUP}/providers/Microsoft.Storage/storageAccounts/"
    "${account}/blobServices/default/containers/${container}"
)


class Place(Identity):
    """Where the exports are delivered, and who reads them."""

    account: str
    """Name of the storage account."""
    container: str
    """Name of the container."""
    prefix: str = ""
    """Folder in the container that holds the exports of one scope; empty for the whole container."""
    sas: Secret | None = None
    """Reference to a shared access signature of the container with read and list."""
    account_key: Secret | None = None
    """Reference to a key of the storage account. It may do everything: prefer any other way."""
    endpoint: str | None = None
    """Address of the blob service where it is not that of the public cloud."""

    @model_validator(mode="after")
    def _one_way(self) -> Place:
        if sum(map(bool, (self.sas, self.account_key, self.client_secret, self.federated_token_file))) > 1:
            raise ValueError("give one of sas, account_key, client_secret and federated_token_file")
        return self

    @property
    def folder(self) -> str:
        own = self.prefix.strip("/")
        return f"{own}/" if own else ""

    @property
    def address(self) -> str:
        return f"{self.account}/{self.container}/{self.folder}".rstrip("/")


@dataclass(slots=True)
class FetchProgress:
    """How far a fetch is."""

    on_progress: OnProgress
    now: Fetching = field(default_factory=lambda: Fetching(0))

    def start(self, objects: int, sizes: Sequence[Any]) -> None:
        known = all(isinstance(size, int) for size in sizes)
        self.now = Fetching(0, sum(sizes) if known else None, 0, objects)

    def add(self, size: int, objects: int = 0) -> None:
        self.now = replace(self.now, bytes_done=self.now.bytes_done + size,
                           objects_done=self.now.objects_done + objects)  # fmt: skip
        self.on_progress(self.now)


class Container:
    """The container, every call metered, tried again, and its failures in our words."""

    def __init__(self, place: Place, meter: Meter, access: Access, done: FetchProgress | None = None) -> None:
        from azure.storage.blob import ContainerClient

        self._place, self._meter, self._done = place, meter, done
        self._retry = replace(access.retry, on_wait=lambda _left: done.add(0)) if done else access.retry
        self._client = ContainerClient(
            place.endpoint or f"https://{place.account}.blob.core.windows.net",
            place.container,
            access.credential or _credential(place),
            retry_total=0,
            max_single_get_size=BLOCK_BYTES,
            max_chunk_get_size=BLOCK_BYTES,
            connection_timeout=TIMEOUT_SECONDS,
            read_timeout=TIMEOUT_SECONDS,
            **access.options,
        )

    def blobs(self) -> Iterator[Any]:
        need = need_of(self._place, "listing the container")
        pages: Any = self._client.list_blobs(name_starts_with=self._place.folder or None).by_page()
        seen: set[str | None] = set()
        for _ in range(PAGES_MAX):
            self._meter.charge("list")
            yield from self._retry.call(lambda: called(lambda: list(next(pages, ())), need))
            token = pages.continuation_token
            if not token:
                return
            if token in seen:
                raise SourceError("data", "The listing of the container came back to a page it had answered already.")
            seen.add(token)
        raise SourceError("configuration", f"More than {PAGES_MAX * 5_000:,} blobs lie below {self._place.address}.",
                          next_step="Set the prefix to the folder of the exports.")  # fmt: skip

    def manifest(self, name: str) -> Mapping[str, Any]:
        """What a manifest says; an empty one when it is of something else."""
        text = self._retry.call(lambda: b"".join(self._blocks(name, manifests.MANIFEST_BYTES_MAX, counted=False)))
        try:
            facts = json.loads(text.decode("utf-8-sig"))
        except ValueError:
            raise SourceError("data", f"The manifest {name} is not JSON.", next_step="Run the export again.") from None
        if not (isinstance(facts, dict) and {"exportConfig", "runInfo", "blobs"} <= facts.keys()):
            return {"exportConfig": {}, "runInfo": {}, "blobs": []}
        return facts

    def month_of(self, name: str) -> str:
        """The month of a manifest in a folder without dates; empty when it is of none or of several."""
        info = self.manifest(name)["runInfo"]
        months = {str(info.get(key))[:7] for key in ("startDate", "endDate")}
        found = months.pop() if len(months) == 1 else ""
        return found if re.fullmatch(r"\d{4}-\d\d", found) else ""

    def download(self, name: str, path: Path, etag: str | None = None) -> Path:
        """One blob as a file, of that version where one is given; size and checksum are those the service states."""

        begun = self._done.now if self._done else None

        def whole() -> Path:
            if self._done and begun:
                self._done.now = begun  # what a broken try brought does not count
            with path.open("wb") as file:
                for block in self._blocks(name, etag=etag):
                    file.write(block)
            return path

        self._retry.call(whole)
        if self._done:
            self._done.add(0, objects=1)
        return path

    def first_bytes(self, name: str) -> None:
        """Whether a blob can be read."""
        need = need_of(self._place, f"reading {name}")
        blob = self._client.get_blob_client(name)

        def once() -> bytes:
            self._meter.charge("object")
            return bytes(called(lambda: _opened(blob, length=16).readall(), need))

        self._retry.call(once)

    def _blocks(
        self, name: str, most: int | None = None, counted: bool = True, etag: str | None = None
    ) -> Iterator[bytes]:
        self._meter.charge("object")
        need = need_of(self._place, f"reading {name}")
        blob = self._client.get_blob_client(name)
        stream = called(lambda: _opened(blob, etag), need)
        if most is not None and stream.size > most:
            raise SourceError("data", f"{name} is larger than {most >> 20} MiB.")
        digest, size, chunks = hashlib.md5(usedforsecurity=False), 0, stream.chunks()
        while block := called(lambda: next(chunks, b""), need):
            digest.update(block)
            size += len(block)
            if self._done:
                self._done.add(len(block) if counted else 0)
            yield block
        stated = stream.properties.content_settings.content_md5
        if size != stream.size or (stated and bytes(stated) != digest.digest()):
            raise SourceError("data", f"{name} did not arrive as it lies there: size or checksum differ.")


def _opened(blob: Any, etag: str | None = None, length: int | None = None) -> Any:
    from azure.core import MatchConditions
    from azure.core.exceptions import ResourceNotFoundError

    same = {"etag": etag, "match_condition": MatchConditions.IfNotModified} if etag else {}
    some = {"offset": 0, "length": length} if length else {}
    try:
        return blob.download_blob(**same, **some)
    except ResourceNotFoundError:
        raise SourceError(
            "transient", "A file that a manifest or a listing named is not there: it is still written, or was removed."
        ) from None


def _credential(place: Place) -> Any:
    from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential

    if place.sas:
        return AzureSasCredential(revealed(place.sas).removeprefix("?"))
    if place.account_key:
        return AzureNamedKeyCredential(place.account, revealed(place.account_key))
    return credential(place)


def need_of(place: Place, doing: str) -> Need:
    where = f"container {place.container} of {place.account}"
    if place.sas:
        signed = f"--account-name {place.account} --name {place.container} --permissions rl --expiry DATE"
        line = f"az storage container generate-sas {signed} --auth-mode login --as-user"
        return Need(doing, f"a valid shared access signature with read and list on {where}", line)
    scope = SCOPE.replace("${account}", place.account).replace("${container}", place.container)
    scope = scope.replace("${SUBSCRIPTION}", "SUBSCRIPTION").replace("${RESOURCE_GROUP}", "RESOURCE_GROUP")
    line = f'az role assignment create --assignee {place.client or "CLIENT_ID"} --role "{ROLE}" --scope "{scope}"'
    return Need(doing, f"{ROLE} on {where}", line)
