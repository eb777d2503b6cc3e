"""Starter rules from the data alone: what they are, what they reach, and that nothing in a tag can break them."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse.attribution import READABLE, attribute, load_rules, propose

MONEY = pl.Decimal(38, 18)


def estate(rows):
    """dims, tag sets and costs from (facts, tags, currency, amount)."""
    dims, tags, costs = [], [], []
    for number, (facts, pairs, currency, amount) in enumerate(rows):
        dims.append(dict.fromkeys(READABLE) | facts | {"dim": number, "tag_set": number})
        tags += [(number, key, value) for key, value in pairs.items()]
        costs.append((number, currency, Decimal(amount)))
    schema = {"dim": pl.Int32, **dict.fromkeys(READABLE, pl.String), "tag_set": pl.Int32}
    return (
        pl.DataFrame(dims, schema=schema),
        pl.DataFrame(tags, schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String}, orient="row"),
        pl.DataFrame(costs, schema={"dim": pl.Int32, "currency": pl.String, "effective_cost": MONEY}, orient="row"),
    )


def account(name):
    return {"sub_account": f"id of {name}", "sub_account_name": name}


PLAIN = [
    (account("shop-prod"), {"user:Team": "Check Out", "Env": "prod", "ver": "1"}, "EUR", "40.000000000000000001"),
    (account("shop-prod"), {"team": "search", "env": "PRD", "ver": "2"}, "EUR", "31"),
    (account("shop-prod"), {"env": "dev", "app": "web", "ver": "1"}, "EUR", "20"),
    (account("sandbox"), {"app": "batch", "ver": "2"}, "EUR", "10.999999999999999999"),
    (account("sandbox"), {"team": "search"}, "EUR", "-2"),
]


def test_the_best_tag_and_account_names_for_the_rest():
    proposal = propose(*estate(PLAIN))
    assert proposal.sentence == "tag `team` covers 70.2 %, account names the rest"
    assert proposal.ranking[0].key == "team"
    assert proposal.ranking[0].raw == ("team", "user:Team")
    assert (proposal.teams_before, proposal.teams_after) == (0, 4)
    (effect,) = proposal.effects
    assert effect.total == effect.unallocated_before == Decimal("100")
    assert effect.unallocated_after == 0


def test_the_draft_does_what_the_proposal_says():
    dims, tags, costs = estate(PLAIN)
    proposal = propose(dims, tags, costs)
    owners = attribute(dims, tags, load_rules(proposal.org_text, proposal.rules_text))
    assert owners["team"].to_list() == ["check-out", "search", "shop-prod", "sandbox", "search"]
    assert owners["application"].to_list() == [None, None, "web", "batch", None]
    assert owners["environment"].to_list() == ["prod", "prod", "dev", None, None]


def test_currencies_are_told_apart():
    rows = [*PLAIN, (account("a"), {}, "USD", "0.75"), (account("b"), {"team": "search"}, "USD", "0.25")]
    proposal = propose(*estate(rows))
    assert proposal.sentence == ("tag `team` covers 70.2 % of EUR and 25.0 % of USD; account names the rest")
    assert [(effect.currency, effect.total) for effect in proposal.effects] == [("EUR", 100), ("USD", 1)]


def test_the_rest_may_stay_unallocated():
    proposal = propose(*estate([*PLAIN, ({}, {}, "EUR", "100"), ({}, {}, "EUR", "-1")]))
    assert proposal.sentence == "tag `team` covers 35.6 %, account names 15.1 %, 49.3 % stays unallocated"
    assert proposal.effects[0].unallocated_after == 99


def test_resource_groups_serve_where_accounts_have_no_names():
    rows = [({"sub_account": "1", "resource_group": f"rg-{place % 3}"}, {}, "EUR", "1") for place in range(6)]
    proposal = propose(*estate(rows))
    assert proposal.sentence == "resource groups cover 100.0 %"
    assert proposal.teams_after == 3


def test_technical_keys_lose_against_names_of_owners():
    def tags(place):
        return {"owner": f"o{place % 4}", "stack-id": f"s{place % 3}", "uid": f"{place:032x}"}

    rows = [(account(f"a{place % 3}"), tags(place), "EUR", "1") for place in range(60)]
    rows += [(account("a"), {"stack-id": "s1"}, "EUR", "1") for _ in range(40)]
    proposal = propose(*estate(rows))
    assert proposal.sentence.startswith("tag `owner` covers 60.0 %")
    assert {rank.key: rank.score > 0 for rank in proposal.ranking} == {"owner": True, "stack-id": True, "uid": True}


def test_the_rules_in_force_are_the_before():
    dims, tags, costs = estate(PLAIN)
    current = load_rules("teams: [{key: search}]", "dimensions: {team: {rules: [{id: a, from: tag.team}]}}")
    proposal = propose(dims, tags, costs, current=current)
    assert proposal.teams_before == 1
    assert proposal.effects[0].unallocated_before == Decimal("71")


def test_no_data_makes_an_empty_draft():
    for rows in ([], [({}, {}, "EUR", "0")], [({}, {}, "EUR", "1")]):
        proposal = propose(*estate(rows))
        assert load_rules(proposal.org_text, proposal.rules_text).teams == ()
        assert "nothing in the data" in proposal.sentence or "no cost" in proposal.sentence


HOSTILE = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["a: b", "- x", "'", '"', "#", "x\n---\ny", "&a", "*a", "!!x", "\u2028", "\x85", "\ufeff", "😀"]),
    st.sampled_from(["null", "true", "0047", "~", "=", "<<", "{", "\x00\x07", "é" * 65_536]),
    st.sampled_from(["team", "TEAM", "user:team", "u_ser:team", "tags.user:Team"]),
)
KEYS = st.sampled_from(["team", "user:Team", "env", "app", "owner"])


@given(
    st.lists(
        st.tuples(
            st.fixed_dictionaries({}, optional={"sub_account_name": HOSTILE, "resource_group": HOSTILE}),
            st.dictionaries(HOSTILE | KEYS, HOSTILE, max_size=4),
            st.sampled_from(["EUR", "JPY"]),
            st.decimals(-1000, 1000, places=18),
        ),
        max_size=8,
    )
)
@example([({}, {"team": "a,b"}, "EUR", 1), ({}, {"team": "a:b"}, "EUR", 1), ({}, {"team": "a-b"}, "EUR", 1)])
def test_nothing_in_a_tag_or_a_name_breaks_the_draft(rows):
    dims, tags, costs = estate(rows)
    proposal = propose(dims, tags, costs)
    rules = load_rules(proposal.org_text, proposal.rules_text)
    owners = attribute(dims, tags, rules).join(costs, on="dim")
    for effect in proposal.effects:
        mine = owners.filter(pl.col("currency") == effect.currency)
        assert mine["effective_cost"].sum() == effect.total == effect.unallocated_before
        bare = mine.filter(pl.col("team").is_null())["effective_cost"].sum()
        assert bare == effect.unallocated_after
    assert {team.key for team in rules.teams} >= set(owners["team"].drop_nulls())


def test_the_same_data_makes_the_same_draft_in_any_order():
    dims, tags, costs = estate(PLAIN)
    assert propose(dims.reverse(), tags.reverse(), costs.reverse()) == propose(dims, tags, costs)
