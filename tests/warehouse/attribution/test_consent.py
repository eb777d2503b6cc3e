"""Laws of consent: nobody's cost is taken without it, unless the platform decided; texts laid over each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.attribution import Rule, Team
from warehouse.attribution.change import Change
from warehouse.attribution.consent import (
    PLATFORM,
    Asked,
    Moved,
    Share,
    Side,
    Tree,
    Wanted,
    covers,
    may_answer,
    needed,
    state,
)
from warehouse.attribution.model import NOBODY
from warehouse.attribution.pools import Pool
from warehouse.attribution.rebase import merged

TEAMS = (
    Team("commerce", "Commerce"),
    Team("checkout", "Checkout", parent="commerce"),
    Team("search", "Search", valid_to=date(2026, 7, 1)),
    Team("search", "Search", parent="commerce", valid_from=date(2026, 7, 1)),
    Team("legacy", "Legacy", parent="commerce", valid_to=date(2026, 3, 1)),
    Team("data", "Data"),
)
KEYS = ("commerce", "checkout", "search", "legacy", "data")
TODAY, START = date(2026, 11, 20), datetime(2026, 11, 1, tzinfo=UTC)
NOTHING = Change((), (), everything=False)
MONTHS = [f"2026-{month:02}" for month in range(1, 12)]
OWNER = st.one_of(st.none(), st.sampled_from(KEYS))
MOVES = st.lists(st.builds(Moved, st.sampled_from(MONTHS), OWNER, OWNER, st.booleans()), max_size=6)
RULES = st.lists(st.builds(lambda value: ("team", Rule("r", value=value)), st.sampled_from(KEYS)), max_size=2)


def side(team: str) -> Side:
    return Side(team, Tree(TEAMS), TODAY, date(2026, 11, 30))


def plainly_below(key: str, top: str, month: str) -> bool:
    """The obvious way: every day of the month, one parent after the other."""
    first = date.fromisoformat(f"{month}-01")
    seen = []
    for day in (first + timedelta(days=number) for number in range(31)):
        chain, at = [], key
        while at and day.month == first.month:
            found = next((team for team in TEAMS if team.key == at and team.valid_from <= day < team.valid_to), None)
            chain += [found.key] if found else []
            at = found.parent if found else None
        seen += [top in chain] if chain else []
    return bool(seen) and all(seen)


@given(st.sampled_from(("commerce", "checkout", "search", "data")), MOVES, RULES)
def test_what_is_taken_from_or_given_to_others_is_asked_for(team: str, moves: list[Moved], rules: list[Any]) -> None:
    needs = needed(side(team), Wanted(Change((), tuple(rules), everything=False), moves))
    assert team not in needs, "nobody asks itself"
    foreign = [
        one
        for one in moves
        if (one.was is not None and not one.offered and not plainly_below(one.was, team, one.period))
        or one.becomes is None
        or not plainly_below(one.becomes, team, one.period)
    ]
    today = {key: "commerce" if key == "legacy" else key for key in KEYS}  # whoever answers for one that ended
    others = [rule for _, rule in rules if not plainly_below(today[rule.value], team, "2026-11")]
    assert bool(needs) == bool(foreign or others)
    for one in moves:
        if one.was == "data" != team and not one.offered:
            assert "takes" in needs["data"]


def test_who_is_asked_and_why() -> None:
    def ask(team: str, *moves: Moved) -> dict[str, set[str]]:
        return needed(side(team), Wanted(NOTHING, moves))

    assert ask("commerce", Moved("2026-10", "checkout", "search")) == {}, "both are below it"
    assert ask("checkout", Moved("2026-10", None, "checkout")) == {}, "what nobody owns may be claimed"
    assert ask("checkout", Moved("2026-10", "data", "checkout", offered=True)) == {}
    assert ask("checkout", Moved("2026-10", "data", "checkout")) == {"data": {"takes"}}
    assert ask("data", Moved("2026-10", "data", "search")) == {"search": {"gives"}}
    assert ask("data", Moved("2026-10", "data", None)) == {PLATFORM: {"unallocates"}}
    assert ask("commerce", Moved("2026-06", "search", "checkout")) == {PLATFORM: {"takes"}}, "it was not below it then"
    assert ask("data", Moved("2026-02", "legacy", "data")) == {"commerce": {"takes"}}, "of a team that ended: its heir"
    nobody = Rule("n", value=NOBODY, stops=True)
    left = Change((), (("team", nobody),), everything=False)
    passed = Moved("2026-10", "data", None, passed=True)
    passing = Wanted(left, [passed], passing=[nobody])
    assert needed(side("checkout"), passing) == {"data": {"takes"}}, "pools give it to teams at once"
    hidden = replace(nobody, id="h", valid_from=date(2027, 1, 1))
    more = Change((), (*left.come, ("team", hidden)), everything=False)
    assert needed(side("checkout"), replace(passing, change=more))[PLATFORM] == {"rule", "later"}, (
        "it moves nothing yet"
    )
    lost = needed(side("checkout"), replace(passing, moved=[passed, Moved("2026-09", "data", None)]))
    assert lost == {"data": {"takes"}, PLATFORM: {"unallocates", "rule"}}
    later = Rule("r", value="data", valid_from=date(2027, 1, 1))
    assert needed(side("data"), Wanted(Change((), (("team", later),), everything=False))) == {PLATFORM: {"later"}}
    assert needed(side("data"), Wanted(NOTHING, documents=["tags.yaml"])) == {PLATFORM: {"documents"}}


def test_shares_ask_those_whose_total_rises_and_other_pools_those_they_take_from() -> None:
    def ask(team: str, *shares: Share, pools: tuple[Pool, ...] = ()) -> dict[str, set[str]]:
        return needed(side(team), Wanted(NOTHING, shared=shares, pools=pools, repooled=bool(pools)))

    up, down = (Share("2026-10", "data", rises) for rises in (True, False))
    assert ask("commerce", up, Share("2026-10", "search", rises=True)) == {"data": {"gives"}}, "the other is below it"
    assert ask("commerce", down) == {}, "it is relieved by rules of others"
    mine, theirs = Pool("a", "even", teams=("commerce",), to=("checkout",)), Pool("b", "even", to=("data",))
    assert ask("commerce", down, pools=(mine,)) == {"data": {"takes"}}, "by pools it is taken from it"
    assert ask("commerce", pools=(mine,)) == {}
    assert ask("commerce", pools=(theirs,)) == {"data": {"pool"}}, "as a rule that names it"
    assert ask("commerce", pools=(replace(mine, valid_from=date(2027, 1, 1)),)) == {PLATFORM: {"later"}}
    everybody = Pool("c", "proportional")
    assert ask("commerce", pools=(everybody,)) == {PLATFORM: {"pool"}}, "it names nobody and moves nothing yet"
    assert ask("commerce", up, pools=(everybody,)) == {"data": {"gives"}}
    assert ask("commerce", Share("2026-10", None, rises=True)) == {PLATFORM: {"unallocates"}}
    assert ask("commerce", Share("2026-10", None, rises=False), pools=(mine,)) == {}, "nobody's may be claimed"


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from(("a", "b", "c", PLATFORM)), st.booleans()),
        st.tuples(st.just("wait"), st.integers(1, 10), st.none()),
        st.tuples(st.just("publish"), st.sets(st.sampled_from(("a", "b", "c", PLATFORM))), st.none()),
    ),
    max_size=12,
)


@given(st.sets(st.sampled_from(("a", "b", PLATFORM))), ACTS)
def test_nothing_is_taken_from_who_did_not_consent_unless_the_platform_decided(
    asked: set[str], acts: list[Any]
) -> None:
    """Whatever happens in whatever order; `publish` finds anew, each time, who has to consent by then."""
    now, answers, conflict, closed = START, {}, False, None
    for kind, what, accepted in acts:
        request = Asked(frozenset(asked), START + timedelta(days=14), answers, conflict, closed)
        if kind == "wait":
            now += timedelta(days=what)
        elif kind == "answer" and may_answer(request, what, now):
            assert what not in answers and closed is None
            assert what != PLATFORM or state(request, now) == "escalated", "asked only when it is its turn"
            answers = {**answers, what: accepted}
        elif kind == "publish" and covers(request, what, now):
            assert answers.get(PLATFORM) or (
                all(answers.get(one) is True for one in what | asked) and False not in answers.values()
            )
            closed = "published"
        elif kind == "publish" and closed is None and state(request, now) == "accepted":
            conflict = True
        after = Asked(frozenset(asked), START + timedelta(days=14), answers, conflict, closed)
        if closed or PLATFORM in answers:
            assert not any(may_answer(after, who, now) for who in ("a", "b", "c", PLATFORM)), "it is decided"


def test_time_alone_hands_it_to_the_platform() -> None:
    request = Asked(frozenset({"a"}), START + timedelta(days=14))
    assert state(request, START) == "open"
    assert state(request, START + timedelta(days=14)) == "escalated"
    late = Asked(frozenset({"a"}), START, {"a": True})
    assert state(late, START + timedelta(days=99)) == "accepted", "late is not never"


def test_changes_of_one_text_laid_over_each_other() -> None:
    base = "a\nb\nc\n"
    assert merged(base, "a\nb\nc\nmine\n", base) == "a\nb\nc\nmine\n"
    assert merged(base, "A\nb\nc\n", "a\nb\nC\n") == "A\nb\nC\n"
    assert merged(base, base + "mine\n", base + "theirs\n") == base + "theirs\nmine\n"
    assert merged(base, "x\nb\nc\n", "x\nb\nc\nd\n") == "x\nb\nc\nd\n"
    assert merged("a", "a\nmine", "a\ntheirs") == "a\ntheirs\nmine\n"
    odd = 'a: "\u2028\x85"\r\nb\r\n'
    assert merged(odd, f"{odd}mine\r\n", f"{odd}theirs\r\n") == f"{odd}theirs\r\nmine\r\n"
    for ours, theirs in (("A\nb\nc\n", "x\nb\nc\n"), (None, "a\n"), ("a\nc\n", "a\nB\nc\n")):
        with pytest.raises(ValueError, match=r"change|gone"):
            merged(base, ours, theirs)


@given(*(st.lists(st.sampled_from("abc"), max_size=6).map(lambda lines: "".join(f"{one}\n" for one in lines)),) * 2)
def test_one_change_alone_is_kept_as_it_is(base: str, ours: str) -> None:
    assert merged(base, ours, base) == merged(base, base, ours) == merged(base, ours, ours) == ours
