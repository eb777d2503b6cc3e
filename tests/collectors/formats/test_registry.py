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
    assert str(caught.value).startswith("bill.csv: it is of no known format; expected columns of focus: BilledCost, ")
    assert "missing: BillingPeriodStart, ChargePeriodStart, ChargePeriodEnd, ChargeCategory" in str(caught.value)
    assert "found: BilledCost, EffectiveCost, Datum" in str(caught.value)


def test_files_of_several_formats_are_named() -> None:
    focus, other = (list(formats()[name].EXPECTED) for name in ("focus", "gcp-billing"))
    with pytest.raises(FormatError, match=r"a\.csv is focus; b\.csv is gcp-billing"):
        choose({"a.csv": focus, "b.csv": other})


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(FormatError, match="focus"):
        named("fokus")
