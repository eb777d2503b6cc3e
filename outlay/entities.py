"""The organisation's own catalogue: read, laid over what was known, published with the rules; and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol
from urllib.parse import quote

from api import documents as doc
from api.protocols import Help, ProblemError, Progress
from collectors.catalogue import Snapshot, read_text
from collectors.catalogue.service import fetch
from collectors.secret import Secret, SecretError
from outlay.rulebook import Rulebook, over_what_is_in_force
from warehouse.attribution.catalogue import CATALOGUE_FILE, Catalogue, Entity, Seen, load_catalogue, merge, written
from warehouse.attribution.model import Team
from warehouse.metrics import Access, answer, days_written, parse
from warehouse.metrics.query import Sort
from warehouse.store import Store

Costs = Mapping[str | None, list[doc.EffectiveCost]]


class Publishes(Protocol):
    def __call__(
        self, texts: doc.RulesTexts, actor: str, progress: Progress, over: int | None = None
    ) -> doc.RulesApplied: ...


class Entities:
    """One per server. `publish` puts texts in force, or raises with every fault of them."""

    def __init__(self, store: Store, rulebook: Rulebook, publish: Publishes, clock: Callable[[], datetime]) -> None:
        self._store, self._rulebook, self._publish, self._clock = store, rulebook, publish, clock

    def known(self) -> Catalogue:
        """The catalogue in force."""
        rules = self._rulebook.in_force()
        teams = [team.key for team in rules.rules.teams]
        return load_catalogue(rules.files.get(CATALOGUE_FILE, ""), teams, rules.rules.tag_keys)

    def take(self, order: doc.CatalogueOrder, actor: str, progress: Progress) -> doc.CatalogueImported:
        """Read a catalogue and publish it. Raises CatalogueError, or the faults of the document it makes."""
        progress.stage("fetch", "Reading the catalogue")
        found = _read(order)
        return over_what_is_in_force(lambda: self._lay(found, order, actor, progress))

    def _lay(self, found: Snapshot, order: doc.CatalogueOrder, actor: str, progress: Progress) -> doc.CatalogueImported:
        """Raises ConflictError where other rules were published meanwhile: theirs would be lost."""
        rules, day = self._rulebook.in_force(), order.day or self._clock().date()
        before = self.known()
        seen = _seen(found, before, day, complete=order.complete or order.url is not None)
        after = merge(before, seen, day)
        changes = list(_changes(before, after, day))
        if after == before or order.dry_run:
            state = "unchanged" if after == before else "done"
            return doc.CatalogueImported(state=state, version=None, changes=changes, warnings=list(found.warnings))
        texts = doc.RulesTexts(org=rules.org, rules=rules.text, files={**rules.files, CATALOGUE_FILE: written(after)})
        done = self._publish(texts, actor, progress, rules.rules_version)
        return doc.CatalogueImported(state="done", version=done.version, changes=changes, warnings=list(found.warnings))

    def costs(self, period: str, actor: str) -> doc.Entities:
        """Effective cost of the period. Raises QueryError for a bad period."""
        rules, today = self._rulebook.in_force().rules, self._clock().date()
        teams = {team.key for team in rules.teams if team.valid_from <= today < team.valid_to}
        period, by_application = self._by("application", period, actor)
        by_system = self._by("system", period, actor)[1] if "system" in rules.extra else {}
        here = self.known().at(today)
        known = {entity.name for entity in here if entity.kind == "component"}
        return doc.Entities(
            period=period,
            entities=[
                doc.EntityCost(
                    **{name: getattr(entity, name) for name in ("ref", "kind", "name", "title", "owner", "system")},
                    owner_known=entity.owner in teams,
                    cost=(by_system if entity.kind == "system" else by_application).get(entity.name, []),
                )
                for entity in sorted(here, key=lambda entity: entity.ref)
            ],
            unknown=[
                doc.ApplicationCost(application=name, cost=cost)
                for name, cost in by_application.items()
                if name not in known
            ],
        )

    def _by(self, dimension: str, period: str, actor: str) -> tuple[str, Costs]:
        """The days it is of, written out, and what each value costs."""
        asked = parse(f"period={quote(period)}")
        query = replace(asked, by=(dimension,), sort=(Sort("effective_cost", descending=True),))
        found: dict[str | None, list[doc.EffectiveCost]] = {}
        answered = answer(query, Access(actor), self._store, self._clock())
        for row in answered.document()["rows"]:
            money = doc.EffectiveCost(currency=row["currency"], effective_cost=row["effective_cost"])
            found.setdefault(row[dimension], []).append(money)
        return days_written(answered), found


def _read(order: doc.CatalogueOrder) -> Snapshot:
    if bool(order.files) == bool(order.url):
        step = "Send the files, or the address of the catalogue service."
        raise ProblemError("caller", "invalid", "There is no catalogue to read, or two.", Help("files", (), step))
    if order.url:
        try:
            return fetch(order.url, Secret(order.token) if order.token else None)
        except SecretError as error:
            raise ProblemError("caller", "invalid", str(error), Help("token")) from None
    found = Snapshot()
    for file in order.files:
        found += read_text(file.text, file.name)
    found.check()
    return found


def _seen(found: Snapshot, before: Catalogue, day: date, *, complete: bool) -> Seen:
    """What there is now: what was read, and unless that is all, what was known and was not spoken of."""
    teams = {team.key: Team(team.key, team.name, team.parent, team.cost_centre, team.aliases) for team in found.teams}
    entities = {
        one.ref: Entity(one.ref, one.name, one.kind, one.title, one.owner, one.system, text=one.when)
        for one in found.entities
    }
    if not complete:
        teams = {team.key: team for team in before.teams if team.valid_from <= day < team.valid_to} | teams
        entities = {entity.ref: entity for entity in before.at(day)} | entities
    return Seen(tuple(teams.values()), tuple(entities.values()))


def _changes(before: Catalogue, after: Catalogue, day: date) -> Iterator[doc.CatalogueChange]:
    for old, new in (
        (_owners(before, day), _owners(after, day)),
        ({f"team:{team.key}": team.parent for team in before.teams if team.valid_from <= day < team.valid_to},
         {f"team:{team.key}": team.parent for team in after.teams if team.valid_from <= day < team.valid_to}),
    ):  # fmt: skip
        for ref in sorted(old.keys() | new.keys()):
            if ref not in old:
                yield doc.CatalogueChange(ref=ref, change="added", after=new[ref])
            elif ref not in new:
                yield doc.CatalogueChange(ref=ref, change="gone", before=old[ref])
            elif old[ref] != new[ref]:
                yield doc.CatalogueChange(ref=ref, change="changed", before=old[ref], after=new[ref])


def _owners(catalogue: Catalogue, day: date) -> dict[str, str | None]:
    return {entity.ref: entity.owner for entity in catalogue.at(day)}
