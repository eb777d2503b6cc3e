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
    many = len(strange) > 1
    compared = [_compared(candidates, files[file], file) for file in strange]
    short = f"{len(strange)} files are of no known format: {_listed(strange)}." if many else compared[0][0]
    return FormatError(
        short,
        file=None if many else strange[0],
        next_step="Export it in a known format, with its header row; --format NAME says what it lacks of one.",
        also=tuple(detail for _, details in compared for detail in details),
    )


def _compared(candidates: Sequence[Format], columns: Sequence[str], file: str) -> tuple[str, list[FormatError]]:
    """One sentence about a file that no format knows, and the details for who looks closer."""
    present = {_folded(column) for column in columns}
    lacking = {one.NAME: [c for c in one.EXPECTED if _folded(c) not in present] for one in candidates}
    expected = {one.NAME: one.EXPECTED for one in candidates}
    nearest = max(candidates, key=lambda one: len(one.EXPECTED) - len(lacking[one.NAME])).NAME
    found = FormatError(f"found: {_listed(columns, _COLUMNS_SHOWN)}", file=file)
    if len(lacking[nearest]) == len(expected[nearest]):
        names = FormatError(f"known formats: {', '.join(expected)}", file=file)
        return "it is of no known format: it has no column that tells one.", [names, found]
    wanted = FormatError(f"expected of {nearest}: {', '.join(expected[nearest])}", file=file)
    missing = f" lacks {_listed(lacking[nearest])}" if lacking[nearest] else " has columns that do not go together"
    return f"it is of no known format: as {nearest}, the nearest, it{missing}.", [wanted, found]


def _listed(names: Sequence[str], shown: int = 3) -> str:
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {more} more" if more > 0 else "")


_COLUMNS_SHOWN = 40  # enough to see what a file is, short enough for one screen


def _folded(column: str) -> str:
    return column.strip().lstrip("\ufeff").casefold()
