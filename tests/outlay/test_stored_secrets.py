"""Secrets that are given to Outlay: kept sealed, used, replaced, and never told."""

from __future__ import annotations

import base64
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner
from werkzeug.wrappers import Request, Response

from api.protocols import ProblemError
from collectors.expiry import ends, warned
from collectors.secret import Secret, SecretError
from collectors.vault import VaultError, read
from outlay.cli import app
from outlay.client import connect
from outlay.config import load_config
from outlay.stored_secrets import KEY_FILE, StoredSecrets
from tests.emulators.loopback import Loopback, running
from tests.outlay.sync.syncing import NOW, Desk

CANARY = "canary-b7f2-that-nobody-may-see"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.close()


def kept(desk: Desk, **environ: str) -> StoredSecrets:
    return StoredSecrets(desk.store, lambda: NOW, environ)


def test_a_secret_is_sealed_and_used(desk: Desk) -> None:
    secrets = kept(desk)
    answered = secrets.put("payer.key", CANARY, "me")
    assert CANARY not in answered.model_dump_json()
    assert (answered.reference, answered.used_by) == ("stored:payer.key", [])
    assert Secret("stored:payer.key").reveal() == CANARY
    key = desk.folder / KEY_FILE
    assert key.stat().st_mode & 0o777 == 0o600
    files = [path for path in desk.folder.rglob("*") if path.is_file()]
    assert [path for path in files if "warehouse" not in path.name and CANARY.encode() in path.read_bytes()] == []
    secrets.put("payer.key", f"{CANARY}-2", "me")  # rotated
    assert Secret("stored:payer.key").reveal() == f"{CANARY}-2"
    with pytest.raises(SecretError, match="holds no secret"):
        Secret("stored:another").reveal()


def test_a_row_is_not_passed_off_as_another(desk: Desk) -> None:
    secrets = kept(desk)
    secrets.put("one", CANARY, "me")
    secrets.put("two", "harmless", "me")
    with sqlite3.connect(desk.folder / "state.sqlite") as state:
        state.execute("update secrets set sealed = (select sealed from secrets where name = 'one') where name = 'two'")
    with pytest.raises(SecretError, match="another key"):
        Secret("stored:two").reveal()


def test_the_key_may_come_from_elsewhere(desk: Desk, tmp_path: Path) -> None:
    key = base64.b64encode(os.urandom(32)).decode()
    kept(desk, OUTLAY_SECRET_KEY=key).put("one", CANARY, "me")
    assert not (desk.folder / KEY_FILE).exists()
    (tmp_path / "key").write_text(key)
    kept(desk, OUTLAY_SECRET_KEY_FILE=str(tmp_path / "key"))
    assert Secret("stored:one").reveal() == CANARY
    kept(desk, OUTLAY_SECRET_KEY=base64.b64encode(os.urandom(32)).decode())
    with pytest.raises(SecretError, match="another key"):
        Secret("stored:one").reveal()
    with pytest.raises(ProblemError, match="32 bytes"):
        kept(desk, OUTLAY_SECRET_KEY="short").put("two", CANARY, "me")


def test_what_a_source_uses_is_not_forgotten(desk: Desk) -> None:
    secrets = kept(desk)
    secrets.put("one", CANARY, "me")
    desk.configure("azure-exports", {"account": "a", "container": "b", "sas": "stored:one"})
    with pytest.raises(ProblemError, match="bills uses one"):
        secrets.forget("one")
    desk.collecting.forget("bills", data=True)
    secrets.forget("one")
    assert secrets.all() == []
    with pytest.raises(ProblemError):
        secrets.forget("one")


def test_nothing_of_it_is_answered_or_logged(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = CliRunner().invoke(app, ["secrets", "put", "one", "--data", str(data)], input=CANARY)
    assert (done.exit_code, "stored:one" in done.output, CANARY in done.output) == (0, True, False), done.output
    with connect(load_config(data, None, {})) as client:
        shown = client.get("/secrets").decode()
        job = client.post("/sources/test", {"kind": "azure-exports", "settings": {"sas": CANARY, "account": 1}})
        failed = client.watch(job["job"], lambda document: None)
        assert "one" in shown
        assert failed["state"] == "failed"
        assert CANARY not in shown + str(failed)
        client.delete("/secrets/one")
    assert all(CANARY.encode() not in path.read_bytes() for path in data.glob("*.log*"))


END = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("secret", "end"),
    [
        ("sv=2026&sp=rl&se=2026-12-01T00%3A00%3A00Z&sig=abc", END),
        ("?se=2026-12-01&sig=abc", END),
        ("se=2026-12-01T00:00:00Z", None),  # nothing signs it
        ("se=soon&sig=abc", None),
        ("AccountKey", None),
    ],
)
def test_a_credential_that_tells_its_end(secret: str, end: datetime | None) -> None:
    assert ends(secret) == end


def test_an_end_is_told_two_weeks_before() -> None:
    assert warned(None, NOW) is None
    assert warned(END, END - timedelta(days=15)) is None
    assert "in 13 days" in str(warned(END, END - timedelta(days=13, hours=5)))
    assert "ran out" in str(warned(END, END))


class Vault(Loopback):
    """Speaks as much of a key-value engine as is asked of it."""

    def answer(self, request: Request) -> Response:
        if request.headers.get("X-Vault-Token") != "token-of-tests":
            return Response(status=403)
        if request.path != "/v1/secret/data/costs/reader":
            return Response(status=404)
        return Response('{"data": {"data": {"key": "' + CANARY + '"}}}', content_type="application/json")


def test_a_vault_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Vault()) as vault:
        told = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": "token-of-tests"}
        assert read("secret/costs/reader#key", told) == CANARY
        assert read("secret/costs/reader#other", told) is None
        assert read("secret/costs/nobody#key", told) is None
        with pytest.raises(VaultError, match="403"):
            read("secret/costs/reader#key", {**told, "VAULT_TOKEN": "wrong"})
        (tmp_path / "token").write_text("token-of-tests\n")
        for name, value in {"VAULT_ADDR": vault.address, "VAULT_TOKEN_FILE": str(tmp_path / "token")}.items():
            monkeypatch.setenv(name, value)
        assert Secret("vault:secret/costs/reader#key").reveal() == CANARY
    with pytest.raises(SecretError, match="does not answer"):
        Secret("vault:secret/costs/reader#key").reveal()
    for address in ("", "http://vault.example.com", "ftp://x"):
        with pytest.raises(VaultError, match="VAULT_ADDR"):
            read("secret/costs/reader#key", {**told, "VAULT_ADDR": address})


@pytest.mark.parametrize(
    "reference", ["vault:x", "vault:secret/../x#y", "stored:..", "stored:a b", "vault:a/b", "plain"]
)
def test_a_wrong_reference_is_refused(reference: str) -> None:
    with pytest.raises(SecretError) as caught:
        Secret(reference)
    assert reference not in str(caught.value)
