"""The guides are followed as they stand: their own YAML, their own commands, against emulators.

What an emulator cannot do (create roles in a cloud) is left out; what the guide says of it is compared with the texts
that the program itself gives.
"""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner
from werkzeug.wrappers import Request, Response

from collectors import retrying
from collectors.sources import named
from outlay.cli import app
from tests.collectors.sources.azure_exports.deliveries import actual, amortized
from tests.collectors.sources.azure_exports.deliveries import deliver as deliver_azure
from tests.collectors.sources.bills import bill
from tests.collectors.sources.bills import deliver as deliver_aws
from tests.collectors.sources.clouds import cloud
from tests.collectors.sources.gcp_bigquery.tables import SCHEMA, row
from tests.emulators import blob
from tests.emulators.bigquery import Warehouse
from tests.emulators.loopback import running
from warehouse.focus import add_months

DOCS = Path(__file__).resolve().parents[3] / "docs" / "collectors"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    return [text for found, text in FENCE.findall((DOCS / f"{page}.md").read_text()) if found == language]


def commands(page: str) -> list[list[str]]:
    """Lines of the guide that call this program, in their order."""
    lines = [line for text in blocks(page, "sh") for line in text.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("outlay ")]


def follow(page: str, data: Path, reach: dict[str, Any]) -> list[str]:
    """Write the guide's outlay.yaml, with the emulator's address and nothing else beside, and run its commands."""
    told = yaml.safe_load(blocks(page, "yaml")[0])
    told["sources"][0]["settings"] |= reach
    data.mkdir(exist_ok=True)
    (data / "outlay.yaml").write_text(yaml.safe_dump(told))
    outputs = []
    for words in commands(page):
        done = CliRunner().invoke(app, [*words[1:], "--data", str(data)])
        assert done.exit_code == 0, (words, done.output)
        outputs.append(done.output)
    return outputs


def settings_of(page: str) -> dict[str, Any]:
    (source,) = yaml.safe_load(blocks(page, "yaml")[0])["sources"]
    found: dict[str, Any] = source["settings"]
    return found


def billed(data: Path) -> list[str]:
    done = CliRunner().invoke(app, ["sources", "--format", "json", "--data", str(data)])
    (source,) = json.loads(done.output)["sources"]
    return [f"{total['billed_cost']} {total['currency']}" for total in source["totals"]]


@pytest.mark.parametrize("page", ["aws_exports", "azure_exports", "gcp_bigquery"])
def test_a_guide_gives_access_as_the_program_does(page: str) -> None:
    """Every command of the guide that gives access is one of the program's texts, with the same holes."""
    module = named(page.replace("_", "-"))
    texts = "\n".join(one.template for one in module.PERMISSIONS if one.language != "hcl")
    upper = re.sub(r"\$\{(\w+)\}", lambda found: found[1].upper(), texts)
    shown = [line for text in (*blocks(page, "sh"), *blocks(page, "json")) for line in text.splitlines()]
    given = [
        line.partition("  #")[0].strip() for line in shown if line.strip() and not line.startswith(("#", "outlay "))
    ]
    assert given
    known = {line.strip() for line in upper.splitlines()}
    assert [line for line in given if line not in known] == []


@pytest.mark.parametrize("page", ["aws_exports", "azure_exports", "gcp_bigquery"])
def test_a_guide_tries_and_collects(page: str) -> None:
    assert [words[1:3] if words[1] == "sources" else words[1:2] for words in commands(page)] == [
        ["sources", "check"], ["sync"],
    ]  # fmt: skip


THIS = datetime.now(UTC).date().replace(day=1)
MONTHS = [f"{add_months(THIS, -back):%Y-%m}" for back in (0, 1, 2)]
"""The command line lives in the present, and so do the deliveries."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)


def test_the_aws_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAGUIDEGUIDEGUIDE0")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-guide")
    wanted = settings_of("aws_exports")
    with cloud() as aws:
        aws.s3().create_bucket(Bucket=wanted["bucket"])
        for period in MONTHS:
            files = {"a.csv.gz": bill(period, ["1.5", "2"])}
            deliver_aws(aws.s3(), wanted["bucket"], f"{wanted['prefix']}/focus", period, files)
        tried, synced = follow("aws_exports", tmp_path / "data", {"endpoint_url": aws.url})
        assert aws.calls["AssumeRole"] > 0
    assert f"{MONTHS[0]} loaded" in synced, synced
    assert "fail" not in tried, tried
    assert billed(tmp_path / "data") == ["10.5 USD"]


def test_the_azure_guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = settings_of("azure_exports")
    monkeypatch.setattr(blob, "ACCOUNT", wanted["account"])
    monkeypatch.setattr(blob, "CONTAINER", wanted["container"])
    monkeypatch.setenv("GUIDE_SAS", "sv=2026-01-01&sp=rl&sig=c2lnbmF0dXJl")
    with running(blob.BlobService()) as service:
        for period in MONTHS:
            deliver_azure(service, period, "ActualCost", [actual(period, ["1.5"])], prefix=wanted["prefix"])
            deliver_azure(service, period, "AmortizedCost", [amortized(period, ["1.5"], "0")], prefix=wanted["prefix"])
        reach = {"endpoint": service.endpoint, "sas": "env:GUIDE_SAS"}  # an emulator knows no managed identity
        tried, synced = follow("azure_exports", tmp_path / "data", reach)
    assert f"{MONTHS[0]} loaded" in synced, synced
    assert "fail" not in tried, tried
    assert billed(tmp_path / "data") == ["4.5 EUR"]


class Cloud(Warehouse):
    """BigQuery with the service that trades a signed request for a token, and the question what may be done."""

    may_more: tuple[str, ...] = ()

    def name(self, request: Request) -> str:
        return "other" if request.path == "/token" or ":test" in request.path else super().name(request)

    def answer(self, request: Request) -> Response:
        if request.path == "/token":
            token = {"access_token": self.token, "expires_in": 3600, "token_type": "Bearer"}
            return Response(json.dumps(token), content_type="application/json")
        if request.path.endswith(":testIamPermissions"):
            return Response(json.dumps({"permissions": list(self.may_more)}), content_type="application/json")
        return super().answer(request)


def key_of(service: Cloud) -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    facts = {"type": "service_account", "client_email": "cost-reader@shop-prod.iam.gserviceaccount.com",
             "private_key": pem, "private_key_id": "guide", "token_uri": f"{service.address}/token"}  # fmt: skip
    return json.dumps(facts)


@pytest.mark.parametrize("more", [(), ("bigquery.tables.delete",)])
def test_the_google_guide(tmp_path: Path, more: tuple[str, ...]) -> None:
    (table,) = settings_of("gcp_bigquery")["tables"]
    rows = [row(period, f"{period}-01", "1.5", used=f"{period}-01T10:00:00Z") for period in MONTHS]
    with running(Cloud(tables={table: rows}, schemas={table: SCHEMA})) as service:
        service.may_more = more
        (tmp_path / "key.json").write_text(key_of(service))
        reach = {"endpoint": service.address, "credentials": f"file:{tmp_path / 'key.json'}"}
        tried, synced = follow("gcp_bigquery", tmp_path / "data", reach)
    assert f"{MONTHS[0]} loaded" in synced, synced
    assert "fail" not in tried, tried
    assert ("can do more than needed" in tried) == bool(more)
    assert billed(tmp_path / "data") == ["4.5 USD"]
