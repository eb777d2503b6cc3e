"""Each event planted in the demo is explained by its cause, with the amount that the bills were written with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pytest

from outlay import documents
from outlay.demo import aws, bills, gcp, guide
from outlay.demo.bills import SEED_DAY
from outlay.demo.estate import Events
from outlay.line_why import LineWhy
from outlay.ruling import RulesInForce
from tests.e2e.serving import NOW, load_demo
from warehouse.focus import add_months
from warehouse.metrics import Access, answer, lines, parse
from warehouse.metrics.compliance import compliance
from warehouse.metrics.explain import document, explain
from warehouse.store import Store

EVENTS = Events(SEED_DAY)
DAY = timedelta(days=1)
WIDE = Context(prec=60)
MONTHS = 5
"""One more than the oldest event, to compare it with."""
DIGIT = Fraction(1, 10**12)
"""Rounding of many cells together stays far below this."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("demo") / "data"
    load_demo(folder, months=MONTHS)
    opened = Store(folder, RulesInForce, now=NOW)
    yield opened
    opened.close()


def told(store: Store, text: str) -> dict[str, Any]:
    """The only currency of the demo, with the sums checked that every explanation must keep."""
    found = document(explain(parse(text), Access("tester"), store, NOW))
    (parts,) = found["currencies"]
    assert parts["residual"] == "0"
    assert added(item["amount"] for item in parts["causes"]) == Fraction(parts["change"])
    whole = answer(parse(text), Access("tester"), store, NOW).document()["totals"][0]
    assert Fraction(whole["effective_cost"]) == Fraction(parts["now"])
    assert Fraction(whole["previous_effective_cost"]) == Fraction(parts["before"])
    return parts


def added(amounts: Iterable[str]) -> Fraction:
    return sum(map(Fraction, amounts), Fraction(0))


def by_cause(parts: dict[str, Any]) -> dict[str, Fraction]:
    return {item["cause"]: Fraction(item["amount"]) for item in parts["causes"]}


def planted(key: str) -> Fraction:
    item = next(item for item in guide.items(SEED_DAY) if item.key == key)
    return Fraction(item.amounts["effective_cost"])


def span(first: date, last: date) -> str:
    return f"{first}..{last}"


def aws_charges(first: date, last: date) -> list[aws.Charge]:
    return guide._aws(EVENTS, first, last)


def total(amounts: Iterable[Decimal]) -> Fraction:
    return sum(map(Fraction, amounts), Fraction(0))


def test_the_traffic_spike_is_usage(store: Store) -> None:
    first, last = EVENTS.spike
    before = (first - timedelta(days=7), last - timedelta(days=7))
    parts = told(store, f"period={span(first, last)}&compare={span(*before)}&where=cost_driver:nat&where=team:checkout")
    assert set(by_cause(parts)) == {"usage"}
    assert Fraction(parts["now"]) == planted("spike")
    earlier = total(
        charge.cost
        for charge in aws_charges(*before)
        if (charge.resource.team or "").lower() == "checkout" and "gateway" in charge.resource.kind
    )
    assert by_cause(parts)["usage"] == planted("spike") - earlier


def test_the_price_change_is_price_at_the_new_usage(store: Store) -> None:
    month = EVENTS.price_change
    parts = told(store, f"period={month:%Y-%m}&compare=previous&where=service:BigQuery")
    old, new = map(Fraction, gcp.QUERY_PRICES)
    now, before = (
        total(c.quantity for c in gcp.charges(when, EVENTS) if c.resource.kind == "query")
        for when in (month, add_months(month, -1))
    )
    assert now * new == planted("price")
    assert abs(by_cause(parts)["rate"] - now * (new - old)) < DIGIT
    assert abs(by_cause(parts)["usage"] - (now - before) * old) < DIGIT
    assert set(by_cause(parts)) == {"rate", "usage"}


def test_machines_that_ended_have_ended_and_their_disks_cost_the_same(store: Store) -> None:
    day = EVENTS.machines_ended
    parts = told(store, f"period={span(day, SEED_DAY - DAY)}&compare={span(day - timedelta(days=34), day - DAY)}"
                        "&where=tag.project:search-reindex")  # fmt: skip
    machines = total(
        c.cost
        for c in aws_charges(day - timedelta(days=34), day - DAY)
        if c.resource.project == "search-reindex" and c.resource.kind == "machine"
    )
    assert by_cause(parts) == {"ended": -machines}
    assert Fraction(parts["now"]) == planted("disks")
    assert {mover["last_day"] for mover in parts["movers"]} == {str(day - DAY)}


def test_a_change_is_explained_by_what_decided(store: Store) -> None:
    """Filters on the layer or rule of an owner."""
    parts = told(store, "period=2026-10&compare=previous&where=layer:tag&where=rule.environment:environment-tag")
    assert parts["causes"]


def test_the_idle_lab_costs_the_same_every_day(store: Store) -> None:
    """It was forgotten long before the shortest demo begins; nothing about it changes."""
    parts = told(store, "period=last_30_days&compare=previous&where=tag.project:network-lab")
    assert Fraction(parts["now"]) == planted("idle")
    assert parts["change"] == "0"
    assert parts["quiet"]
    assert parts["text"].endswith("Nothing single is above the noise floor.")


def test_the_drifted_label_is_attribution(store: Store) -> None:
    first, last = EVENTS.drift, SEED_DAY - DAY
    before = (first - (last - first + DAY), first - DAY)
    parts = told(store, f"period={span(first, last)}&compare={span(*before)}&where=team:(none)"
                        "&where=provider:Google Cloud")  # fmt: skip
    assert by_cause(parts)["attribution"] == planted("drift")
    everyone = told(store, f"period={span(first, last)}&compare={span(*before)}&by=team&where=provider:Google Cloud")
    assert "attribution" not in by_cause(everyone)
    moved = {group["values"][0]: by_cause(group).get("attribution") for group in everyone["groups"]}
    assert moved[None] == -moved["mobile"] == planted("drift")
    assert "attribution" not in by_cause(told(store, f"period={span(first, last)}&compare={span(*before)}"))


def test_the_new_commitment_is_coverage(store: Store) -> None:
    """Covered machines cost the plan's rate from its first day on; what nobody uses of it is coverage too."""
    month = EVENTS.commitment
    parts = told(store, f"period={month:%Y-%m}&compare=previous&where=source:demo-aws")
    covered = total(
        charge.quantity * (aws.PLAN_RATE - aws.KINDS["machine"].rate)
        for charge in aws.charges(month, EVENTS)
        if charge.resource.id in aws.covered(EVENTS) and charge.resource.kind == "machine"
    )
    assert abs(by_cause(parts)["commitment"] - covered - planted("commitment")) < DIGIT
    idle = told(store, f"period={month:%Y-%m}&compare=previous&where=commitment:~demo&where=resource:(none)")
    assert by_cause(idle) == {"commitment": planted("commitment")}


def test_the_credit_is_a_credit(store: Store) -> None:
    parts = told(store, f"period={EVENTS.credit_month:%Y-%m}&compare=previous&where=provider:Google Cloud")
    assert by_cause(parts)["credit"] == planted("credit") == -1800
    assert parts["movers"][0]["cause"] == "credit"


def test_a_late_source_does_not_end(store: Store) -> None:
    found = document(explain(parse("period=month_to_date&compare=previous"), Access("tester"), store, NOW))
    after = EVENTS.late_to + DAY
    late = {item["source"]: (item["before"], item["now"]) for item in found["late"]}
    assert late["demo-azure"] == (str(add_months(after, -1).replace(day=after.day)), str(after))
    groups = told(store, "period=month_to_date&compare=previous&by=source")["groups"]
    causes = next(by_cause(group) for group in groups if group["values"] == ["demo-azure"])
    assert "ended" not in causes
    days = f"{late['demo-azure'][0]}..{add_months(SEED_DAY, -1).replace(day=SEED_DAY.day) - DAY}"
    missing = answer(parse(f"period={days}&where=source:demo-azure"), Access("tester"), store, NOW)
    assert causes["late"] == -Fraction(missing.document()["totals"][0]["effective_cost"])


def line_of(store: Store, text: str) -> Any:
    row = lines(parse(f"{text}&limit=1"), Access("tester"), store, NOW)["rows"][0]
    return documents.line(store, row["id"])


def test_a_line_says_why_it_is_whose_it_is(store: Store) -> None:
    found = line_of(store, "period=2026-10&where=team:checkout&where=service:AWS Lambda")
    team = next(why for why in found.why if why.dimension == "team")
    assert (team.value, team.rule, team.layer, team.condition) == (
        "checkout",
        "team-tag",
        "tag",
        "the value of tag.team",
    )
    assert team.line and bills.rules_text().splitlines()[team.line - 1].strip().startswith("- ")
    assert [step.stage for step in found.path] == ["tags", *("rules" for _ in found.why), "published"]
    assert found.path[0].text.startswith("Tags app=")
    assert found.path[-1].text == "Published with rules version 1."


def test_a_line_without_a_team_names_the_rule_that_nearly_answered(store: Store) -> None:
    found = line_of(store, "period=2026-11&where=tag.team:mobil")
    team = next(why for why in found.why if why.dimension == "team")
    assert (team.value, team.reason) == (None, "unknown_team:mobil")
    assert [(near.rule, near.failed, near.found) for near in team.near] == [("team-tag", "a known team", "mobil")]
    assert "No team: unknown team mobil." in [step.text for step in found.path]


def test_words_are_left_out_when_other_rules_are_in_force(store: Store) -> None:
    row = {"why": '{"team": {"rule": "gone", "layer": "rule"}}', "team": "checkout", "rules_version": 7,
           "valid_from": date(2026, 1, 1), "valid_to": date(9999, 12, 31)}  # fmt: skip
    why, path = LineWhy(row, {"env": "prod"}, SEED_DAY, RulesInForce(store.state.documents())).told()
    assert [(one.rule, one.condition, one.near) for one in why] == [("gone", None, [])]
    assert path[-1].text == "Published with rules version 7, from 2026-01-01."


def test_compliance_shows_the_tag_drift(store: Store) -> None:
    own: Any = store.own
    (item,) = [one for one in guide.items(SEED_DAY) if one.key == "drift"]
    days = f"period={EVENTS.drift}..{SEED_DAY - DAY}"
    found = compliance(parse(days), own.policies, Access("tester"), store, NOW).totals.filter(key="team")
    usage = answer(parse(f"{item.query}&where=charge_category:Usage"), Access("tester"), store, NOW)
    assert found["not_allowed"].item() == usage.totals["effective_cost"].item() > 0
    before = parse(f"period={EVENTS.drift - 30 * DAY}..{EVENTS.drift - DAY}")
    clean = compliance(before, own.policies, Access("tester"), store, NOW).totals.filter(key="team")
    assert clean["not_allowed"].item() == 0
    assert clean["missing"].item() > 0
