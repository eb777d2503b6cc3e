"""Unknown is not zero: a comparison with days of which nothing is loaded has no numbers."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "store"))
from made import bill, open_store, put

from warehouse.metrics import Access, answer, parse

NOW = datetime(2026, 10, 20, tzinfo=UTC)


def test_a_comparison_before_everything_loaded_is_null(tmp_path):
    store = open_store(tmp_path)
    try:
        put(store, bill())
        asked = parse("measures=billed_cost&by=service&period=2026-09&compare=previous")
        document = answer(asked, Access("test"), store, NOW).document()
        assert document["compare"]["end"] == "2026-09-01"
        for row in [*document["rows"], *document["totals"]]:
            assert row["billed_cost"] is not None
            assert row["previous_billed_cost"] is None and row["change_billed_cost"] is None
        assert any("begins before the first day that is loaded" in text for text in document["warnings"])
    finally:
        store.close()
