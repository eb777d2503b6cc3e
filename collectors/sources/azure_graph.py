"""Questions to Azure Resource Graph and their answers, page by page. A part of sources, none itself.

They go through the pipeline that the SDK's own clients for management services are made of: the client for this one
stands on a package that is kept up no longer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import field_validator, model_validator

from collectors.meter import Meter
from collectors.sources.azure_access import Access, Identity, Need, called, credential, json_object
from collectors.sources.failures import SourceError
from collectors.sources.patience import patiently

ROLE: Final = "Cost names reader"  # of our making: no role that is there reads so little
PATH: Final = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
READ_SECONDS: Final = 30
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_GROUP: Final = re.compile(r"[\w().-]{1,90}")
PAGES_MAX: Final = 10_000
PAGE_ROWS: Final = 1_000  # the most that the service gives


@dataclass(frozen=True, slots=True)
class Kind:
    """What is asked for, and what a role must allow so that it is answered."""

    doing: str
    query: str
    permission: str
    page_rows: int = PAGE_ROWS


_CONTAINERS: Final = "resourcecontainers | where type =~ '{type}' | project {columns} | order by id asc"
SUBSCRIPTIONS: Final = Kind(
    "listing subscriptions",
    _CONTAINERS.format(
        type="microsoft.resources/subscriptions",
        columns="id, name, subscriptionId, tags, state = properties.state, "
        "above = properties.managementGroupAncestorsChain",
    ),
    "Microsoft.Resources/subscriptions/read",
)
GROUPS: Final = Kind(
    "listing resource groups",
    _CONTAINERS.format(
        type="microsoft.resources/subscriptions/resourcegroups", columns="id, name, subscriptionId, tags"
    ),
    "Microsoft.Resources/subscriptions/resourceGroups/read",
)


class Scope(Identity):
    """Whose containers are asked for, and by whom."""

    management_groups: tuple[str, ...] = ()
    """Ids of management groups whose subscriptions are looked at, also those of groups below."""
    subscriptions: tuple[str, ...] = ()
    """Ids of subscriptions, in place of management groups."""
    endpoint: str = "https://management.azure.com"
    """Address of the management service of another cloud."""

    @field_validator("management_groups", "subscriptions")
    @classmethod
    def _known(cls, given: tuple[str, ...], info: Any) -> tuple[str, ...]:
        shape = _GUID if info.field_name == "subscriptions" else _GROUP
        own = tuple(one.lower() if shape is _GUID else one for one in given)
        if wrong := [one for one in own if not shape.fullmatch(one)]:
            raise ValueError(f"not an id: {', '.join(wrong)}")
        return own

    @model_validator(mode="after")
    def _one_way(self) -> Scope:
        if self.management_groups and self.subscriptions:
            raise ValueError("name management groups or subscriptions, not both: the service takes one of them")
        return self

    @property
    def among(self) -> dict[str, list[str]]:
        """As a question has it; empty: all that may be seen."""
        named = {"managementGroups": self.management_groups, "subscriptions": self.subscriptions}
        return {name: list(ids) for name, ids in named.items() if ids}


class Graph:
    """The service, every call metered, tried again, and its failures in our words."""

    def __init__(self, scope: Scope, meter: Meter, access: Access, on_wait: Callable[[], None]) -> None:
        from azure.core.pipeline import policies
        from azure.mgmt.core import ARMPipelineClient
        from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

        self._client_id, self._among, self._meter = scope.client, scope.among, meter
        self._retry = replace(access.retry, on_wait=lambda _left: on_wait())
        address = scope.endpoint.rstrip("/")
        chosen = access.credential or credential(scope)
        self._client: Any = ARMPipelineClient(
            address,
            policies=[
                policies.RequestIdPolicy(),
                policies.UserAgentPolicy(),
                policies.ContentDecodePolicy(),
                ARMChallengeAuthenticationPolicy(chosen, f"{address}/.default"),
            ],
            read_timeout=READ_SECONDS,
            **access.options,
        )
        self._url = f"{address}{PATH}"

    def pages(self, kind: Kind) -> Iterator[list[dict[str, Any]]]:
        """Every page; what the service says that there is must have come when the last one is through."""
        seen: set[str] = set()
        token, count = "", 0
        for _ in range(PAGES_MAX):
            answer = self._asked(kind, token)
            rows, token = answer.get("data"), answer.get("$skipToken") or ""
            if not isinstance(rows, list):
                raise SourceError("data", f"While {kind.doing}: the answer has no rows.")
            count += len(rows)
            yield rows
            if not token:
                if str(count) != answer.get("totalRecords"):
                    raise SourceError(
                        "transient", f"While {kind.doing}: the answer was cut short or changed meanwhile."
                    )
                return
            if token in seen:
                raise SourceError("transient", f"While {kind.doing}: a page came back that was answered already.")
            seen.add(token)
        raise SourceError("data", f"While {kind.doing}: there are more than {PAGES_MAX:,} pages.")

    def need(self, kind: Kind) -> Need:
        way, named = next(iter(self._among.items()), ("managementGroups", ["GROUP"]))
        above = "/providers/Microsoft.Management" if way == "managementGroups" else ""
        who = self._client_id or "CLIENT_ID"
        line = f'az role assignment create --assignee {who} --role "{ROLE}" --scope "{above}/{way}/{named[0]}"'
        return Need(kind.doing, f"{kind.permission} on {', '.join(named)}", line)

    def _asked(self, kind: Kind, token: str) -> dict[str, Any]:
        options = {"resultFormat": "objectArray", "$top": kind.page_rows} | ({"$skipToken": token} if token else {})
        body = {**self._among, "query": kind.query, "options": options}

        def once() -> dict[str, Any]:
            self._meter.charge("page")
            text = called(lambda: patiently(lambda: self._sent(body), self._retry.on_wait), self.need(kind))
            return json_object(text, "Resource Graph")

        return self._retry.call(once)

    def _sent(self, body: Mapping[str, Any]) -> str:
        from azure.core.rest import HttpRequest

        response = self._client.send_request(HttpRequest("POST", self._url, json=body))
        response.raise_for_status()
        return str(response.text())
