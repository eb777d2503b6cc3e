"""Acts by hand, counted by month, over the real API and the real state file."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from starlette.testclient import TestClient

from api import ApiSettings, create_app
from outlay.actions import Actions
from outlay.jobs import JobRunner
from tests.outlay.spine import open_store


def test_acts_by_month_and_what_teams_did_themselves(tmp_path: Path) -> None:
    now = [datetime(2026, 8, 31, 23, 59, tzinfo=UTC)]
    store, jobs = open_store(tmp_path / "data"), JobRunner(lambda: now[0])
    actions = Actions(store, lambda: now[0])
    settings = ApiSettings(scratch=tmp_path / "scratch", now=lambda: now[0], version="0")
    client = TestClient(create_app(store, jobs, actions, settings), base_url="http://localhost")
    assert client.get("/api/v1/attribution/toil").json() == {"months": []}

    actions.toil.record("assign", "ada", "search", "g-1")
    actions.toil.record("assign", "ada", "search", "g-2")
    actions.toil.record("dispute", "ben")
    now[0] = datetime(2026, 10, 1, tzinfo=UTC)
    actions.toil.record("publish", "ben", about="7")

    august, september, october = client.get("/api/v1/attribution/toil").json()["months"]
    assert (august["month"], august["assign"], august["dispute"], august["total"]) == ("2026-08", 2, 1, 3)
    assert (august["by_teams"], august["percent"]) == (2, "66"), "rounded down"
    assert (september["month"], september["total"], september["percent"]) == ("2026-09", 0, None)
    assert (october["publish"], october["percent"]) == (1, "0")

    lines = client.get("/api/v1/attribution/toil.csv").text.split("\r\n")
    acts = "assign,split,ask,exclude,include,dispute,request,answer,offer,publish"
    assert lines[0] == f"month,{acts},total,by_teams,percent"
    assert lines[1:4] == ["2026-08,2,0,0,0,0,1,0,0,0,0,3,2,66", "2026-09,0,0,0,0,0,0,0,0,0,0,0,0,",
                          "2026-10,0,0,0,0,0,0,0,0,0,1,1,0,0"]  # fmt: skip

    texts = {"org": "teams: [{key: search}]\n", "rules": "{}\n"}
    for _ in range(2):
        job = client.put("/api/v1/rules", json=texts).json()["job"]
        while client.get(f"/api/v1/jobs/{job}").json()["state"] in ("queued", "running"):
            time.sleep(0.01)
    october = client.get("/api/v1/attribution/toil").json()["months"][-1]
    assert october["publish"] == 2, "published once more; what changed nothing does not count"
    jobs.close()
    store.close()
