"""The built web application, and the contract its types are made from."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.openapi import document, write
from tests.api.conftest import Build, Parts


@pytest.fixture(scope="module")
def pages(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Parts:
    web = tmp_path_factory.mktemp("web")
    (web / "assets").mkdir()
    (web / "index.html").write_text('<!doctype html><title>Outlay</title><script src="./first.js"></script>')
    (web / "assets" / "index-abc123.js").write_text("export {}")
    (web / "assets" / "index-abc123.js.gz").write_bytes(gzip.compress(b"export {}"))
    (web.parent / "secret.txt").write_text("secret")
    return build(web=web)


@pytest.mark.parametrize("path", ["/", "/explore", "/explore?by=service", "/data/loads/l1", "/lines/a%3Ab"])
def test_addresses_of_the_application_get_its_page(pages: Parts, path: str) -> None:
    response = pages.client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "script"),
    [("/explore", "./first.js"), ("/data/connect", "../first.js"), ("/data/connect/aws.cur", "../../first.js"),
     ("/teams/a%2Fb", "../first.js"), ("/teams/", "../first.js")],
)  # fmt: skip
def test_a_page_at_any_depth_finds_its_files_below_any_sub_path(pages: Parts, path: str, script: str) -> None:
    assert f'src="{script}"' in pages.client.get(path).text


def test_hashed_assets_are_kept_for_ever(pages: Parts) -> None:
    response = pages.client.get("/assets/index-abc123.js")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in response.headers["content-type"]


@pytest.mark.parametrize(("accepted", "sent"), [("gzip, br", "gzip"), ("gzip;q=0, br", None), ("", None)])
def test_an_asset_is_sent_as_the_build_compressed_it_to_who_reads_it(
    pages: Parts, accepted: str, sent: str | None
) -> None:
    response = pages.client.get("/assets/index-abc123.js", headers={"accept-encoding": accepted})
    assert response.headers.get("content-encoding") == sent
    assert "javascript" in response.headers["content-type"]
    assert response.text == "export {}"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/nothing", "/api", "/api/v2/costs", "/assets/gone.js", "/assets/gone", "/favicon.gone.ico",
     "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(pages: Parts, path: str) -> None:
    response = pages.client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text.replace("secret.txt", "")


def test_the_contract_is_the_same_text_every_time() -> None:
    root = Path(__file__).parents[2]
    printed = subprocess.run([sys.executable, "-m", "api.openapi"], cwd=root, check=True, capture_output=True).stdout
    here = io.StringIO()
    write(here)
    assert printed.decode() == here.getvalue()


def test_the_contract_knows_every_document() -> None:
    contract = document()
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            success = [code for code in operation["responses"] if code.startswith("2")]
            assert success, (method, path)
            assert "ProblemDocument" in json.dumps(operation["responses"]["default"]), (method, path)
            assert operation.get("summary"), (method, path)
    names = [operation["operationId"] for methods in contract["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
    answer = contract["components"]["schemas"]["AnswerDocument"]
    assert {"rows", "totals", "data_to", "next", "warnings"} <= set(answer["required"])
