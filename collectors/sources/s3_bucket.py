"""Objects of a bucket: listed whole, fetched whole and verified, every call through the meter."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from collectors.meter import Meter, Price
from collectors.reading.limits import ReadLimits
from collectors.retrying import Retry
from collectors.sources.aws_session import AwsIdentity, ask, client, partition, retry
from collectors.sources.failures import SourceError

PRICES: Final = (Price("list"), Price("object"))
"""Lists and reads of objects cost next to nothing; they are counted, not capped."""
PAGES_MAX: Final = 1_000
"""Of one listing: a million objects. A bucket with more below a prefix is not a folder of bills."""
_BLOCK_BYTES: Final = 1 << 20
_SMALL_BYTES: Final = 16 << 20
_MD5: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as listed."""

    key: str
    etag: str
    size_bytes: int
    modified: datetime

    @property
    def token(self) -> str:
        return f"{self.etag} {self.modified:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class Listing:
    objects: tuple[Stored, ...]
    folders: tuple[str, ...]
    """Prefixes below the one asked for, where it was asked by levels."""


@dataclass(slots=True)
class Bucket:
    """One bucket with the identity that reads it."""

    identity: AwsIdentity
    name: str
    meter: Meter
    again: Retry
    _s3: Any = None

    @property
    def s3(self) -> Any:
        self._s3 = self._s3 or client(self.identity, "s3")
        return self._s3

    def arn(self, key: str = "") -> str:
        return f"arn:{partition(self.identity.role_arn)}:s3:::{self.name}{'/' if key else ''}{key}"

    def list(self, prefix: str, *, level: bool = False) -> Listing:
        """Everything below the prefix, all pages; `level`: only what lies directly there, and its folders."""
        objects: list[Stored] = []
        folders: list[str] = []
        token: str | None = None
        seen: set[str] = set()
        for _ in range(PAGES_MAX):
            page = self._page(prefix, level, token)
            objects += [
                Stored(o["Key"], o["ETag"].strip('"'), o["Size"], o["LastModified"]) for o in page.get("Contents", ())
            ]
            folders += [one["Prefix"] for one in page.get("CommonPrefixes", ())]
            if not page.get("IsTruncated"):
                return Listing(tuple(objects), tuple(folders))
            token = page.get("NextContinuationToken")
            if not token or token in seen:
                raise SourceError("transient", f"The listing of {self.name}/{prefix} was cut short.")
            seen.add(token)
        raise SourceError(
            "configuration", f"There are too many objects below {prefix!r}.", next_step="Name the folder of the export."
        )

    def _page(self, prefix: str, level: bool, token: str | None) -> Any:
        more = {**({"Delimiter": "/"} if level else {}), **({"ContinuationToken": token} if token else {})}

        def call() -> Any:
            self.meter.charge("list")
            return self.s3.list_objects_v2(Bucket=self.name, Prefix=prefix, **more)

        return ask(call, f"s3:ListBucket on {self.arn()}", again=self.again)

    def read(self, key: str, etag: str | None = None, *, first_bytes: int | None = None) -> bytes:
        """A small object, or the beginning of one."""

        def call() -> bytes:
            self.meter.charge("object")
            some = {"Range": f"bytes=0-{first_bytes - 1}"} if first_bytes else {}
            same = {"IfMatch": etag} if etag else {}
            body = self.s3.get_object(Bucket=self.name, Key=key, **some, **same)["Body"]
            found: bytes = body.read(_SMALL_BYTES)
            return found

        return ask(call, f"s3:GetObject on {self.arn(key)}", again=self.again)

    def download(self, one: Stored, path: Path, on_block: Callable[[int], None]) -> None:
        """A whole object to `path`, verified. `on_block` hears the size of each block; a try that failed is taken back.

        An ETag is the MD5 of the content only for objects that were put at once and not encrypted with a KMS key.
        """
        path.parent.mkdir(parents=True, exist_ok=True)

        def call() -> None:
            self.meter.charge("object")
            answer = self.s3.get_object(Bucket=self.name, Key=one.key, IfMatch=one.etag)
            digest, size = hashlib.md5(usedforsecurity=False), 0
            try:
                with path.open("wb") as out:
                    for block in answer["Body"].iter_chunks(_BLOCK_BYTES):
                        out.write(block)
                        digest.update(block)
                        size += len(block)
                        on_block(len(block))
            except BaseException:
                on_block(-size)
                raise
            if size != one.size_bytes:
                on_block(-size)
                raise SourceError("transient", f"{one.key} was cut: {size:,} of {one.size_bytes:,} bytes arrived.")
            plain = _MD5.fullmatch(one.etag) and not str(answer.get("ServerSideEncryption", "")).startswith("aws:kms")
            if plain and digest.hexdigest() != one.etag:
                raise SourceError("data", f"{one.key} is not what the bucket says it is: its checksum differs.")

        ask(call, f"s3:GetObject on {self.arn(one.key)}", again=self.again)


def bucket(identity: AwsIdentity, name: str, meter: Meter, again: Retry | None = None) -> Bucket:
    return Bucket(identity, name, meter, again or retry(meter.on_wait))


def unzip(path: Path) -> None:
    """A ZIP with one file becomes that file, under the same name, for manifests know it by that. Others stay."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return
    limits, out = ReadLimits(), path.with_name(f"{path.name}.unpacking")
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) != 1 or members[0].file_size > limits.packed_bytes:
                raise SourceError("data", f"{path.name} holds {len(members)} files; one of billing data is expected.")
            with archive.open(members[0]) as packed, out.open("wb") as file:
                left = members[0].file_size
                while block := packed.read(min(_BLOCK_BYTES, left + 1)):
                    left -= len(block)
                    if left < 0:
                        raise SourceError("data", f"{path.name} unpacks to more than it says.")
                    file.write(block)
    except (zipfile.BadZipFile, EOFError, ValueError, RuntimeError) as error:
        raise SourceError("data", f"{path.name} is a damaged ZIP archive.") from error
    out.replace(path)
