"""A real application on a real DuckDB estate; only the actions are fake."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import ApiSettings, create_app
from outlay import logs
from outlay.jobs import JobRunner
from tests.api.fake_parts import NOW, FakeActions, OnSocket, make_store
from tests.warehouse.metrics.fake_store import FakeStore


@dataclass
class Parts:
    app: FastAPI
    store: FakeStore
    actions: FakeActions
    jobs: JobRunner
    client: TestClient
    local: TestClient
    """Speaks over the unix socket."""

    def ended(self, accepted: Any) -> dict[str, Any]:
        """Wait for a job by its events; answers its last document."""
        assert accepted.status_code == 202, accepted.text
        body = self.client.get(f"/api/v1/jobs/{accepted.json()['job']}/events").text
        assert body.endswith("\n\n")
        return self.client.get(f"/api/v1/jobs/{accepted.json()['job']}").json()


Build = Callable[..., Parts]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """Makes an application with settings of its own; they share one estate."""
    logs.configure(io.StringIO())
    made: list[JobRunner] = []
    store = make_store()

    def build_parts(**settings: Any) -> Parts:
        actions, jobs = FakeActions(store), JobRunner(lambda: NOW)
        made.append(jobs)
        scratch = tmp_path_factory.mktemp("data") / "scratch"
        chosen = ApiSettings(scratch=scratch, now=lambda: NOW, version="0", **settings)
        app = create_app(store, jobs, actions, chosen)
        client = TestClient(app, base_url="http://localhost")
        return Parts(app, store, actions, jobs, client, TestClient(OnSocket(app), base_url="http://localhost"))

    yield build_parts
    for jobs in made:
        jobs.close()


@pytest.fixture(scope="module")
def shared(build: Build) -> Parts:
    return build()


@pytest.fixture
def parts(shared: Parts) -> Parts:
    """The application of the module, as new."""
    shared.actions.fault = None
    shared.actions.orders.clear()
    shared.actions.bodies.clear()
    shared.store.generations = "0123456789abcdef"
    shared.client.cookies.clear()
    return shared
