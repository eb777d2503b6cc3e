"""The table of services: every category is FOCUS's, and one name never has two."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.formats import aws_services
from warehouse.focus import BY_NAME

CODES = sorted(aws_services.table())


def test_categories_are_those_of_focus() -> None:
    assert {one.name for one in aws_services.table().values()} <= set(BY_NAME["ServiceCategory"].allowed)
    assert len(CODES) > 200


def test_a_subcategory_belongs_to_its_category(shared_data: Path) -> None:
    path = shared_data.parent / "reference" / "focus_service_subcategories.csv"
    if not path.exists():
        pytest.skip("the list of subcategories is not beside the example bills")
    with path.open(encoding="utf-8") as file:
        allowed = {(row["ServiceCategory"], row["ServiceSubcategory"]) for row in csv.DictReader(file)}
    assert set(aws_services.table().values()) | {aws_services.OTHER} <= allowed


def test_a_code_is_listed_once() -> None:
    table = Path(aws_services.__file__).parent / "data" / "aws_services.csv"
    listed = [line.split(",")[0] for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    assert listed == sorted(set(listed))


services = st.tuples(st.sampled_from([None, "unknown", "AWSSupportWhatever", *CODES]), st.sampled_from("abc"))


@given(st.lists(services, min_size=1))
def test_a_name_has_one_category_whatever_codes_share_it(pairs: list[tuple[str | None, str]]) -> None:
    by_name = aws_services.categories(pairs)
    assert set(by_name) == {name for _, name in pairs}
    assert aws_services.categories(pairs[::-1]) == by_name


def test_support_is_known_by_its_prefix() -> None:
    support = aws_services.Category("Management and Governance", "Support")
    assert aws_services.category("AWSSupportAnythingNew", "AWS Support") == support
    assert aws_services.category("madeUp", "AWS Support") is None
