"""Documents of pools that are refused, with the place and the reason; and the order of those that are not."""

from __future__ import annotations

from decimal import Decimal

import jsonschema
import pytest
import yaml

from tests.warehouse.attribution.pools.made_pools import TEAMS, document
from warehouse.attribution import RulesError
from warehouse.attribution.pools import load_pools
from warehouse.attribution.pools.model import Limits
from warehouse.attribution.pools.schema import FILE, schema
from warehouse.attribution.pools.schema import text as schema_text
from warehouse.attribution.pools.weights import within

EVEN = "pools:\n  - {id: x, split: even, to: [a], "


def faults(text: str, **more: object) -> list[str]:
    with pytest.raises(RulesError) as found:
        load_pools(text, TEAMS, **more)  # type: ignore[arg-type]
    return [str(fault) for fault in found.value.faults]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("pools:\n  - {id: x, split: even, to: [a]}\n", "pools.yaml:2:5: a pool that would take everything"),
        (EVEN + "teams: [nobody]}\n", 'pools.yaml:2:43: unknown team "nobody"; expected a, b, c, d, data, platform'),
        (EVEN + "teams: [platfrom]}\n", "nearest known: platform"),
        (EVEN + "unallocated: true, when: {column: servce, equals: x}}\n", 'unknown column "servce"'),
        (EVEN + "teams: [a]}\n", "a pool that gives to its own teams only"),
        (EVEN + "teams: [b], cap: 10}\n", '"cap" with split: even; expected it with split: proportional or'),
        ("pools:\n  - {id: x, split: even, teams: [b]}\n", '"to" is missing'),
        ("pools:\n  - {id: x, split: series, teams: [b]}\n", '"series" is missing'),
        ("pools:\n  - {id: x, split: fixed, teams: [b]}\n", '"percent" is missing'),
        (
            "pools:\n  - id: x\n    split: fixed\n    teams: [b]\n    percent: {a: 33.3, c: 33.3, d: 33.3}\n",
            "pools.yaml:5:14: percentages that make 99.9; expected 100 in all, or a remainder",
        ),
        (
            "pools:\n  - id: x\n    split: fixed\n    teams: [b]\n    percent: {a: 60, c: 40.000000001}\n",
            "percentages that make 100.000000001; expected 100 in all",
        ),
        (
            "pools:\n  - {id: x, split: fixed, teams: [b], percent: {a: 100}, remainder: c}\n",
            "a remainder of nothing",
        ),
        ("pools:\n  - {id: x, split: fixed, teams: [b], percent: {a: 1e2}}\n", "a percentage from 0 to 100"),
        (
            "pools:\n  - {id: x, split: fixed, teams: [b], percent: {a: -1}, remainder: c}\n",
            "a percentage from 0 to 100",
        ),
        (
            "pools:\n  - {id: x, split: proportional, teams: [b], to: [a], include: [c]}\n",
            "to beside include or without",
        ),
        (
            "pools:\n  - {id: x, split: proportional, teams: [b], cap: 5, minimum: 10}\n",
            "a cap of 5 below a minimum of 10",
        ),
        (
            "pools:\n  - {id: x, split: proportional, teams: [b], limits: {a: {minimum: 60}, c: {minimum: 50}}}\n",
            "minimums that make 110; expected at most 100 in all",
        ),
        (
            "pools:\n  - {id: x, split: series, teams: [b], series: s, idle: {policy: team}}\n",
            "policy: team without a team",
        ),
        (EVEN + "teams: [b], valid_from: 2026-03-01, valid_to: 2026-03-01}\n", "a window from 2026-03-01"),
        (EVEN + "teams: [b]}\n  - {id: x, split: even, to: [a], teams: [c]}\n", 'the id "x" a second time'),
        ("pools:\n  - {id: x, split: half, teams: [b]}\n", 'unknown word "half"'),
        ("specials: {commitments: {unused: nobody}}\n", 'unknown team "nobody"'),
        ("specials: {support: {}}\n", '"when" is missing'),
        ("adjustments:\n  - {id: m, percent: 5, against: a, measures: [billed_cost]}\n", 'unknown word "billed_cost"'),
        ("adjustments:\n  - {id: m, percent: 1001, against: a}\n", "a percentage from -1000 to 1000"),
        ("adjustments:\n  - {id: m, against: a}\n", "exactly one of percent, percents, rates"),
        ("adjustments:\n  - {id: m, against: a, rates: {x: 1e3}}\n", "a price below 1000000"),
        ("pools: &x []\n", "the anchor"),
    ],
)  # fmt: skip
def test_a_wrong_document_is_refused_with_its_place(text: str, wanted: str) -> None:
    found = faults(text)
    assert any(wanted in fault for fault in found), found


def test_a_cycle_is_refused_with_its_path() -> None:
    text = (
        "pools:\n"
        "  - {id: apart, split: even, to: [a], teams: [d]}\n"
        "  - {id: clusters, split: even, to: [data, b], teams: [platform]}\n"
        "  - {id: lake, split: fixed, percent: {c: 50}, remainder: a, teams: [data]}\n"
        "  - {id: back, split: proportional, include: [platform], teams: [c]}\n"
    )
    assert faults(text) == [
        "pools.yaml:3:10: pools that feed each other: back → clusters → lake → back; expected pools whose cost never "
        "comes back; take a team out of to, include, percent or teams"
    ]


def test_an_open_pool_gives_nothing_to_teams_that_other_pools_take_from() -> None:
    text = (
        "pools:\n  - {id: x, split: proportional, teams: [platform]}\n  - {id: y, split: proportional, teams: [data]}\n"
    )
    assert [pool.id for pool in load_pools(text, TEAMS).ordered] == ["x", "y"]


def test_pools_are_in_the_order_of_their_flow_whatever_the_text_says() -> None:
    pools = [
        "  - {id: a-last, split: even, to: [a], teams: [data]}",
        "  - {id: z-first, split: even, to: [data], teams: [platform]}",
    ]
    for text in (pools, pools[::-1]):
        found = load_pools("\n".join(["specials: {tax: {}}", "pools:", *text]), TEAMS)
        assert [pool.id for pool in found.ordered] == ["special.tax", "z-first", "a-last"]


def test_a_series_without_values_needs_a_fallback() -> None:
    text = "pools:\n  - id: x\n    split: series\n    series: request\n    teams: [b]\n"
    assert faults(text, series=["requests"]) == [
        'pools.yaml:4:13: the series "request" has no values; expected a series that was uploaded, or a fallback for '
        "this pool; nearest known: requests"
    ]
    assert load_pools(text + "    fallback: even\n", TEAMS, series=["requests"]).series == ("request",)
    assert load_pools(text, TEAMS).series == ("request",)


def test_teams_that_cannot_be_read_are_not_called_unknown() -> None:
    assert load_pools(EVEN + "teams: [nobody]}\n", None).ordered[0].teams == ("nobody",)


@pytest.mark.parametrize(
    ("weights", "kept", "usual", "own", "wanted"),
    [
        ({"a": 1, "b": 1}, 0, Limits(), {"a": Limits(cap=Decimal(20))}, {"a": 20, "b": 80}),
        ({"a": 9, "b": 1}, 0, Limits(minimum=Decimal(25)), {}, {"a": 75, "b": 25}),
        ({"a": 9, "b": 1}, 0, Limits(cap=Decimal(30)), {}, {"a": 30, "b": 30, None: 40}),
        ({"a": 6, "b": 3, "c": 1}, 0, Limits(cap=Decimal(50)), {}, {"a": 50, "b": "37.5", "c": "12.5"}),
        ({"a": 8, "b": 1, "c": 1}, 0, Limits(minimum=Decimal(15)), {}, {"a": 70, "b": 15, "c": 15}),
        ({"a": 5, "b": 0}, 0, Limits(), {"b": Limits(minimum=Decimal(10))}, {"a": 90, "b": 10}),
        ({"a": 60, "b": 40}, 100, Limits(cap=Decimal(20)), {}, {"a": 20, "b": 20, None: 60}),
    ],
)
def test_shares_keep_to_their_limits(
    weights: dict[str, int], kept: int, usual: Limits, own: dict[str, Limits], wanted: dict[str | None, object]
) -> None:
    found = {team: share for team, share in within(weights, kept, usual, own) if share}
    assert found == {team: int(Decimal(str(share)) * 10**9) for team, share in wanted.items()}


def test_the_published_schema_is_that_of_the_loader() -> None:
    assert FILE.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("seed", range(20))
def test_what_the_loader_reads_the_schema_allows(seed: int) -> None:
    validator = jsonschema.Draft202012Validator(schema())
    found = document(seed)
    assert load_pools(found, TEAMS)
    assert list(validator.iter_errors(yaml.safe_load(found))) == []
    wrong = found.replace("split:", "splitt:")
    assert list(validator.iter_errors(yaml.safe_load(wrong)))
