"""Whatever lies in the folder of formats is a format, with its own columns, fixtures and page."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors.formats import FormatError, choose, formats, named

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", sorted(formats()))
def test_a_format_says_who_it_is(name: str) -> None:
    module = formats()[name]
    assert module.LABEL
    assert module.VERSION >= 1
    assert module.EXPECTED
    assert module.recognise(["Datum", "Kosten"]) is None
    pages = [page for folder in ("formats", "collectors") for page in (ROOT / "docs" / folder).glob("*.md")]
    assert any(f"`{name}`" in page.read_text(encoding="utf-8") for page in pages if page.name != "README.md")


def test_an_unknown_file_is_compared_with_the_nearest_format() -> None:
    with pytest.raises(FormatError) as caught:
        choose({"bill.csv": ["BilledCost", "EffectiveCost", "Datum"]})
    said, details = caught.value.message, [one.message for one in caught.value.also]
    lacking = "BillingPeriodStart, ChargePeriodStart, ChargePeriodEnd and 1 more"
    assert said == f"it is of no known format: as focus, the nearest, it lacks {lacking}."
    assert caught.value.file == "bill.csv" and "--format NAME" in str(caught.value.next_step)
    assert details[0].startswith("expected of focus: BilledCost, ") and details[0].endswith(", ChargeCategory")
    assert details[1] == "found: BilledCost, EffectiveCost, Datum"


def test_files_that_nobody_knows_are_told_in_one_sentence() -> None:
    strange = {f"{number}.csv": [f"Column {one}" for one in range(200)] for number in range(5)}
    with pytest.raises(FormatError) as caught:
        choose({**strange, "bill.csv": list(formats()["focus"].EXPECTED)})
    assert caught.value.message == "5 files are of no known format: 0.csv, 1.csv, 2.csv and 2 more."
    assert len(caught.value.also) == 10 and caught.value.also[1].message.endswith("Column 39 and 160 more")


def test_files_of_several_formats_are_named() -> None:
    focus, other = (list(formats()[name].EXPECTED) for name in ("focus", "gcp-billing"))
    with pytest.raises(FormatError, match=r"a\.csv is focus; b\.csv is gcp-billing"):
        choose({"a.csv": focus, "b.csv": other})


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(FormatError, match="focus"):
        named("fokus")
