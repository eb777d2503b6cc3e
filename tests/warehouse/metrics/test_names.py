"""What people call teams and entities stands beside their values, on the last day of the question."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.warehouse.metrics.fake_store import NOW, OPEN, Estate, FakeStore, Line
from warehouse.attribution import load_rules
from warehouse.attribution.names import EntityNames, readable
from warehouse.metrics import Access, Search, answer, lines, parse, values
from warehouse.metrics.explain import document, explain
from warehouse.store.inventory import Names

ORG = """teams:
- {key: pay, name: Payments, valid_to: 2026-10-01}
- {key: pay, name: Zahlung, valid_from: 2026-10-01, valid_to: 2026-12-01}
- {key: pay, name: Later, valid_from: 2026-12-01}
- {key: shop-eu, name: Checkout}
- {key: shop-us, name: " checkout "}
- {key: plain}
- {key: nobody, name: Unallocated}
- {key: blank, name: "\\u200b\\u202e"}
- {key: hostile, name: "=HYPERLINK(1)\\n<b>\\u202emoor \\U0001f469\\u200d\\U0001f4bb"}
"""
CATALOGUE = """version: 1
entities:
- {ref: "component:default/cart", name: cart, title: Shopping cart}
- {ref: "component:one/twice", name: twice, title: One}
- {ref: "component:two/twice", name: twice, title: Two}
- {ref: "system:default/shop", name: shop, kind: system, title: The shop}
- {ref: "resource:default/db", name: db, kind: resource, title: Not asked for}
"""
TEAMS = ("pay", "shop-eu", "shop-us", "plain", "nobody", "blank", "hostile", "gone")


def store() -> FakeStore:
    """A line on each of two days for every team; names as the documents have them."""
    estate = Estate(
        lines=tuple(
            Line(
                period=f"{day:%Y-%m}", day=day, dim=place, amounts={"effective_cost": Decimal(100 * day.month - place)}
            )
            for day in (date(2026, 9, 30), date(2026, 10, 5))
            for place in range(len(TEAMS))
        ),
        dims=tuple({"resource": f"r-{team}"} for team in TEAMS),
        owners={
            place: ((*OPEN, {"team": team, "application": "cart" if team == "pay" else "twice"}),)
            for place, team in enumerate(TEAMS)
        },
    )
    found = FakeStore(estate)
    found.names = Names("1", entities=EntityNames(load_rules(ORG, "", {"catalogue.yaml": CATALOGUE})))
    return found


def asked(text: str) -> dict[str, object]:
    return answer(parse(text), Access("test"), store(), NOW).document()


def shown(text: str, dimension: str = "team") -> dict[str, str | None]:
    return {row[dimension]: row[f"{dimension}_label"] for row in asked(text)["rows"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("period", "name"), [("2026-09", "Payments"), ("2026-10", "Zahlung"), ("2026-09-30..2026-10-05", "Zahlung"),
                         ("FY2026", "Zahlung")]
)  # fmt: skip
def test_a_team_is_called_as_on_the_last_day_that_is_not_to_come(period: str, name: str) -> None:
    assert shown(f"by=team&period={period}")["pay"] == name


def test_names_are_told_apart_and_harmless() -> None:
    assert shown("by=team&period=2026-10") == {
        "pay": "Zahlung",
        "shop-eu": "Checkout (shop-eu)",
        "shop-us": "checkout (shop-us)",
        "plain": None,
        "nobody": "Unallocated (nobody)",
        "blank": None,
        "hostile": "=HYPERLINK(1) <b> moor \U0001f469\u200d\U0001f4bb",
        "gone": None,
    }


def test_entities_have_their_titles_unless_two_of_one_name_differ() -> None:
    assert shown("by=application&period=2026-10", "application") == {"cart": "Shopping cart", "twice": None}
    names = store().names
    assert dict(names.of("system", date(2026, 10, 5)).iter_rows()) == {"shop": "The shop"}
    assert names.of("resource", date(2026, 10, 5)).is_empty()


def test_the_rest_of_a_list_has_no_name() -> None:
    rest = next(row for row in asked("by=team&period=2026-10&top=1")["rows"] if row["rest"])  # type: ignore[attr-defined]
    assert (rest["team"], rest["team_label"]) == ("(other)", None)


def test_rows_are_sorted_by_what_is_shown_and_filters_say_their_names() -> None:
    found = asked("by=team&period=2026-10&sort=team&where=team:pay,plain,shop-us&where=application:cart,twice")
    assert [row["team"] for row in found["rows"]] == ["shop-us", "plain", "pay"]  # type: ignore[attr-defined]
    assert found["names"] == {
        "team": {"pay": "Zahlung", "shop-us": "checkout (shop-us)"},
        "application": {"cart": "Shopping cart"},
    }


@pytest.mark.parametrize("text", ["zAHL", "pay"])
def test_a_value_is_found_by_its_name_and_by_itself(text: str) -> None:
    found = values(Search("team", text), parse("period=2026-10"), Access("test"), store(), NOW)
    assert [(one["value"], one["label"]) for one in found["values"]] == [("pay", "Zahlung")]


def test_lines_and_explanations_say_the_name() -> None:
    one = lines(parse("period=2026-10&where=team:pay"), Access("test"), store(), NOW)["rows"][0]
    assert [one[name] for name in ("team", "team_label", "application_label")] == ["pay", "Zahlung", "Shopping cart"]
    query = parse("by=team&period=2026-10&compare=previous&where=team:pay")
    told = document(explain(query, Access("test"), store(), NOW))["currencies"][0]
    assert ("pay", "Zahlung") in [(group["values"][0], group["labels"][0]) for group in told["groups"]]
    assert "Zahlung" in [step["label"] for step in told["group_steps"]]


def test_a_name_is_one_line_of_text() -> None:
    assert readable("\ta\u2028b\u202e \u00ad c\ufeff ") == "a b c"
