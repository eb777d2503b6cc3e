"""The few calls of Azure's Blob service that reading exports makes: list in pages, get in ranges, with checksums.

Signatures of shared keys are not verified; the `sig` of a shared access signature must be the one in force.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from tests.emulators.loopback import Loopback

ACCOUNT, CONTAINER = "bills", "exports"


@dataclass
class BlobService(Loopback):
    blobs: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    signature: str = "c2lnbmF0dXJl"
    page_size: int = 5_000
    repeats: bool = False
    clock: datetime = datetime(2026, 11, 18, tzinfo=UTC)

    @property
    def endpoint(self) -> str:
        return f"{self.address}/{ACCOUNT}"

    def put(self, name: str, body: bytes) -> None:
        self.clock += timedelta(minutes=1)
        self.blobs[name] = (body, self.clock)

    def remove(self, part: str) -> None:
        self.blobs = {name: blob for name, blob in self.blobs.items() if part not in name}

    def name(self, request: Request) -> str:
        return "list" if request.args.get("comp") == "list" else "get"

    def answer(self, request: Request) -> Response:
        signed = request.headers.get("Authorization", "").startswith(("SharedKey ", "Bearer "))
        if not signed and request.args.get("sig") != self.signature:
            return refusal(403, "AuthenticationFailed")
        _, account, container, *rest = request.path.split("/", 3)
        if (account, container) != (ACCOUNT, CONTAINER):
            return refusal(404, "ContainerNotFound")
        return self._list(request) if request.args.get("comp") == "list" else self._get(request, rest[0])

    def _list(self, request: Request) -> Response:
        prefix = request.args.get("prefix", "")
        names = sorted(name for name in self.blobs if name.startswith(prefix))
        start = int(request.args.get("marker") or 0)
        following = "" if start + self.page_size >= len(names) else str(start + self.page_size)
        if self.repeats and start:
            following = str(start)
        shown = "".join(map(self._entry, names[start : start + self.page_size]))
        xml = f'<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="{CONTAINER}">'
        xml += f"<Prefix>{escape(prefix)}</Prefix><Blobs>{shown}</Blobs><NextMarker>{following}</NextMarker>"
        return Response(f"{xml}</EnumerationResults>", content_type="application/xml")

    def _entry(self, name: str) -> str:
        facts = "".join(f"<{key}>{value}</{key}>" for key, value in self.facts(name).items())
        return f"<Blob><Name>{escape(name)}</Name><Properties>{facts}</Properties></Blob>"

    def facts(self, name: str) -> dict[str, str]:
        body, changed = self.blobs[name]
        digest = hashlib.md5(body, usedforsecurity=False).digest()
        return {
            "Last-Modified": format_datetime(changed, usegmt=True),
            "Etag": f'"0x{digest.hex()[:15].upper()}"',
            "Content-Length": str(len(body)),
            "Content-MD5": base64.b64encode(digest).decode(),
            "BlobType": "BlockBlob",
        }

    def _get(self, request: Request, name: str) -> Response:
        if name not in self.blobs:
            return refusal(404, "BlobNotFound")
        body, facts = self.blobs[name][0], self.facts(name)
        if request.headers.get("If-Match", facts["Etag"]) != facts["Etag"]:
            return refusal(412, "ConditionNotMet")
        headers = {"ETag": facts["Etag"], "Last-Modified": facts["Last-Modified"], "x-ms-blob-type": "BlockBlob"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("x-ms-range", ""))
        if wanted is None:
            return Response(body, headers={**headers, "Content-MD5": facts["Content-MD5"]})
        start, end = int(wanted[1]), min(int(wanted[2] or len(body)), len(body) - 1)
        if start >= len(body):
            return refusal(416, "InvalidRange")
        headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        headers["x-ms-blob-content-md5"] = facts["Content-MD5"]
        return Response(body[start : end + 1], status=206, headers=headers)


def refusal(status: int, code: str, **headers: str) -> Response:
    xml = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>no</Message></Error>'
    return Response(xml, status=status, content_type="application/xml", headers={"x-ms-error-code": code, **headers})
