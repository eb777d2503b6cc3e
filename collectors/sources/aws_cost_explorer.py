"""Daily totals of AWS Cost Explorer, for accounts without an export. Summary grade; each page has its price.

Three questions for a month: usage by account and service, everything else by account and record type, and the total
of both, which the two must add up to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from collectors.formats.aws_cost_explorer import RECORDS, SERVICES, USAGE_RECORDS
from collectors.meter import Meter, Price
from collectors.sources import aws_names, terraform
from collectors.sources.aws_session import AwsIdentity, ask, client, retry
from collectors.sources.contract import Check, Fetching, Grade, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError

NAME = "aws-cost-explorer"
LABEL = "AWS Cost Explorer"
GRADE: Grade = "summary"
NORMAL_LAG_HOURS = 48
INTERVAL_HOURS = 24

HISTORY_MONTHS: Final = 13
"""Daily answers reach back no further, the running month excluded."""
OPEN_MONTHS: Final = 2
"""The running month and the one before change daily; older ones are asked for once a month."""
PAGES_MAX: Final = 500
TOLERANCE: Final = Decimal("0.01")
"""Per day: the service rounds each group by itself."""
_METRICS: Final = ("UnblendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost")
_USAGE: Final[Any] = {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(USAGE_RECORDS)}}


class Settings(AwsIdentity):
    """An account, and what asking may cost."""

    account: str | None = None
    """Account number that the bill is issued to; the one we are signed in to when none is named."""
    pages_max_run: int = 50
    """Pages asked for in one run, at 0.01 USD each."""
    pages_max_day: int = 50
    """Pages asked for in one UTC day."""


PERMISSIONS = (
    Permission(
        "read",
        "Policy of the role, in the account that pays",
        "json",
        '{"Version":"2012-10-17","Statement":[\n'
        ' {"Sid":"Costs","Effect":"Allow","Action":"ce:GetCostAndUsage","Resource":"*"}]}',
        actions=("ce:GetCostAndUsage",),
    ),
    Permission(
        "trust",
        "Trust policy of that role",
        "json",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${SERVICE_ROLE_ARN}"},'
        '"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"${external_id}"}}}]}',
        actions=("sts:AssumeRole",),
    ),
    *aws_names.OPTIONAL,
    terraform.aws_actions("ce:GetCostAndUsage"),
)


def prices(settings: Settings) -> Sequence[Price]:
    return (Price("page", Decimal("0.01"), settings.pages_max_run, settings.pages_max_day), aws_names.PRICE)


def parts(settings: Settings, window: Window, meter: Meter) -> Iterator[Part]:
    """One part a month, without a call: the answer itself is the only change token there is."""
    today = window.now.date()
    for age, period in enumerate(_back(today)):
        if window.holds(period) and not (age == 0 and today.day == 1):  # a month of no whole day has no answer
            fresh = f"{today}" if age < OPEN_MONTHS else f"{today:%Y-%m}"
            yield Part(period, "accounts", fresh, payload={"today": f"{today}"}, format_name=NAME)


def _back(today: date) -> Iterator[str]:
    at = today.replace(day=1)
    for _ in range(HISTORY_MONTHS + 1):
        yield f"{at:%Y-%m}"
        at = (at - timedelta(days=1)).replace(day=1)


@dataclass(frozen=True, slots=True)
class _Question:
    name: str
    filter: Mapping[str, Any] | None
    group: str | None


_QUESTIONS: Final = (
    _Question(SERVICES, _USAGE, "SERVICE"),
    _Question(RECORDS, {"Not": _USAGE}, "RECORD_TYPE"),
    _Question("total", None, None),
)


def fetch(settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress) -> list[Path]:
    """Every group as it was answered, one JSON line each."""
    far = Fetching(0, None, 0, len(_QUESTIONS))
    again = retry(lambda: on_progress(far))
    explorer = client(settings, "ce")
    payer = settings.account or _account(settings)
    period = _period(part)
    path = folder / f"cost-explorer-{part.period}.jsonl"
    sums: dict[str, dict[str, Decimal]] = {}
    size = groups = 0
    with path.open("w", encoding="utf-8") as out:
        for number, question in enumerate(_QUESTIONS):

            def page(token: str | None, question: _Question = question) -> Any:
                def call() -> Any:
                    meter.charge("page")
                    return explorer.get_cost_and_usage(**_request(question, period, token))

                return ask(call, "ce:GetCostAndUsage on *", again=again)

            for answer in _pages(page):
                for line, day, amount in _groups(answer, question, payer):
                    by_day = sums.setdefault(question.name, {})
                    by_day[day] = by_day.get(day, Decimal(0)) + amount
                    if question.group:
                        groups += 1
                        size += out.write(json.dumps(line, sort_keys=True) + "\n")
                far = Fetching(size, None, number, len(_QUESTIONS))
                on_progress(far)
    if not groups:
        raise SourceError("data", f"Cost Explorer has no cost in {part.period}.")
    _aligned(sums, part.period)
    return [path]


def _period(part: Part) -> dict[str, str]:
    start = date.fromisoformat(f"{part.period}-01")
    following = (start + timedelta(days=31)).replace(day=1)
    return {"Start": f"{start}", "End": f"{min(following, date.fromisoformat(part.payload['today']))}"}


def _request(question: _Question, period: Mapping[str, str], token: str | None) -> dict[str, Any]:
    wanted: dict[str, Any] = {"TimePeriod": dict(period), "Granularity": "DAILY", "Metrics": list(_METRICS)}
    if question.group:
        keys = ("LINKED_ACCOUNT", question.group)
        wanted["GroupBy"] = [{"Type": "DIMENSION", "Key": key} for key in keys]
    if question.filter:
        wanted["Filter"] = dict(question.filter)
    return wanted | ({"NextPageToken": token} if token else {})


def _pages(page: Callable[[str | None], Any]) -> Iterator[Any]:
    token: str | None = None
    seen: set[str] = set()
    for _ in range(PAGES_MAX):
        answer = page(token)
        if not isinstance(answer.get("ResultsByTime"), list):
            raise SourceError("data", "The answer of Cost Explorer is none.")
        yield answer
        token = answer.get("NextPageToken")
        if not token:
            return
        if token in seen:
            raise SourceError("data", "Cost Explorer answered with the same page twice.")
        seen.add(token)
    raise SourceError("budget", f"A month has more than {PAGES_MAX} pages.", next_step="Use an export instead.")


def _groups(answer: Any, question: _Question, payer: str) -> Iterator[tuple[dict[str, Any], str, Decimal]]:
    """(line to land, day, unblended amount) of each group."""
    names = {
        one["Value"]: one.get("Attributes", {}).get("description") for one in answer.get("DimensionValueAttributes", ())
    }
    for result in answer["ResultsByTime"]:
        day = result["TimePeriod"]["Start"]
        if not question.group:
            yield {}, day, Decimal(result["Total"]["UnblendedCost"]["Amount"])
            continue
        for group in result["Groups"]:
            account, key = group["Keys"]
            line = {
                "Pass": question.name,
                "Payer": payer,
                "LinkedAccount": account,
                "AccountName": names.get(account),
                "Key": key,
                "TimePeriod": result["TimePeriod"],
                "Estimated": bool(result.get("Estimated")),
                "Metrics": group["Metrics"],
            }
            yield line, day, Decimal(group["Metrics"]["UnblendedCost"]["Amount"])


def _aligned(sums: Mapping[str, Mapping[str, Decimal]], period: str) -> None:
    """Usage and all else make the total of each day; if not, the service changed its mind between two answers."""
    for day, whole in sums.get("total", {}).items():
        found = sums.get(SERVICES, {}).get(day, Decimal(0)) + sums.get(RECORDS, {}).get(day, Decimal(0))
        if abs(whole - found) > TOLERANCE:
            raise SourceError("transient", f"The answers for {day} do not fit together: {found} of {whole}.")
    missing = {day for name in (SERVICES, RECORDS) for day in sums.get(name, {})} - set(sums.get("total", {}))
    if missing:
        raise SourceError("transient", f"The answers for {period} cover different days.")


def _account(settings: Settings) -> str:
    signed = ask(lambda: client(settings, "sts").get_caller_identity(), "sts:GetCallerIdentity", again=retry())
    return str(signed["Account"])


def check(settings: Settings, window: Window, meter: Meter) -> Iterator[Check]:
    """Identity, then one page that is paid for: the total of the last week; then names and invoices, which are free."""
    try:
        account = settings.account or _account(settings)
        yield Check("identity", "ok", f"Signed in to account {account}.")
        today = window.now.date()
        period = {"Start": f"{today - timedelta(days=7)}", "End": f"{today}"}
        explorer = client(settings, "ce")

        def call() -> Any:
            meter.charge("page")
            return explorer.get_cost_and_usage(**_request(_QUESTIONS[2], period, None))

        answer = ask(call, "ce:GetCostAndUsage on *", again=retry())
    except SourceError as error:
        yield Check("read", "fail", error.message, missing=error.missing, line=error.line or error.next_step)
        return
    days = [one["TimePeriod"]["Start"] for one in answer.get("ResultsByTime", ())]
    yield Check("read", "ok", "Cost Explorer answers; a page costs 0.01 USD.")
    yield _newest(days, window)
    yield from aws_names.optional_checks(settings, window, meter)


def _newest(days: Sequence[str], window: Window) -> Check:
    if not days:
        return Check("newest day", "warn", "The last week has no cost.", required=False)
    late = datetime.fromisoformat(max(days)).replace(tzinfo=UTC) < window.now - timedelta(days=3)
    return Check("newest day", "warn" if late else "ok", f"There are costs up to {max(days)}.", required=False)
