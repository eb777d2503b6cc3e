"""The shared examples of query texts: what they mean, how they print, and what is wrong with the bad ones."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from warehouse.metrics.parse import parse
from warehouse.metrics.query import QueryError

FILE = Path(__file__).resolve().parents[2] / "shared" / "query_examples.json"
EXAMPLES: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES["good"], ids=lambda example: example["about"])
def test_reads_and_prints(example: dict[str, Any]) -> None:
    query = parse(example["text"])
    assert json.loads(json.dumps(asdict(query))) == example["parsed"]
    assert str(query) == example["canonical"]
    assert parse(example["canonical"]) == query


@pytest.mark.parametrize("example", EXAMPLES["bad"], ids=lambda example: example["text"])
def test_names_every_fault(example: dict[str, Any]) -> None:
    with pytest.raises(QueryError) as caught:
        parse(example["text"])
    found = [
        {"word": fault.word, "field": fault.field, "position": fault.position, "nearest": list(fault.nearest)}
        for fault in caught.value.faults
    ]
    assert found == example["faults"]
    for fault in caught.value.faults:
        assert fault.message and fault.next_step
