"""What every test may use: the example bills, and a deterministic Hypothesis profile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile(
    "commit",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("long", parent=settings.get_profile("commit"), max_examples=2_000)
settings.load_profile(os.environ.get("OUTLAY_HYPOTHESIS", "commit"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real billing files; they are not part of the repository."""
    folder = Path(os.environ.get("OUTLAY_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"example bills are absent: no folder at OUTLAY_SHARED_DATA or {folder.name}")
    return folder
