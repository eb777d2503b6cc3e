"""Which files belong together: what lies under the paths of an import, grouped by the manifests found there."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

import collectors.manifests
from collectors.formats.contract import Bundle, BundleFile, FormatError, FoundFile, Manifests

FILES_MAX = 20_000
"""Files under one path: a year of the largest exports has a few thousand, a mistyped path has millions."""


def discover(paths: Sequence[Path], format_name: str | None = None, name: str | None = None) -> list[Bundle]:
    """The bundles under `paths`, in a stable order. Raises FormatError when there is nothing to read.

    Files that no manifest claims form one bundle of their own. `name` is what the sender called the one file of an
    upload. Names that begin with a dot or an underscore are markers of tools, not data, inside a folder.
    """
    found: list[Bundle] = []
    loose: list[BundleFile] = []
    for path in paths:
        listing = [FoundFile(path, name, path.stat().st_size)] if name else _listing(path)
        bundles = [bundle for finder in _finders() for bundle in finder.find(listing)]
        found += bundles
        claimed = {file.path for bundle in bundles for file in bundle.files}
        manifests = {one for bundle in bundles for one in (bundle.manifest or {}).get("manifest_names", ())}
        loose += [
            BundleFile(file.path, file.name)
            for file in listing
            if file.path not in claimed and file.name not in manifests
        ]
    if loose:
        found.append(Bundle(tuple(loose), format_name))
    if not found:
        raise FormatError("there is no file to read.", file=", ".join(path.name for path in paths))
    return found


@cache
def _finders() -> tuple[Manifests, ...]:
    package = collectors.manifests
    modules = [import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)]
    return tuple(cast(Manifests, module) for module in modules if hasattr(module, "find"))


def _listing(path: Path) -> list[FoundFile]:
    if path.is_file():
        return [FoundFile(path, path.name, path.stat().st_size)]
    if not path.is_dir():
        raise FormatError("there is no such file or folder.", file=str(path), next_step="Check the path.")
    listing = [FoundFile(file, file.relative_to(path).as_posix(), file.stat().st_size) for file in _files(path)]
    if len(listing) > FILES_MAX:
        raise FormatError(
            f"there are more than {FILES_MAX:,} files below this folder.",
            file=str(path),
            next_step="Name the folder of the export itself.",
        )
    return listing


def _files(folder: Path) -> Iterator[Path]:
    """Plain files below the folder, sorted; links to folders are not followed, so that a loop cannot occur."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files(entry)
        elif entry.is_file():
            yield entry
