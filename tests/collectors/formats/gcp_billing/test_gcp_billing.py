from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.formats import gcp_billing, gcp_commitments
from collectors.formats.contract import FormatError, Normalised, RawFile
from collectors.reading import load, open_file
from warehouse.focus import conform, plain

HERE = Path(__file__).parent
Read = Callable[[Path], RawFile]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(path: Path) -> RawFile:
        work = tmp_path / f"work-{path.name}"
        work.mkdir()
        opened = open_file(path, path.name, path.name, work)
        names = gcp_billing.recognise(opened.content.columns)
        assert names is not None
        return load(opened, names, gcp_billing.kinds(list(names.values()))).file

    return read


@pytest.fixture
def bill(read: Read) -> Normalised:
    return gcp_billing.normalise([read(HERE / "bill.csv")], {})


def objects() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / "bill.jsonl").read_text(encoding="utf-8").splitlines()]


def written(rows: list[dict[str, Any]], path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value or ""


def test_every_row_becomes_the_expected_lines(bill: Normalised) -> None:
    expected = list(csv.DictReader((HERE / "expected.csv").read_text(encoding="utf-8").splitlines()))
    lines = conform(bill.lines).collect().sort("x_SourceRow", "x_Generated", "BilledCost", nulls_last=False)
    found = [
        {"row": str(line["x_SourceRow"]), "generated": line["x_Generated"] or ""}
        | {column: text(line[column]) for column in expected[0] if column not in ("row", "generated")}
        for line in lines.to_dicts()
    ]
    assert found == expected


def test_csv_json_and_parquet_give_the_same_lines(read: Read, tmp_path: Path, bill: Normalised) -> None:
    rows = objects()
    for row in rows:
        for name in ("usage_start_time", "usage_end_time", "export_time"):
            row[name] = datetime.fromisoformat(row[name].replace(" UTC", "+00:00"))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "bill.parquet")
    frames = [
        _comparable(bill),
        _comparable(gcp_billing.normalise([read(HERE / "bill.jsonl")], {})),
        _comparable(gcp_billing.normalise([read(tmp_path / "bill.parquet")], {})),
    ]
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def _comparable(one: Normalised) -> pl.DataFrame:
    """Lines with the arrays parsed: the spacing of JSON text and the digits of a float differ by writer."""
    lines = conform(one.lines).collect().drop("x_SourceFile").sort("x_SourceRow", "x_Generated", "BilledCost")
    parsed = [json.dumps(json.loads(text, parse_float=float)) if text else None for text in lines["x_Credits"]]
    native = [_native(text) for text in lines["x_Native"]]
    return lines.with_columns(x_Credits=pl.Series(parsed), x_Native=pl.Series(native))


def _native(text: str) -> str:
    facts = {name: json.loads(value) if value[:1] == "[" else value for name, value in json.loads(text).items()}
    return json.dumps(facts, sort_keys=True)


def test_control_and_lines_agree_for_every_account_currency_and_month(bill: Normalised) -> None:
    rows = objects()
    sums: dict[tuple[str, str, str], Decimal] = {}
    for row in rows:
        month = row["invoice"]["month"]
        key = (row["billing_account_id"], row["currency"], f"{month[:4]}-{month[4:]}")
        amounts = [row["cost"], *(credit["amount"] for credit in row["credits"])]
        sums[key] = sums.get(key, Decimal(0)) + sum(Decimal(repr(amount)) for amount in amounts)
    assert {tuple(row[:3]): row[3] for row in bill.control.collect().iter_rows()} == sums
    lines = conform(bill.lines).collect()
    period = pl.col("BillingPeriodStart").dt.convert_time_zone("America/Los_Angeles").dt.strftime("%Y-%m")
    keys = [pl.col("BillingAccountId"), pl.col("BillingCurrency"), period.alias("period")]
    by_key = lines.group_by(keys).agg(pl.col("BilledCost").sum(), pl.col("EffectiveCost").sum())
    assert {tuple(row[:3]): row[3] for row in by_key.iter_rows()} == sums
    # Each month closes alone: a month that is loaded again must not lose a fee to another month.
    assert {tuple(row[:3]): row[4] for row in by_key.iter_rows()} == sums


def test_rows_are_accounted_for(bill: Normalised) -> None:
    lines = bill.lines.collect()
    assert bill.left_out.collect().is_empty()
    mapped = lines.filter(pl.col("x_Generated").is_null())
    assert sorted(mapped["x_SourceRow"]) == list(range(1, len(objects()) + 1))
    assert set(lines["x_Generated"].drop_nulls()) == {"promotion_credit", "unused_commitment"}


def test_a_fee_that_cannot_be_spread_is_named(bill: Normalised) -> None:
    assert len(bill.warnings) == 1
    assert "2 Google Cloud commitments" in bill.warnings[0]
    assert "sub-1, without a name" in bill.warnings[0]


def test_native_facts_are_kept(bill: Normalised) -> None:
    first = bill.lines.collect().filter(x_SourceRow=1).row(0, named=True)
    assert json.loads(first["x_Native"])["project.number"] == "1234567"
    assert json.loads(first["x_Native"])["currency_conversion_rate"] == "1"
    assert "compute.googleapis.com/cores" in first["x_Native"]
    assert first["ResourceType"] == "compute.googleapis.com/instances"
    assert first["ResourceName"] == "web-1"
    assert json.loads(first["x_Credits"])[0]["type"] == "SUSTAINED_USAGE_DISCOUNT"


def test_columns_that_older_exports_lack_read_as_null(read: Read, tmp_path: Path) -> None:
    newer = ("cost_at_list", "price", "subscription", "consumption_model", "adjustment_info", "tags", "resource",
             "transaction_type", "seller_name", "credits")  # fmt: skip
    rows = [{key: value for key, value in row.items() if key not in newer} for row in objects()[:6]]
    lines = conform(gcp_billing.normalise([read(written(rows, tmp_path / "old.jsonl"))], {}).lines).collect()
    assert [plain(cost) for cost in lines["BilledCost"]] == ["0.1", "1", "2", "0.02", "19", "-0.004"]
    assert lines["ListCost"].equals(lines["ContractedCost"], check_names=False)


def test_files_of_one_bundle_are_one_load(read: Read, tmp_path: Path) -> None:
    rows = objects()
    halves = [read(written(part, tmp_path / f"{i}.jsonl")) for i, part in enumerate((rows[:14], rows[14:]))]
    one = gcp_billing.normalise(halves, {})
    total = conform(one.lines).collect()
    assert total["BilledCost"].sum() == one.control.collect()["BilledCost"].sum()
    assert len(total) == len((HERE / "expected.csv").read_text(encoding="utf-8").splitlines()) - 1


def test_recognise_needs_the_tell_tale_columns() -> None:
    names = gcp_billing.recognise(["\ufeffBilling_Account_Id", *gcp_billing.EXPECTED[1:], "anything"])
    assert names is not None and names["\ufeffBilling_Account_Id"] == "billing_account_id"
    assert gcp_billing.recognise(["BilledCost", "BillingAccountId"]) is None


@pytest.mark.parametrize("array", ["{broken", '[{"amount":"many"}]', '["text"]', "5"])
def test_credits_that_cannot_be_read_stop_the_load_with_their_row(read: Read, tmp_path: Path, array: str) -> None:
    rows = [objects()[0], objects()[1] | {"credits": array}]
    file = read(written(rows, tmp_path / "bad.jsonl"))
    with pytest.raises(FormatError) as caught:
        gcp_billing.normalise([file], {})
    assert (caught.value.file, caught.value.row, caught.value.column) == ("bad.jsonl", 2, "credits")


@given(
    month=st.dates(min_value=datetime(2010, 1, 1, tzinfo=UTC).date(), max_value=datetime(2040, 1, 1, tzinfo=UTC).date())
)
def test_billing_months_begin_at_pacific_midnight(month: Any) -> None:
    first = month.replace(day=1)
    start = gcp_billing.focus_columns()["BillingPeriodStart"]
    frame = pl.DataFrame({"invoice.month": [f"{first:%Y%m}"]}).select(start.alias("start"))
    midnight = datetime(first.year, first.month, 1, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert frame["start"][0] == midnight.astimezone(UTC)


CREDIT = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["PROMOTION", "DISCOUNT", "FREE_TIER", "COMMITTED_USAGE_DISCOUNT", "NEW_ONE"])
        | st.none(),
        "name": st.text(max_size=8) | st.sampled_from(["it's", 'a "b"', "'amount': -7", '"amount": -7', "None", "x\\"]),
        "amount": st.floats(-1e6, 0).filter(lambda amount: abs(amount) > 1e-6 or amount == 0),
    }
)


@settings(max_examples=25)
@given(st.lists(st.lists(CREDIT, max_size=4), min_size=1, max_size=8), st.booleans())
def test_no_credit_is_ever_lost(tmp_path_factory: Any, arrays: list[list[dict[str, Any]]], python: bool) -> None:
    rows = [row | {"credits": str(array) if python else array} for row, array in zip(objects(), arrays, strict=False)]
    folder = tmp_path_factory.mktemp("credits")
    path = written(rows, folder / "bill.jsonl")
    opened = open_file(path, path.name, "x", folder)
    names = gcp_billing.recognise(opened.content.columns) or {}
    one = gcp_billing.normalise([load(opened, names, gcp_billing.kinds(list(names.values()))).file], {})
    lines = conform(one.lines).collect()
    cut = Decimal(1).scaleb(-18)
    expected = sum(
        (Decimal(repr(amount)).quantize(cut) for row, array in zip(rows, arrays, strict=False)
         for amount in (row["cost"], *(credit["amount"] for credit in array))), Decimal(0),
    )  # fmt: skip
    assert lines["BilledCost"].sum() == lines["EffectiveCost"].sum() == expected
    assert one.control.collect()["BilledCost"].sum() == expected
    granted = [credit for array in arrays for credit in array if credit["type"] == "PROMOTION"]
    assert lines["x_Generated"].eq_missing("promotion_credit").sum() == len(granted)


UNITS = st.integers(0, 10**28)


@given(st.lists(st.tuples(st.integers(0, 10**38 - 1), UNITS, st.integers(1, 10**28)), min_size=1, max_size=20))
def test_long_division_equals_integers(cases: list[tuple[int, int, int]]) -> None:
    amount, by, over = (pl.Series([case[i] for case in cases], dtype=pl.Int128) for i in range(3))
    by = pl.Series([min(a, b) for a, b in zip(by, over, strict=True)], dtype=pl.Int128)
    quotient, rest = gcp_commitments.multiplied(amount, by, over)
    for i, (a, _, total) in enumerate(cases):
        assert (quotient[i], rest[i]) == divmod(a * by[i], total)


def test_the_real_file_reconciles(read: Read, shared_data: Path) -> None:
    path = shared_data / "gcp" / "detailed_2022-08-01.csv"
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    one = gcp_billing.normalise([read(path)], {})
    lines = conform(one.lines).collect()
    total = sum((Decimal(row["cost"]) for row in rows), Decimal(0))
    assert {row["credits"] for row in rows} == {"[]"}
    assert lines["BilledCost"].sum() == lines["EffectiveCost"].sum() == total
    assert one.control.collect()["BilledCost"].to_list() == [total]
    assert len(lines) == len(rows) == 9
    by_service = {
        service: sum((Decimal(row["cost"]) for row in rows if row["service.description"] == service), Decimal(0))
        for service in {row["service.description"] for row in rows}
    }
    assert dict(lines.group_by("ServiceName").agg(pl.col("BilledCost").sum()).iter_rows()) == by_service


@pytest.mark.parametrize("amount", ['"-1.2"', '" -1.2 "', "-1.2", '"-12e-1"'])
def test_amounts_of_credits_count_with_and_without_quotes(read: Read, tmp_path: Path, amount: str) -> None:
    row = {**objects()[0], "cost": "5", "credits": [{"type": "DISCOUNT", "amount": "AMOUNT"}]}
    path = tmp_path / "quoted.jsonl"
    path.write_text(json.dumps(row).replace('"AMOUNT"', amount) + "\n", encoding="utf-8")
    made = gcp_billing.normalise([read(path)], {})
    assert made.lines.select("BilledCost").collect().item() == Decimal("3.8")
    assert made.control.select("BilledCost").collect().item() == Decimal("3.8")
