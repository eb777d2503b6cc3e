"""What has no owner: every dim in one group, and suggestions that say why."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from warehouse.attribution.inbox import Group, inbox
from warehouse.attribution.model import READABLE, Team

TEAMS = (Team("checkout", "Checkout", aliases=("chk",)), Team("search", "Search"))
Charge = dict[str, Any]


def grouped(*charges: Charge) -> list[Group]:
    """`team` is the owner, `unknown` the value that is no team; names with _ in front are tags."""
    dims = pl.DataFrame(
        [[place, place, *(charge.get(name) for name in READABLE)] for place, charge in enumerate(charges)],
        schema={"dim": pl.Int64, "tag_set": pl.Int64, **dict.fromkeys(READABLE, pl.String)},
        orient="row",
    )
    owners = pl.DataFrame(
        [(place, charge.get("team"), charge.get("unknown")) for place, charge in enumerate(charges)],
        schema={"dim": pl.Int64, "team": pl.String, "unknown": pl.List(pl.String)},
        orient="row",
    )
    tags = [(place, name[1:], value) for place, charge in enumerate(charges)
            for name, value in charge.items() if name.startswith("_")]  # fmt: skip
    tag_sets = pl.DataFrame(tags, schema={"tag_set": pl.Int64, "key": pl.String, "value": pl.String}, orient="row")
    return inbox(dims, owners, tag_sets, TEAMS)


def owned(team: str, count: int, **charge: Any) -> list[Charge]:
    return [{"team": team, "sub_account": "x", "service": "Other", **charge} for _ in range(count)]


def best(group: Group) -> tuple[str, str] | None:
    if not group.suggestions:
        return None
    first = group.suggestions[0]
    return first.team, first.evidence[0].kind


class TestSuggestions:
    def test_siblings_with_the_same_tag(self) -> None:
        everything = [*owned("search", 5, _job="index"), *owned("checkout", 5, _job="pay")]
        (group,) = grouped(*everything, {"service": "Queue", "_job": "index"})
        assert best(group) == ("search", "tag")
        assert group.suggestions[0].evidence[0].text == "job=index"

    def test_who_made_it_and_its_network_whatever_exports_put_before_the_key(self) -> None:
        everything = [
            *owned("search", 6, **{"_x:createdBy": "ann", "_vpc-id": "net-1"}),
            *owned("checkout", 6, **{"_x:createdBy": "bob", "_vpc-id": "net-2"}),
        ]
        made, connected = grouped(*everything, {"_x:createdBy": "ann"}, {"_vpc-id": "net-2"})
        by_first = {group.signature.columns[0][0]: best(group) for group in (made, connected)}
        assert by_first == {"tag.x:createdBy": ("search", "creator"), "tag.vpc-id": ("checkout", "network")}

    def test_the_resource_group_and_the_account(self) -> None:
        everything = [
            *owned("search", 4, sub_account="a", resource_group="core"),
            *owned("checkout", 9, sub_account="a", resource_group="web"),
        ]
        (group,) = grouped(*everything, {"sub_account": "a", "resource_group": "core"})
        assert best(group) == ("search", "resource_group")

    def test_a_name_that_begins_alike(self) -> None:
        everything = [*owned("search", 4, resource_name="idx-worker-7"), *owned("checkout", 4, resource_name="pay-1")]
        (group,) = grouped(*everything, {"service": "VM", "resource_name": "idx-worker-12"})
        assert best(group) == ("search", "name")
        assert group.signature.columns == (("service", "VM"), ("resource_name", "idx-worker"))

    def test_a_team_misspelt(self) -> None:
        (group,) = grouped({"unknown": ["tag.team", "Chekcout"]})
        assert best(group) == ("checkout", "spelling")
        assert group.signature.columns == (("tag.team", "Chekcout"),)

    def test_what_everybody_has_speaks_for_nobody(self) -> None:
        everything = [*owned("search", 5, _env="prod"), *owned("checkout", 5, _env="prod")]
        (group,) = grouped(*everything, {"service": "Queue", "_env": "prod"})
        assert group.suggestions == ()

    def test_one_witness_is_believed_less_than_ten(self) -> None:
        rest = owned("checkout", 20)
        (few,) = grouped(*rest, *owned("search", 1, _job="x"), {"service": "Q", "_job": "x"})
        (many,) = grouped(*rest, *owned("search", 10, _job="x"), {"service": "Q", "_job": "x"})
        assert few.suggestions[0].certainty < many.suggestions[0].certainty < 1

    def test_nobody_owns_anything_yet(self) -> None:
        (group,) = grouped({"sub_account": "a", "service": "Queue"})
        assert group.suggestions == ()
        assert grouped() == []


charges = st.lists(
    st.fixed_dictionaries(
        {
            "team": st.sampled_from((None, None, "search", "checkout")),
            "sub_account": st.sampled_from((None, "a", "b")),
            "service": st.sampled_from((None, "Queue", "VM")),
            "resource_group": st.sampled_from((None, "core")),
            "resource_name": st.sampled_from((None, "idx-1", "idx-2", "42")),
            "_job": st.sampled_from(("x", "y", "")),
        }
    ),
    max_size=12,
)


@given(charges, st.randoms(use_true_random=False))
def test_everything_without_an_owner_is_in_one_group_whatever_the_order(found: list[Charge], chance: Any) -> None:
    groups = grouped(*found)
    members = sorted(dim for group in groups for dim in group.dims)
    assert members == [place for place, charge in enumerate(found) if charge["team"] is None]
    assert all(0 < one.certainty <= 0.99 for group in groups for one in group.suggestions)
    mixed = chance.sample(found, len(found))
    again = grouped(*mixed)
    assert [(group.signature, len(group.dims)) for group in again] == [(g.signature, len(g.dims)) for g in groups]
    teams = [[(one.team, round(one.certainty, 9)) for one in group.suggestions] for group in again]
    assert teams == [[(one.team, round(one.certainty, 9)) for one in group.suggestions] for group in groups]
