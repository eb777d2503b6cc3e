"""Campaigns for the API: begun, closed, listed for those who work on them, and measured by later bills."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from api.documents import campaigns as doc
from api.protocols import Help, ProblemError, not_found
from collectors.tagging import NotReadyError, Wanted, command_line
from outlay.campaign_progress import MONTHS_MAX, Named, ends, month, states
from outlay.campaign_start import DAYS, begin
from outlay.campaign_table import ResourceTable
from outlay.rulebook import Rulebook
from warehouse.attribution.policies import RequiredKey, TagPolicy
from warehouse.focus import plain, total
from warehouse.focus.period import Period
from warehouse.metrics import Access, parse
from warehouse.metrics.answer import resolved
from warehouse.metrics.freshness import DAY, OneView
from warehouse.metrics.query import NONE_MARK
from warehouse.metrics.tag_states import Asker
from warehouse.store import Store
from warehouse.store.campaigns import Campaign, CampaignResource, Campaigns, Closed
from warehouse.store.state import instant

CAMPAIGNS_MAX: Final = 500
LISTED_MAX: Final = 500
SEEN_MAX: Final = 2 * MONTHS_MAX
"""Months of campaigns whose answers are kept until bills or rules change."""


class Campaigning:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, clock: Callable[[], datetime], rulebook: Rulebook) -> None:
        self._store, self._clock, self._rulebook = store, clock, rulebook
        self._kept = Campaigns(store.state)
        self._seen: dict[tuple[object, date], list[str]] = {}

    def all(self) -> doc.Campaigns:
        return doc.Campaigns(campaigns=[self._shown(one) for one in self._kept.all()])

    def begin(self, order: doc.CampaignOrder, actor: str) -> doc.Campaign:
        """Raises "invalid" for a team, a policy or a key that is not there, and "conflict" when nothing is to fix."""
        if len(self._kept.all()) >= CAMPAIGNS_MAX:
            raise ProblemError("caller", "too_many", f"There are {CAMPAIGNS_MAX} campaigns.")
        teams = self._teams(order.teams)
        policy = self._policy(order.policy, order.key, strict=True)
        asker = self._asker(Access(actor))
        end = self._newest(asker) + DAY
        start = begin(policy, teams, Period(end - DAYS * DAY, end), asker)
        if not start.found:
            more = Help("key", (), "Look at the tab Tags for keys that cost lacks.")
            raise ProblemError("caller", "conflict", f"Nothing of these teams lacks {order.key}.", more)
        campaign = Campaign(
            id=uuid.uuid4().hex,
            name=order.name or f"Tag {order.key} until {order.due}",
            key=order.key,
            teams=teams,
            policy=order.policy,
            due=order.due.isoformat(),
            note=order.note,
            start=start.days.start.isoformat(),
            end=start.days.end.isoformat(),
            left_out=start.left_out,
            resources=len(start.found),
            cost=costs_of(start.found),
            created_by=actor,
            created_at=instant(self._clock()),
        )
        self._kept.add(campaign, start.found)
        return self._shown(campaign)

    def close(self, campaign: str, actor: str) -> doc.Campaign:
        """How it stands is kept: bills and rules that come later do not change a closed campaign."""
        found = self._found(campaign)
        if not self._kept.close(found.id, self._as_it_stands(found, Access(actor)), actor, self._clock()):
            raise ProblemError("caller", "conflict", f"{found.name} is closed already.")
        return self._shown(self._found(campaign))

    def _as_it_stands(self, campaign: Campaign, access: Access) -> Closed:
        resources, ends_ = self._kept.resources(campaign.id), self._ends(campaign, access)
        found = self._states(campaign, resources, ends_, access)
        months = doc.CampaignMonths(months=_months(resources, ends_, found))
        return Closed(months.model_dump(mode="json"), found[-1])

    def _closed(self, campaign: Campaign) -> Closed | None:
        """How it stood when it was closed; null while it is open. What an older version did not keep is kept now."""
        found = self._kept.closed(campaign.id)
        if found is None and campaign.closed_at:
            found = self._as_it_stands(campaign, Access(campaign.closed_by or ""))
            self._kept.keep(campaign.id, found)
        return found

    def progress(self, campaign: str, access: Access) -> doc.CampaignProgress:
        found = self._found(campaign)
        closed = self._closed(found)
        if closed:
            months = doc.CampaignMonths.model_validate(closed.progress).months
        else:
            resources, ends_ = self._kept.resources(campaign), self._ends(found, access)
            months = _months(resources, ends_, self._states(found, resources, ends_, access))
        return doc.CampaignProgress(campaign=self._shown(found), months=months)

    def _ends(self, campaign: Campaign, access: Access) -> list[date]:
        return ends(date.fromisoformat(campaign.end) - DAY, self._last(campaign, self._asker(access)))

    def _states(
        self, campaign: Campaign, resources: Sequence[CampaignResource], ends_: Sequence[date], access: Access
    ) -> list[list[str]]:
        """Before each day, of each resource in turn; asked once for what bills and rules are now."""
        with self._store.read() as view:
            known = (view.generations, view.rules_version, access, campaign.id)
            found = {end: self._seen[known, end] for end in ends_ if (known, end) in self._seen}
            if left := [end for end in ends_ if end not in found]:
                asker = Asker(access, OneView(view), self._clock())
                asked = states(self._policy(campaign.policy, campaign.key), resources, left, asker)
                found |= dict(zip(left, asked, strict=True))
                self._seen |= {(known, end): found[end] for end in left}
        for old in list(self._seen)[:-SEEN_MAX]:
            self._seen.pop(old, None)
        return [found[end] for end in ends_]

    def listed(self, campaign: str, team: str | None, access: Access) -> doc.CampaignResources:
        """`team` "(none)": what nobody owns; None: all."""
        shown = self._listed(self._found(campaign), team, access)
        return doc.CampaignResources(resources=shown[:LISTED_MAX], more=max(0, len(shown) - LISTED_MAX))

    def table(self, campaign: str, team: str | None, access: Access) -> ResourceTable:
        found = self._found(campaign)
        with self._store.read() as snapshot:
            version, generations = snapshot.rules_version, snapshot.generations
        return ResourceTable(self._shown(found), self._listed(found, team, access), version, generations)

    def _listed(self, campaign: Campaign, team: str | None, access: Access) -> list[doc.CampaignResource]:
        resources, closed = self._kept.resources(campaign.id), self._closed(campaign)
        if closed:
            now = closed.states
        else:
            now = self._states(campaign, resources, [self._last(campaign, self._asker(access))], access)[-1]
        whose = None if team == NONE_MARK else team
        pairs = zip(resources, now, strict=True)
        return [_resource(campaign.key, pair) for pair in pairs if team is None or pair[0].team == whose]

    def _found(self, campaign: str) -> Campaign:
        found = self._kept.get(campaign)
        if found is None:
            raise not_found("campaign", campaign, "List them: outlay tags campaigns.")
        return found

    def _shown(self, campaign: Campaign) -> doc.Campaign:
        late = date.fromisoformat(campaign.due) < self._clock().date()
        return doc.Campaign(
            **asdict(campaign),
            state="closed" if campaign.closed_at else "overdue" if late else "open",
        )

    def _teams(self, named: Sequence[str]) -> list[str | None]:
        known = {team.key for team in self._rulebook.in_force().rules.teams}
        for team in named:
            if team not in known and team != NONE_MARK:
                step = f"Use {', '.join(sorted(known)[:20])} or {NONE_MARK}."
                raise ProblemError("caller", "invalid", f"There is no team {team!r}.", Help("teams", (), step))
        return [None if team == NONE_MARK else team for team in dict.fromkeys(named)]

    def _policy(self, policy: str | None, key: str, *, strict: bool = False) -> TagPolicy:
        """The part of a policy that is about the key; any value will do where it is no longer in force."""
        found = next((one for one in self._rulebook.in_force().policies if one.id == policy), None)
        required = found.required(key) if found else None
        if found and required:
            return TagPolicy(found.id, (required,), found.when)
        if policy is not None and strict:
            more = Help("policy", (), "Name a policy of tags.yaml that requires the key, or none.")
            raise ProblemError("caller", "invalid", f"No policy {policy!r} requires {key}.", more)
        return TagPolicy("", (RequiredKey(key),))

    def _asker(self, access: Access) -> Asker:
        return Asker(access, self._store, self._clock())

    def _newest(self, asker: Asker) -> date:
        """The last complete day."""
        with asker.store.read() as reader:
            return resolved(parse("period=last_30_days"), asker.access, reader, asker.now).period.end - DAY

    def _last(self, campaign: Campaign, asker: Asker) -> date:
        """The day after the last one that counts: of a closed campaign the day it was closed."""
        newest = self._newest(asker) + DAY
        closed = date.fromisoformat(campaign.closed_at[:10]) if campaign.closed_at else newest
        return max(min(newest, closed), date.fromisoformat(campaign.end))


def _months(
    resources: Sequence[CampaignResource], ends_: Sequence[date], found: Sequence[list[str]]
) -> list[doc.CampaignMonth]:
    return [month(end, list(zip(resources, told, strict=True))) for end, told in zip(ends_, found, strict=True)]


def costs_of(resources: Sequence[CampaignResource]) -> dict[str, str]:
    """Of all together, by currency."""
    sums: dict[str, list[Decimal]] = {}
    for currency, amount in (pair for one in resources for pair in one.cost.items()):
        sums.setdefault(currency, []).append(Decimal(amount))
    return {currency: plain(total(amounts)) for currency, amounts in sorted(sums.items())}


def _resource(key: str, named: Named) -> doc.CampaignResource:
    one, state = named
    command, why_not = None, "No value is suggested." if one.suggested is None else None
    if one.suggested is not None:
        facts = {name: getattr(one, name) for name in ("sub_account", "region", "service")}
        try:
            command = command_line(Wanted(one.provider or "", one.resource, key, one.suggested, **facts))
        except NotReadyError as error:
            why_not = str(error)
    return doc.CampaignResource.model_validate(asdict(one) | {"now": state, "command": command, "why_not": why_not})
