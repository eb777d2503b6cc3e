"""What is said to whoever writes a file, and what they say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Written = tuple[str, dict[str, str]]
"""The name of a file, and headers that say what it answers."""


@dataclass(frozen=True, slots=True)
class How:
    """How a file is written. `told` hears after every batch how many rows of how many are done; it may raise."""

    rows_max: int
    raw: bool = False
    told: Callable[[int, int], None] = lambda _done, _total: None


class Writer(Protocol):
    """Writes one file; the extension of the path decides the form."""

    def __call__(self, path: Path, how: How, /) -> Written: ...
