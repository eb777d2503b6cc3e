"""File formats: one module each, found by lying in this folder and having NAME."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import cast

from collectors.formats.contract import (
    Bundle,
    BundleFile,
    Format,
    FormatError,
    FoundFile,
    Kind,
    Money,
    Normalised,
    Quantity,
    RawFile,
    Time,
    nothing_left_out,
)

__all__ = [
    "Bundle",
    "BundleFile",
    "Format",
    "FormatError",
    "FoundFile",
    "Kind",
    "MixedFormatsError",
    "Money",
    "Normalised",
    "Quantity",
    "RawFile",
    "Time",
    "choose",
    "formats",
    "named",
    "nothing_left_out",
]


class MixedFormatsError(FormatError):
    """Files that are each of one known format, but not of the same. `kinds`: file name -> NAME of its format."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        told = "; ".join(f"{file} is {kind}" for file, kind in kinds.items())
        super().__init__(f"these files are of different formats: {told}.", next_step="Import each kind by itself.")
        self.kinds = dict(kinds)


@cache
def formats() -> Mapping[str, Format]:
    """Every known format by its NAME. Imported on the first call: a format module imports this package."""
    modules = [import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    known = [cast(Format, module) for module in modules if hasattr(module, "NAME")]
    return {module.NAME: module for module in sorted(known, key=lambda module: module.NAME)}


def named(name: str) -> Format:
    """The format of that NAME, or a FormatError that lists the names there are."""
    known = formats()
    if name not in known:
        raise FormatError(f"there is no format named {name!r}.", next_step=f"Known formats: {', '.join(known)}.")
    return known[name]


def choose(files: Mapping[str, Sequence[str]], name: str | None = None) -> Format:
    """The one format that recognises the columns of every file (file name to columns); `name` narrows to one.

    Raises FormatError with what each file was compared with.
    """
    candidates = [named(name)] if name else list(formats().values())
    fitting = [one for one in candidates if all(one.recognise(columns) is not None for columns in files.values())]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise _ambiguous(fitting)
    raise _unknown(candidates, files)


def _ambiguous(fits: Sequence[Format], file: str | None = None) -> FormatError:
    names = ", ".join(one.NAME for one in fits)
    return FormatError(f"the columns fit several formats: {names}.", file=file, next_step="Name one with --format.")


def _unknown(candidates: Sequence[Format], files: Mapping[str, Sequence[str]]) -> FormatError:
    alone = {file: [one for one in candidates if one.recognise(columns) is not None] for file, columns in files.items()}
    strange = [file for file, fits in alone.items() if not fits]
    if not strange:
        for file, fits in alone.items():
            if len(fits) > 1:
                return _ambiguous(fits, file)
        return MixedFormatsError({file: fits[0].NAME for file, fits in alone.items()})
    sentences = [_comparison(candidates, files[file], "it" if len(strange) == 1 else file) for file in strange]
    return FormatError(
        "; ".join(sentences) + ".",
        file=strange[0] if len(strange) == 1 else None,
        next_step="Export the file again with these columns, or name its format with --format.",
    )


def _comparison(candidates: Sequence[Format], columns: Sequence[str], what: str) -> str:
    present = {_folded(column) for column in columns}

    def overlap(one: Format) -> int:
        return sum(_folded(column) in present for column in one.EXPECTED)

    nearest = sorted(candidates, key=overlap, reverse=True)[:1] if any(map(overlap, candidates)) else candidates
    wanted = " | ".join(f"{one.NAME}: {', '.join(one.EXPECTED)}" for one in nearest)
    missing = [c for c in nearest[0].EXPECTED if _folded(c) not in present] if len(nearest) == 1 else []
    lacking = f"; missing: {', '.join(missing)}" if missing else ""
    shown = ", ".join(columns[:_COLUMNS_SHOWN]) + (", …" if len(columns) > _COLUMNS_SHOWN else "")
    return f"{what} is of no known format; expected columns of {wanted}{lacking}; found: {shown}"


_COLUMNS_SHOWN = 40  # enough to see what a file is, short enough for one screen


def _folded(column: str) -> str:
    return column.strip().lstrip("\ufeff").casefold()
