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
from pathlib import Path

from pydantic import ValidationError

from api import documents as doc
from api.protocols import Help, ProblemError, Progress, not_found
from api.settings import ApiSettings
from api.writing import How, Writer

PASSING_MINUTES = 10
"""A browser that was told of a ready file fetches it now."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to make, for whom, and the address that asked."""

    extension: str
    write: Writer
    raw: bool
    actor: str
    asked: str


class Note(doc.Document):
    """What lies beside a file."""

    export: doc.Export
    actor: str
    headers: dict[str, str]
    passing: bool


@dataclass(eq=False, slots=True)
class Making:
    """The work of making one file. `id` is its job's, known once the job is queued."""

    kept: KeptFiles
    wanted: Wanted
    path: Path
    id: str = ""
    passing: bool = True

    def __call__(self, report: Progress) -> doc.Export:
        rows = 0

        def told(done: int, total: int) -> None:
            nonlocal rows
            rows = total
            report.check()
            self.kept.need_room(self.path)
            report.rows(done, total)

        settings = self.kept.settings
        try:
            name, headers = self.wanted.write(self.path, How(settings.export_rows_max, self.wanted.raw, told))
            report.check()
            self.kept.need_room(self.path)
            return self.kept.keep(self, name, headers, rows)
        finally:
            self.path.unlink(missing_ok=True)
            self.kept.forget(self)

    def abandon(self) -> None:
        """Called when the job is cancelled before it begins."""
        self.kept.forget(self)

    def export(self) -> doc.Export:
        return doc.Export(id=self.id, state="making", asked=self.wanted.asked)


@dataclass(slots=True)
class KeptFiles:
    """Every method may be called from any thread. A file is seen by who asked for it."""

    settings: ApiSettings
    _making: list[Making] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

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
        with suppress(ValueError):
            self._making.remove(making)

    def keep(self, making: Making, name: str, headers: Mapping[str, str], rows: int) -> doc.Export:
        """Put a finished file in place."""
        with self._lock:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            making.path.chmod(0o600)
            export = making.export().model_copy(
                update={
                    "state": "ready",
                    "name": name,
                    "rows": rows,
                    "size_bytes": making.path.stat().st_size,
                    "kept_until": self._until(making.passing),
                }
            )
            making.path.rename(self._file(export.id))
            self._write(Note(export=export, actor=making.wanted.actor, headers=dict(headers), passing=making.passing))
            self.forget(making)
            return export

    def outlast(self, export_id: str, actor: str) -> doc.Export:
        """The reader waits no longer: a file that is not ready yet will be kept as long as a link is good for."""
        with self._lock:
            for making in tuple(self._making):
                if making.id == export_id:
                    making.passing = False
        return self.one(export_id, actor)

    def one(self, export_id: str, actor: str) -> doc.Export:
        making = next((one for one in tuple(self._making) if one.id == export_id and one.wanted.actor == actor), None)
        return making.export() if making else self._note(export_id, actor).export

    def file(self, export_id: str, actor: str) -> tuple[Path, str, dict[str, str]]:
        """Where a ready file lies, what it is called, and headers about it."""
        note = self._note(export_id, actor)
        return self._file(export_id), note.export.name or "export", note.headers

    def all(self, actor: str) -> doc.Exports:
        self.sweep()
        making = [one.export() for one in tuple(self._making) if one.wanted.actor == actor and not one.passing]
        notes = sorted(self._notes(), key=lambda note: note.export.kept_until or self.settings.now(), reverse=True)
        ready = [note.export for note in notes if note.actor == actor and not note.passing]
        return doc.Exports(
            exports=[*reversed(making), *ready],
            size_bytes=self._size(),
            size_bytes_max=self.settings.exports_bytes_max,
            kept_hours=self.settings.exports_kept_hours,
        )

    def remove(self, export_id: str, actor: str) -> None:
        """Take a ready file away. One that is being made is a job to cancel."""
        self._drop(self._note(export_id, actor).export.id)

    def sweep(self) -> None:
        """Take away what was kept long enough, and what lies here without its other half."""
        with self._lock:
            kept = {note.export.id: note.export.kept_until for note in self._notes()}
            for path in self.folder.iterdir() if self.folder.is_dir() else ():
                until = kept.get(path.name.partition(".")[0])
                if until is None or until <= self.settings.now() or not self._file(path.stem).exists():
                    path.unlink(missing_ok=True)

    def need_room(self, path: Path) -> None:
        """Refuse to go on when the disk, or the room of kept files, would be full."""
        free = shutil.disk_usage(self.settings.scratch).free
        if free < self.settings.free_bytes_min:
            more = Help(next_step="Free space on the disk of the data folder.")
            raise ProblemError("operator", "disk_full", f"Only {free >> 20} MiB of the disk are free.", more)
        size = path.stat().st_size if path.exists() else 0
        if self._size() + size > self.settings.exports_bytes_max:
            room = self.settings.exports_bytes_max >> 20
            more = Help(next_step="Remove exports that are no longer needed, or ask for less.")
            raise ProblemError("caller", "too_large", f"Exports may take {room} MiB together.", more)

    def _until(self, passing: bool) -> datetime:
        settings = self.settings
        kept = timedelta(minutes=PASSING_MINUTES) if passing else timedelta(hours=settings.exports_kept_hours)
        return settings.now() + kept

    def _size(self) -> int:
        return sum(note.export.size_bytes or 0 for note in self._notes())

    def _file(self, export_id: str) -> Path:
        return self.folder / f"{export_id}.file"

    def _write(self, note: Note) -> None:
        path = self.folder / f"{note.export.id}.json"
        path.touch(mode=0o600)
        path.write_text(note.model_dump_json(), encoding="utf-8")

    def _notes(self) -> Iterator[Note]:
        for path in self.folder.glob("*.json"):
            with suppress(OSError, ValidationError):  # taken away meanwhile, or cut short by a crash
                yield Note.model_validate_json(path.read_bytes())

    def _note(self, export_id: str, actor: str) -> Note:
        found = next((note for note in self._notes() if note.export.id == export_id and note.actor == actor), None)
        until = found.export.kept_until if found else None
        if found is None or until is None or until <= self.settings.now() or not self._file(export_id).exists():
            raise not_found("export", export_id, "Exports are kept for a while only; ask for it again.")
        return found

    def _drop(self, export_id: str) -> None:
        for path in (self.folder / f"{export_id}.json", self._file(export_id)):
            path.unlink(missing_ok=True)
