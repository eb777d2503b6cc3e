"""What CUR 2.0 writes in its own way: maps of products, tags, cost categories and discounts, and account names."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collectors.formats import FormatError
from tests.collectors.formats.aws_cases import check_case, lines, normalised, raw_rows, read, write_rows

HERE = Path(__file__).parent
CASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "raw.csv").exists())
MAPS = ("product", "resource_tags", "cost_category", "discount")


@pytest.mark.parametrize("case", CASES)
def test_each_row_becomes_its_line(case: str, tmp_path: Path) -> None:
    check_case(HERE / case, "aws-cur2", tmp_path)


def test_maps_of_parquet_are_the_json_of_csv(tmp_path: Path) -> None:
    rows = raw_rows(HERE / "maps" / "raw.csv")
    columns: dict[str, pa.Array] = {}
    for name in rows[0]:
        texts = [row[name] or None for row in rows]
        if name in MAPS:
            maps = [None if text is None else list(json.loads(text).items()) for text in texts]
            columns[name] = pa.array(maps, pa.map_(pa.string(), pa.string()))
        elif name == "line_item_unblended_cost":
            columns[name] = pa.array([float(text or 0) for text in texts], pa.float64())
        else:
            columns[name] = pa.array(texts, pa.string())
    path = tmp_path / "export.snappy.parquet"
    pq.write_table(pa.table(columns), path)
    from_parquet, from_csv = (
        lines(normalised("aws-cur2", read(file, "aws-cur2", tmp_path))).drop("x_SourceFile").sort("x_SourceRow")
        for file in (path, HERE / "maps" / "raw.csv")
    )
    assert from_parquet.equals(from_csv)


def test_discounts_as_rows_and_in_the_map_at_once_are_refused(tmp_path: Path) -> None:
    rows = raw_rows(HERE / "discount_map" / "raw.csv")
    rows.append({**rows[1], "line_item_line_item_type": "EdpDiscount", "line_item_unblended_cost": "-1.5"})
    file = read(write_rows(tmp_path / "twice.csv", rows), "aws-cur2", tmp_path)
    with pytest.raises(FormatError, match=r"takes its discounts twice.*discount rows -1\.5, discount column -1\.5"):
        normalised("aws-cur2", file)


def test_net_cost_must_be_gross_cost_less_the_discount_column(tmp_path: Path) -> None:
    rows = raw_rows(HERE / "discount_net" / "raw.csv")
    rows[0]["discount_total_discount"] = "-1.5"
    file = read(write_rows(tmp_path / "changed.csv", rows), "aws-cur2", tmp_path)
    with pytest.raises(FormatError, match="tells two totals"):
        normalised("aws-cur2", file)


def test_a_map_that_is_no_object_names_its_column(tmp_path: Path) -> None:
    rows = raw_rows(HERE / "maps" / "raw.csv")
    rows[2]["resource_tags"] = "{user_Team: shop}"
    file = read(write_rows(tmp_path / "broken.csv", rows), "aws-cur2", tmp_path)
    with pytest.raises(FormatError, match=r"column resource_tags: '\{user_Team: shop\}' is not a JSON object"):
        lines(normalised("aws-cur2", file))


def test_the_discount_column_wins_over_the_map(tmp_path: Path) -> None:
    """Both say the same; the column is there when the map was left out of the export's query."""
    rows = raw_rows(HERE / "discount_map" / "raw.csv")
    for row in rows:
        row |= {"discount": "", "discount_total_discount": "-1.5" if row["discount"] not in ("", "{}") else ""}
    found = lines(normalised("aws-cur2", read(write_rows(tmp_path / "column.csv", rows), "aws-cur2", tmp_path)))
    assert found["BilledCost"].sum() == Decimal("12.4")
