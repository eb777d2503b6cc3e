"""A credential that says itself that it can do more than reading, or that it ends, is warned of; nobody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.documents import collecting as doc
from collectors import retrying
from collectors.sources.azure_exports import _beyond_reading
from outlay.collecting import Collectors
from tests.outlay.sync.syncing import NOW, Desk, Quiet


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ("?sv=2026&sp=rl&sig=x", ""),
        ("sp=racwdl&sig=x", "add, create, write, delete"),
        ("sp=rlw&sig=x", "write"),
        ("sv=2026&sig=x", ""),  # it does not say
    ],
)
def test_a_signature_tells_its_rights(signature: str, said: str) -> None:
    assert _beyond_reading(signature) == said


def test_the_test_begins_with_what_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    monkeypatch.setenv("ENDING_SAS", "sp=rl&se=2026-11-25T00:00:00Z&sig=bm9ib2R5")
    desk = Desk(tmp_path / "data")
    try:
        settings = {"account": "a", "container": "b", "sas": "env:ENDING_SAS", "endpoint": "http://127.0.0.1:9/a"}
        desk.configure("azure-exports", settings)
        collectors = Collectors(desk.store, lambda: NOW)
        tried: list[doc.SourceTest] = []
        watched = Quiet()
        watched.partial = tried.append  # type: ignore[method-assign]
        watched.stop = lambda: bool(tried)  # the address answers nobody: the rest is not waited for
        with pytest.raises(Exception):  # noqa: B017 (cancelled, whatever stands for it)
            collectors.check("bills", watched)
        assert "in 4 days" in tried[0].checks[0].message
        shown = collectors.shown()["bills"]
        assert str(shown.credential_ends_at) == "2026-11-25 00:00:00+00:00"
    finally:
        desk.close()
