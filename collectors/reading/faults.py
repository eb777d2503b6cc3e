"""Values that cannot be read, collected over a whole file so that its sender learns of all of them at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import polars as pl

from collectors.formats.contract import FormatError, Kind, Money, Quantity, Time
from collectors.reading.times import ISO

EXAMPLES = 3
"""Rows shown per column; all are counted."""

_GROUPED = re.compile(r"\d,\d{3}(?:\D|$)")
_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_SIGNS = re.compile(r"[$€£¥₹]|[A-Za-z]{3}")


@dataclass(slots=True)
class Faults:
    """What is wrong with the values of one file."""

    file: str
    _found: dict[str, list[FormatError]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def note(self, column: str, kind: Kind, values: pl.Series, rows: pl.Series, bad: pl.Series) -> None:
        """Count the bad values of one batch; keep the first few."""
        here = bad.arg_true()
        if not len(here):
            return
        known = self._found.setdefault(column, [])
        self._counts[column] = self._counts.get(column, 0) + len(here)
        for place in here.head(EXAMPLES - len(known)).to_list():
            value = str(values[place])
            known.append(
                FormatError(why_not(value, kind), file=self.file, row=rows[place], column=column, value=value[:200])
            )

    def check(self) -> None:
        """Raise FormatError when anything was noted: the first value at fault, with counts of all columns."""
        if not self._found:
            return
        every = [fault for faults in self._found.values() for fault in faults]
        first = min(every, key=lambda fault: fault.row or 0)
        counts = ", ".join(f"{column}: {count:,}" for column, count in self._counts.items())
        raise FormatError(
            f"{first.message} Values like it: {counts}.",
            file=self.file,
            row=first.row,
            column=first.column,
            value=first.value,
            next_step="Export the file with plain values; nothing of it was loaded.",
            also=tuple(every),
        )


def why_not(value: str, kind: Kind) -> str:
    """A sentence about a value that is not of its kind."""
    shown = repr(value[:80])
    if isinstance(kind, Time):
        forms = " or ".join("YYYY-MM-DDTHH:MM:SSZ" if form == ISO else form for form in kind.formats or (ISO,))
        return f"{shown} is not a time of the form {forms}."
    reasons = [
        reason
        for reason, applies in (
            ("a currency sign", bool(_SIGNS.search(value)) and value.casefold() not in ("nan", "inf", "-inf")),
            ("thousands separators", bool(_GROUPED.search(value))),
            ("a comma for the decimal point", bool(_COMMA.match(value)) and not _GROUPED.search(value)),
            ("blanks around it", value != value.strip()),
        )
        if applies
    ]
    whose = "an amount" if isinstance(kind, Money) else "a quantity"
    if reasons:
        return f"{shown} is not {whose}: it has {' and '.join(reasons)}; write plain digits such as 10000.00."
    digits = 20 if isinstance(kind, Money) else 29
    assert isinstance(kind, Money | Quantity)
    if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", value, re.ASCII):
        return f"{shown} is too large: {whose} has at most {digits} digits before the point."
    return f"{shown} is not {whose}: write plain digits such as 10000.00."
