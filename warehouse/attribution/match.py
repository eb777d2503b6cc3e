"""Single comparisons on the distinct values of a column: each is made once, many patterns in one pass.

Every operator but `equals` and `missing` is a regular expression of the same linear-time engine. Patterns are joined
in groups of GROUP and a group is searched for at once; only values that some pattern of the group matched are looked
at again. A pass over the values costs about the same for 32 patterns as for one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import polars as pl

from warehouse.attribution.model import Check

GROUP: Final = 32
REGEX_CHARS_MAX: Final = 500
"""Longer ones are lists, which `equals`, `prefix` and `contains` take."""
REGEX_REPEAT_MAX: Final = 200
"""Product of all counted repetitions: they multiply the size of the compiled form, which is limited to 10 MiB."""
CODE: Final = pl.UInt32
NO_CODES: Final = pl.Series(dtype=CODE)
META: Final = re.compile(r"([\\.+*?()|\[\]{}^$#&\-~])")


def regex_weight(pattern: str) -> int:
    """Roughly how large the compiled form is, in classes of characters: those of Unicode have hundreds of ranges."""
    return _repeats(pattern) * len(re.findall(r"\\[wWdDsSpPbB]", pattern))


def regex_fault(pattern: str) -> tuple[str, str] | None:
    """Why a regular expression is refused, as (problem, expected); None when it may be used."""
    if len(pattern) > REGEX_CHARS_MAX:
        return f"a regular expression of {len(pattern)} characters", f"at most {REGEX_CHARS_MAX}"
    if _repeats(pattern) > REGEX_REPEAT_MAX:
        problem = f"counted repetitions that multiply to {_repeats(pattern)}"
        return problem, f"at most {REGEX_REPEAT_MAX} in one expression"
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        reason = _reason(str(error))
        expected = "Rust regex syntax, without look-around and backreferences"
        return f"a regular expression that is refused: {reason}", expected
    return None


def _repeats(pattern: str) -> int:
    product = 1
    for low, high in re.findall(r"\{\s*(\d+)\s*,?\s*(\d*)\s*\}", pattern):
        product *= max(int(low), int(high or 0), 1)
    return product


def _reason(text: str) -> str:
    """The engine's own sentence, out of a message of several lines that repeats the expression."""
    lines = [line.removeprefix("regex error:").strip() for line in text.splitlines()]
    told = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:") or "size limit" in line]
    return told[0] if told else "it cannot be read"


def pattern_of(check: Check, operand: str) -> str:
    """The regular expression for one operand, searched for anywhere in the value."""
    if check.operator == "regex":
        return operand
    if check.operator == "glob":
        pieces = {"*": "(?s:.*)", "?": "(?s:.)"}
        return r"\A" + "".join(pieces.get(char) or _literal(char) for char in operand) + r"\z"
    literal = _literal(operand)
    return {"prefix": r"\A" + literal, "suffix": literal + r"\z", "contains": literal}[check.operator]


def matching(checks: Iterable[Check], values: pl.Series) -> dict[Check, pl.Series]:
    """For each check, the sorted positions of the values it holds for.

    `values` are distinct; position 0 is the missing value, a null; the others are not blank.
    """
    wanted = set(checks)
    found: dict[Check, list[pl.Series]] = defaultdict(list)
    frame = pl.DataFrame({"value": values, "code": pl.int_range(len(values), dtype=CODE, eager=True)})
    absent, present = frame["code"].head(1), frame["code"].tail(-1)
    for check in wanted:
        if check.operator == "missing":
            found[check].append(absent if check.missing else present)
    for owner, codes in _equal([check for check in wanted if check.operator == "equals"], frame):
        found[owner].append(codes)
    patterns = defaultdict(list)
    for check in wanted:
        if check.operator not in ("equals", "missing"):
            for operand in check.operands:
                patterns[pattern_of(check, operand)].append(check)
    for pattern, codes in _search(sorted(patterns), frame.tail(-1)):
        for check in patterns[pattern]:
            found[check].append(codes)
    return {check: _union(found.get(check, [])) for check in wanted}


def _literal(text: str) -> str:
    return META.sub(r"\\\1", text)


def _union(parts: list[pl.Series]) -> pl.Series:
    if not parts:
        return NO_CODES
    return parts[0] if len(parts) == 1 else pl.concat(parts).unique().sort()


def _equal(checks: list[Check], frame: pl.DataFrame) -> Iterable[tuple[Check, pl.Series]]:
    """One join finds every literal of every check."""
    pairs = [(operand, place) for place, check in enumerate(checks) for operand in set(check.operands)]
    literals = pl.DataFrame(pairs, schema={"value": pl.String, "check": pl.Int64}, orient="row")
    hits = literals.join(frame, on="value", how="inner").sort("check", "code")
    for part in hits.partition_by("check"):
        yield checks[part["check"][0]], part["code"]


def _search(patterns: list[str], frame: pl.DataFrame) -> Iterable[tuple[str, pl.Series]]:
    for start in range(0, len(patterns), GROUP):
        yield from _halves(patterns[start : start + GROUP], frame)


def _halves(patterns: list[str], frame: pl.DataFrame) -> Iterable[tuple[str, pl.Series]]:
    if frame.is_empty():
        return
    hits = frame.filter(_any_of(patterns, frame["value"]))
    if len(patterns) == 1:
        yield patterns[0], hits["code"]
        return
    middle = len(patterns) // 2
    yield from _halves(patterns[:middle], hits)
    yield from _halves(patterns[middle:], hits)


def _any_of(patterns: list[str], values: pl.Series) -> pl.Series:
    if len(patterns) == 1:
        return values.str.contains(patterns[0])
    try:
        return values.str.contains("|".join(f"(?:{pattern})" for pattern in patterns))
    except pl.exceptions.ComputeError:
        # Together they are over the size limit, or one of them hides the end of its group in a comment.
        return pl.repeat(True, len(values), dtype=pl.Boolean, eager=True)
