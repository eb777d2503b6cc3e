"""Catalogues as files and as a service: Backstage's descriptors, its pages, and a table."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from collectors.catalogue import CatalogueError, Owned, TeamSeen, read_text
from collectors.catalogue.service import fetch
from collectors.secret import Secret

INFO = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Orders-API
  title: Orders
  annotations:
    infrawallet.io/project: shop-prod, shop-stage
    infrawallet.io/provider: gcp
    infrawallet.io/extra-filters: "job: orders, cluster: eu1 | eu2, service: Queue"
    infrawallet.io/tags: "squad: orders, app: shop"
    infrawallet.io/unheard-of: x
spec: {type: service, owner: group:default/Checkout, system: shop}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: checkout}
spec: {type: team, profile: {displayName: Checkout Squad}, parent: commerce}
---
kind: Resource
metadata: {name: orders-db, namespace: data}
spec: {owner: user:default/ann}
---
kind: Location
metadata: {name: everything}
---
kind: Unheard
metadata: {name: odd}
"""


class TestDescriptors:
    def test_teams_and_what_they_own(self) -> None:
        found = read_text(INFO, "catalog-info.yaml")
        assert found.teams == (TeamSeen("checkout", "Checkout Squad", "commerce"),)
        orders, database = found.entities
        assert (orders.ref, orders.name, orders.title) == ("component:default/orders-api", "Orders-API", "Orders")
        assert (orders.owner, orders.system) == ("checkout", "shop")
        assert database == Owned("resource:data/orders-db", "resource", "orders-db")
        assert [warning.partition(": ")[2] for warning in found.warnings] == [
            "the annotation infrawallet.io/unheard-of is not read",
            "kind unheard is not read",
        ]

    def test_annotations_all_hold_and_their_values_are_alternatives(self) -> None:
        condition = read_text(INFO, "catalog-info.yaml").entities[0].when
        project, provider, job, cluster, service, tags = condition["all"]
        assert {"column": "sub_account_name", "equals": ["shop-prod", "shop-stage"]} in project["any"]
        assert (provider["column"], "Google Cloud" in provider["equals"]) == ("provider", True)
        assert (job, cluster, service) == (
            {"column": "tag.job", "equals": ["orders"]},
            {"column": "tag.cluster", "equals": ["eu1", "eu2"]},
            {"column": "service", "equals": ["Queue"]},
        )
        tagged = [{"column": "tag.squad", "equals": ["orders"]}, {"column": "tag.app", "equals": ["shop"]}]
        assert tags == {"any": tagged}, "tags are alternatives, whatever their keys"

    def test_a_group_of_another_namespace_keeps_its_name_apart(self) -> None:
        found = read_text("kind: System\nmetadata: {name: a}\nspec: {owner: Data/Core}", "a.yaml")
        assert found.entities[0].owner == "data/core"

    def test_a_short_reference_is_of_the_namespace_it_stands_in(self) -> None:
        entities = [
            "{kind: Component, metadata: {name: api, namespace: Data}, spec: {owner: Core}}",
            "{kind: Component, metadata: {name: web, namespace: data}, spec: {owner: default/Shop}}",
            "{kind: Group, metadata: {name: core, namespace: data}, spec: {parent: head}}",
        ]
        found = read_text("\n---\n".join(entities), "a.yaml")
        assert [entity.owner for entity in found.entities] == ["data/core", "shop"]
        assert found.teams == (TeamSeen("data/core", "core", "data/head"),)

    def test_json_and_the_answer_of_a_service_are_read_alike(self) -> None:
        entity = {"kind": "Component", "metadata": {"name": "a"}, "spec": {"owner": "checkout"}}
        for text in (entity, [entity], {"items": [entity]}):
            assert read_text(json.dumps(text), "a.json").entities[0].owner == "checkout"

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("kind: Component", "a.yaml, entity 1: metadata has no name"),
            ("- 1", "a.yaml, entity 1: this is no entity"),
            ("kind: [", "a.yaml:1:8"),
            ("a: &x 1\nb: *x", "a.yaml:2:4"),
            ("!!python/object:os.system {}", "a.yaml"),
            ("kind: System\nmetadata: {name: a}\nspec: {owner: 'group:default/'}", "names nothing"),
        ],
    )
    def test_what_cannot_be_read_has_a_place(self, text: str, problem: str) -> None:
        with pytest.raises(CatalogueError) as caught:
            read_text(text, "a.yaml")
        assert problem in str(caught.value) and caught.value.next_step

    def test_json_that_is_cut_off_has_a_place(self) -> None:
        with pytest.raises(CatalogueError, match=r"a\.json:1:10"):
            read_text('{"kind": ', "a.json")

    @pytest.mark.parametrize("name", ["a.yaml", "a.json"])
    def test_deep_nesting_is_refused(self, name: str) -> None:
        with pytest.raises(CatalogueError):
            read_text("[" * 100_000, name)


class TestTable:
    def test_rows(self) -> None:
        header = "kind,name,owner,parent,title,cost_centre"
        rows = (header, "team,checkout,,commerce,Checkout,4711", ",shop web,checkout,,,")
        text = "\ufeff" + "\n".join(rows)
        found = read_text(text, "owners.csv")
        assert found.teams == (TeamSeen("checkout", "Checkout", "commerce", "4711"),)
        assert found.entities == (Owned("component:default/shop-web", "component", "shop web", owner="checkout"),)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("who\nx\n", "owners.csv:1: no column called name"),
            ("name,colour\nx,y\n", "owners.csv:1: unknown column 'colour'"),
            ("name,kind\nx,team\ny,squad\n", "owners.csv:3: unknown kind 'squad'"),
            ("name,kind\n,team\n", "owners.csv:2: no name"),
        ],
    )
    def test_faults_have_a_row(self, text: str, problem: str) -> None:
        with pytest.raises(CatalogueError, match=problem):
            read_text(text, "owners.csv")

    @pytest.mark.parametrize(
        ("again", "problem"),
        [
            (",web,search", "more.csv:3: component:default/web a second time, and not as in owners.csv:2"),
            ("team,checkout,", "more.csv:3: team checkout a second time, and not as in owners.csv:3"),
        ],
    )
    def test_what_two_places_say_differently_names_both(self, again: str, problem: str) -> None:
        known = read_text("kind,name,owner,title\n,web,checkout,\nteam,checkout,,Checkout\n", "owners.csv")
        same = known + read_text("kind,name,owner\n,web,checkout\n", "again.csv")
        same.check()
        with pytest.raises(CatalogueError, match=problem):
            (same + read_text(f"kind,name,owner\n,web,checkout\n{again}\n", "more.csv")).check()


@contextmanager
def backstage(answer: Any) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A service on loopback; `answer` makes (status, body) of the query. Yields its address and what was asked."""
    asked: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            asked.append(query | {"token": [self.headers.get("Authorization", "")]})
            status, body = answer(query)
            text = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pages(query: dict[str, list[str]]) -> tuple[int, Any]:
    """Three pages of two components; only the first may name the filter."""
    page = int(query.get("cursor", ["0"])[0])
    assert ("filter" in query) == (page == 0)
    items = [{"kind": "Component", "metadata": {"name": f"c{page}{one}"}, "spec": {"owner": "x"}} for one in "ab"]
    return 200, {"items": items, "pageInfo": {"nextCursor": str(page + 1)} if page < 2 else {}}


class TestService:
    def test_all_pages_with_the_token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CATALOGUE_TOKEN", "t0ken-canary")
        with backstage(pages) as (url, asked):
            found = fetch(url, Secret("env:CATALOGUE_TOKEN"))
        assert [entity.name for entity in found.entities] == ["c0a", "c0b", "c1a", "c1b", "c2a", "c2b"]
        assert {query["token"][0] for query in asked} == {"Bearer t0ken-canary"}

    @pytest.mark.parametrize(
        ("answer", "problem"),
        [
            ((401, {}), "refuses"),
            ((500, {}), "answers 500"),
            ((200, b"<html>Sign in</html>"), "no list of entities"),
            ((200, {"items": [], "pageInfo": {"nextCursor": "x"}}), "again and again"),
            ((302, {}), "answers 302"),
        ],
    )
    def test_what_goes_wrong_is_said_and_the_token_is_not(
        self, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, Any], problem: str
    ) -> None:
        monkeypatch.setenv("CATALOGUE_TOKEN", "t0ken-canary")
        with backstage(lambda _: answer) as (url, _), pytest.raises(CatalogueError, match=problem) as caught:
            fetch(url, Secret("env:CATALOGUE_TOKEN"))
        assert "t0ken-canary" not in str(caught.value) + caught.value.next_step

    def test_nobody_there(self) -> None:
        with backstage(pages) as (url, _):
            pass
        with pytest.raises(CatalogueError, match="no answer"):
            fetch(url)

    @pytest.mark.parametrize("scheme", ["https", "ftp"])
    def test_no_password_in_the_address(self, scheme: str) -> None:
        with pytest.raises(CatalogueError, match="a name or a password") as caught:
            fetch(f"{scheme}://reader:canary@catalogue.example.com")
        assert "canary" not in str(caught.value)

    def test_no_token_in_the_clear(self) -> None:
        with pytest.raises(CatalogueError, match="in the clear"):
            fetch("http://catalogue.example.com", Secret("env:CATALOGUE_TOKEN"))
