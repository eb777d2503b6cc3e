"""Files made of answers, kept in the data folder for a while: a file and a note beside it, for their owner only.

What takes longer than a reader waits is kept for a day under a link; what is ready sooner is fetched at once and kept
for minutes only, unlisted. A file is written elsewhere and put here whole, so what lies here is complete.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from api import documents as doc
from api.errors import problem_of
from api.protocols import Help, JobCancelledError, ProblemError, Progress, not_found
from api.settings import ApiSettings
from api.writing import How, Writer
from warehouse.metrics import Stopping

PASSING_MINUTES = 10
"""A browser that was told of a ready file fetches it now."""
INTERRUPTED = "Interrupted by a restart."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to make, for whom, and the address that asked."""

    extension: str
    write: Writer
    raw: bool
    actor: str
    asked: str


class Note(doc.Document):
    """What lies beside a file; alone, what is said of one that is being made or that came to nothing."""

    export: doc.Export
    actor: str
    headers: dict[str, str] = Field(default_factory=dict)
    passing: bool = False


@dataclass(eq=False, slots=True)
class Making:
    """The work of making one file. `id` is its job's, known once the job is queued."""

    kept: KeptFiles
    wanted: Wanted
    path: Path
    id: str = ""
    passing: bool = True
    stopping: Stopping = field(default_factory=Stopping)

    def __call__(self, report: Progress) -> doc.Export:
        rows = 0

        def told(done: int, total: int) -> None:
            nonlocal rows
            rows = total
            report.check()
            self.kept.need_room(self)
            report.rows(done, total)

        how = How(self.kept.settings.export_rows_max, self.wanted.raw, told)
        try:
            with self.stopping.heeded():
                name, headers = self.wanted.write(self.path, how)
            report.check()
            return self.kept.keep(self, name, headers, rows)
        except JobCancelledError:
            raise
        except Exception as error:
            report.check()  # a statement that was stopped fails in its own words
            self.kept.fail(self, problem_of(error).detail)
            raise
        finally:
            self.path.unlink(missing_ok=True)
            self.kept.forget(self)

    def stop(self) -> None:
        """Called when the job is cancelled: what the warehouse is asked meanwhile is stopped."""
        self.stopping.stop()

    def abandon(self) -> None:
        """Called when the job is cancelled before it begins."""
        self.kept.forget(self)

    def export(self) -> doc.Export:
        return doc.Export(id=self.id, state="making", asked=self.wanted.asked)

    def size(self) -> int:
        with suppress(OSError):
            return self.path.stat().st_size
        return 0


@dataclass(slots=True)
class KeptFiles:
    """Every method may be called from any thread. A file is seen by who asked for it.

    What is being made is written down as soon as a reader waits for it no longer, so that a restart is told of.
    """

    settings: ApiSettings
    _making: list[Making] = field(default_factory=list)
    _notes: dict[str, Note] | None = None
    _closed: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _reading: threading.Lock = field(default_factory=threading.Lock)

    @property
    def folder(self) -> Path:
        return self.settings.exports

    @contextmanager
    def queueing(self, making: Making) -> Iterator[None]:
        """Meanwhile its job gets its id. No file becomes ready, but a job may end: it is known before it is queued."""
        with self._lock:
            self._making.append(making)
            try:
                yield
            except BaseException:
                self.forget(making)
                raise

    def forget(self, making: Making) -> None:
        """It is made no longer. When the server goes down what was written of it stays, for the next one to tell."""
        with suppress(ValueError):
            self._making.remove(making)
        note = self._known().get(making.id)
        if note and note.export.state == "making" and not self._closed:
            self._drop(making.id)

    def close(self) -> None:
        """The server goes down: what is not ready by now was interrupted."""
        self._closed = True

    def keep(self, making: Making, name: str, headers: Mapping[str, str], rows: int) -> doc.Export:
        """Put a finished file in place."""
        with self._lock:
            self.need_room(making)
            making.path.chmod(0o600)
            size = making.path.stat().st_size
            until = self._until(making.passing)
            ready = {"state": "ready", "name": name, "rows": rows, "size_bytes": size, "kept_until": until}
            export = making.export().model_copy(update=ready)
            self._make_folder()
            making.path.rename(self._file(export.id))
            self._write(Note(export=export, actor=making.wanted.actor, headers=dict(headers), passing=making.passing))
            self.forget(making)
            return export

    def fail(self, making: Making, detail: str) -> None:
        """It came to nothing. Who still waits hears it at once; else it is said where the file would be."""
        with self._lock:
            if not making.passing and not self._closed:
                self._say(making, "failed", detail)

    def outlast(self, export_id: str, actor: str) -> doc.Export:
        """The reader waits no longer: a file that is not ready yet will be kept as long as a link is good for."""
        with self._lock:
            for making in tuple(self._making):
                if making.id == export_id:
                    making.passing = False
                    self._say(making, "making")
                    if making not in self._making:  # it came to nothing at this very moment
                        self.forget(making)
            return self.one(export_id, actor)

    def one(self, export_id: str, actor: str) -> doc.Export:
        with self._lock:
            making = next((one for one in self._making if one.id == export_id and one.wanted.actor == actor), None)
            return making.export() if making else self._note(export_id, actor).export

    def file(self, export_id: str, actor: str) -> tuple[Path, str, dict[str, str]]:
        """Where a ready file lies, what it is called, and headers about it."""
        note = self._note(export_id, actor)
        if note.export.state != "ready":
            raise _gone(export_id)
        return self._file(export_id), note.export.name or "export", note.headers

    def all(self, actor: str) -> doc.Exports:
        self.sweep()
        with self._lock:
            making = [one.export() for one in self._making if one.wanted.actor == actor and not one.passing]
            told = [one for one in self._known().values() if one.actor == actor and not one.passing]
        ended = [one.export for one in told if one.export.state != "making"]
        ended.sort(key=lambda export: export.kept_until or self.settings.now(), reverse=True)
        return doc.Exports(
            exports=[*reversed(making), *ended],
            size_bytes=self._size(),
            size_bytes_max=self.settings.exports_bytes_max,
            kept_hours=self.settings.exports_kept_hours,
        )

    def remove(self, export_id: str, actor: str) -> None:
        """Take a file away, or what is said of one that came to nothing. One that is being made is a job to cancel."""
        with self._lock:
            self._drop(self._note(export_id, actor).export.id)

    def sweep(self) -> None:
        """Take away what was kept long enough, and what lies here without its other half."""
        with self._lock:
            for export_id in [one for one, note in self._known().items() if self._is_over(note)]:
                self._drop(export_id)
            for path in self.folder.iterdir() if self.folder.is_dir() else ():
                if path.name.partition(".")[0] not in self._known():
                    path.unlink(missing_ok=True)

    def need_room(self, making: Making) -> None:
        """Refuse to go on when the disk would be full, or the room of kept files with those that were begun before."""
        free = shutil.disk_usage(self.settings.scratch).free
        if free < self.settings.free_bytes_min:
            more = Help(next_step="Free space on the disk of the data folder.")
            raise ProblemError("operator", "disk_full", f"Only {free >> 20} MiB of the disk are free.", more)
        before = takewhile(lambda one: one is not making, tuple(self._making))
        size = self._size() + sum(one.size() for one in (*before, making))
        if size > self.settings.exports_bytes_max:
            room = f"{self.settings.exports_bytes_max >> 30} GiB"
            more = Help(next_step="Remove exports that are no longer needed, or ask for less.")
            raise ProblemError("caller", "too_large", f"Exports may take {room} together.", more)

    def _until(self, passing: bool = False) -> datetime:
        settings = self.settings
        kept = timedelta(minutes=PASSING_MINUTES) if passing else timedelta(hours=settings.exports_kept_hours)
        return settings.now() + kept

    def _size(self) -> int:
        return sum(note.export.size_bytes or 0 for note in tuple(self._known().values()))

    def _is_over(self, note: Note) -> bool:
        until = note.export.kept_until
        lost = note.export.state == "ready" and not self._file(note.export.id).exists()
        return lost or until is None or until <= self.settings.now()

    def _file(self, export_id: str) -> Path:
        return self.folder / f"{export_id}.file"

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _say(self, making: Making, state: Literal["making", "failed"], detail: str | None = None) -> None:
        told = {"state": state, "detail": detail, "kept_until": self._until()}
        self._make_folder()
        self._write(Note(export=making.export().model_copy(update=told), actor=making.wanted.actor))

    def _write(self, note: Note) -> None:
        path = self.folder / f"{note.export.id}.json"
        path.touch(mode=0o600)
        path.write_text(note.model_dump_json(), encoding="utf-8")
        self._known()[note.export.id] = note

    def _known(self) -> dict[str, Note]:
        """Id -> note. Read once: nobody else writes here."""
        if self._notes is None:
            with self._reading:
                self._notes = self._notes or {note.export.id: note for note in self._read()}
        return self._notes

    def _read(self) -> Iterator[Note]:
        """What a server before this one left; what it was making is not made any more."""
        for path in self.folder.glob("*.json"):
            with suppress(OSError, ValidationError):  # cut short by a crash
                note = Note.model_validate_json(path.read_bytes())
                if note.export.state == "making":
                    told = {"state": "interrupted", "detail": INTERRUPTED}
                    note = note.model_copy(update={"export": note.export.model_copy(update=told)})
                yield note

    def _note(self, export_id: str, actor: str) -> Note:
        found = self._known().get(export_id)
        if found is None or found.actor != actor or self._is_over(found):
            raise _gone(export_id)
        return found

    def _drop(self, export_id: str) -> None:
        self._known().pop(export_id, None)
        for path in (self.folder / f"{export_id}.json", self._file(export_id)):
            path.unlink(missing_ok=True)


def _gone(export_id: str) -> ProblemError:
    return not_found("export", export_id, "Exports are kept for a while only; ask for it again.")
