"""Names, tags and management groups of Azure subscriptions and resource groups: facts beside the bill."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from collectors.meter import Meter, Price
from collectors.sources import terraform
from collectors.sources.azure_access import CLOUD, Access
from collectors.sources.azure_graph import GROUPS, ROLE, SUBSCRIPTIONS, Graph, Scope
from collectors.sources.contract import Check, Fact, Facts, Fetching, Grade, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError

NAME = "azure-names"
LABEL = "Azure subscriptions, resource groups and their tags"
GRADE: Grade = "facts"
NORMAL_LAG_HOURS = 24
INTERVAL_HOURS = 24

_ABOVE: Final = "/providers/Microsoft.Management/managementGroups/${management_groups}"
_ROLE: Final = """\
az role definition create --role-definition '{"Name": "ROLE", "Actions": \
["Microsoft.Resources/subscriptions/read", "Microsoft.Resources/subscriptions/resourceGroups/read"], \
"AssignableScopes": ["SCOPE"]}'
az role assignment create --assignee ${client} --role "ROLE" --scope "SCOPE"\
"""
_UNITS: Final = "Microsoft.Management/managementGroups/read"
_UNITS_ROLE: Final = (
    f'az role assignment create --assignee ${{client}} --role "Management Group Reader" --scope "{_ABOVE}"'
)
_TERRAFORM: Final = """\
resource "azurerm_role_definition" "cost_names" {
  name  = "ROLE"
  scope = "SCOPE"
  permissions {
    actions = ["Microsoft.Resources/subscriptions/read", "Microsoft.Resources/subscriptions/resourceGroups/read"]
  }
}

resource "azurerm_role_assignment" "cost_names" {
  principal_id       = "${PRINCIPAL_ID}"
  role_definition_id = azurerm_role_definition.cost_names.role_definition_resource_id
  scope              = "SCOPE"
}\
"""
_ACTIONS: Final = (SUBSCRIPTIONS.permission, GROUPS.permission)
PERMISSIONS = (
    Permission("names", "A role that reads names and tags below a management group", "sh",
               _ROLE.replace("SCOPE", _ABOVE).replace("ROLE", ROLE), actions=_ACTIONS),
    Permission("units", "Names of the management groups above", "sh", _UNITS_ROLE, required=False, actions=(_UNITS,)),
    Permission("terraform", terraform.TITLE, "hcl", _TERRAFORM.replace("SCOPE", _ABOVE).replace("ROLE", ROLE),
               required=False, actions=_ACTIONS),
)  # fmt: skip


class Settings(Scope):
    """Which subscriptions are looked at; all that the identity may see when none is named."""

    groups: bool = True
    """Whether resource groups are read."""


def prices(settings: Settings) -> Sequence[Price]:
    """Nothing here has a price; pages are counted."""
    return (Price("page"),)


def _graph(settings: Settings, meter: Meter, access: Access, on_progress: OnProgress | None = None) -> Graph:
    waited = (lambda: on_progress(Fetching(0))) if on_progress else meter.on_wait
    return Graph(settings, meter, access, waited)


def _subscriptions(settings: Settings, graph: Graph) -> list[dict[str, Any]]:
    """What a role does not reach is left out of answers without a word: one that is named and not there is a fault."""
    found = [row for page in graph.pages(SUBSCRIPTIONS) for row in page]
    lacking = set(settings.subscriptions) - {str(row["subscriptionId"]).lower() for row in found}
    if lacking or not found:
        what = f"{', '.join(sorted(lacking))} cannot" if lacking else "No subscription can"
        need = graph.need(SUBSCRIPTIONS)
        raise SourceError(
            "configuration",
            f"{what} be seen by this identity.",
            next_step=f"Grant {need.missing}.",
            missing=need.missing,
            line=need.line,
        )
    return found


def parts(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Part]:
    """One part: subscriptions are listed with every run, resource groups when that list changed and once a day."""
    found = _subscriptions(settings, _graph(settings, meter, access))
    wanted = json.dumps([found, settings.groups, f"{window.now:%Y-%m-%d}"], sort_keys=True)
    token = hashlib.sha256(wanted.encode()).hexdigest()
    yield Part("", "subscriptions", token, objects=len(found), payload={"subscriptions": found})


def fetch(
    settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress, *, access: Access = CLOUD
) -> list[Path]:
    """Subscriptions came with their listing; resource groups are asked for now."""
    graph, groups = _graph(settings, meter, access, on_progress), []
    for page in graph.pages(GROUPS) if settings.groups else ():
        groups += page
        on_progress(Fetching(0, None, len(groups)))
    if settings.groups and not groups:
        raise _no_group(graph)
    path = folder / "subscriptions.json"
    path.write_text(json.dumps({**part.payload, "groups": groups}, sort_keys=True), encoding="utf-8")
    return [path]


def _no_group(graph: Graph) -> SourceError:
    """Whatever costs lies in a group: none at all means that they may not be seen, and is no reason to forget any."""
    need = graph.need(GROUPS)
    text = "Subscriptions can be seen, and none of their resource groups."
    step = f"Grant {need.missing}, or set groups to no."
    return SourceError("configuration", text, next_step=step, missing=need.missing, line=need.line)


def facts(files: Sequence[Path]) -> Facts:
    """Subscriptions and resource groups, under both spellings that bills have: exports in FOCUS write paths."""
    found: list[Fact] = []
    hidden = False
    for path in files:
        landed = json.loads(path.read_text("utf-8"))
        above: dict[str, tuple[str, list[str] | None]] = {}
        for row in landed["subscriptions"]:
            number = str(row["subscriptionId"]).lower()
            above[number] = str(row["name"]), _above(row)
            hidden |= above[number][1] is None
            found += _spelled(number, row, above[number][1])
        for row in landed["groups"]:
            number = str(row["subscriptionId"]).lower()
            name, units = above.get(number, ("", None))
            found += _spelled(f"{number}/{str(row['name']).lower()}", row, None if units is None else [*units, name])
    note = f"Management groups may not be read: {_UNITS} is missing."
    return Facts(tuple(found), (note,) if hidden else ())


def _above(row: Mapping[str, Any]) -> list[str] | None:
    """Names of the management groups from the top down, without the root that all have; the service begins below."""
    chain = row.get("above")
    if not isinstance(chain, list):
        return None
    return [str(one.get("displayName") or one["name"]) for one in reversed(chain)][1:]


def _spelled(key: str, row: Mapping[str, Any], path: list[str] | None) -> Iterator[Fact]:
    tags = {str(name): str(value) for name, value in (row.get("tags") or {}).items()}
    values = {"name": row.get("name"), "path": path, "tags": tags, "status": row.get("state")}
    yield Fact("account", key, values)
    yield Fact("account", f"/subscriptions/{key}", values)


def check(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Check]:
    """Identity and list together, for a call tells both; read for resource groups; names for management groups."""
    graph = _graph(settings, meter, access)
    step = "list"
    try:
        found = _subscriptions(settings, graph)
        yield Check("identity", "ok", "A token was given and accepted.")
        yield Check("list", "ok", f"{len(found):,} subscriptions can be seen.")
        step = "read"
        if settings.groups:
            if not (groups := next(graph.pages(GROUPS), [])):
                raise _no_group(graph)
            more = "or more " if len(groups) >= GROUPS.page_rows else ""
            yield Check("read", "ok", f"{len(groups):,} {more}resource groups can be seen.")
    except SourceError as error:
        name = step if error.missing else "identity"
        yield Check(name, "fail", error.message, missing=error.missing, line=error.line or error.next_step)
        return
    if any(_above(row) is None for row in found):
        text = "Management groups above subscriptions may not be read."
        yield Check("names", "warn", text, required=False, missing=_UNITS, line=_UNITS_ROLE)
    else:
        yield Check("names", "ok", "Names, tags and management groups can be read.", required=False)
