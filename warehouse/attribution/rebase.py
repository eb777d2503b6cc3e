"""Two changes of one text laid over each other, line by line."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import NamedTuple


class _Edit(NamedTuple):
    """Lines [start, end) of the text that both began with, and what stands there instead."""

    start: int
    end: int
    order: int
    lines: tuple[str, ...]


def merged(base: str | None, ours: str | None, theirs: str | None) -> str | None:
    """Both changes of `base`; None stands for no such text. Raises ValueError where both change the same place.

    Where both add lines at one place, theirs come first: rules are added behind the others.
    """
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    if base is None or ours is None or theirs is None:
        raise ValueError("one is gone")
    lines = _lines(base)
    first, second = _edits(lines, theirs, 0), _edits(lines, ours, 1)
    known = {edit._replace(order=0) for edit in first}
    second = [edit for edit in second if edit._replace(order=0) not in known]
    if any(one.start < other.end and other.start < one.end for one in first for other in second):
        raise ValueError("both change the same lines")
    found, place = [], 0
    for edit in sorted([*first, *second]):
        found += [*lines[place : edit.start], *edit.lines]
        place = edit.end
    return "".join([*found, *lines[place:]])


def _lines(text: str) -> list[str]:
    """A line feed alone ends a line: whatever else breaks one may stand within a value."""
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if text else []


def _edits(lines: list[str], text: str, order: int) -> list[_Edit]:
    new = _lines(text)
    return [
        _Edit(start, end, order, tuple(new[since:until]))
        for kind, start, end, since, until in SequenceMatcher(None, lines, new, autojunk=False).get_opcodes()
        if kind != "equal"
    ]
