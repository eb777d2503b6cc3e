"""Everything the API may ask for beside questions about cost. Implements `api.protocols.Actions`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from api import documents as doc
from api.protocols import FocusOrder, Help, ImportOrder, ProblemError, Progress
from api.writing import Told, unheard
from outlay import __version__, documents, effects, pipeline
from outlay.asking import Asking
from outlay.campaigns import Campaigning
from outlay.catalogue_sync import CatalogueSync
from outlay.collecting import Collectors
from outlay.colours import rebalanced, slots
from outlay.consents import Consents
from outlay.demo.manage import Demo
from outlay.disputes import Disputes
from outlay.draft_money import effect, owned
from outlay.entities import Entities
from outlay.inbox import Acting, Inbox
from outlay.offering import Offering
from outlay.org_tree import OrgTrees
from outlay.owner_paths import OwnerPaths
from outlay.pipeline import Imported, import_files
from outlay.pooling import Pooling
from outlay.refusal import REFUSALS, refused
from outlay.removing import Removing
from outlay.restatements import restatements
from outlay.reviews import Reviewing
from outlay.rule_forms import RuleForms
from outlay.rulebook import Rulebook
from outlay.ruling import NO_ORG, NO_RULES, RulesInForce, unwritten
from outlay.saved import Keeping
from outlay.schedule import BREAKING
from outlay.source_pages import source_page
from outlay.stored_secrets import StoredSecrets
from outlay.tag_policies import TagPolicies
from outlay.tagging import Tagging
from outlay.toil import Toil
from outlay.unit_costs import UnitCosts
from outlay.upkeep import check_report, readiness
from warehouse.attribution import RulesError, propose
from warehouse.focus import VERSIONS
from warehouse.metrics import Access, parse
from warehouse.metrics.answer import resolved
from warehouse.metrics.share_lines import share_lines
from warehouse.store import Store
from warehouse.store.export import FocusExport, write_csv, write_parquet
from warehouse.store.removal import Periods

EXPORTER = "export"

log = structlog.get_logger("outlay.actions")


class Actions:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        self.demo = Demo(store, clock)
        self.collecting = Collectors(store, clock)
        self.tagging = Tagging(store, clock)
        self.rulebook = Rulebook(store, clock, lambda: Periods(store.state).closed())
        self.pooling = Pooling(store, clock, self.rulebook)
        self.owner_paths = OwnerPaths(store, self.rulebook)
        self.unit_costs = UnitCosts(store, clock, self.rulebook)
        self.tag_policies = TagPolicies(store, clock, self.rulebook)
        self.campaigns = Campaigning(store, clock, self.rulebook)
        self.removing = Removing(store, self.collecting, clock)
        self.secrets = StoredSecrets(store, clock)
        self.saved = Keeping(store, clock)
        self.rule_forms = RuleForms(store, self.rulebook, clock)
        self.toil = Toil(store, clock)
        self.offering = Offering(store, self.rulebook, self.toil)
        self.consents = Consents(store, self.rulebook, self.publish_rules, self.offering, self.toil)
        self.asking = Asking(store, self.rulebook, self.consents, self.toil)
        acting = Acting(self.publish_rules, self.toil.record, self.consents, self.asking)
        self.inbox = Inbox(store, self.rulebook, acting, clock)
        self.disputes = Disputes(store, self.rulebook, self.consents, self.toil)
        self.entities = Entities(store, self.rulebook, self.publish_rules, clock)
        self.org = OrgTrees(store, self.rulebook, clock)
        self.reviews = Reviewing(store, self.rulebook, clock)
        self.catalogue = CatalogueSync(self.entities, store.state, clock)

    # what is there

    def status(self) -> doc.Status:
        now = self.clock()
        with self.store.read() as snapshot:
            currencies = snapshot.frame("select distinct currency from daily order by 1")["currency"].to_list()
            sources = [state for state in snapshot.sources if state.rows]
            generations, version = snapshot.generations, snapshot.rules_version
        return doc.Status(
            version=__version__,
            today=now.date(),
            empty=not sources,
            demo=self.demo.present(),
            demo_loading=self.demo.loading,
            generations=generations,
            rules_version=version,
            proposal_available=bool(sources) and unwritten(self.store.state.documents()),
            data_to={state.source: state.data_to for state in sources},
            first_day=min((state.first_day for state in sources if state.first_day), default=None),
            currencies=currencies,
            sources=len(sources),
            late=[state.source for state in sources if documents.is_late(state, now)],
            held=len(self.store.state.loads(state="held")),
            quarantined=len(self.store.state.loads(state="quarantined")),
            needs_attention=sum(pace.last_failure in BREAKING for pace in self.collecting.paces()),
            notes=list(self.store.notes),
        )

    def readiness(self) -> doc.Readiness:
        return readiness(self.store)

    def check(self) -> doc.CheckReport:
        return check_report(self.store)

    def sources(self) -> Sequence[doc.Source]:
        now, live, collected = self.clock(), self.store.state.live(), self.collecting.shown()
        removed = self.store.removals.states()
        with self.store.read() as snapshot:
            states = [state for state in snapshot.sources if removed.get(state.source) != "erasing"]
        pages = []
        waiting = self.store.state.loads(state=("held", "quarantined"))
        for state in states:
            loads = [load for load in waiting if load.source == state.source]
            mine = [load for (source, _), load in live.items() if source == state.source]
            page = documents.source_document(state, loads, mine, now)
            hidden = state.source in removed
            pages.append(source_page(page, collected.get(state.source), loads, hidden=hidden, now=now))
        return pages

    def months(self, source: str) -> Sequence[doc.SourceMonth] | None:
        if source not in {known.name for known in self.store.state.sources()}:
            return None
        with self.store.read() as snapshot:
            return documents.months(self.store, snapshot, source)

    def loads(self, source: str | None, limit: int) -> Sequence[doc.Load]:
        found = self.store.state.loads(limit, **({"source": source} if source else {}))
        return [documents.load_document(load) for load in found]

    def load(self, load_id: str) -> doc.LoadDetail | None:
        found = self.store.state.loads(id=load_id)
        if not found:
            return None
        others = self.store.state.loads(source=found[0].source, period=found[0].period)
        older = [load for load in others if 0 < load.generation < found[0].generation
                 and load.state in ("live", "superseded")]  # fmt: skip
        return documents.load_detail(found[0], max(older, key=lambda load: load.generation, default=None))

    def restatements(self, source: str | None, limit: int, cursor: str | None = None) -> doc.Restatements:
        return restatements(self.store, source, limit, cursor)

    def colours(self, dimension: str) -> doc.Colours:
        return doc.Colours(dimension=dimension, slots=slots(self.store, dimension, self.clock()))

    def rebalance_colours(self, dimension: str, actor: str) -> doc.Colours:
        given = rebalanced(self.store, dimension, self.clock())
        log.info("colours_rebalanced", dimension=dimension, actor=actor)
        return doc.Colours(dimension=dimension, slots=given)

    def line(self, line_id: str, access: Any) -> doc.LineDetail | None:
        return documents.line(self.store, line_id)

    def export_focus(self, order: FocusOrder, out: Path, told: Told = unheard) -> None:
        if order.version not in VERSIONS:
            raise ProblemError(
                "caller", "bad_request", f"FOCUS {order.version} is not known.", Help("version", VERSIONS)
            )
        write = write_csv if order.format == "csv" else write_parquet
        with self.store.read() as snapshot:
            asked = resolved(parse(f"period={order.period}"), Access(EXPORTER), snapshot, self.clock())
            by_team = share_lines(asked, snapshot) if order.shares else None
            rows = write(FocusExport(order.version, asked.period, self.store.landed(), by_team, told), out)
            told(rows, rows)
            with self.store.read() as later:
                if order.shares and later.generations != snapshot.generations:
                    raise ProblemError(
                        "caller", "conflict", "Lines were loaded meanwhile.", Help(next_step="Ask again.")
                    )

    # loads

    def import_paths(self, order: ImportOrder, progress: Progress) -> doc.ImportResult:
        self.collecting.not_by_hand(order.source)
        try:
            return documents.import_document(order.source, import_files(self.store, order, progress, self.clock()))
        except REFUSALS as error:
            return refused(self.store, order, error, self.clock())

    def accept_load(self, load_id: str, actor: str, progress: Progress) -> doc.ImportResult:
        progress.stage("swap", "Putting the accepted lines in the place of the old ones")
        loads = self.store.decide(load_id, accept=True, actor=actor, now=self.clock())
        return documents.import_document(loads[0].source, Imported(tuple(loads), "live"))

    def reject_load(self, load_id: str, actor: str) -> doc.LoadDetail:
        self.store.decide(load_id, accept=False, actor=actor, now=self.clock())
        return documents.load_detail(self.store.state.loads(id=load_id)[0], None)

    def _remove(self, known: Sequence[doc.Source]) -> doc.Removed:
        names = [document.source for document in known]
        rows = self.store.remove_sources(names, now=self.clock())
        return doc.Removed(sources=names, rows=rows, totals=documents.add_money(one.totals for one in known))

    def rebuild(self, renormalise: bool, actor: str, progress: Progress) -> doc.Rebuilt:
        changed = pipeline.renormalise(self.store, progress, self.clock(), actor) if renormalise else []
        progress.stage("swap", "Building the warehouse from landed files")
        periods = self.store.rebuild(now=self.clock(), on_load=progress.rows)
        return doc.Rebuilt(
            periods=periods,
            rows=sum(one.rows for one in self.sources()),
            totals=documents.add_money(one.totals for one in self.sources()),
            changed=[f"{load.source} {load.period}" for load in changed],
        )

    # rules

    def rules(self) -> doc.RulesDocument:
        found = self.store.state.documents()
        if found is None:
            return doc.RulesDocument(org=NO_ORG, rules=NO_RULES, version=0)
        return doc.RulesDocument(
            org=found["org"],
            rules=found["rules"],
            files=found["files"],
            version=found["version"],
            applied_at=datetime.fromisoformat(found["created_at"]),
            actor=found["author"],
        )

    def check_rules(self, texts: doc.RulesTexts) -> doc.RulesCheck:
        try:
            draft = self.rulebook.draft(texts)
        except RulesError as error:
            return doc.RulesCheck(valid=False, faults=documents.rule_faults(error))
        with self.store.read() as snapshot:
            found = effects.estate(snapshot)
        changes, coverage = self._effect(draft)
        unused = list(effects.unused_rules(found, draft))
        return doc.RulesCheck(valid=True, effects=changes, coverage=coverage, unused=unused)

    def _effect(self, draft: RulesInForce) -> tuple[list[doc.TeamEffect], list[doc.Coverage]]:
        closed = frozenset(self.rulebook.closed())
        figures = effect(self.store, self.rulebook.in_force(), draft, closed, self.clock())
        return effects.compare(figures.before, figures.after)

    def apply_rules(
        self, texts: doc.RulesTexts, actor: str, progress: Progress, team: str | None = None
    ) -> doc.RulesApplied:
        """`team`: on whose behalf, as a request that nobody else has to consent to; null for the platform."""
        base = texts.base if isinstance(texts, doc.RulesOrder) else None
        if team is not None:
            base = self.rulebook.in_force().rules_version if base is None else base
            order = doc.RequestOrder(org=texts.org, rules=texts.rules, files=texts.files, team=team, base=base)
            return self.consents.at_once(order, actor, progress)[1]
        applied = self.publish_rules(texts, actor, progress, base)
        if applied.state == "done":
            self.toil.record("publish", actor, about=str(applied.version))
        return applied

    def publish_rules(
        self, texts: doc.RulesTexts, actor: str, progress: Progress, over: int | None = None
    ) -> doc.RulesApplied:
        """As `apply_rules`, and no act by hand of its own: an import did it, or a request that counts itself.

        `over`: the version that has to be in force.
        """
        in_force = self.store.state.documents()
        files = texts.files if texts.files is not None else (in_force or {}).get("files", {})
        if in_force and (in_force["org"], in_force["rules"], in_force["files"]) == (texts.org, texts.rules, files):
            return doc.RulesApplied(version=in_force["version"], state="unchanged")
        try:
            self.rulebook.draft(texts)
        except RulesError as error:
            raise documents.RulesFaultError(documents.rule_faults(error)) from error
        before = owned(self.store, self.clock())
        progress.stage("swap", "Giving every line its owner")
        version = self.store.publish(texts.org, texts.rules, files=files, author=actor, now=self.clock(), over=over)
        coverage = effects.compare(before, owned(self.store, self.clock()))[1]
        return doc.RulesApplied(version=version, coverage=coverage)

    def proposal(self) -> doc.ProposalDocument:
        with self.store.read() as snapshot:
            found = effects.estate(snapshot)
            if found.dims.is_empty():
                return doc.ProposalDocument(available=False)
            drafted = propose(found.dims, found.tag_sets, found.costs)
        draft = RulesInForce({"org": drafted.org_text, "rules": drafted.rules_text, "version": 0})
        changes, coverage = self._effect(draft)
        return doc.ProposalDocument(
            available=True,
            sentence=drafted.sentence,
            org=drafted.org_text,
            rules=drafted.rules_text,
            teams=[team.name for team in draft.rules.teams],
            effects=changes,
            coverage=coverage,
        )

    def apply_proposal(self, actor: str, progress: Progress) -> doc.RulesApplied:
        drafted = self.proposal()
        if not drafted.available:
            raise ProblemError("caller", "conflict", "There is no cost yet to propose rules from.")
        return self.apply_rules(doc.RulesTexts(org=drafted.org, rules=drafted.rules), actor, progress)

    # demo

    def demo_guide(self) -> doc.DemoGuide:
        return self.demo.guide()

    def load_demo(self, actor: str, progress: Progress) -> doc.DemoLoaded:
        return self.demo.load(actor, progress)

    def remove_demo(self, actor: str, progress: Progress) -> doc.Removed:
        with self.demo.halted():
            removed = self._remove([document for document in self.sources() if document.kind == "demo"])
            self.demo.forget_rules()
        return removed
