"""No secret in any log line."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from outlay import logs

# Made up, and put together here so that no scanner takes them for real ones.
SECRETS = {
    "key id": "AKIA" + "IOSFODNN7" + "EXAMPLE",
    "bearer": "Authorization: Bearer " + "abc.def-ghi",
    "signed": "https://bucket/x?X-Amz-" + "Signature=0123abcd&part=1",
    "sas": "https://account/x?sv=2024&" + "sig=c2VjcmV0",
    "connection": "Account" + "Key=c2VjcmV0a2V5;EndpointSuffix=x",
    "address": "postgres://ann:" + "hunter2@host/db",
    "jwt": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl",
    "pem": "-----BEGIN PRIVATE " + "KEY-----\nMIIabc\n-----END",
    "token": "/access?" + "token=s3cr3t",
}
PARTS = ("IOSFODNN7", "abc.def", "0123abcd", "c2VjcmV0", "hunter2", "eyJzdWIi", "MIIabc", "s3cr3t")


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_secrets_are_masked_wherever_they_stand(text: str) -> None:
    out = io.StringIO()
    logs.configure(out, "debug")
    log = structlog.get_logger("outlay.test")
    log.info("event", detail=f"before {text} after", inside={"list": [text]})
    log.info(f"in the event {text}")
    logging.getLogger("library").warning("from a library: %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("failed")
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(lines) == 4
    for part in PARTS:
        assert part not in out.getvalue()
    assert "before " in lines[0]["detail"]
    assert lines[0]["detail"].endswith("after") or "pem" in text or "PRIVATE" in text


def test_names_of_secrets_mask_their_values() -> None:
    out = io.StringIO()
    logs.configure(out)
    structlog.get_logger("x").info("event", api_key="plain", headers={"Authorization": "plain", "Accept": "text"})
    line = json.loads(out.getvalue())
    assert line["api_key"] == line["headers"]["Authorization"] == logs.MASK
    assert line["headers"]["Accept"] == "text"


@pytest.mark.parametrize("text", ["plain words", "https://host/path?a=1", "a design: good", "s3://bucket/key", "10:30"])
def test_plain_text_stays(text: str) -> None:
    assert logs.redacted(text) == text
