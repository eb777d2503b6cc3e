"""What happens inside the child: raw files of one bundle to canonical lines, with every row and cent accounted for."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from collectors.formats import Format, FormatError, Normalised, RawFile, choose
from collectors.reading import EMPTY, Loaded, Opened, load, open_file
from outlay.child_lines import Lines, PeriodTotals
from warehouse.focus import conform

_WIDE = Context(prec=76)
BLANK = "blank line"

Report = Callable[[Mapping[str, Any]], None]


@dataclass(slots=True)
class Work:
    """One task on its way. Paths are strings in `task`: it came as JSON."""

    task: Mapping[str, Any]
    scratch: Path
    report: Report
    loaded: list[Loaded] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        """The result as plain values, amounts as text. Raises FormatError and ConformError."""
        try:
            return self._run()
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _run(self) -> dict[str, Any]:
        opened = [self._open(number, file) for number, file in enumerate(self.task["files"])]
        chosen = choose({one.name: one.content.columns for one in opened}, self.task["format_name"])
        self._load(opened, chosen)
        raw = [one.file for one in self.loaded]
        made = chosen.normalise(raw, self.task["settings"])
        lines = Lines(_folder(self.scratch / "lines"))
        rows = sum(file.rows for file in raw)
        conformed = conform(_with_cost_driver(made.lines))
        lines.take(conformed, lambda done: self._say("normalise", done, rows, 1, 1))
        self._say("verify", 0, rows, 1, 1)
        counts = _account(raw, self.loaded, made, lines.periods)
        _reconcile(made.control, lines.periods)
        out = Path(self.task["out"])
        periods = [_period(label, lines.write(out, label), lines.periods[label]) for label in sorted(lines.periods)]
        self._say("verify", rows, rows, 1, 1)
        return {
            "format_name": chosen.NAME,
            "version": chosen.VERSION,
            "periods": periods,
            "residues": {f"{one.file.name}: {name}": str(cut) for one in self.loaded for name, cut in one.cut.items()},
            "warnings": list(dict.fromkeys(made.warnings)),
            "columns": sorted({name for one in opened for name in one.content.columns}),
            **counts,
        }

    def _open(self, number: int, file: Mapping[str, Any]) -> Opened:
        folder = _folder(self.scratch / f"file-{number}")
        return open_file(Path(file["path"]), file["name"], file["digest"], folder)

    def _load(self, opened: list[Opened], chosen: Format) -> None:
        total = sum(one.content.rows_total for one in opened) if all(one.content.rows_total for one in opened) else 0
        size = sum(one.content.bytes_total for one in opened)
        rows = done = 0
        empty: FormatError | None = None
        for one, file in zip(opened, self.task["files"], strict=True):
            mapping = chosen.recognise(one.content.columns)
            assert mapping is not None
            facts = {**(self.task["manifest"] or {}), **(file["facts"] or {})} or None
            before_rows, before = rows, done

            def said(count: int, before_rows: int = before_rows, before: int = before, one: Opened = one) -> None:
                self._say("normalise", before_rows + count, total, before + one.content.bytes_done, size)

            try:
                kinds = chosen.kinds(list(mapping.values()))
            except FormatError as error:
                raise error.in_file(one.name) from error
            done += one.content.bytes_total
            try:
                self.loaded.append(load(one, mapping, kinds, manifest=facts, on_rows=said))
            except FormatError as error:
                if error.message != EMPTY:
                    raise
                empty = empty or error  # one of several files may hold nothing, all of them may not
                continue
            rows += self.loaded[-1].file.rows
        if empty and not self.loaded:
            raise empty

    def _say(self, stage: str, rows: int, rows_total: int, done: int, total: int) -> None:
        self.report(
            {"stage": stage, "rows_done": rows, "rows_total": rows_total, "bytes_done": done, "bytes_total": total}
        )


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def _with_cost_driver(lines: pl.LazyFrame) -> pl.LazyFrame:
    if importlib.util.find_spec("collectors.cost_drivers") is None:
        return lines
    driven: pl.LazyFrame = import_module("collectors.cost_drivers").with_cost_driver(lines)
    return driven


def _account(
    raw: list[RawFile], loaded: list[Loaded], made: Normalised, periods: Mapping[str, PeriodTotals]
) -> dict[str, Any]:
    """received = mapped + folded + skipped, or an error that says what is missing."""
    left: dict[str, dict[str, int]] = {"folded": {}, "skipped": {}}
    for kind, reason, rows in made.left_out.group_by("kind", "reason").agg(pl.col("rows").sum()).collect().rows():
        if rows:
            left[kind][reason] = rows
    blank = sum(one.blank_rows for one in loaded)
    if blank:
        left["skipped"][BLANK] = blank
    kinds: dict[str, int] = {}
    for totals in periods.values():
        for kind, rows in totals.kinds.items():
            kinds[kind] = kinds.get(kind, 0) + rows
    received = sum(file.rows for file in raw) + blank
    mapped = kinds.pop("mapped", 0)
    folded, skipped = (sum(left[kind].values()) for kind in ("folded", "skipped"))
    if received != mapped + folded + skipped:
        raise FormatError(
            f"rows are not accounted for: {received:,} received, but {mapped:,} mapped, {folded:,} folded and "
            f"{skipped:,} skipped.",
            next_step="This is a fault of Outlay, not of the file; nothing was loaded. Report it with the header.",
        )
    return {
        "received": received,
        "mapped": mapped,
        "folded": left["folded"],
        "skipped": left["skipped"],
        "generated": {kind.removeprefix("generated:"): rows for kind, rows in kinds.items()},
        "blank_lines": blank,
    }


def _reconcile(control: pl.LazyFrame, periods: Mapping[str, PeriodTotals]) -> None:
    """The invoice measure of the source equals the billed cost of the lines, per account, currency and period."""
    expected: dict[tuple[str, str, str], Decimal] = {}
    columns = ("BillingAccountId", "BillingCurrency", "period", "BilledCost")
    for account, currency, period, amount in control.select(columns).collect(engine="streaming").iter_rows():
        key = (account, currency, period)
        expected[key] = _WIDE.add(expected.get(key, Decimal(0)), amount or Decimal(0))
    found = {
        (account, currency, period): amount
        for period, totals in periods.items()
        for (account, currency), amount in totals.billed.items()
    }
    for key in sorted({*expected, *found}, key=str):
        here, there = found.get(key, Decimal(0)), expected.get(key, Decimal(0))
        if here != there:
            account, currency, period = key
            raise FormatError(
                f"account {account}, billing period {period}: the source bills {there} {currency}, "
                f"the lines sum to {here} {currency}.",
                column="BilledCost",
                next_step="This is a fault of Outlay's mapping; nothing was loaded. Report it with these two sums.",
            )


def _period(label: str, path: Path, totals: PeriodTotals) -> dict[str, Any]:
    sums: dict[str, dict[str, str]] = {}
    for (column, currency), amount in sorted(totals.sums.items()):
        sums.setdefault(column, {})[currency] = str(amount)
    return {
        "period": label,
        "path": str(path),
        "rows": totals.rows,
        "content": totals.digest,
        "sums": sums,
        "kinds": totals.kinds,
        **{name: instant.isoformat() for name, instant in totals.times.items()},
    }
