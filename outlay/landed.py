"""Parts of a month as they lie in landing, read once more: nothing is fetched for it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.protocols import Progress
from collectors.bundles import discover
from collectors.sources import SourceError
from outlay.child import ChildResult, TaskFile
from outlay.pipeline import Received, Run, billed_twice, normalise_all, prepare
from warehouse.store import Prepared, Store
from warehouse.store.collecting import Collected


@dataclass(frozen=True, slots=True)
class Desk:
    """What reading needs: where files lie, who watches, and what stands for the child process in tests."""

    store: Store
    progress: Progress
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What a source has, a period each, and the formats it came in."""

    prepared: list[Prepared]
    formats: tuple[str, ...]
    files: tuple[tuple[str, Path], ...] = ()
    """(key of the part, canonical file) of everything that was read."""


def read(desk: Desk, parts: Sequence[Collected], scratch: Path, settings: Mapping[str, str] | None = None) -> Read:
    """All parts of one source together. Raises what reading raises when the fault lies in the files."""
    found: list[tuple[str, Received, ChildResult]] = []
    for number, part in enumerate(parts):
        received = _received(desk.store, part, scratch / f"in-{number}", settings or {})
        read = normalise_all(received, scratch / f"out-{number}", desk.progress, desk.run)
        found += [(part.key, *both) for both in zip(*read, strict=True)]
    formats = tuple(sorted({made.format_name for _, _, made in found}))
    files = tuple((key, one.path) for key, _, made in found for one in made.periods)
    whole = [one for _, one, _ in found], [made for _, _, made in found]
    return Read(prepare(parts[0].source, *whole) if parts else [], formats, files)


def once_each(prepared: Sequence[Prepared]) -> None:
    """Raises SourceError for a month that two exports deliver alike: it would be counted twice."""
    for one in prepared:
        contents = [content for content, _ in one.parts]
        if len(set(contents)) < len(contents):
            raise SourceError(
                "configuration",
                f"Two exports of this source deliver the very same lines of {one.period}; nothing was loaded twice.",
                next_step="Let it read one of them.",
            )


def apart(found: Read) -> None:
    """Raises SourceError when two exports have lines of one account: they are two bills of the same cost."""
    if twice := billed_twice(found.files):
        raise SourceError(
            "configuration",
            f"{twice}; nothing was loaded twice.",
            next_step="Name the export to read under exports, or narrow the prefix.",
        )


def _received(store: Store, part: Collected, folder: Path, settings: Mapping[str, str]) -> list[Received]:
    """The files of a part under their own names again, grouped by their manifests."""
    kept: dict[Path, Mapping[str, Any]] = {}
    for file in part.files:
        path = folder / file["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(store.landing.raw(file["digest"]), path)
        kept[path] = file
    return [
        Received(
            files=tuple(
                TaskFile(store.landing.raw(kept[f.path]["digest"]), f.name, kept[f.path]["digest"], f.facts)
                for f in bundle.files
            ),
            sizes={kept[f.path]["digest"]: kept[f.path]["size_bytes"] for f in bundle.files},
            format_name=bundle.format_name or part.format,
            manifest=bundle.manifest,
            settings=settings,
        )
        for bundle in discover([folder], part.format)
    ]
