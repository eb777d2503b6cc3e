"""Landed files are kept as long as somebody may ask for them, and no longer."""

from __future__ import annotations

from datetime import UTC, datetime

from warehouse.store.landing import Landing
from warehouse.store.retention import prunable, prune
from warehouse.store.state import Load, instant

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def load(number: int, state: str, created: tuple[int, int, int], changed: tuple[int, int, int], part: str) -> Load:
    return Load(
        id=f"load {number}",
        batch=f"batch {number}",
        source="north",
        period="2026-09",
        state=state,
        generation=number,
        identity="",
        content=part,
        facts={"parts": [part]},
        created_at=instant(datetime(*created, tzinfo=UTC)),
        changed_at=instant(datetime(*changed, tzinfo=UTC)),
    )


LOADS = [
    load(1, "superseded", (2026, 9, 2), (2026, 9, 3), "a"),  # known at no month end
    load(2, "superseded", (2026, 9, 3), (2026, 10, 2), "b"),  # known at the end of September
    load(3, "superseded", (2026, 10, 2), (2026, 10, 3), "c"),  # neither, and shared with the live one
    load(4, "superseded", (2026, 10, 3), (2026, 10, 4), "d"),  # the previous generation
    load(5, "live", (2026, 10, 4), (2026, 10, 4), "c"),
]


def test_previous_and_month_ends_are_kept():
    assert [one.generation for one in prunable(LOADS, NOW)] == [1, 3]


def test_month_ends_of_long_ago_are_not():
    old = [load(1, "superseded", (2022, 1, 3), (2022, 3, 3), "a"), *LOADS]
    assert 1 in [one.generation for one in prunable(old, NOW) if one.created_at.startswith("2022")]


def test_only_files_that_nobody_shares_are_removed(tmp_path):
    landing = Landing(tmp_path)
    for part in "abcd":
        path = landing.focus("north", "2026-09", part)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"lines")
    assert prune(landing, LOADS, NOW) == 1
    assert sorted(path.stem for path in (tmp_path / "focus/north/2026-09").iterdir()) == ["b", "c", "d"]


def test_names_never_leave_the_folder(tmp_path):
    landing = Landing(tmp_path)
    for name in ("../../etc", "a/b", "..", ".", "with space", "ünï"):
        path = landing.focus(name, "2026-09", "x").resolve()
        assert path.is_relative_to(tmp_path.resolve() / "focus")
        assert path.parent.parent.parent == tmp_path.resolve() / "focus"
