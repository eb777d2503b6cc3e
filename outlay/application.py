"""All the parts of a running Outlay, put together: the same for a server and for a command that runs without one."""

from __future__ import annotations

import importlib.resources
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from api import ApiSettings, create_app
from api import documents as doc
from api.documents.collecting import SyncRequest
from api.protocols import Help, ProblemError, Progress
from outlay import __version__
from outlay.actions import Actions
from outlay.catalogue_sync import NAME as CATALOGUE
from outlay.config import Config
from outlay.jobs import JobRunner
from outlay.rule_files import CATALOGUE as ENTITIES
from outlay.rule_files import documents_beside
from outlay.rulebook import over_what_is_in_force
from outlay.ruling import RulesInForce
from outlay.schedule import Schedule
from outlay.sync_order import SCHEDULE
from warehouse.store import Store

FROM_FILES = "configuration"
"""The actor that publishes rules which the configuration reads from files."""


@dataclass(frozen=True, slots=True)
class Application:
    """What `open_application` made. `close` in the end, always: it gives the data folder back."""

    app: FastAPI
    jobs: JobRunner
    close: Callable[[], None]


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_application(config: Config, token: str | None = None, address: str | None = None) -> Application:
    """Open the data folder and build the application around it. Raises what `Store` raises when that fails."""
    store = Store(config.data, RulesInForce, now=utc_now())
    try:
        shutil.rmtree(config.scratch, ignore_errors=True)  # what a process that ended left behind
        pinned = config.rules_org is not None or config.rules_file is not None
        actions = PinnedRules(store, utc_now, config) if pinned else Actions(store, utc_now)
        jobs = JobRunner(utc_now)
        settings = ApiSettings(
            scratch=config.scratch,
            now=utc_now,
            version=__version__,
            web=web_folder(),
            hosts=config.hosts,
            token=token,
            address=config.address or address,
        )
        actions.collecting.adopt(config.sources)
        actions.catalogue.adopt(config.catalogue)
        app = create_app(store, jobs, actions, settings)
        schedule = _schedule(actions, jobs, app.state.services.exports.sweep)
        if address is not None:  # a server that stays; a command's own server only does what it is asked
            schedule.start()
        if isinstance(actions, PinnedRules):
            jobs.start("rules", actions.publish, actor=FROM_FILES)
    except BaseException:
        store.close()
        raise

    def close() -> None:
        schedule.stop()
        app.state.services.exports.close()
        jobs.close()
        store.close()
        shutil.rmtree(config.scratch, ignore_errors=True)

    return Application(app, jobs, close)


def _schedule(actions: Actions, jobs: JobRunner, sweep: Callable[[], None]) -> Schedule:
    collecting, catalogue = actions.collecting, actions.catalogue

    def start(source: str) -> None:
        if source == CATALOGUE:
            jobs.start("catalogue", lambda report: catalogue.bring(SCHEDULE, report), actor=SCHEDULE)
        elif collecting.under_way(source, jobs) is None:
            order = SyncRequest()
            jobs.start(
                "sync",
                lambda report: collecting.sync(source, order, SCHEDULE, report),
                actor=SCHEDULE,
                source=source,
            )

    return Schedule(lambda: [*collecting.paces(), *catalogue.paces()], start, utc_now, sweep)


def web_folder() -> Path | None:
    """The built web application: inside the installed package, or beside it in a source checkout."""
    checkout = Path(__file__).resolve().parent.parent / "web" / "dist"
    installed = Path(str(importlib.resources.files("outlay"))) / "web"
    return next((folder for folder in (installed, checkout) if (folder / "index.html").is_file()), None)


class PinnedRules(Actions):
    """Rules that the configuration reads from files: published when they changed, and by nobody else.

    The catalogue is read from where it is, and so are its entities unless their document lies beside the rules, too.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], config: Config) -> None:
        super().__init__(store, clock)
        self._config = config

    def publish(self, progress: Progress) -> doc.RulesApplied:
        """Bring the files into force. Wrong ones fail the job; the rules that were in force stay."""
        return over_what_is_in_force(lambda: self._bring(progress))

    def _bring(self, progress: Progress) -> doc.RulesApplied:
        before = super().rules()
        org = _read(self._config.rules_org) or before.org
        place, rules = self._config.rules_file, _read(self._config.rules_file) or before.rules
        files = before.files or {}
        if place:
            files = {name: files[name] for name in (ENTITIES,) if name in files} | documents_beside(place, rules)
        texts = doc.RulesTexts(org=org, rules=rules, files=files)
        return super().publish_rules(texts, FROM_FILES, progress, before.version)

    def status(self) -> doc.Status:
        return super().status().model_copy(update={"rules_writable": False, "proposal_available": False})

    def rules(self) -> doc.RulesDocument:
        places = [str(path) for path in (self._config.rules_org, self._config.rules_file) if path]
        facts: dict[str, Any] = {"writable": False, "place": ", ".join(places)}
        return super().rules().model_copy(update=facts)

    def publish_rules(
        self, texts: doc.RulesTexts, actor: str, progress: Progress, over: int | None = None
    ) -> doc.RulesApplied:
        if over is not None:
            self.store.state.check_in_force(over)
        held, place = super().rules(), self.rules().place
        beside = self._config.rules_file is not None and (self._config.rules_file.parent / ENTITIES).is_file()
        if not beside and _without_entities(texts) == _without_entities(held):
            return super().publish_rules(texts, actor, progress, held.version)
        more = Help(next_step=f"Change {place} and restart the server.")
        raise ProblemError("caller", "conflict", "The configuration reads the rules from files.", more)


def _without_entities(texts: doc.RulesTexts | doc.RulesDocument) -> tuple[str, str, dict[str, str]]:
    files = texts.files or {}
    return texts.org, texts.rules, {name: text for name, text in files.items() if name != ENTITIES}


def _read(path: Path | None) -> str | None:
    return path.read_text(encoding="utf-8") if path else None
