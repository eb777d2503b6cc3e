"""The same export as CSV, packed CSV and Parquet with native types gives the same lines."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from collectors.formats import azure_cost
from warehouse.focus import PROVENANCE, conform

HERE = Path(__file__).parent


@pytest.mark.parametrize("family", ["ea", "mca"])
def test_containers(family: str, read: Any, tmp_path: Path) -> None:
    plain = HERE / f"{family}_amortized.csv"
    packed = tmp_path / "amortized.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    native = tmp_path / "amortized.parquet"
    table = pl.read_csv(plain, infer_schema=False)
    days = [
        name for name in table.columns if name.casefold() in ("date", "billingperiodstartdate", "billingperiodenddate")
    ]
    numbers = [name for name in table.columns if name.casefold() in ("quantity", "costinbillingcurrency", "unitprice")]
    table.with_columns(pl.col(days).str.to_datetime("%m/%d/%Y"), pl.col(numbers).cast(pl.Float64)).write_parquet(native)
    lines = [
        conform(azure_cost.normalise([read(path).file], {}).lines).collect().drop(PROVENANCE)
        for path in (plain, packed, native)
    ]
    assert lines[0].equals(lines[1]) and lines[0].equals(lines[2])
