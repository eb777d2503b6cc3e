"""The sources of the demo, and who writes the bills of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final

from outlay.demo import aws, azure, gcp, saas
from outlay.demo.estate import Events

SEED_DAY: Final = date(2026, 11, 20)
"""The day the tests and screenshots take for today."""


@dataclass(frozen=True, slots=True)
class DemoSource:
    name: str
    label: str
    format: str
    normal_lag_hours: int
    write: Callable[[Path, date, Events], bool]


SOURCES: Final = (
    DemoSource("demo-aws", "AWS, demo payer", "aws-cur", 36, aws.write),
    DemoSource("demo-azure", "Azure, demo enrolment", "azure-cost", 48, azure.write),
    DemoSource("demo-gcp", "Google Cloud, demo billing account", "gcp-billing", 48, gcp.write),
    DemoSource("demo-buildwise", "Buildwise, demo account", "focus", 24 * 10, saas.write),
)


def write_month(folder: Path, source: str, month: date, today: date) -> bool:
    """Write a source's native files of one month; answers whether there was anything to write."""
    writer = next(one for one in SOURCES if one.name == source)
    return writer.write(folder, month, Events(today))


def org_text() -> str:
    return resources.files(__package__).joinpath("org.yaml").read_text(encoding="utf-8")


def rules_text() -> str:
    return resources.files(__package__).joinpath("rules.yaml").read_text(encoding="utf-8")


def tag_policies() -> str:
    return resources.files(__package__).joinpath("tags.yaml").read_text(encoding="utf-8")
