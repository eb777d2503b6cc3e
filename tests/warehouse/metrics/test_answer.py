"""Answers to hand-made estates: freshness, tops, the past, both bases, values, lines, pages, the cache."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.metrics.fake_store import NOW, OPEN, Estate, FakeReader, FakeSource, FakeStore, Line, parquet_past
from warehouse.metrics import Access, AnswerCache, Filter, Match, QueryError, Search, answer, lines, parse, values
from warehouse.store.snapshot import Known

ME = Access("tester")


def line(day: str, amount: str, **more: Any) -> Line:
    when = date.fromisoformat(day)
    amounts = {"billed_cost": Decimal(amount), "effective_cost": Decimal(amount)}
    given = more.pop("amounts", {})
    return Line(**{"day": when, "period": day[:7], "amounts": amounts | given} | more)


def ask(text: str, store: FakeStore, access: Access = ME, now: datetime = NOW) -> dict[str, Any]:
    return answer(parse(text), access, store, now).document()


def column(document: dict[str, Any], *names: str) -> list[Any]:
    return [tuple(row[name] for name in names) if names[1:] else row[names[0]] for row in document["rows"]]


ESTATE = Estate(
    lines=(
        line("2026-10-05", "10", dim=0),
        line("2026-10-20", "20", dim=1),
        line("2026-11-05", "5", dim=0),
        line("2026-11-16", "7.5", dim=1),
        line("2026-11-18", "1", dim=0),
        line("2026-11-01", "0.2", dim=2, source="slow"),
        line("2026-10-31", "100", dim=3, source="stuck", currency="USD"),
    ),
    dims=(
        {"service": "Compute", "resource": "vm-1", "resource_name": "web", "tags": {"env": "prod"}},
        {"service": "Store", "resource": "disk-1", "tags": {"env": "test"}},
        {"service": "Licence"},
        {"service": "Stream"},
    ),
    items=({"pricing_unit": "Hours"},),
    owners={0: [(*OPEN, {"team": "shop"})]},
)
SOURCES = (
    FakeSource("north"),
    FakeSource("slow", "Slow Ltd", grain="monthly", data_to=date(2026, 10, 31), normal_lag_hours=999),
    FakeSource("stuck", "Stuck Inc", data_to=date(2026, 10, 31)),
)


def _written(days: dict[str, str] | None) -> tuple[str, ...]:
    """A range of a document as a question writes it: with its last day included."""
    if days is None:
        return ()
    return days["start"], (date.fromisoformat(days["end"]) - timedelta(days=1)).isoformat()


class TestFreshness:
    def test_one_stalled_and_one_monthly_source_do_not_hold_back_the_rest(self) -> None:
        document = ask("period=last_30_days", FakeStore(ESTATE, SOURCES))
        assert document["complete_to"] == "2026-11-17"
        assert document["period"] == {"start": "2026-10-19", "end": "2026-11-18"}
        assert document["data_to"] == {"north": "2026-11-17", "slow": "2026-10-31", "stuck": "2026-10-31"}
        assert document["warnings"] == [
            "Slow Ltd reports by month: data to 2026-10-31, 0.5 % of EUR cost in the last 3 months.",
            "Stuck Inc is late: data to 2026-10-31, 100.0 % of USD cost in the last 3 months.",
        ]

    def test_what_sources_spent_is_asked_once_for_each_version_of_the_data(self) -> None:
        store = FakeStore(ESTATE, SOURCES)
        ask("period=2026-11", store)
        first = len(store.asked)
        ask("period=2026-11", store)
        assert len(store.asked) - first == first - 1

    def test_a_paused_source_is_named(self) -> None:
        store = FakeStore(ESTATE, (SOURCES[0], replace(SOURCES[2], active=False)))
        assert "Stuck Inc is paused" in ask("period=2026-11", store)["warnings"][0]

    def test_the_slowest_source_on_time_decides(self) -> None:
        store = FakeStore(ESTATE, (SOURCES[0], replace(SOURCES[2], data_to=date(2026, 11, 16))))
        assert ask("", store)["complete_to"] == "2026-11-16"
        store = FakeStore(ESTATE, (SOURCES[0], replace(SOURCES[2], data_to=date(2026, 11, 15))))
        assert ask("", store)["complete_to"] == "2026-11-17"

    def test_what_a_person_imported_once_is_not_late(self) -> None:
        document = ask("period=last_30_days", FakeStore(ESTATE, (SOURCES[0], replace(SOURCES[2], scheduled=False))))
        assert document["complete_to"] == "2026-11-17"
        assert "Stuck Inc is imported by hand: data to 2026-10-31" in document["warnings"][0]

    def test_newer_monthly_data_counts_when_all_daily_sources_are_late(self) -> None:
        late, monthly = FakeSource("north", data_to=date(2026, 9, 30)), SOURCES[1]
        for scheduled in (True, False):
            store = FakeStore(ESTATE, (replace(late, scheduled=scheduled), monthly))
            assert ask("", store)["complete_to"] == "2026-10-31"
        paused = replace(monthly, active=False)
        assert ask("", FakeStore(ESTATE, (late, paused)))["complete_to"] == "2026-09-30"
        assert ask("", FakeStore(ESTATE, (paused,)))["complete_to"] == "2026-10-31"

    def test_sources_outside_the_question_are_not_named(self) -> None:
        store = FakeStore(ESTATE, SOURCES)
        for text in ("where=source:north", "where=service:Compute"):
            document = ask(text, store)
            assert document["data_to"] == {"north": "2026-11-17"}
            assert document["warnings"] == []

    def test_a_past_month_that_is_whole_carries_no_warning(self) -> None:
        assert ask("period=2026-10", FakeStore(ESTATE, SOURCES))["warnings"] == []
        monthly = ask("period=2026-10&grain=day", FakeStore(ESTATE, SOURCES))["warnings"]
        assert [text[:8] for text in monthly] == ["Slow Ltd"]

    def test_old_bills_alone_are_looked_at_from_their_own_end(self) -> None:
        document = ask("", FakeStore(ESTATE, SOURCES), now=datetime(2028, 1, 1, tzinfo=UTC))
        assert document["complete_to"] == "2026-11-17"
        assert column(document, "effective_cost", "currency") == [("32.7", "EUR"), ("100", "USD")]

    def test_nothing_loaded(self) -> None:
        document = ask("period=all", FakeStore(Estate(()), (FakeSource("new", first_day=None, data_to=None),)))
        assert (document["rows"], document["totals"], document["data_to"]) == ([], [], {})
        assert document["period"] == {"start": None, "end": None}

    def test_incomplete_days_come_when_asked_for_and_never_into_a_comparison(self) -> None:
        store = FakeStore(ESTATE, SOURCES[:1])
        assert ask("period=month_to_date", store)["totals"][0]["effective_cost"] == "12.7"
        document = ask("period=month_to_date&incomplete=include", store)
        assert document["totals"][0]["effective_cost"] == "13.7"
        assert document["complete_to"] == "2026-11-17"
        compared = ask("period=month_to_date&incomplete=include&compare=previous", store)
        assert compared["totals"][0]["effective_cost"] == "12.7"
        assert "Incomplete days are left out of a comparison." in compared["warnings"]

    @pytest.mark.parametrize("more", ["&compare=previous", "&normalise=day", "&compare=year&normalise=day", ""])
    def test_a_part_over_the_days_of_its_whole_is_the_row_of_the_whole(self, more: str) -> None:
        store = FakeStore(ESTATE, SOURCES)
        whole = ask(f"by=source{more}", store)
        period, compared = ("..".join(_written(whole[name])) for name in ("period", "compare"))
        pinned = f"period={period}&incomplete=include" + more.replace("previous", compared).replace("year", compared)
        for row in whole["rows"]:
            part = ask(f"where=source:{row['source']}&{pinned}", store)
            assert part["period"] == whole["period"] and part["compare"] == whole["compare"]
            assert part["totals"] == [{name: value for name, value in row.items() if name != "source"}]
            assert not any("left out" in warning for warning in part["warnings"])

    def test_days_that_are_not_asked_for_are_left_out_of_a_part_that_is_late(self) -> None:
        store = FakeStore(ESTATE, SOURCES)
        part = "period=2026-10-19..2026-11-17&where=source:stuck&compare=previous"
        assert ask(part, store)["period"] == {"start": "2026-10-19", "end": "2026-11-01"}
        month = ask("period=2026-11&incomplete=include&compare=previous", store)
        assert month["period"] == {"start": "2026-11-01", "end": "2026-11-18"}

    def test_warnings_of_generations_are_carried_by_the_answers_they_touch(self) -> None:
        store = FakeStore(ESTATE, (replace(SOURCES[0], warnings=("x",)), *SOURCES[1:]))
        store.set_warnings("north", "2026-10", ["Amortised cost only."])
        assert ask("period=2026-10&where=source:north", store)["warnings"] == ["North: Amortised cost only."]
        assert ask("period=2026-11-05..2026-11-06&where=source:north", store)["warnings"] == []


class TestDocument:
    def test_shape(self) -> None:
        document = ask("measures=billed_cost&by=service&period=2026-10&currency=EUR", FakeStore(ESTATE, SOURCES))
        assert document == {
            "query": "measures=billed_cost&by=service&period=2026-10&currency=EUR",
            "period": {"start": "2026-10-01", "end": "2026-11-01"},
            "compare": None,
            "basis": "charge",
            "columns": [
                {"name": "service", "label": "Service", "kind": "dimension"},
                {"name": "currency", "label": "Currency", "kind": "dimension"},
                {"name": "billed_cost", "label": "Billed cost", "kind": "measure", "unit": "currency"},
            ],
            "names": {},
            "rows": [
                {"service": "Store", "currency": "EUR", "billed_cost": "20"},
                {"service": "Compute", "currency": "EUR", "billed_cost": "10"},
            ],
            "totals": [{"currency": "EUR", "billed_cost": "30"}],
            "row_count": 2,
            "other_groups": {},
            "complete_to": "2026-11-17",
            "data_to": {"north": "2026-11-17", "slow": "2026-10-31"},
            "known_on": None,
            "detail_kept": True,
            "generations": "0123456789abcdef",
            "rules_version": 1,
            "warnings": [],
            "next": None,
        }

    def test_labels_stand_beside_ids(self) -> None:
        document = ask("by=resource&period=2026-10", FakeStore(ESTATE, SOURCES[:1]))
        assert column(document, "resource", "resource_label") == [("disk-1", None), ("vm-1", "web"), (None, None)]

    def test_top_folds_the_rest_and_keeps_missing_values_apart(self) -> None:
        document = ask("by=resource&period=all&top=1&currency=EUR", FakeStore(ESTATE, SOURCES))
        assert column(document, "resource", "effective_cost") == [
            ("disk-1", "27.5"), ("(other)", "16"), (None, "0.2")]  # fmt: skip
        assert document["other_groups"] == {"EUR": 1}
        assert column(document, "rest") == [None, "true", None]

    def test_a_value_that_reads_like_a_marker_is_a_group_of_its_own(self) -> None:
        names = ("(other)", "(none)", "Small", None)
        lines = tuple(line("2026-10-05", amount, dim=dim) for dim, amount in enumerate(("8", "4", "2", "1")))
        estate = Estate(lines, tuple({"service": name} if name else {} for name in names))
        for extra in ("", "&compare=previous", "&sort=service"):
            document = ask(f"by=service&period=2026-10&top=2{extra}", FakeStore(estate, SOURCES[:1]))
            assert set(column(document, "service", "rest", "effective_cost")) == {
                ("(other)", None, "8"), ("(none)", None, "4"), ("(other)", "true", "2"), (None, None, "1")
            }  # fmt: skip
            assert column(document, "rest", "service")[-2:] == [("true", "(other)"), (None, None)]
        for text, found in (("\\(other)", "8"), ("\\(none)", "4"), ("(none)", "1")):
            document = ask(f"period=2026-10&where=service:{text}", FakeStore(estate, SOURCES[:1]))
            assert column(document, "effective_cost") == [found]

    def test_share_is_of_the_currency(self) -> None:
        document = ask("measures=effective_cost,share&by=service&period=2026-10", FakeStore(ESTATE, SOURCES))
        assert column(document, "service", "share") == [("Store", "66.7"), ("Compute", "33.3"), ("Stream", "100.0")]

    def test_share_of_a_negative_total(self) -> None:
        estate = Estate((line("2026-10-01", "-30"), line("2026-10-01", "10", dim=1)), ({}, {"service": "a"}))
        document = ask("measures=effective_cost,share&by=service&period=all", FakeStore(estate))
        assert column(document, "service", "share") == [("a", "-50.0"), (None, "150.0")]

    def test_a_rate_divides_two_sums(self) -> None:
        quantities = [{"pricing_quantity": Decimal(1)}, {"pricing_quantity": Decimal(2)}]
        estate = Estate(
            (line("2026-10-01", "1", amounts=quantities[0]), line("2026-10-02", "1", amounts=quantities[1])),
            ({},), ({"pricing_unit": "Hours"},),
        )  # fmt: skip
        document = ask("measures=effective_rate,pricing_quantity&period=all", FakeStore(estate))
        assert document["rows"] == [
            {"currency": "EUR", "pricing_unit": "Hours", "effective_rate": "0.666666666667", "pricing_quantity": "3"}
        ]
        assert document["rows"] == document["totals"]

    def test_a_running_month_is_compared_with_the_same_number_of_days(self) -> None:
        document = ask("period=2026-11&compare=previous&where=source:north", FakeStore(ESTATE, SOURCES))
        assert document["period"] == {"start": "2026-11-01", "end": "2026-11-18"}
        assert document["compare"] == {"start": "2026-10-01", "end": "2026-10-18"}
        assert document["rows"] == [
            {"currency": "EUR", "effective_cost": "12.5", "previous_effective_cost": "10",
             "change_effective_cost": "2.5", "change_percent_effective_cost": "25.0"}]  # fmt: skip

    def test_days_compared_lie_on_one_another(self) -> None:
        text = "period=month_to_date&compare=previous&grain=day&where=service:Compute"
        document = ask(text, FakeStore(ESTATE, SOURCES))
        assert column(document, "day", "effective_cost", "previous_effective_cost") == [("2026-11-05", "5", "10")]

    def test_billing_periods_are_the_providers(self) -> None:
        estate = Estate((line("2026-11-01", "4", period="2026-10"), line("2026-11-01", "6")))
        document = ask("basis=billing&period=2026-10&grain=month", FakeStore(estate))
        assert document["rows"] == [{"month": "2026-10", "currency": "EUR", "effective_cost": "4"}]
        charge = ask("period=2026-11&grain=month", FakeStore(estate))
        assert charge["rows"] == [{"month": "2026-11-01", "currency": "EUR", "effective_cost": "10"}]
        widened = ask("basis=billing&period=2026-10-20..2026-10-21", FakeStore(estate))
        assert widened["warnings"] == ["Billing periods are whole months: 2026-10 to 2026-10."]

    def test_a_sum_beyond_38_digits_is_refused_not_rounded(self) -> None:
        huge = "99999999999999999999"
        estate = Estate((line("2026-10-01", huge), line("2026-10-01", huge, dim=1)), ({}, {"service": "a"}))
        with pytest.raises(QueryError, match="38 digits"):
            ask("by=service&period=all", FakeStore(estate))

    def test_sorted_as_asked_with_missing_values_last(self) -> None:
        store = FakeStore(ESTATE, SOURCES)
        for text, order in (("sort=team", ["shop", None]), ("sort=-team", ["shop", None])):
            assert column(ask(f"by=team&period=2026-10&currency=EUR&{text}", store), "team") == order

    def test_a_cursor_does_not_survive_new_data(self) -> None:
        store = FakeStore(ESTATE, SOURCES)
        following = ask("by=service&period=all&limit=1", store)["next"]
        assert len(ask(f"by=service&period=all&limit=1&cursor={following}", store)["rows"]) == 1
        store.generations = "fedcba9876543210"
        with pytest.raises(QueryError, match="changed since the page before") as caught:
            ask(f"by=service&period=all&limit=1&cursor={following}", store)
        assert caught.value.slug == "stale_cursor"


class TestAccess:
    def test_nothing_is_seen_without_a_filter(self) -> None:
        document = ask("period=all&by=service", FakeStore(ESTATE, SOURCES), Access("x", everything=False))
        assert (document["rows"], document["totals"], document["data_to"], document["warnings"]) == ([], [], {}, [])

    def test_sources_beyond_the_scope_are_not_named(self) -> None:
        scope = Access("x", everything=False, where=(Filter("team", (Match("is", "shop"),)),))
        document = ask("period=all&by=service", FakeStore(ESTATE, SOURCES), scope)
        assert document["data_to"] == {"north": "2026-11-17"}
        assert column(document, "service", "effective_cost") == [("Compute", "16")]


class TestPast:
    def test_answered_from_what_was_known_then(self, tmp_path: Path) -> None:
        store = FakeStore(ESTATE, SOURCES)
        then = Estate((line("2026-10-05", "9", dim=0),), ESTATE.dims)
        parquet_past(store, then, tmp_path / "past.parquet")
        store.past[date(2026, 11, 4)] = Known((tmp_path / "past.parquet",), (("stuck", "2026-10"),))
        document = ask("by=service&period=2026-10&known_on=2026-11-04", store)
        assert column(document, "service", "effective_cost") == [("Compute", "9"), ("Stream", "100")]
        assert document["known_on"] == "2026-11-04"

    def test_resources_of_the_past_are_not_retained(self) -> None:
        with pytest.raises(QueryError) as caught:
            ask("by=resource&period=2026-10&known_on=2026-11-04", FakeStore(ESTATE, SOURCES))
        assert caught.value.slug == "not_retained"

    def test_before_the_first_load(self) -> None:
        with pytest.raises(QueryError) as caught:
            ask("period=2026-10&known_on=2020-01-01", FakeStore(ESTATE, SOURCES))
        assert (caught.value.slug, caught.value.nearest) == ("not_retained", ("2026-11-01",))


class TestValues:
    def test_ranked_by_money_under_the_other_filters(self) -> None:
        query = parse("period=all&where=service:Compute&where=tag.env:~t&currency=EUR")
        found = values(Search("service"), query, ME, FakeStore(ESTATE, SOURCES), NOW)
        assert found["values"] == [
            {"value": "Store", "label": None, "amounts": [{"currency": "EUR", "effective_cost": "27.5"}]}
        ]

    def test_searched_in_labels_and_in_any_case(self) -> None:
        found = values(Search("resource", "WEB"), parse("period=all"), ME, FakeStore(ESTATE, SOURCES), NOW)
        assert [(entry["value"], entry["label"]) for entry in found["values"]] == [("vm-1", "web")]

    def test_limited_and_says_so(self) -> None:
        found = values(Search("service", limit=2), parse("period=all"), ME, FakeStore(ESTATE, SOURCES), NOW)
        assert ([entry["value"] for entry in found["values"]], found["more"]) == (["Store", "Stream"], True)

    def test_tag_keys_with_the_money_they_cover(self) -> None:
        found = values(Search("tag"), parse("period=all"), ME, FakeStore(ESTATE, SOURCES), NOW)
        assert found["values"] == [
            {"value": "env", "label": None, "amounts": [{"currency": "EUR", "effective_cost": "43.5"}]}
        ]

    def test_an_unknown_dimension_is_named(self) -> None:
        with pytest.raises(QueryError) as caught:
            values(Search("servise"), parse(""), ME, FakeStore(ESTATE, SOURCES), NOW)
        assert caught.value.nearest == ("service",)


class TestLines:
    def test_the_largest_first_a_page_at_a_time(self) -> None:
        store = FakeStore(ESTATE, SOURCES)
        first = lines(parse("period=all&limit=2&where=source:north"), ME, store, NOW)
        assert [(row["id"], row["effective_cost"], row["resource_label"]) for row in first["rows"]] == [
            ("north:2026-10:1:1", "20", None), ("north:2026-10:1:0", "10", "web")]  # fmt: skip
        text = f"period=all&limit=2&where=source:north&cursor={first['next']}"
        second = lines(parse(text), ME, store, NOW)
        assert [row["effective_cost"] for row in second["rows"]] == ["7.5", "5"]
        assert second["next"] is not None

    def test_sorted_by_a_dimension(self) -> None:
        found = lines(parse("period=all&by=service&sort=service"), ME, FakeStore(ESTATE, SOURCES), NOW)
        names = [row["service"] for row in found["rows"]]
        assert names == sorted(names)

    def test_only_what_may_be_seen(self) -> None:
        scope = Access("x", everything=False, where=(Filter("team", (Match("is", "shop"),)),))
        found = lines(parse("period=all"), scope, FakeStore(ESTATE, SOURCES), NOW)
        assert {row["team"] for row in found["rows"]} == {"shop"}

    def test_columns_name_every_cell(self) -> None:
        found = lines(parse("period=all&limit=1"), ME, FakeStore(ESTATE, SOURCES), NOW)
        assert [column["name"] for column in found["columns"]] == list(found["rows"][0])


class Gathering:
    """A store where nobody reads a second time before `people` have read once: all of them ask at the same time."""

    def __init__(self, store: FakeStore, people: int) -> None:
        self._store, self._all_here = store, threading.Barrier(people)
        self._here = threading.local()

    def read(self) -> AbstractContextManager[FakeReader]:
        if not hasattr(self._here, "yes"):
            self._here.yes = True
            self._all_here.wait(10)
        return self._store.read()


class TestCache:
    def test_kept_until_something_changes(self) -> None:
        store, cache, query = FakeStore(ESTATE, SOURCES), AnswerCache(), parse("by=service&period=all")
        first = cache.answer(query, ME, store, NOW)
        assert cache.answer(query, ME, store, NOW.replace(minute=59)) is first
        assert cache.answer(query, Access("other"), store, NOW) is not first
        assert cache.answer(query, ME, store, NOW.replace(hour=8)) is not first
        store.generations = "fedcba9876543210"
        assert cache.answer(query, ME, store, NOW).generations == "fedcba9876543210"

    def test_asked_by_many_at_once_is_answered_once(self) -> None:
        store, cache, query = Gathering(FakeStore(ESTATE, SOURCES), 4), AnswerCache(), parse("by=service&period=all")
        with ThreadPoolExecutor(4) as people:
            found = list(people.map(lambda _: cache.answer(query, ME, store, NOW), range(4)))
        assert all(one is found[0] for one in found)

    def test_an_error_is_not_kept(self) -> None:
        store, cache = FakeStore(ESTATE, SOURCES), AnswerCache()
        query, reads = parse("by=service&period=all"), count(1)

        class Stumbling:
            def read(self) -> AbstractContextManager[FakeReader]:
                if next(reads) == 2:
                    raise OSError("stumbled")
                return store.read()

        with pytest.raises(OSError, match="stumbled"):
            cache.answer(query, ME, Stumbling(), NOW)
        assert cache.answer(query, ME, Stumbling(), NOW).rows.height

    def test_bounded(self) -> None:
        store, cache = FakeStore(ESTATE, SOURCES), AnswerCache(entries_max=2)
        kept = [cache.answer(parse(f"period=all&top={n}&by=service"), ME, store, NOW) for n in (1, 2, 3)]
        asked = len(store.asked)
        assert cache.answer(kept[2].query, ME, store, NOW) is kept[2]
        assert len(store.asked) == asked
        assert cache.answer(kept[0].query, ME, store, NOW) is not kept[0]
