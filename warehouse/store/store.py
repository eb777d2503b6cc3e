"""The store: one owner, whole scopes swapped in one transaction, consistent reads, and repair from landed files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from warehouse.store import export
from warehouse.store.collecting import Collecting
from warehouse.store.database import Database, Reader
from warehouse.store.fatal import Fatal
from warehouse.store.faults import ConflictError, UnknownError
from warehouse.store.gate import Gate
from warehouse.store.history import Historian
from warehouse.store.inventory import Inventory
from warehouse.store.landing import Landing
from warehouse.store.loads import Prepared, check_move, facts_of, held_reasons, scope_of
from warehouse.store.owner import Owner
from warehouse.store.publish import publish
from warehouse.store.recovery import FILE, Recovery, drop_unused_owners, exchange
from warehouse.store.removal import Periods, Removal, Removals, drop_lines
from warehouse.store.retention import prune
from warehouse.store.series import Point, Series
from warehouse.store.snapshot import Beside, Headers, Snapshot
from warehouse.store.split_history import past
from warehouse.store.splits import put_splits
from warehouse.store.state import Load, Source, State, Texts, instant
from warehouse.store.swap import Own, swap
from warehouse.store.versions import Versions

Cause = Literal["new data", "drift", "mapping", "coverage"]
"""Why a scope changes. `drift`: the source changed a settled month; `coverage`: another source counts from now on."""
OwnFor = Callable[[Mapping[str, Any] | None], Own]
"""Rules documents (org, rules, version; null: none published) to attribution. Raises when they are wrong."""


class Store:
    """The data folder. Open it once per process; every method may be called from any thread.

    `own_for` makes attribution from the documents in force; `on_step` is told the name of each step of a load, for
    harnesses that stop the process there.
    """

    def __init__(
        self, folder: Path, own_for: OwnFor, *, now: datetime, on_step: Callable[[str], None] | None = None
    ) -> None:
        os.umask(0o077)
        self.folder = folder
        self._owner = Owner(folder, instant(now))
        self.landing = Landing(folder / "landing")
        self.state = State(folder / "state.sqlite")
        self.inventory = Inventory(self.state)
        self._own_for = own_for
        self._step = on_step or (lambda _name: None)
        self._writing = threading.RLock()
        self._gate = Gate()
        self._headers = Headers()
        self._fatal = Fatal(self._reopen)
        self._now = now
        self.landing.clear_scratch()
        self._versions = Versions(self.state, self.inventory, self._own_for, lambda: self.own)
        self.own = self.own_of(self.state.documents())
        self.removals = Removals(self.state)
        recovery = self._recovery(now)
        self._database = recovery.open_checked()
        if "erasing" in self.removals.states().values():
            self._finish_erasing()
        self.notes = tuple(recovery.notes)

    def close(self) -> None:
        with self._gate.closed():
            self._database.close()
        self.state.close()
        self._owner.release()

    # reading

    @contextlib.contextmanager
    def read(self) -> Iterator[Snapshot]:
        """One consistent view; what a load commits meanwhile is not seen."""
        with self._fatal.watched(), self._gate.passing():
            reader = Reader(self._database)
            try:
                header = self._headers.of(reader, self.state)
                history, names = (lambda: past(self.state)), self.inventory.names(self.own)
                yield Snapshot(reader, header, Beside(history, self.landing.folder, names, self.own))
            finally:
                reader.close()

    def own_of(self, documents: Mapping[str, Any] | None) -> Own:
        """Attribution by these documents."""
        return self._versions.own_of(documents)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Those that the rules in force name beside team, application, environment and cost centre."""
        return self.own.extra

    # loading

    def seen(self, source: str, identity: str) -> list[Load]:
        """The live loads that the same files made before, or nothing when any of them is no longer live."""
        same = [load for load in self.state.loads(source=source, identity=identity) if load.state != "quarantined"]
        if not same:
            return []
        batch = [load for load in same if load.batch == same[0].batch]
        live = self.state.live()
        now_live = [live.get((load.source, load.period)) for load in batch]
        if all(found and found.content == load.content for found, load in zip(now_live, batch, strict=True)):
            return [found for found in now_live if found]
        return []

    def load(self, prepared: Sequence[Prepared], *, actor: str, now: datetime, cause: Cause = "new data") -> list[Load]:
        """Bring scopes up to date, all or none; answers their loads, each live, unchanged or held.

        One scope that new data would shrink too far holds the whole batch; a new mapping holds nothing.
        """
        with self._writing:
            self._refuse_hidden(one.source for one in prepared)
            live = self.state.live()
            batch = uuid.uuid4().hex
            loads = [self._new_load(one, batch, actor, now, cause) for one in prepared]
            self._step("verified")
            fresh = []
            for one, load in zip(prepared, loads, strict=True):
                current = live.get((one.source, one.period))
                if current and current.content == one.content:
                    continue
                for content, made in one.parts:
                    self.landing.land(made, one.source, one.period, content)
                fresh.append(load)
            self._step("landed")
            reasons = {} if cause == "mapping" else held_reasons(fresh, live)
            unchanged = [load.id for load in loads if load not in fresh]
            self.state.add_loads(loads)
            self.state.set_loads(unchanged, "unchanged", now)
            if reasons:
                for load in fresh:
                    self.state.set_loads([load.id], "held", now, reasons.get(load.id, "waits for its batch"))
            else:
                self._step("recorded")
                self._go_live(fresh, now, cause)
            return self.state.loads(batch=batch)

    def _new_load(self, one: Prepared, batch: str, actor: str, now: datetime, cause: Cause) -> Load:
        moment = instant(now)
        return Load(
            id=uuid.uuid4().hex,
            batch=batch,
            source=one.source,
            period=one.period,
            state="landed",
            generation=self.state.next_generation(),
            identity=one.identity,
            content=one.content,
            facts=self._with_schema({"cause": cause, **facts_of(one)}),
            actor=actor,
            created_at=moment,
            changed_at=moment,
        )

    def _with_schema(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The columns of the raw files by their digest: generations that have the same share one list."""
        columns = facts.pop("columns", None)
        if not columns:
            return facts
        name = hashlib.sha256("\n".join(columns).encode()).hexdigest()[:16]
        if self.state.recall(f"schema {name}") is None:
            self.state.keep(f"schema {name}", columns)
        return {**facts, "schema": name}

    def _go_live(self, loads: Sequence[Load], now: datetime, cause: Cause = "new data") -> None:
        """Steps 6 and 7: one transaction over all scopes, then the record."""
        if not loads:
            return
        with self._fatal.watched(), self._gate.passing():
            with self._database.transaction() as cursor:
                historian = Historian(cursor, self.landing, self.state, cause, now)
                for load in loads:
                    historian.keep(load.source, load.period)
                    swap(cursor, scope_of(load, self.paths(load)), self.own, now)
                    self._step("swapping")
                drop_unused_owners(cursor, sorted({load.period for load in loads}))
                historian.share({load.period for load in loads}, self.own)
            self._step("swapped")
            self.state.go_live(loads, historian.rows, now)
            historian.record_splits()
            self._step("live")
            for scope in {(load.source, load.period) for load in loads}:
                prune(self.landing, self.state.loads(source=scope[0], period=scope[1]), now)
            self._database.checkpoint_when_large()

    def paths(self, load: Load) -> list[Path]:
        """The landed canonical files of a load."""
        return [self.landing.focus(load.source, load.period, part) for part in load.facts.get("parts", [])]

    def line(self, load: Load, line_no: int) -> dict[str, Any] | None:
        """The canonical row behind a line of a load, every column; null when there is none."""
        return export.line_of(self.paths(load), line_no)

    def landed(self) -> tuple[export.Landed, ...]:
        """The files of all live loads, by billing period and source."""
        live = sorted(self.state.live().values(), key=lambda load: (load.period, load.source))
        return tuple(export.Landed(load.source, load.period, tuple(self.paths(load))) for load in live)

    def refuse(self, source: str, reason: str, facts: Mapping[str, Any], *, actor: str, now: datetime) -> Load:
        """Keep a record of files that could not be read; what was live stays live."""
        moment = instant(now)
        load = Load(
            id=uuid.uuid4().hex,
            batch=uuid.uuid4().hex,
            source=source,
            period="",
            state="quarantined",
            generation=0,
            identity="",
            content="",
            facts=dict(facts),
            reason=reason,
            actor=actor,
            created_at=moment,
            changed_at=moment,
        )
        self.state.add_loads([load])
        return load

    def decide(self, load_id: str, *, accept: bool, actor: str, now: datetime) -> list[Load]:
        """Let a held batch go live, or turn it down. Raises UnknownError, ConflictError."""
        with self._writing:
            found = self.state.loads(id=load_id)
            if not found:
                raise UnknownError(f"there is no load {load_id}", "list them: outlay loads")
            batch = [load for load in self.state.loads(batch=found[0].batch) if load.state == "held"]
            check_move(found[0], "landed" if accept else "rejected")
            if accept:
                self._refuse_hidden(load.source for load in batch)
            ids = [load.id for load in batch]
            if accept:
                newer = {load.id: self.state.next_generation() for load in batch}
                self.state.renumber(newer)
                self.state.set_loads(ids, "landed", now, f"accepted by {actor}")
                self._go_live([load for load in self.state.loads(batch=found[0].batch) if load.id in newer], now)
            else:
                self.state.set_loads(ids, "rejected", now, f"rejected by {actor}")
            return self.state.loads(batch=found[0].batch)

    # sources

    def put_source(self, source: Source) -> None:
        self.state.put_source(source)

    def remove_sources(
        self, names: Sequence[str], how: Removal = "erasing", *, actor: str = "local", now: datetime | None = None
    ) -> int:
        """Collect sources no more; answers how many lines left the answers.

        `kept`: none of them. `hidden`: all, until `bring_back`. `erasing`: all, with their files and history, for
        good; raises ConflictError while a closed period has lines of theirs.
        """
        with self._writing, self._fatal.watched(), self._gate.passing():
            if how == "erasing":
                self._refuse_closed(names)
            for name in names:
                self.removals.begin(name, how, actor, now or self._now)
            self._step("leaving")
            if how == "kept":
                return 0
            with self._database.transaction() as cursor:
                rows = drop_lines(cursor, names)
                drop_unused_owners(cursor, None)
                put_splits(cursor, None, self.own, Series(self.state))
            self._step("left")
            self._headers = Headers()
            self._finish_erasing()
            self._database.checkpoint()
            return rows

    def _refuse_closed(self, names: Sequence[str]) -> None:
        closed = Periods(self.state).closed()
        here = [(name, load["period"]) for name in names for load in self.removals.hidden_loads(name)]
        found = sorted({period for _, period in here if period in closed})
        if found:
            holders = ", ".join(sorted({name for name, period in here if period in closed}))
            raise ConflictError(
                f"{', '.join(found)} is closed and depends on {holders}; closed months are not erased.",
                "Keep or hide the source, or open the months again: outlay periods open MONTH.",
            )

    def _finish_erasing(self) -> None:
        """Files and records of sources whose lines are gone; repeated at the start when a process ended before."""
        for name in (source for source, state in self.removals.states().items() if state == "erasing"):
            self.landing.forget(name)
            self.inventory.forget(name)
            self.removals.erased(name)
            self._step("erased")
        wanted = {file["digest"] for load in self.state.loads() for file in load.facts.get("files", [])}
        self.landing.prune_raw(wanted | Collecting(self.state).digests())

    def bring_back(self, source: str) -> int:
        """Answer with the lines of a hidden source again; answers how many billing periods came back."""
        with self._writing, self._fatal.watched(), self._gate.passing():
            if self.removals.states().get(source) != "hidden":
                raise ConflictError(f"{source} is not hidden", "list them: outlay sources")
            found = [Load(**row) for row in self.removals.hidden_loads(source)]
            with self._database.transaction() as cursor:
                for load in found:
                    swap(cursor, scope_of(load, self.paths(load)), self.own, datetime.fromisoformat(load.changed_at))
                put_splits(cursor, None, self.own, Series(self.state))
            self._step("returned")
            self.removals.came_back(source)
            self._headers = Headers()
            return len(found)

    def _refuse_hidden(self, sources: Iterable[str]) -> None:
        if hidden := sorted(set(sources) & set(self.removals.states())):
            raise ConflictError(
                f"{', '.join(hidden)} is hidden.", "Bring it back first: outlay sources bring-back NAME."
            )

    # rules

    def publish(
        self, org: str, rules: str, *, author: str, now: datetime, files: Texts | None = None, over: int | None = None
    ) -> int:
        """Put a new version of the documents in force for every open period; answers its number.

        `files` are published with them. Raises ConflictError where another version than `over` is in force, or what
        `own_for` raises when they are wrong; then the old version stays in force.
        """
        with self._writing, self._fatal.watched(), self._gate.passing():
            self.state.check_in_force(over)
            self.own_of({**(texts := {"org": org, "rules": rules, "files": dict(files or {})}), "version": 0})
            version = self.state.add_documents(texts, author, now)
            own = self.own_of(self.state.documents(version))
            with self._database.transaction() as cursor:
                historian = Historian(cursor, self.landing, self.state, "rules", now)
                publish(cursor, historian, own)
            self._step("published")
            self.state.add_history(historian.rows)
            historian.record_splits()
            self.state.put_in_force(version)
            self.own = own
            return version

    def publish_again(self, *, author: str, now: datetime) -> None:
        """Put the documents in force as a version that says the same, decided by what is known now; none are none."""
        with self._writing:  # what another one publishes meanwhile is not taken back
            found = self.state.documents()
            if found is not None:
                self.publish(found["org"], found["rules"], files=found["files"], author=author, now=now)

    def put_series(self, points: Sequence[Point], *, now: datetime) -> None:
        """Keep values of metrics, and share cost by them."""
        with self._writing, self._fatal.watched(), self._gate.passing():
            Series(self.state).put(points, now)
            self._share_anew(now)

    def forget_series(self, source: str, *, now: datetime) -> None:
        """Keep no values of a source, and share cost without them."""
        with self._writing, self._fatal.watched(), self._gate.passing():
            Series(self.state).forget(source)
            self._share_anew(now)

    def _share_anew(self, now: datetime) -> None:
        with self._database.transaction() as cursor:
            (historian := Historian(cursor, self.landing, self.state, "series", now)).share(None, self.own)
        historian.record_splits()

    # repair

    def rebuild(self, *, now: datetime, on_load: Callable[[int, int], None] | None = None) -> int:
        """Make the warehouse anew from the landed files of all live loads; answers how many scopes it holds."""
        with self._writing:
            fresh, count = self._recovery(now).build(on_load)
            with self._gate.closed():
                self._database.close()
                exchange(fresh, self.folder / FILE)
                self._database = Database(self.folder / FILE, self.landing.folder)
                self._headers = Headers()
            return count

    def _reopen(self) -> None:
        """Close the database when its last reader has left, open it again and repeat what it lost."""
        with self._gate.closed():
            self._database.close()
            self._database = self._recovery(self._now).open_checked()
            self._headers = Headers()

    def _recovery(self, now: datetime) -> Recovery:
        return Recovery(self.folder, self.landing, self.state, self.own, now)
