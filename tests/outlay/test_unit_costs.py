"""Unit cost through the real API: cost of the days that were counted, divided by what was counted."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

from starlette.testclient import TestClient

from outlay.demo import metrics
from tests.outlay.test_entities import ended
from tests.outlay.test_inbox import client, served

__all__ = ["client", "served"]
ASKED = "/api/v1/costs/units?team=search&period=2026-10-03..2026-10-04&compare=previous"


def test_the_rate_is_the_cost_of_counted_days_by_their_units(client: TestClient) -> None:
    assert client.get(ASKED).json()["series"] == [], "nothing is said where nothing was counted"
    values = [("search", day, number) for day, number in ((1, "7"), (2, "5"), (3, "4"), (3, "2.5"), (5, "9"))]
    rows = [f"hits,2026-10-{day:02},{number},hit,{team},{place}" for place, (team, day, number) in
            enumerate([*values, ("checkout", 3, "99")])]  # fmt: skip
    text = "name,day,value,unit,team,region\n" + "\n".join(rows)
    assert ended(client, client.post("/api/v1/series", json={"csv": text}))["error"] is None
    found: dict[str, Any] = client.get(ASKED).json()
    (hits,) = found["series"]
    assert (found["grain"], hits["name"], hits["unit"], hits["currency"]) == ("day", "hits", "hit", "EUR")
    assert hits["points"] == [{"first": "2026-10-03", "cost": "3", "units": "6.5", "rate": "0.461538461538"}]
    assert (hits["cost"], hits["units"], hits["rate"]) == ("3", "6.5", "0.461538461538")
    assert (hits["previous_rate"], hits["change_percent"], hits["days_without"]) == ("0.5", "-7.7", 1)
    (row,) = csv.DictReader(client.get(ASKED.replace("/units?", "/units.csv?")).text.splitlines())
    assert (row["name"], row["first"], row["cost"], row["points_rate"]) == ("hits", "2026-10-03", "3", "0.461538461538")
    other = client.get(f"{ASKED}&measures=effective_rate,billed_cost").json()
    assert (other["measure"], other["series"][0]["cost"]) == ("billed_cost", "3"), "rates are not added up"
    (month,) = client.get("/api/v1/costs/units?team=search&period=2026-10&grain=month").json()["series"]
    assert [(one["first"], one["cost"], one["units"]) for one in month["points"]] == [("2026-10-01", "12", "27.5")]
    assert client.get("/api/v1/costs/units?team=checkout&period=2026-10").json()["series"] == [], "it has no cost"


def test_what_the_demo_counts_is_whole_and_the_same_for_the_same_day() -> None:
    counted = [*metrics.points(date(2026, 10, 1), date(2026, 11, 18))]
    assert counted == [*metrics.points(date(2026, 10, 1), date(2026, 11, 18))]
    assert {point.labels["team"] for point in counted} == {"checkout", "search"}
    assert all(point.value > 0 and point.value == point.value.to_integral_value() for point in counted)
    assert max(point.day for point in counted) == date(2026, 11, 17)
