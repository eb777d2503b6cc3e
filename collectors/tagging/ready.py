"""From a wanted tag to its line, by the module of the provider."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

from collectors import tagging
from collectors.tagging.contract import NotReadyError, Wanted, line


@cache
def modules() -> dict[str, Any]:
    """Name of a provider, folded -> its module."""
    names = [info.name for info in pkgutil.iter_modules(tagging.__path__)]
    found = [importlib.import_module(f"collectors.tagging.{name}") for name in names]
    return {name.casefold(): module for module in found if hasattr(module, "PROVIDERS") for name in module.PROVIDERS}


def command_line(wanted: Wanted) -> str:
    """One line, quoted for a POSIX shell. Raises NotReadyError with the reason."""
    module = modules().get(wanted.provider.casefold())
    if module is None:
        raise NotReadyError("No command is known for this provider.")
    return line(module.command(wanted))
