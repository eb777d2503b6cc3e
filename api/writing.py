"""What is said to whoever writes a file, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Told = Callable[[int, int], None]
"""Hears how many rows of how many are done; may raise, and then the file is given up."""


def unheard(_done: int, _total: int) -> None: ...


Written = tuple[str, dict[str, str]]
"""The name of a file, and headers that say what it answers."""


@dataclass(frozen=True, slots=True)
class How:
    """How a file is written. `told` hears after every batch."""

    rows_max: int
    raw: bool = False
    told: Told = unheard


class Writer(Protocol):
    """Writes one file; the extension of the path decides the form."""

    def __call__(self, path: Path, how: How, /) -> Written: ...
