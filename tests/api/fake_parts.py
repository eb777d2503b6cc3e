"""What the API is built from in its tests: a small estate with hostile names, and actions that remember."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from api import documents as doc
from api.protocols import FocusOrder, ImportOrder, ProblemError, Progress, not_found
from api.writing import Told
from tests.warehouse.metrics.fake_store import Estate, FakeStore, Line

NOW = datetime(2026, 11, 18, 7, 41, 12, tzinfo=UTC)
HOSTILE = (
    "=1+1",
    "+cmd|'/c calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1",
    "\n=1",
    "  =1+1",
    "\u3000＝1+1",
    "＋1",
    "－1",
    "＠x",
    "<script>alert(1)</script>",
    'quote " comma , newline \n end',
    "http://example.test/?a=1",
    "0001",
    "1e5",
    "TRUE",
    "'; drop table lines; --",
    "\u202egnp.exe",
    "\x1b[31mred",
    "emoji 🧾",
)
DEEP = Decimal("12345678901234567.890123456789012345")


def estate() -> Estate:
    dims = [{"service": name, "resource": f"r{place}", "tags": {"env": name}} for place, name in enumerate(HOSTILE)]
    lines = [
        Line(
            dim=place,
            day=date(2026, 10, 1 + place),
            amounts={
                "billed_cost": DEEP if place == 0 else Decimal(place) / 8 - 1,
                "effective_cost": Decimal("0.000000000000000001") * (place - 3),
            },
        )
        for place in range(len(HOSTILE))
    ]
    return Estate((*lines, Line(dim=1, currency="USD", amounts={"billed_cost": Decimal("7.5")})), tuple(dims))


def make_store() -> FakeStore:
    return FakeStore(estate())


class FakeRemoving:
    """Implements `api.protocols.Removes` for the one source."""

    def effect(self, source: str) -> doc.RemovalEffect:
        if source != "north":
            raise not_found("source", source)
        return doc.RemovalEffect(source=source, query="", months=[doc.RemovalMonth(period="2026-10", closed=False)])

    def permit(self, source: str, how: doc.RemovalWay) -> None:
        self.effect(source)

    def remove(self, source: str, how: doc.RemovalWay, actor: str, progress: Progress) -> doc.Removed:
        return doc.Removed(sources=[source], how=how, rows=3)

    def bring_back(self, source: str, progress: Progress) -> doc.Removed:
        return doc.Removed(sources=[source], how="bring_back", rows=3)

    def periods(self) -> Sequence[doc.PeriodState]:
        return [doc.PeriodState(period="2026-10", closed=False)]

    def set_period(self, period: str, *, closed: bool, actor: str) -> doc.PeriodState:
        return doc.PeriodState(period=period, closed=closed, actor=actor)


class FakePooling:
    """No pools, and every value is kept."""

    def pools(self) -> doc.PoolsDocument:
        return doc.PoolsDocument(text="", version=0)

    def texts(self, wanted: doc.PoolsText) -> doc.RulesTexts:
        return doc.RulesTexts(org="", rules="", files={"pools.yaml": wanted.text})

    def check(self, wanted: doc.PoolsText) -> doc.PoolsCheck:
        return doc.PoolsCheck(valid=True)

    def series(self) -> list[doc.SeriesKnown]:
        return []

    def points(self, wanted: doc.SeriesUpload) -> list[doc.SeriesPoint]:
        return wanted.points

    def put_series(self, points: list[doc.SeriesPoint], progress: Any) -> doc.SeriesTaken:
        return doc.SeriesTaken(points=len(points), series=[point.name for point in points])


class FakeTagging:
    """Says what it was asked."""

    def coverage(self, query: Any, access: Any, limit: int) -> doc.TagsCoverage:
        about: dict[str, Any] = {"period": doc.Range(start=None, end=None), "generations": "g", "rules_version": 1}
        return doc.TagsCoverage(measure=query.measures[0], keys=[doc.TagCoverage(key=str(limit))], **about)

    def variants(self, query: Any, access: Any, keys: Sequence[str]) -> doc.TagVariants:
        about: dict[str, Any] = {"period": doc.Range(start=None, end=None), "generations": "g", "rules_version": 1}
        return doc.TagVariants(measure=query.measures[0], suggestion=",".join(keys), **about)


class FakeRulebook:
    """Two versions."""

    def preview(self, order: doc.PreviewOrder, *, whole: bool = False) -> doc.RulesPreview:
        return doc.RulesPreview(valid=True, passed=True, dimension=order.dimension)

    def versions(self) -> Sequence[doc.RulesVersion]:
        return [doc.RulesVersion(version=n, author="local", created_at=NOW, in_force=n == 2) for n in (2, 1)]

    def texts(self, version: int) -> doc.RulesTexts:
        if version not in (1, 2):
            raise not_found("version of the rules", str(version))
        return doc.RulesTexts(org="teams: []\n", rules="{}\n", files={})

    def diff(self, before: int, after: int) -> doc.RulesDiff:
        return doc.RulesDiff(before=before, after=after, text="")


@dataclass
class FakeActions:
    """Implements `api.protocols.Actions`; `fault` is raised by whatever is called next."""

    store: FakeStore
    fault: BaseException | None = None
    orders: list[ImportOrder] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    saved: Any = field(default_factory=lambda: SimpleNamespace(preferences=lambda _actor: doc.Preferences()))

    @property
    def rulebook(self) -> FakeRulebook:
        return FakeRulebook()

    @property
    def pooling(self) -> FakePooling:
        return FakePooling()

    @property
    def tagging(self) -> FakeTagging:
        return FakeTagging()

    @property
    def campaigns(self) -> Any:
        return SimpleNamespace()

    @property
    def tag_policies(self) -> Any:
        return SimpleNamespace()

    @property
    def removing(self) -> FakeRemoving:
        return FakeRemoving()

    def _maybe(self) -> None:
        if self.fault:
            raise self.fault

    def status(self) -> doc.Status:
        self._maybe()
        return doc.Status(empty=False, generations=self.store.generations, rules_version=1)

    def readiness(self) -> doc.Readiness:
        return doc.Readiness(ready=self.fault is None, checks=[])

    def sources(self) -> Sequence[doc.Source]:
        self._maybe()
        return [doc.Source(source="north", label="North", rows=3)]

    def months(self, source: str) -> Sequence[doc.SourceMonth] | None:
        return [doc.SourceMonth(period="2026-10", state="live")] if source == "north" else None

    def loads(self, source: str | None, limit: int) -> Sequence[doc.Load]:
        return [self._load("l1")]

    def _load(self, load_id: str) -> doc.LoadDetail:
        return doc.LoadDetail(id=load_id, source="north", period="2026-10", state="held", actor="local", created_at=NOW)

    def load(self, load_id: str) -> doc.LoadDetail | None:
        return self._load(load_id) if load_id == "l1" else None

    def restatements(self, source: str | None, limit: int, cursor: str | None = None) -> doc.Restatements:
        self._maybe()
        return doc.Restatements(restatements=[])

    def rebalance_colours(self, dimension: str, actor: str) -> doc.Colours:
        return doc.Colours(dimension=dimension, slots={})

    def colours(self, dimension: str) -> doc.Colours:
        self._maybe()
        return doc.Colours(dimension=dimension, slots={"north": 1})

    def line(self, line_id: str, access: Any) -> doc.LineDetail | None:
        assert access.everything
        source, period, generation, line_no = line_id.split(":")
        if source != "north":
            return None
        return doc.LineDetail(
            id=line_id, source=source, period=period, generation=int(generation), line_no=int(line_no),
            focus={"BilledCost": "1"}, rules_version=1, origin=doc.LineOrigin(name="a.csv", row=1),
        )  # fmt: skip

    def rules(self) -> doc.RulesDocument:
        return doc.RulesDocument(org="teams: []\n", rules="{}\n", version=1)

    def check_rules(self, texts: doc.RulesTexts) -> doc.RulesCheck:
        self._maybe()
        return doc.RulesCheck(valid=True)

    def proposal(self) -> doc.ProposalDocument:
        return doc.ProposalDocument(available=False)

    def demo_guide(self) -> doc.DemoGuide:
        return doc.DemoGuide(present=False)

    def check(self) -> doc.CheckReport:
        return doc.CheckReport(ok=True, checks=[])

    def export_focus(self, order: FocusOrder, out: Path, told: Told) -> None:
        self._maybe()
        out.write_text(f"{order.version} {order.period} {order.format}\r\n", newline="")

    def import_paths(self, order: ImportOrder, progress: Progress) -> doc.ImportResult:
        progress.stage("fetch", "Receiving")
        self.orders.append(order)
        self.bodies += [path.read_bytes() for path in order.paths if path.is_file()]
        self._maybe()
        progress.rows(5, 10)
        progress.stage("live")
        return doc.ImportResult(state="held" if order.source == "shrunk" else "live", source=order.source)

    def accept_load(self, load_id: str, actor: str, progress: Progress) -> doc.ImportResult:
        self._maybe()
        return doc.ImportResult(state="live", source="north")

    def reject_load(self, load_id: str, actor: str) -> doc.LoadDetail:
        if load_id != "l1":
            raise not_found("load", load_id)
        return self._load(load_id)

    def apply_rules(
        self, texts: doc.RulesTexts, actor: str, progress: Progress, team: str | None = None
    ) -> doc.RulesApplied:
        self._maybe()
        return doc.RulesApplied(version=2)

    def apply_proposal(self, actor: str, progress: Progress) -> doc.RulesApplied:
        raise ProblemError("caller", "conflict", "There is no cost yet to propose rules from.")

    def load_demo(self, actor: str, progress: Progress) -> doc.DemoLoaded:
        return doc.DemoLoaded(state="live", rows=1)

    def remove_demo(self, actor: str, progress: Progress) -> doc.Removed:
        return doc.Removed(sources=[], rows=0)

    def rebuild(self, renormalise: bool, actor: str, progress: Progress) -> doc.Rebuilt:
        return doc.Rebuilt(periods=1, rows=3)


class OnSocket:
    """The application as the unix socket sees it: its server address is a path without a port."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, "server": ("/data/outlay.sock", None), "client": None}, receive, send)
