"""The few calls of Cloud Storage that reading dropped files makes: list in pages, get a generation, with checksums."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import google_crc32c
from werkzeug.wrappers import Request, Response

from tests.emulators.bigquery import refusal
from tests.emulators.loopback import Loopback

BUCKET = "partner-bills"


@dataclass
class Storage(Loopback):
    objects: dict[str, tuple[bytes, datetime, int]] = field(default_factory=dict)  # name -> body, written, generation
    token: str = "good"
    page_size: int = 1_000
    repeats: bool = False
    clock: datetime = datetime(2026, 11, 18, tzinfo=UTC)

    def put(self, name: str, body: bytes) -> None:
        self.clock += timedelta(minutes=1)
        self.objects[name] = (body, self.clock, int(self.clock.timestamp() * 1_000_000))

    def remove(self, part: str) -> None:
        self.objects = {name: one for name, one in self.objects.items() if part not in name}

    def name(self, request: Request) -> str:
        if request.path == f"/storage/v1/b/{BUCKET}/o":
            return "list"
        return "get" if "alt" in request.args else request.path

    def answer(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return refusal(401, "authError")
        if request.path == f"/storage/v1/b/{BUCKET}/o":
            return self._list(request)
        match = re.fullmatch(rf"/download/storage/v1/b/{BUCKET}/o/(.+)", request.path)
        return self._get(request, unquote(match[1])) if match else refusal(404, "notFound")

    def _list(self, request: Request) -> Response:
        names = sorted(name for name in self.objects if name.startswith(request.args.get("prefix", "")))
        start = int(request.args.get("pageToken") or 0)
        page: dict[str, Any] = {"items": [self._item(name) for name in names[start : start + self.page_size]]}
        if start + self.page_size < len(names):
            page["nextPageToken"] = str(start if self.repeats and start else start + self.page_size)
        return Response(json.dumps(page), content_type="application/json")

    def _item(self, name: str) -> dict[str, Any]:
        body, written, generation = self.objects[name]
        return {
            "name": name,
            "bucket": BUCKET,
            "size": str(len(body)),
            "generation": str(generation),
            "updated": written.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "md5Hash": _md5(body),
        }

    def _get(self, request: Request, name: str) -> Response:
        if name not in self.objects:
            return refusal(404, "notFound")
        body, _, generation = self.objects[name]
        if request.args.get("ifGenerationMatch", str(generation)) != str(generation):
            return refusal(412, "conditionNotMet")
        crc = base64.b64encode(google_crc32c.Checksum(body).digest()).decode()
        headers = {"X-Goog-Hash": f"crc32c={crc},md5={_md5(body)}", "X-Goog-Generation": str(generation)}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
        if not wanted:
            return Response(body, headers=headers)
        start, end = int(wanted[1]), min(int(wanted[2]), len(body) - 1)
        headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        return Response(body[start : end + 1], status=206, headers=headers)


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
