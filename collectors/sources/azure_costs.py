"""Questions to Azure Cost Management and their answers, page by page. A part of sources, none itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from collectors.meter import Meter
from collectors.sources.azure_access import Access, Identity, Need, called, credential, json_object
from collectors.sources.contract import Fetching, OnProgress
from collectors.sources.failures import SourceError
from collectors.sources.patience import patiently

ROLE: Final = "Cost Management Reader"
READ_SECONDS: Final = 60  # the service thinks for half a minute about a large scope


@dataclass(frozen=True, slots=True)
class Question:
    """Totals of cost over days, last one included."""

    type: str  # ActualCost, AmortizedCost
    granularity: str  # Daily, Monthly
    start: date
    end: date
    by: tuple[str, str]  # the service groups by two dimensions at most
    charge_type: str | None = None


class Costs:
    """The service, every call metered, tried again, and its failures in our words."""

    def __init__(
        self, identity: Identity, endpoint: str, meter: Meter, access: Access, on_progress: OnProgress | None = None
    ) -> None:
        from azure.mgmt.costmanagement import CostManagementClient

        self._identity, self._meter, self._host = identity, meter, urlsplit(endpoint).hostname
        heard = replace(access.retry, on_wait=lambda _left: on_progress(Fetching(0))) if on_progress else None
        self._retry = heard or access.retry
        scope = f"{endpoint.rstrip('/')}/.default"
        self._client = CostManagementClient(
            access.credential or credential(identity),
            endpoint,
            credential_scopes=[scope],
            retry_total=0,
            read_timeout=READ_SECONDS,
            **access.options,
        )

    def rows(self, scope: str, question: Question) -> Iterator[Mapping[str, str]]:
        """Every row of the answer by column name, numbers as text; no column is looked for by position."""
        need = self._need(scope, "query/action", "asking for costs")
        seen: set[str] = set()
        body, answer = self._asked(lambda: self._first(scope, question), need)
        while True:
            yield from _rows(answer)
            following = answer.get("properties", answer).get("nextLink") or ""
            if not following:
                return
            if following in seen:
                raise SourceError("data", "The query came back to a page that it had answered already.")
            if urlsplit(following).hostname != self._host:
                raise SourceError("data", "The query names a next page at another address; it was not asked for.")
            seen.add(following)
            body, answer = self._asked(partial(self._next, following, body), need)

    def exports(self, scope: str) -> list[str]:
        """Exports that are defined on the scope, "name (type)"."""
        self._meter.charge("list")
        need = self._need(scope, "exports/read", "listing exports")
        answer = self._retry.call(lambda: called(lambda: self._client.exports.list(scope.lstrip("/")), need))
        kinds = [(one.name, one.definition.type if one.definition else "unknown") for one in answer.value or []]
        return [f"{name} ({getattr(kind, 'value', kind)})" for name, kind in kinds]

    def _asked(self, ask: Any, need: Need) -> tuple[bytes, dict[str, Any]]:
        def once() -> tuple[bytes, dict[str, Any]]:
            self._meter.charge("page")
            body, text = called(lambda: patiently(ask, self._retry.on_wait), need)
            return body, json_object(text, "Cost Management")

        return self._retry.call(once)

    def _first(self, scope: str, question: Question) -> tuple[bytes, str]:
        answered: Any = self._client.query.usage(scope.lstrip("/"), _definition(question), cls=_as_sent)
        body, text = answered
        return body, text

    def _next(self, link: str, body: bytes) -> tuple[bytes, str]:
        """The SDK does not page; the next page is the same question to another address."""
        from azure.core.rest import HttpRequest

        request = HttpRequest("POST", link, content=body, headers={"Content-Type": "application/json"})
        response = self._client.send_request(request)
        response.raise_for_status()
        return body, response.text()

    def _need(self, scope: str, action: str, doing: str) -> Need:
        line = f'az role assignment create --assignee {self._identity.client or "CLIENT_ID"} --role "{ROLE}"'
        missing = f"Microsoft.CostManagement/{action} (role {ROLE}) on {scope}"
        return Need(f"{doing} of {scope}", missing, f'{line} --scope "{scope}"')


def _definition(question: Question) -> Any:
    from azure.mgmt.costmanagement import models

    only = None
    if question.charge_type is not None:
        wanted = models.QueryComparisonExpression(
            name="ChargeType", operator="In", values_property=[question.charge_type]
        )
        only = models.QueryFilter(dimensions=wanted)
    return models.QueryDefinition(
        type=question.type,
        timeframe="Custom",
        time_period=models.QueryTimePeriod(
            from_property=datetime.combine(question.start, time(), UTC), to=datetime.combine(question.end, time(), UTC)
        ),
        dataset=models.QueryDataset(
            granularity=question.granularity,
            aggregation={"totalCost": models.QueryAggregation(name="Cost", function="Sum")},
            grouping=[models.QueryGrouping(type="Dimension", name=name) for name in question.by],
            filter=only,
        ),
    )


def _as_sent(response: Any, _model: Any, _headers: Any) -> tuple[bytes, str]:
    """Body of the question and text of the answer: the model has turned amounts into binary floats."""
    answered = response.http_response
    return response.http_request.content, answered.text() if answered.status_code == 200 else "{}"


def _rows(answer: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    properties = answer.get("properties", answer)
    names = [_own_name(str(column["name"])) for column in properties.get("columns") or ()]
    for row in properties.get("rows") or ():
        if len(row) != len(names):
            raise SourceError("data", "A row of the answer has another number of values than there are columns.")
        yield dict(zip(names, row, strict=True))


def _own_name(name: str) -> str:
    """The aggregate is named by its measure or by its alias, whichever the kind of account has."""
    return "Cost" if name.casefold() in ("cost", "totalcost", "pretaxcost") else name
