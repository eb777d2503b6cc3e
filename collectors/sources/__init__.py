"""Sources of bills: one module each, found by lying in this folder and having NAME."""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from collectors.sources.failures import Failure, SourceError

if TYPE_CHECKING:
    from collectors.sources.contract import SourceModule

__all__ = ["Failure", "SourceError", "named", "sources"]


@cache
def sources() -> Mapping[str, SourceModule]:
    """Every kind of source by its NAME. Imported on the first call: a source imports this package."""
    modules = [import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    known = [cast("SourceModule", module) for module in modules if hasattr(module, "NAME")]
    return {module.NAME: module for module in sorted(known, key=lambda module: module.NAME)}


def named(name: str) -> SourceModule:
    """The kind of source of that NAME, or a SourceError with the nearest names."""
    known = sources()
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        message = f"There is no kind of source named {name!r}.{hint}"
        raise SourceError("configuration", message, next_step=f"Known: {', '.join(known)}.")
    return known[name]
