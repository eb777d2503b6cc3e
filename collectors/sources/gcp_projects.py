"""Names, labels and folders of Google Cloud projects, from the resource manager. A part of sources, none itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from collectors.sources.contract import Check, Permission
from collectors.sources.failures import SourceError
from collectors.sources.gcp_access import Calls, Need

CALL_SECONDS: Final = 60
_MANAGER: Final = "https://cloudresourcemanager.googleapis.com"
PERMISSION: Final = Permission(
    "projects",
    "Names, labels and folders of projects",
    "sh",
    "gcloud organizations add-iam-policy-binding ORGANIZATION_ID --member serviceAccount:SERVICE_ACCOUNT "
    "--role roles/browser",
    required=False,
    actions=("resourcemanager.projects.get",),
)


def described(calls: Calls, credential: Any, endpoint: str | None) -> dict[str, dict[str, Any]]:
    """Project id -> its name, labels and parent, of all that the identity may see."""
    from google.auth.transport.requests import AuthorizedSession

    session = AuthorizedSession(credential)  # type: ignore[no-untyped-call]

    def ask(token: str) -> dict[str, Any]:
        from google.api_core.exceptions import from_http_response

        given = {"pageSize": "500", **({"pageToken": token} if token else {})}
        answer = session.get(f"{endpoint or _MANAGER}/v1/projects", params=given, timeout=CALL_SECONDS)
        if answer.status_code != 200:
            raise from_http_response(answer)  # type: ignore[no-untyped-call]
        page: dict[str, Any] = answer.json()
        return page

    need = Need("reading the names of projects", PERMISSION.actions[0], PERMISSION.template)
    return {one["projectId"]: one for page in calls.pages(ask, need) for one in page.get("projects", ())}


def names_check(calls: Calls, credential: Any, endpoint: str | None, among: Collection[str] | None = None) -> Check:
    """How many projects (of those `among`) have names; what may not be read is a warning."""
    try:
        known = described(calls, credential, endpoint)
    except SourceError as error:
        line = error.line or error.next_step
        return Check("names", "warn", error.message, required=False, missing=error.missing, line=line)
    count = len(known) if among is None else sum(one in known for one in among)
    if among is None and not known:
        text = "No project can be seen; their names come from the bill itself."
        return Check("names", "warn", text, required=False, missing=PERMISSION.actions[0], line=PERMISSION.template)
    return Check("names", "ok", f"{count} projects have names.", required=False)
