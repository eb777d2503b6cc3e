"""Landed files: what was received, what was made of it, and what was known before.

    raw/<sha256>                                        as received
    focus/<source>/<period>/<content>.parquet           canonical lines, from which the warehouse is rebuilt
    history/<source>/<period>/<generation>-<rules>.parquet   daily rows of a superseded generation or rules version
    history/<source>/<period>/splits-<moment>.parquet        splits that were in force until then
    tmp/<load>/                                         of a load under way

A name from outside never becomes a path: sources are folders by their escaped name, files by their digest.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Final
from urllib.parse import quote

_BLOCK: Final = 1 << 20


class Landing:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("raw", "focus", "history", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def receive(self, path: Path) -> tuple[str, int]:
        """Copy a file we did not make to `raw/` and answer (SHA-256, bytes). The same bytes are kept once."""
        digest, size = hashlib.sha256(), 0
        scratch = self.folder / "tmp" / f"receive-{os.getpid()}-{os.urandom(8).hex()}"
        with path.open("rb") as source, scratch.open("wb") as target:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
                target.write(block)
            _sync(target.fileno())
        name = digest.hexdigest()
        scratch.replace(self.raw(name))
        _sync_folder(self.folder / "raw")
        return name, size

    def raw(self, digest: str) -> Path:
        return self.folder / "raw" / digest

    def scratch(self, load: str) -> Path:
        """An empty folder for one load; it is gone after the next start."""
        folder = self.folder / "tmp" / load
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def drop_scratch(self, load: str) -> None:
        shutil.rmtree(self.folder / "tmp" / load, ignore_errors=True)

    def clear_scratch(self) -> None:
        for entry in (self.folder / "tmp").iterdir():
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)

    def focus(self, source: str, period: str, content: str) -> Path:
        return self.folder / "focus" / _folder_name(source) / period / f"{content}.parquet"

    def land(self, made: Path, source: str, period: str, content: str) -> Path:
        """Move a canonical file to its place; complete or absent afterwards, whatever happens."""
        target = self.focus(source, period, content)
        target.parent.mkdir(parents=True, exist_ok=True)
        with made.open("rb") as handle:
            _sync(handle.fileno())
        made.replace(target)
        _sync_folder(target.parent)
        return target

    def history(self, source: str, period: str, generation: int, rules_version: int) -> Path:
        folder = self.folder / "history" / _folder_name(source) / period
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{generation}-{rules_version}.parquet"

    def split_history(self, source: str, period: str, moment: str) -> Path:
        """Splits that were superseded at `moment`, the text of an instant."""
        return self.history(source, period, 0, 0).with_name(f"splits-{moment.replace(':', '')}.parquet")

    def histories(self, source: str, period: str, generation: int) -> list[Path]:
        """The daily rows that were written of a generation, one file for each version of the rules."""
        return sorted((self.folder / "history" / _folder_name(source) / period).glob(f"{generation}-*.parquet"))

    def forget(self, source: str) -> None:
        """Remove everything made of a source. Raw files stay until nothing refers to them."""
        for kind in ("focus", "history"):
            shutil.rmtree(self.folder / kind / _folder_name(source), ignore_errors=True)

    def prune_raw(self, wanted: set[str]) -> int:
        """Remove raw files whose digest nobody refers to; answers how many."""
        unwanted = [path for path in (self.folder / "raw").iterdir() if path.name not in wanted]
        for path in unwanted:
            path.unlink(missing_ok=True)
        return len(unwanted)


def _folder_name(source: str) -> str:
    """A folder name that no source name can leave: everything but letters, digits, `_` and `-` is escaped."""
    return quote(source, safe="").replace(".", "%2E")


def _sync(handle: int) -> None:
    os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
