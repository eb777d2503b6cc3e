"""Azure exports through the real reader, written out as CSV first where a test makes them up."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from collectors.formats import azure_cost
from collectors.reading import Loaded, load, open_file

Reader = Callable[..., Loaded]
Writer = Callable[[str, Sequence[Mapping[str, str]]], Path]


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    def reader(path: Path, manifest: Mapping[str, Any] | None = None) -> Loaded:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        opened = open_file(path, path.name, digest, tmp_path_factory.mktemp("reading"))
        names = azure_cost.recognise(opened.content.columns)
        assert names is not None
        return load(opened, names, azure_cost.kinds(list(names.values())), manifest=manifest)

    return reader


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Writer:
    def writer(name: str, rows: Sequence[Mapping[str, str]]) -> Path:
        path = tmp_path_factory.mktemp("export") / name
        with path.open("w", newline="", encoding="utf-8") as out:
            table = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)), restval="")
            table.writeheader()
            table.writerows(rows)
        return path

    return writer
