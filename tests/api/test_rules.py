"""Versions and previews of rules over HTTP."""

from __future__ import annotations

from tests.api.conftest import Parts
from tests.api.test_errors import assert_problem

TEXTS = {"org": "", "rules": ""}


def test_versions_are_listed_read_and_told_apart(parts: Parts) -> None:
    get = parts.client.get
    assert [one["version"] for one in get("/api/v1/rules/versions").json()] == [2, 1]
    assert get("/api/v1/rules/versions/1").json()["files"] == {}
    assert_problem(get("/api/v1/rules/versions/9"), 404, "not_found")
    diff = get("/api/v1/rules/versions/2/diff").json()
    assert (diff["before"], diff["after"]) == (1, 2)
    assert get("/api/v1/rules/versions/2/diff?against=0").json()["before"] == 0


def test_a_version_comes_back_as_a_job(parts: Parts) -> None:
    done = parts.ended(parts.client.post("/api/v1/rules/versions/1/rollback"))
    assert done["result"]["version"] == 2
    assert_problem(parts.client.post("/api/v1/rules/versions/9/rollback"), 404, "not_found")


def test_a_preview_takes_texts_files_and_a_dimension(parts: Parts) -> None:
    order = {**TEXTS, "files": {"t.csv": "a,b\n"}, "dimension": "division"}
    found = parts.client.post("/api/v1/rules/preview", json=order).json()
    assert found["passed"]
    assert found["dimension"] == "division"
    assert_problem(parts.client.post("/api/v1/rules/preview", json={**order, "x": 1}), 422, "invalid")


def test_tags_are_asked_about_with_a_question(parts: Parts) -> None:
    found = parts.client.get("/api/v1/tags/coverage?measures=billed_cost&keys=7&where=service:a").json()
    assert (found["measure"], found["keys"][0]["key"]) == ("billed_cost", "7")
    assert parts.client.get("/api/v1/tags/variants?key=env&period=2026-10").json()["suggestion"] == "env"
    assert_problem(parts.client.get("/api/v1/tags/coverage?keys=0"), 422, "invalid")
    assert_problem(parts.client.get("/api/v1/tags/coverage?where=servce:a"), 400, "query")
