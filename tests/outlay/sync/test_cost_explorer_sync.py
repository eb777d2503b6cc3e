"""Cost Explorer answered by a small imitation behind the unmodified SDK; asserted on totals of a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from collectors import retrying
from collectors.sources import SourceError
from tests.collectors.sources.clouds import Cloud, cloud, refused
from tests.outlay.sync.syncing import Desk

# (account, service, record type, unblended, amortized) of every day
ROWS = (
    ("111111111111", "Amazon Elastic Compute Cloud - Compute", "Usage", "10.0000000001", "8"),
    ("111111111111", "Amazon Elastic Compute Cloud - Compute", "SavingsPlanCoveredUsage", "5", "3"),
    ("111111111111", "Amazon Elastic Compute Cloud - Compute", "SavingsPlanNegation", "-5", "0"),
    ("222222222222", "Amazon Simple Storage Service", "Usage", "2.5", "2.5"),
    ("222222222222", "Something Quite New", "Usage", "0.25", "0.25"),
    ("111111111111", "Tax", "Tax", "1.75", "1.75"),
    ("111111111111", "Savings Plans for Compute", "SavingsPlanRecurringFee", "4", "1"),
    ("222222222222", "Amazon Simple Storage Service", "Credit", "-1", "-1"),
    ("222222222222", "Whatever", "A Brand New Type", "0.125", "0.125"),
    ("222222222222", "Whatever", "Usage", "0", "0"),
)
DAY = Decimal("17.6250000001")


class Explorer:
    """Filters, groups and pages as the service does."""

    def __init__(self, page: int = 1000) -> None:
        self.page = page
        self.asked: list[Mapping[str, Any]] = []
        self.extra = Decimal(0)
        self.more: tuple[tuple[str, ...], ...] = ()

    def __call__(self, request: Request, kind: str) -> Response | None:
        if kind != "GetCostAndUsage":
            return None
        body = json.loads(request.get_data())
        self.asked.append(body)
        return Response(json.dumps(self.answer(body)), content_type="application/x-amz-json-1.1")

    def answer(self, body: Mapping[str, Any]) -> dict[str, Any]:
        start, end = (date.fromisoformat(body["TimePeriod"][name]) for name in ("Start", "End"))
        assert start < end
        rows = [row for row in (*ROWS, *self.more) if _passes(row, body.get("Filter"))]
        days = [start + timedelta(days=n) for n in range((end - start).days)]
        keys = [one["Key"] for one in body.get("GroupBy", ())]
        if not keys:
            whole = sum((Decimal(row[3]) for row in rows), Decimal(0)) + self.extra
            return {"ResultsByTime": [_result(day, [], whole) for day in days]}
        groups: dict[tuple[str, ...], list[Decimal]] = {}
        for row in rows:
            named = {"LINKED_ACCOUNT": row[0], "SERVICE": row[1], "RECORD_TYPE": row[2]}
            sums = groups.setdefault(tuple(named[key] for key in keys), [Decimal(0), Decimal(0)])
            sums[0] += Decimal(row[3])
            sums[1] += Decimal(row[4])
        every = [(day, key, sums) for day in days for key, sums in sorted(groups.items())]
        at = int(body.get("NextPageToken", 0))
        shown = every[at : at + self.page]
        found = [
            _result(day, [(key, sums) for other, key, sums in shown if other == day], None)
            for day in dict.fromkeys(day for day, _, _ in shown)
        ]
        answer = {
            "ResultsByTime": found,
            "DimensionValueAttributes": [{"Value": "111111111111", "Attributes": {"description": "shop"}}],
        }
        return answer | ({"NextPageToken": str(at + self.page)} if at + self.page < len(every) else {})


def _passes(row: tuple[str, ...], asked: Any) -> bool:
    if asked is None:
        return True
    if "Not" in asked:
        return not _passes(row, asked["Not"])
    assert asked["Dimensions"]["Key"] == "RECORD_TYPE"
    return row[2] in asked["Dimensions"]["Values"]


def _result(day: date, groups: Any, whole: Decimal | None) -> dict[str, Any]:
    return {
        "TimePeriod": {"Start": f"{day}", "End": f"{day + timedelta(days=1)}"},
        "Estimated": day > date(2026, 11, 17),
        "Total": {} if whole is None else _metrics(whole, whole),
        "Groups": [{"Keys": list(key), "Metrics": _metrics(*sums)} for key, sums in groups],
    }


def _metrics(unblended: Decimal, amortized: Decimal) -> dict[str, Any]:
    amounts = {"UnblendedCost": unblended, "AmortizedCost": amortized, "NetUnblendedCost": 0, "NetAmortizedCost": 0}
    return {name: {"Amount": str(amount), "Unit": "USD"} for name, amount in amounts.items()}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIACANARYCANARY0000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret-of-the-key")
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    with cloud() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.close()


def settings(aws: Cloud, **more: object) -> dict[str, object]:
    return {"endpoint_url": aws.url, **more}


def test_every_cent_of_every_record_type_over_many_pages(aws: Cloud, desk: Desk) -> None:
    explorer = Explorer(page=40)
    aws.faults = [explorer]
    source = desk.configure("aws-cost-explorer", settings(aws))
    done = desk.sync(source, start="2026-10")
    assert desk.totals() == {"2026-10": 31 * DAY, "2026-11": 19 * DAY}  # up to yesterday
    assert done.spent == {"page": len(explorer.asked)}
    assert len(explorer.asked) > 6
    assert Decimal(done.cost) == Decimal("0.01") * len(explorer.asked)
    with desk.store.read() as snapshot:
        rows = snapshot.frame(
            """select charge_category, sum(billed_cost)::varchar as billed, sum(effective_cost)::varchar as used
            from lines join dims using (dim) where period = '2026-10' group by 1 order by 1"""
        ).rows()
        (state,) = [one for one in snapshot.sources if one.source == "bills"]
    found = {category: (Decimal(billed) / 31, Decimal(used) / 31) for category, billed, used in rows}
    assert found == {
        "Adjustment": (Decimal("0.125"), Decimal("0.125")),
        "Credit": (-1, -1),
        "Purchase": (4, 1),
        "Tax": (Decimal("1.75"), Decimal("1.75")),
        "Usage": (Decimal("12.7500000001"), Decimal("13.75")),
    }
    said = " ".join(state.warnings)
    assert "A Brand New Type" in said and "without resources" in said and "estimates" in said

    explorer.asked.clear()
    assert desk.sync(source, start="2026-10").state == "unchanged"  # nothing is asked twice on one day
    assert explorer.asked == []
    desk.now += timedelta(days=1)
    desk.sync(source, start="2026-10")
    assert desk.totals() == {"2026-10": 31 * DAY, "2026-11": 20 * DAY}


def test_caps_stop_before_the_call(aws: Cloud, desk: Desk) -> None:
    explorer = Explorer()
    aws.faults = [explorer]
    source = desk.configure("aws-cost-explorer", settings(aws, pages_max_run=4))
    with pytest.raises(SourceError) as caught:
        desk.sync(source)
    assert caught.value.failure == "budget"
    assert len(explorer.asked) == 4
    assert set(desk.totals()) == {"2026-11"}  # the newest month came first
    source = desk.configure("aws-cost-explorer", settings(aws, pages_max_day=5))
    with pytest.raises(SourceError) as caught:
        desk.sync(source)
    assert "midnight" in (caught.value.next_step or "")
    assert len(explorer.asked) == 5
    assert {one.name: one.units for one in desk.collecting.spent("bills", "2026-11-01")} == {"page": 5}


def test_answers_that_do_not_fit_together_are_not_taken(aws: Cloud, desk: Desk) -> None:
    explorer = Explorer()
    explorer.extra = Decimal("0.02")
    aws.faults = [explorer]
    with pytest.raises(SourceError) as caught:
        desk.sync(desk.configure("aws-cost-explorer", settings(aws)), start="2026-11")
    assert "do not fit" in caught.value.message
    assert desk.totals() == {}


def test_throttles_and_refusals(aws: Cloud, desk: Desk) -> None:
    explorer = Explorer()
    aws.faults = [refused("LimitExceededException", 400, times=2, kind="GetCostAndUsage"), explorer]
    source = desk.configure("aws-cost-explorer", settings(aws))
    desk.sync(source, start="2026-11")
    assert desk.totals() == {"2026-11": 19 * DAY}
    aws.faults = [refused("AccessDeniedException", 400, kind="GetCostAndUsage")]
    with pytest.raises(SourceError) as caught:
        desk.sync(source, start="2026-10", full=True)
    assert caught.value.missing == "ce:GetCostAndUsage on *"
    assert desk.totals() == {"2026-11": 19 * DAY}
