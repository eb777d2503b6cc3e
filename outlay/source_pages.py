"""What the pages say of a source beside its figures: how far it lags, what is wrong, and who must act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from api import documents as doc
from api.documents.collecting import Collector
from collectors.expiry import warned
from warehouse.store import Load

Actor = Literal["operator", "provider", "us", "nobody"]
WHO: Final[Mapping[str, Actor]] = {
    "transient": "provider",
    "budget": "nobody",
    "configuration": "operator",
    "data": "provider",
    "storage": "operator",
    "bug": "us",
}
"""Kind of failure -> who must act. A budget comes back by itself."""
ENDED_WELL: Final = frozenset({"done", "unchanged", "held"})


def source_page(
    page: doc.Source, collector: Collector | None, loads: Sequence[Load], *, hidden: bool, now: datetime
) -> doc.Source:
    """The page of a source, with its collector, its lag and its issues."""
    stopped: Literal["hidden", "kept"] | None = "hidden" if hidden else None if page.active or collector else "kept"
    whole = page.model_copy(update={"collector": collector, "removal": stopped, "lag_hours": _lag_hours(page, now)})
    return whole.model_copy(update={"issues": [] if stopped else _issues(whole, loads, now)})


def _lag_hours(page: doc.Source, now: datetime) -> int | None:
    """Hours since the last complete day of a daily source ended."""
    if page.data_to is None or page.grain != "daily":
        return None
    ended = datetime.combine(page.data_to + timedelta(days=1), datetime.min.time(), now.tzinfo)
    return max(0, int((now - ended).total_seconds() // 3600))


def _issues(page: doc.Source, loads: Sequence[Load], now: datetime) -> list[doc.Issue]:
    found = _of_collector(page.collector, now) if page.collector else []
    found += [
        doc.Issue(
            message=f"{load.period or 'A file'} waits: {load.reason or load.state}.".replace("..", "."),
            actor="operator",
            next_step="Look at the load, then accept or reject it." if load.state == "held" else "Look at the load.",
            load=load.id,
        )
        for load in loads
        if load.state in ("held", "quarantined")
    ]
    if page.late and page.data_to:
        who: Actor = "provider" if page.collector else "operator"
        ends = f"{page.data_to.day} {page.data_to:%b %Y}"
        text = f"Data ends on {ends}, {page.lag_hours} h ago; {page.normal_lag_hours} h are normal."
        step = "Look whether the export still runs." if page.collector else "Load the newest bill."
        found.append(doc.Issue(message=text, actor=who, next_step=step))
    return found


def _of_collector(collector: Collector, now: datetime) -> list[doc.Issue]:
    found = []
    last = next((run for run in collector.runs if run.ended_at), None)
    if last is not None and last.state not in (*ENDED_WELL, "cancelled", "interrupted"):
        text = last.message or f"The last run ended {last.state}."
        found.append(doc.Issue(message=text, actor=WHO.get(last.failure or "", "us"), next_step=last.next_step))
    if collector.breaker_open:
        text = "Too many runs failed in a row; one a day is tried until the settings change or somebody resumes it."
        found.append(doc.Issue(message=text, actor="operator", next_step="Mend the cause, then resume."))
    if ending := warned(collector.credential_ends_at, now):
        found.append(doc.Issue(message=ending, actor="operator", next_step="Renew it and give the new one."))
    return found
