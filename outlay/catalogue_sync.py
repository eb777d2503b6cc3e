"""The organisation's catalogue brought up to date on a schedule, from where outlay.yaml says it is.

catalogue:
  url: https://backstage.example.com   # or file: a table, a YAML file, or a folder of catalog-info.yaml
  token: env:BACKSTAGE_TOKEN
  complete: true                       # what a file does not have is gone; a service always says everything
  interval_hours: 24
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from api import documents as doc
from api.protocols import Help, ProblemError, Progress
from outlay.entities import Entities
from outlay.entity_files import entity_files
from outlay.schedule import Pace, next_run
from warehouse.store.state import State

NAME: Final = "catalogue:"
"""Among the names of sources; no source can be called so."""
KEPT: Final = "catalogue import"
FILE_BYTES_MAX: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class CatalogueSource:
    """Where the catalogue is: at an address, or in a file or folder."""

    url: str | None = None
    token: str | None = None
    file: Path | None = None
    complete: bool = False
    interval_hours: int = 24

    @property
    def place(self) -> str:
        return self.url or str(self.file)


class CatalogueSync:
    """One per server. What the last run did is kept in the state file."""

    def __init__(self, entities: Entities, state: State, clock: Callable[[], datetime]) -> None:
        self._entities, self._state, self._clock = entities, state, clock
        self._source: CatalogueSource | None = None
        self._running = threading.Lock()

    def adopt(self, source: CatalogueSource | None) -> None:
        self._source = source

    def paces(self) -> list[Pace]:
        """For the schedule: none where nothing is configured."""
        source, last = self._source, self._last()
        if source is None:
            return []
        ended = last.get("ended_at") if last.get("place") == source.place else None
        return [
            Pace(
                NAME,
                source.interval_hours,
                running=self._running.locked(),
                last_ended=datetime.fromisoformat(ended) if ended else None,
                last_state=last.get("state"),
            )
        ]

    def imports(self) -> doc.CatalogueImports:
        """Where the catalogue comes from, when it was read last and what came of it."""
        source, last = self._source, self._last()
        pace = next(iter(self.paces()), None)
        due = next_run(pace) if pace else None
        return doc.CatalogueImports(
            place=source.place if source else None,
            interval_hours=source.interval_hours if source else None,
            next_run=max(due, self._clock()) if due else None,
            running=self._running.locked(),
            ended_at=last.get("ended_at"),
            state=last.get("state"),
            message=last.get("message"),
            version=last.get("version"),
            changes=last.get("changes", 0),
            issues=_issues(source, last),
        )

    def bring(self, actor: str, progress: Progress) -> doc.CatalogueImported:
        """Read what is configured and publish what it changes; what failed is kept, and raised."""
        source = self._source
        if source is None:
            step = "Add `catalogue:` to outlay.yaml, or bring files with `outlay entities import`."
            raise ProblemError("caller", "conflict", "No catalogue is configured.", Help(next_step=step))
        if not self._running.acquire(blocking=False):
            raise ProblemError("caller", "conflict", "The catalogue is being read already.", Help())
        try:
            found = self._entities.take(_order(source), actor, progress)
        except Exception as error:
            who = getattr(error, "kind", "us")
            acts = {"actor": "operator" if who == "caller" else who, "next_step": getattr(error, "next_step", None)}
            self._keep(source, state="failed", message=str(error), version=None, changes=0, **acts)
            raise
        else:
            self._keep(source, state="done", message=None, version=found.version, changes=len(found.changes))
            return found
        finally:
            self._running.release()

    def _last(self) -> dict[str, Any]:
        return self._state.recall(KEPT) or {}

    def _keep(self, source: CatalogueSource, **facts: Any) -> None:
        self._state.keep(KEPT, {"place": source.place, "ended_at": self._clock().isoformat(), **facts})


def _issues(source: CatalogueSource | None, last: dict[str, Any]) -> list[doc.Issue]:
    """What went wrong in the last run, and who must act; nothing where another place is read by now."""
    if source is None or last.get("place") != source.place or last.get("state") != "failed":
        return []
    text = f"The catalogue was not read: {last.get('message') or 'no reason is known.'}"
    step = last.get("next_step") or "Mend it there, then import again; what was known stays in force."
    return [doc.Issue(message=text, actor=last.get("actor", "us"), next_step=step)]


def _order(source: CatalogueSource) -> doc.CatalogueOrder:
    if source.url:
        return doc.CatalogueOrder(url=source.url, token=source.token)
    assert source.file is not None
    files = [doc.CatalogueText(name=path.name, text=_text(path)) for path in entity_files(source.file)]
    if not files:
        raise ProblemError("operator", "configuration", f"There is no catalogue in {source.file}.", Help())
    return doc.CatalogueOrder(files=files, complete=source.complete)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise ProblemError("operator", "configuration", f"{path} is too large for a catalogue.", Help())
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        step = "Make it readable for the server, or name another in outlay.yaml."
        raise ProblemError(
            "operator", "configuration", f"{path} cannot be read: {error}", Help(None, (), step)
        ) from None
