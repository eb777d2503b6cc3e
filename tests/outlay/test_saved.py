"""Views, annotations, subscriptions and settings over the real API and the real state file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import ApiSettings, create_app
from api import documents as doc
from outlay.actions import Actions
from outlay.jobs import JobRunner
from outlay.saved import Keeping
from tests.outlay.spine import open_store
from warehouse.store import Store

NOW = datetime(2026, 11, 18, 7, tzinfo=UTC)
VIEW = {"name": "Search, by service", "page": "/explore", "query": "by=service&where=team:search&chart=lines"}
DEPLOY = {"start": "2026-11-04", "text": "orders v2", "kind": "deploy", "scope": "where=team:checkout", "key": "d-1"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(tmp_path_factory.mktemp("data"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    jobs = JobRunner(lambda: NOW)
    settings = ApiSettings(scratch=tmp_path_factory.mktemp("scratch"), now=lambda: NOW, version="0")
    app = create_app(store, jobs, Actions(store, lambda: NOW), settings)
    yield TestClient(app, base_url="http://localhost")
    jobs.close()


@pytest.fixture
def view(client: TestClient) -> Iterator[dict[str, Any]]:
    made = client.post("/api/v1/views", json=VIEW).json()
    yield made
    client.delete(f"/api/v1/views/{made['id']}")


def shown(client: TestClient, scope: str = "", start: str = "2026-11-01", end: str = "2026-12-01") -> list[str]:
    found = client.get("/api/v1/annotations", params={"start": start, "end": end, "scope": scope})
    assert found.status_code == 200, found.text
    return [one["text"] for one in found.json()["annotations"]]


class TestViews:
    def test_kept_as_written(self, client: TestClient, view: dict[str, Any]) -> None:
        (found,) = client.get("/api/v1/views").json()["views"]
        assert {name: found[name] for name in VIEW} == VIEW
        assert (found["revision"], found["mine"], found["starred"]) == (1, True, False)

    def test_a_change_names_the_revision_that_was_read(self, client: TestClient, view: dict[str, Any]) -> None:
        path = f"/api/v1/views/{view['id']}"
        assert client.put(path, json=VIEW | {"name": "Mine", "revision": 1}).json()["revision"] == 2
        refused = client.put(path, json=VIEW | {"name": "Yours", "revision": 1})
        assert (refused.status_code, refused.json()["field"]) == (409, "revision")
        assert [one["name"] for one in client.get("/api/v1/views").json()["views"]] == ["Mine"]

    def test_a_star_goes_with_its_view(self, client: TestClient, store: Store) -> None:
        made = client.post("/api/v1/views", json=VIEW).json()
        assert client.put(f"/api/v1/views/{made['id']}/star", json={"starred": True}).json()["starred"]
        client.delete(f"/api/v1/views/{made['id']}")
        assert client.get("/api/v1/views").json()["views"] == []
        assert Keeping(store, lambda: NOW).saved.stars("local") == set()

    def test_what_is_not_shared_is_not_there_for_others(self, store: Store, view: dict[str, Any]) -> None:
        keeping = Keeping(store, lambda: NOW)
        assert keeping.views("ann") == []
        with pytest.raises(Exception, match="There is no view"):
            keeping.drop_view(view["id"], "ann")

    def test_others_read_what_is_shared_and_do_not_change_it(self, client: TestClient, store: Store) -> None:
        made = client.post("/api/v1/views", json=VIEW | {"visibility": "all"}).json()
        keeping = Keeping(store, lambda: NOW)
        assert [(one.name, one.mine) for one in keeping.views("ann")] == [(VIEW["name"], False)]
        with pytest.raises(Exception, match="somebody else"):
            keeping.drop_view(made["id"], "ann")
        client.delete(f"/api/v1/views/{made['id']}")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"page": "//elsewhere.example/x"},
            {"page": "javascript:alert(1)"},
            {"page": "explore"},
            {"name": "  "},
            {"name": "a\nb"},
            {"name": "n" * 81},
            {"query": "q" * 8_001},
            {"visibility": "team"},
        ],
    )
    def test_refused(self, client: TestClient, wrong: dict[str, Any]) -> None:
        assert client.post("/api/v1/views", json=VIEW | wrong).status_code in (400, 422)
        assert client.get("/api/v1/views").json()["views"] == []


class TestAnnotations:
    def test_a_pipeline_says_it_again(self, client: TestClient) -> None:
        first = client.post("/api/v1/annotations", json=DEPLOY).json()
        again = client.post("/api/v1/annotations", json=DEPLOY | {"text": "orders v2.1"}).json()
        assert (first["id"], first["end"]) == (again["id"], "2026-11-05")
        assert shown(client) == ["orders v2.1"]
        client.delete(f"/api/v1/annotations/{first['id']}")
        assert shown(client) == []

    def test_shown_where_its_cost_may_be(self, client: TestClient) -> None:
        made = client.post("/api/v1/annotations", json=DEPLOY).json()
        text = [DEPLOY["text"]]
        assert shown(client, "where=team:checkout,search&where=service:Compute") == text
        assert shown(client, "where=-team:search") == text
        assert shown(client, "where=team:~check") == text
        assert shown(client, "where=team:search") == []
        assert shown(client, "where=-team:checkout,search") == []
        assert shown(client, start="2026-11-05") == []
        assert shown(client, start="2026-11-04", end="2026-11-05") == text
        client.delete(f"/api/v1/annotations/{made['id']}")

    def test_resolved_and_open_again(self, client: TestClient) -> None:
        made = client.post("/api/v1/annotations", json=DEPLOY).json()
        path = f"/api/v1/annotations/{made['id']}"
        assert client.patch(path, json={"resolved": True}).json()["resolved_at"] == "2026-11-18T07:00:00Z"
        assert client.patch(path, json={"resolved": False}).json()["resolved_at"] is None
        client.delete(path)

    def test_said_otherwise_by_its_owner_alone(self, client: TestClient, store: Store) -> None:
        made = client.post("/api/v1/annotations", json=DEPLOY).json()
        path = f"/api/v1/annotations/{made['id']}"
        client.patch(path, json={"resolved": True})
        said = client.put(path, json=DEPLOY | {"text": "orders v3", "start": "2026-11-05", "key": None}).json()
        assert (said["id"], said["text"], said["start"]) == (made["id"], "orders v3", "2026-11-05")
        assert said["resolved_at"] is not None
        other = client.post("/api/v1/annotations", json=DEPLOY | {"key": "d-2"}).json()
        taken = client.put(path, json=DEPLOY | {"key": "d-2"})
        assert (taken.status_code, taken.json()["field"]) == (409, "key")
        order = doc.AnnotationOrder.model_validate(DEPLOY)
        with pytest.raises(Exception, match="somebody else"):
            Keeping(store, lambda: NOW).reword(made["id"], order, "ann")
        for one in (made, other):
            client.delete(f"/api/v1/annotations/{one['id']}")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"text": "t" * 251},
            {"link": "javascript:alert(1)"},
            {"link": 'https://x.example/"onclick='},
            {"end": "2026-11-04"},
            {"scope": "by=team"},
            {"scope": "where=tame:x"},
            {"start": "yesterday"},
        ],
    )
    def test_refused(self, client: TestClient, wrong: dict[str, Any]) -> None:
        assert client.post("/api/v1/annotations", json=DEPLOY | wrong).status_code in (400, 422)
        assert shown(client) == []


class TestSubscriptions:
    def test_go_with_their_view(self, client: TestClient, view: dict[str, Any]) -> None:
        order = {"view": view["id"], "channel": "mail", "target": "team@example.com", "every": "week"}
        made = client.post("/api/v1/subscriptions", json=order).json()
        assert [one["id"] for one in client.get("/api/v1/subscriptions").json()["subscriptions"]] == [made["id"]]
        client.delete(f"/api/v1/views/{view['id']}")
        assert client.get("/api/v1/subscriptions").json()["subscriptions"] == []

    @pytest.mark.parametrize(
        "wrong", [{"target": "nobody"}, {"channel": "webhook", "target": "http://x.example"}, {"view": "none"}]
    )
    def test_refused(self, client: TestClient, view: dict[str, Any], wrong: dict[str, Any]) -> None:
        order = {"view": view["id"], "channel": "mail", "target": "team@example.com", "every": "week"}
        assert client.post("/api/v1/subscriptions", json=order | wrong).status_code in (400, 404, 422)


class TestPreferences:
    def test_everybody_has_one_noise_floor_and_a_start_view_of_the_own(
        self, client: TestClient, store: Store, view: dict[str, Any]
    ) -> None:
        path = "/api/v1/preferences"
        usual = client.get(path).json()
        assert usual == {
            "noise_floor": "10.00",
            "fiscal_year_starts": 1,
            "fiscal_year_named": "end",
            "request_days": 14,
            "start_view": None,
        }
        calendar = {"fiscal_year_starts": 4, "fiscal_year_named": "start"}
        change = {"noise_floor": "25", **calendar, "request_days": 7, "start_view": view["id"]}
        assert client.patch(path, json=change).json() == change
        assert Keeping(store, lambda: NOW).preferences("ann").model_dump() == change | {"start_view": None}
        assert client.patch(path, json=dict.fromkeys(change)).json() == usual

    @pytest.mark.parametrize(
        "wrong", [{"noise_floor": "-1"}, {"noise_floor": "1e3"}, {"fiscal_year_starts": 13}, {"start_view": "none"}]
    )
    def test_refused(self, client: TestClient, wrong: dict[str, Any]) -> None:
        assert client.patch("/api/v1/preferences", json=wrong).status_code in (400, 404, 422)


def test_questions_follow_the_fiscal_calendar(client: TestClient) -> None:
    def days(word: str) -> tuple[str, str]:
        period = client.get("/api/v1/costs", params={"period": word}).json()["period"]
        return period["start"], period["end"]

    assert days("FY2027") == ("2027-01-01", "2028-01-01")
    client.patch("/api/v1/preferences", json={"fiscal_year_starts": 4})
    assert days("FY2027") == ("2026-04-01", "2027-04-01")
    assert days("last_fiscal_quarter") == ("2026-07-01", "2026-10-01")
    client.patch("/api/v1/preferences", json={"fiscal_year_named": "start"})
    assert days("FY2027-Q1") == ("2027-04-01", "2027-07-01")
    client.patch("/api/v1/preferences", json={"fiscal_year_starts": None, "fiscal_year_named": None})
    assert days("last_fiscal_year") == ("2025-01-01", "2026-01-01")


def test_kept_over_a_restart(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    Keeping(store, lambda: NOW).put_view(None, doc.ViewOrder.model_validate(VIEW), "ann")
    store.close()
    store = open_store(tmp_path)
    assert [one.name for one in Keeping(store, lambda: NOW).views("ann")] == [VIEW["name"]]
    store.close()
