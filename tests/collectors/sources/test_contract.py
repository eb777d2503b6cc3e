"""What every source module promises, whichever lies in the folder."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from string import Template
from typing import Any, get_args

import pytest
import yaml
from pydantic import ValidationError

from collectors.formats import formats
from collectors.secret import Secret
from collectors.sources import SourceError, named, sources
from collectors.sources import contract as it

ROOT = Path(__file__).resolve().parents[3]
KINDS = sorted(sources())
SECRET = re.compile(r"secret|password|token|(?<!_)key(?!_id)|sas$", re.IGNORECASE)
OTHERWISE = re.compile(r"_file$|^key_file$|_name$|_max|_url$")


def module(kind: str) -> Any:
    return sources()[kind]


def page(kind: str) -> str:
    return (ROOT / "docs/collectors" / f"{kind.replace('-', '_')}.md").read_text()


def examples(kind: str) -> list[Mapping[str, Any]]:
    """The settings in the documentation page: a `sources:` list, or settings beside `kind`."""
    found: list[Mapping[str, Any]] = []
    for block in re.findall(r"```yaml\n(.*?)```", page(kind), re.S):
        read = yaml.safe_load(block)
        if isinstance(read, dict) and "sources" in read:
            found += [one["settings"] for one in read["sources"] if one["kind"] == kind]
        elif isinstance(read, dict) and read.get("kind") == kind:
            found.append({name: value for name, value in read.items() if name != "kind"})
    return found


def test_there_are_sources() -> None:
    assert {"aws-exports", "aws-cost-explorer", "files-drop"} <= set(KINDS)
    with pytest.raises(SourceError) as caught:
        named("aws-export")
    assert "aws-exports" in caught.value.message


@pytest.mark.parametrize("kind", KINDS)
def test_a_module_says_what_it_is(kind: str) -> None:
    made = module(kind)
    assert made.__name__.rpartition(".")[2].replace("_", "-") == made.NAME == kind
    assert made.LABEL
    assert made.GRADE in get_args(it.Grade)
    assert 0 < made.NORMAL_LAG_HOURS <= 96
    assert made.INTERVAL_HOURS in (6, 24)
    for name in ("prices", "check", "parts", "fetch"):
        wanted = list(inspect.signature(getattr(it.SourceModule, name)).parameters)[1:]
        given = inspect.signature(getattr(made, name)).parameters
        assert list(given)[: len(wanted)] == wanted, name
        assert all(one.default is not one.empty for one in list(given.values())[len(wanted) :]), name


@pytest.mark.parametrize("kind", KINDS)
def test_settings_are_documented_and_keep_secrets(kind: str) -> None:
    made = module(kind).Settings
    assert issubclass(made, it.Settings)
    schema = made.model_json_schema()
    for name, field in made.model_fields.items():
        assert field.description, f"{name} has no docstring"
        if field.is_required():
            assert re.search(rf"\b{name}\b", page(kind)), f"{name} is not in the page"
        if SECRET.search(name) and not OTHERWISE.search(name):
            assert "secret" in json.dumps(schema["properties"][name]), f"{name} should be a Secret"
    with pytest.raises(ValidationError) as caught:
        made.model_validate({"no_such_setting": "canary-value"})
    assert "canary-value" not in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_shows_settings_that_are_right(kind: str) -> None:
    shown = examples(kind)
    assert shown, "no example in the page"
    for one in shown:
        made = module(kind).Settings.model_validate(dict(one))
        names = [price.name for price in module(kind).prices(made)]
        assert len(names) == len(set(names)) > 0
        capped = [price.run_max or price.day_max for price in module(kind).prices(made) if price.unit_cost]
        assert all(capped), "priced without cap"
        for name, value in made:
            if isinstance(value, Secret):
                assert (repr(value), str(value), json.loads(made.model_dump_json())[name]) == ("***",) * 3


@pytest.mark.parametrize("kind", KINDS)
def test_permission_texts_can_be_filled(kind: str) -> None:
    made = module(kind)
    assert made.PERMISSIONS
    for one in made.PERMISSIONS:
        holes = re.findall(r"\$\{(\w+)\}", one.template)
        assert all(hole.isupper() or hole in made.Settings.model_fields for hole in holes), holes
        filled = Template(one.template).safe_substitute(dict.fromkeys(holes, "x"))
        if one.language == "json":
            json.loads(filled)
            # Policies name actions; a role that is assigned stands for them.
            assert all(action in one.template and action in page(kind) for action in one.actions), one.actions


@pytest.mark.parametrize("kind", [kind for kind in KINDS if module(kind).GRADE == "summary"])
def test_a_summary_can_leave_accounts_to_others(kind: str) -> None:
    assert "counted_elsewhere" in vars(sys.modules[formats()[kind].__name__])  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_source_of_facts_tells_facts(kind: str) -> None:
    assert hasattr(module(kind), "facts") == (module(kind).GRADE == "facts")


def test_listing_the_sources_is_cheap() -> None:
    code = (
        "import sys; from collectors.sources import sources; sources(); "
        "print([n for n in ('boto3', 'botocore', 'azure.storage', 'google.cloud.bigquery') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_window_names_its_months() -> None:
    window = it.Window(date(2026, 11, 1), date(2027, 2, 1), datetime(2027, 1, 3, tzinfo=UTC))
    assert window.months == ("2027-01", "2026-12", "2026-11")
    assert [window.holds(one) for one in ("2026-10", "2026-11", "2027-01", "2027-02")] == [False, True, True, False]
