"""Campaigns over real bills: who has what to fix, which value is suggested, and what later bills say of it."""

from __future__ import annotations

import csv
import io
import json
import shlex
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from api.documents.campaigns import CampaignOrder
from api.protocols import ProblemError
from outlay.campaigns import Campaigning
from outlay.rule_files import TAGS
from tests.outlay.test_pools_api import Server
from tests.warehouse.store.made import prepared
from warehouse.focus import COST_COLUMNS, SCHEMA, add_months, total
from warehouse.metrics import Access
from warehouse.metrics.tag_states import tag_states_on
from warehouse.store import Source, state
from warehouse.store import campaigns as tables
from warehouse.store.campaigns import Campaigns
from warehouse.store.state import State

ME = Access("ann")
ORG = "teams: [{key: core}, {key: shop}]\n"
RULES = """
tag_keys: {team: {}, env: {}}
dimensions:
  team:
    rules:
      - {id: core, when: {column: sub_account, equals: core-1}, value: core}
      - {id: shop, when: {column: sub_account, equals: shop-1}, value: shop}
"""
POLICY = "policies: [{id: p, keys: {env: {values: [prod, dev]}, team: {values: [core, shop]}}}]"
HOSTILE = "arn:aws:sqs:eu-west-1:1:q'; rm -rf / #$(x)`y`"
DAYS = timedelta(days=1)
MIGRATIONS = Path(state.__file__).parent / "migrations"


class Bills:
    """Two accounts; each resource costs 1.5 a day, and has the tags it is given from a day on."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def load(self, month: date, days: int, tags: Mapping[str, Mapping[str, str] | None], code: str = "EUR") -> None:
        rows = [
            self._row(month, day, resource, found, code)
            for day in range(days)
            for resource, found in tags.items()
            if found is not None
        ]
        frame = pl.DataFrame(rows, schema=pl.Schema(SCHEMA), orient="row")
        start = datetime(month.year, month.month, 1, tzinfo=UTC)
        self.server.store.put_source(Source("north", "north", "focus", "import", normal_lag_hours=36))
        done = self.server.store.load(
            [prepared(self.server.store, frame, month=start)], actor="test", now=start + days * DAYS
        )
        assert [load.state for load in done] == ["live"]

    def _row(self, month: date, day: int, resource: str, tags: Mapping[str, str], code: str) -> dict[str, Any]:
        start = datetime(month.year, month.month, 1, tzinfo=UTC) + day * DAYS
        begin = datetime(month.year, month.month, 1, tzinfo=UTC)
        return {
            **dict.fromkeys(SCHEMA),
            **dict.fromkeys(COST_COLUMNS, Decimal("1.5") if resource != "credited" else Decimal("-0.25")),
            "BillingAccountId": "1",
            "BillingCurrency": code,
            "BillingPeriodStart": begin,
            "BillingPeriodEnd": datetime.combine(add_months(month, 1), datetime.min.time(), UTC),
            "ChargePeriodStart": start,
            "ChargePeriodEnd": start + DAYS,
            "ChargeCategory": "Usage",
            **dict.fromkeys(("InvoiceIssuerName", "ProviderName", "ServiceProviderName", "PublisherName"), "AWS"),
            "ServiceName": "Queue",
            "ServiceCategory": "Compute",
            "SubAccountId": "shop-1" if resource.startswith("shop") else "core-1",
            "ResourceId": resource,
            "RegionId": "eu-west-1",
            "Tags": json.dumps(tags),
        }


SEPTEMBER: Mapping[str, Mapping[str, str] | None] = {
    "i-00000001": {"env": "prod"},
    "i-00000002": {"env": "prod"},
    "i-00000003": {"team": "core"},
    HOSTILE: {"env": "prodd"},
    "credited": {},
    "shop-a": {},
    "shop-b": {},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("data"))
    found.store.publish(ORG, RULES, author="test", now=datetime(2026, 9, 1, tzinfo=UTC), files={TAGS: POLICY})
    Bills(found).load(date(2026, 9, 1), 30, SEPTEMBER)
    yield found
    found.close()


def at(server: Server, now: datetime) -> Campaigning:
    from outlay.actions import Actions

    return Actions(server.store, lambda: now).campaigns


def test_a_campaign_from_its_beginning_to_its_end(server: Server) -> None:
    campaigns = at(server, datetime(2026, 10, 1, 8, tzinfo=UTC))
    order = CampaignOrder(key="env", teams=["core", "shop"], due=date(2026, 10, 31), policy="p")
    made = campaigns.begin(order, "ann")
    assert (made.start, made.end, made.resources, made.state) == (date(2026, 9, 1), date(2026, 10, 1), 5, "open")
    assert made.cost == {"EUR": "172.5"}  # four at 1.5 a day, less 0.25, for thirty days
    found = {one.resource: one for one in campaigns.listed(made.id, None, ME).resources}
    assert {name: (one.team, one.fault, one.suggested) for name, one in found.items()} == {
        "i-00000003": ("core", "missing", "prod"),
        HOSTILE: ("core", "not_allowed", "prod"),
        "credited": ("core", "missing", "prod"),
        "shop-a": ("shop", "missing", None),
        "shop-b": ("shop", "missing", None),
    }
    assert found["i-00000003"].evidence == "2 of 2 tagged resources of the team in its account say so."
    words = shlex.split(found[HOSTILE].command or "")
    assert words[-2:] == [f"--resource-arn-list={HOSTILE}", '--tags={"env": "prod"}'] and len(words) == 6
    assert found["shop-a"].command is None and found["shop-a"].why_not == "No value is suggested."
    assert found["credited"].why_not and "ARN" in found["credited"].why_not
    assert [one.money[0].percent for one in campaigns.progress(made.id, ME).months] == ["0"]

    october = {**SEPTEMBER, "i-00000003": {"env": "dev"}, HOSTILE: None, "shop-a": {"env": "x"}}
    Bills(server).load(date(2026, 10, 1), 31, october)
    campaigns = at(server, datetime(2026, 11, 5, tzinfo=UTC))
    months = campaigns.progress(made.id, ME).months
    assert [one.month for one in months] == ["2026-09", "2026-10"]
    with patch("outlay.campaign_progress.tag_states_on", side_effect=tag_states_on) as question:
        assert at(server, datetime(2026, 11, 5, tzinfo=UTC)).progress(made.id, ME).months == months
        assert question.call_count == 1, "of all months together"
    with patch("outlay.campaign_progress.ROWS_MAX", 1):
        assert at(server, datetime(2026, 11, 5, tzinfo=UTC)).progress(made.id, ME).months == months
    last = months[-1]
    (money,) = last.money
    assert (money.fixed, money.gone, money.open, money.cost) == ("45", "45", "82.5", "172.5")
    assert money.percent == "52.2"
    assert [(one.team, one.fixed, one.gone, one.open) for one in last.owners] == [("core", 1, 1, 1), ("shop", 0, 0, 2)]
    for month in months:
        for part in [*month.money, *(money for owner in month.owners for money in owner.money)]:
            assert total(map(Decimal, (part.fixed, part.gone, part.open))) == Decimal(part.cost)
    with patch.object(campaigns, "_policy", side_effect=AssertionError("asked again")):
        assert campaigns.progress(made.id, ME).months == months
    states = {one.resource: one.now for one in campaigns.listed(made.id, "core", ME).resources}
    assert states == {"i-00000003": "fixed", HOSTILE: "gone", "credited": "open"}
    assert campaigns.all().campaigns[0].state == "overdue"

    closed = campaigns.close(made.id, "bob")
    assert (closed.state, closed.closed_by, closed.created_by) == ("closed", "bob", "ann")
    with pytest.raises(ProblemError, match="closed already"):
        campaigns.close(made.id, "bob")
    assert campaigns.progress(made.id, ME).months == months

    # A version that did not keep how it stood: it is kept when it is read.
    with server.store.state.engine.begin() as connection:
        connection.execute(sa.update(tables.campaigns).values(progress=sa.null()))
        connection.execute(sa.update(tables.resources).values(closed_as=None))
    assert {one.resource: one.now for one in campaigns.listed(made.id, "core", ME).resources} == states
    # Bills and policies that come later do not change it, nor does another process.
    Bills(server).load(date(2026, 11, 1), 30, {**october, "shop-a": {"env": "prod"}, "credited": None})
    Bills(server).load(date(2026, 10, 1), 31, {**october, "shop-b": {"env": "prod"}})
    server.store.publish(ORG, RULES, author="test", now=datetime(2026, 12, 1, tzinfo=UTC), files={})
    campaigns = at(server, datetime(2026, 12, 5, tzinfo=UTC))
    assert campaigns.progress(made.id, ME).months == months
    assert {one.resource: one.now for one in campaigns.listed(made.id, "core", ME).resources} == states
    server.store.publish(ORG, RULES, author="test", now=datetime(2026, 12, 2, tzinfo=UTC), files={TAGS: POLICY})


def test_the_list_reads_no_resources(server: Server) -> None:
    campaigns = at(server, datetime(2026, 12, 5, tzinfo=UTC))
    with patch.object(Campaigns, "resources", side_effect=AssertionError("read")):
        assert {one.resources: one.cost for one in campaigns.all().campaigns} == {5: {"EUR": "172.5"}}


def test_campaigns_of_an_older_version_are_added_up(tmp_path: Path) -> None:
    """As the migration finds them: without their sums."""
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'state.sqlite'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0010")
    with sqlite3.connect(tmp_path / "state.sqlite") as old:
        kept = "'a', '', 'env', '[]', null, '2026-10-01', '', '2026-09-01', '2026-10-01', 0, '', '2026-10', null, null"
        old.execute(f"insert into campaigns values ({kept})")
        for place, cost in enumerate(("0.000000000000000001", "12345678901234567890.1")):
            row = f"'a', {place}, null, null, null, null, null, 'r{place}', 'missing', null, null, ''"
            old.execute(f"""insert into campaign_resources values ({row}, '{{"EUR": "{cost}"}}')""")
    (found,) = Campaigns(State(tmp_path / "state.sqlite")).all()
    assert (found.resources, found.cost) == (2, {"EUR": "12345678901234567890.100000000000000001"})


def test_over_http_and_as_a_file(server: Server) -> None:
    order = {"key": "team", "teams": ["core"], "due": "2026-12-01", "policy": "p", "name": "Owners"}
    made = server.ask("POST", "/tags/campaigns", order)
    assert made.status_code == 201, made.text
    path = f"/tags/campaigns/{made.json()['id']}"
    listed = server.ask("GET", f"{path}/resources?team=core").json()["resources"]
    assert {one["suggested"] for one in listed} == {"core"}
    assert {one["evidence"] for one in listed} == {"The team that owns its cost."}
    rows = list(csv.DictReader(io.StringIO(server.ask("GET", f"{path}/resources.csv?team=core").text)))
    assert [row["resource"] for row in rows] == [one["resource"] for one in listed]
    assert [row["command"] for row in rows] == [one["command"] or "" for one in listed]
    for form in ("xlsx", "parquet"):
        assert server.ask("GET", f"{path}/resources.{form}").status_code == 200
    assert server.ask("GET", path).json()["months"][-1]["money"][0]["percent"] == "0"
    assert server.ask("POST", f"{path}/close").json()["state"] == "closed"
    assert server.ask("GET", "/tags/campaigns/nothing").status_code == 404
    for wrong, status in (
        ({**order, "teams": ["nobody"]}, 400),
        ({**order, "policy": "q"}, 400),
        ({**order, "key": "cost"}, 400),
        ({**order, "teams": ["(none)"]}, 409),
        ({**order, "name": "red\x1b[31m"}, 422),
        ({**order, "note": "a\nb"}, 422),
    ):
        assert server.ask("POST", "/tags/campaigns", wrong).status_code == status, wrong
