"""Which file is an actual export, which an amortized one, and which of their rows count.

FOCUS needs both: from the actual export everything that is invoiced, from the amortized one the usage of reservations
and savings plans, and what of them stays unused, at its share of their price. Both in full would count everything else
twice. All is decided per account and month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from collectors.formats.azure_rules import canonical, service_key
from collectors.formats.contract import FormatError, RawFile
from warehouse.focus import MONEY, period_label_expr, plain

ACTUAL: Final = "actual"
AMORTIZED: Final = "amortized"
EITHER: Final = "either"  # no commitment in it: both readings give the same lines
NAMED: Final = re.compile(r"(?P<amortized>amorti[sz]ed)|(?P<actual>actual)", re.IGNORECASE)
TOLD: Final = "Import the export with its manifest.json, or write 'actual' or 'amortized' into the file names."

GROUP: Final = ("account", "currency", "period")
Key = tuple[str, str]  # account, period


@dataclass(frozen=True, slots=True)
class Export:
    """One file, the facts its decision rests on, and what was decided."""

    file: RawFile
    rows: pl.LazyFrame  # canonical
    groups: pl.DataFrame  # per account, currency and month: row counts and sums
    kind: str = EITHER

    def months(self) -> set[Key]:
        return {(account, period) for account, period in self.groups.select("account", "period").iter_rows()}

    def total(self, column: str) -> int:
        return int(self.groups[column].sum())


@dataclass(frozen=True, slots=True)
class Survey:
    exports: tuple[Export, ...]
    words: Mapping[str, Sequence[str]]  # distinct texts of UnitOfMeasure and ResourceLocation
    service_keys: Sequence[str]


def survey(files: Sequence[RawFile], settings: Mapping[str, str]) -> Survey:
    """Read every file once for the few facts that decisions and lookups need. FormatError on rows unfit to load."""
    exports: list[Export] = []
    texts: dict[str, set[str]] = {"UnitOfMeasure": set(), "ResourceLocation": set(), "service": set()}
    for file in files:
        rows = canonical(file.frame, settings).with_columns(period=period_label_expr("period_start"))
        words = rows.select("UnitOfMeasure", "ResourceLocation", service=service_key()).unique()
        groups, found = pl.collect_all([rows.group_by(GROUP).agg(**_facts()).sort(GROUP, nulls_last=True), words])
        for column, seen in texts.items():
            seen.update(found[column].drop_nulls())
        exports.append(Export(file, rows, groups))
        _check(exports[-1])
    keys = sorted(texts.pop("service"))
    return Survey(tuple(exports), {column: sorted(seen) for column, seen in texts.items()}, keys)


def _facts() -> dict[str, pl.Expr]:
    covered, covering, cost = pl.col("covered"), pl.col("covering"), pl.col("Cost")
    return {
        "rows": pl.len(),
        "cost": cost.sum(),
        "billed": cost.filter(~covered).sum(),
        "unused_rows": pl.col("unused").sum(),
        "covered_rows": covered.sum(),
        "costly_rows": (covered & (cost != 0)).sum(),
        "covering_rows": covering.sum(),
        "covering_cost": cost.filter(covering).sum(),
        "row": pl.col("x_SourceRow").min(),
        "row_without_cost": pl.col("x_SourceRow").filter(cost.is_null()).min(),
        "row_without_day": pl.col("x_SourceRow").filter(pl.col("Date").is_null()).min(),
    }


def _check(export: Export) -> None:
    told = (export.file.manifest or {}).get("rows")
    if isinstance(told, int) and told != export.file.rows:
        raise FormatError(
            f"the file has {export.file.rows:,} rows, its manifest says {told:,}.",
            file=export.file.name,
            next_step="Fetch the file again.",
        )
    wanted = {
        "Cost": ("row_without_cost", "the row has no amount.", "Export the month again; a row without a cost is cut."),
        "Date": ("row_without_day", "the row has no date.", "Export the month again."),
    }
    for column, (fact, message, step) in wanted.items():
        if (row := export.groups[fact].min()) is not None:
            raise FormatError(message, file=export.file.name, row=int(str(row)), column=column, next_step=step)
    nulls = {
        "BillingCurrency": ("currency", "the file does not say in which currency its costs are.", "currency=EUR"),
        "BillingAccountId": ("account", "the file does not say whose bill it is.", "billing_account=ID"),
    }
    for column, (group, message, setting) in nulls.items():
        row = export.groups.filter(pl.col(group).is_null())["row"].min()
        if row is not None:
            step = f"Export it again with the column {column}, or import it with --set {setting}."
            raise FormatError(message, file=export.file.name, row=int(str(row)), column=column, next_step=step)


def decide(exports: Sequence[Export], settings: Mapping[str, str]) -> tuple[Export, ...]:
    """Each export with its kind: manifest, else content, else setting, file name, and the company it is in."""
    known = [replace(export, kind=_alone(export, settings)) for export in exports]
    for index, export in enumerate(known):
        if export.kind == EITHER:
            known[index] = replace(export, kind=_in_company(export, known[:index] + known[index + 1 :]))
    return tuple(known)


def _alone(export: Export, settings: Mapping[str, str]) -> str:
    told = str((export.file.manifest or {}).get("dataset") or "").casefold()
    if told in (ACTUAL, AMORTIZED):
        return told
    amortized = export.total("unused_rows") > 0 or export.total("costly_rows") > 0
    if amortized and export.total("covering_rows") > 0:
        raise FormatError(
            "the file holds purchases of commitments, which only an actual export has, and usage or unused rows with "
            "amortized cost, which only an amortized export has.",
            file=export.file.name,
            next_step="Import the two exports as two files.",
        )
    if amortized:
        return AMORTIZED
    if export.total("covering_rows") or export.total("covered_rows"):
        return ACTUAL
    hint = NAMED.search(export.file.name.rpartition("/")[2])
    named = hint.lastgroup if hint else None
    told = settings.get("dataset", "").casefold()
    return told if told in (ACTUAL, AMORTIZED) else named or EITHER


def _in_company(export: Export, others: Sequence[Export]) -> str:
    """A file without any commitment beside others of its months: the twin of one with the same cost, or on its own.

    Beside a decided file whose cost differs it may be a second part of that export or its twin of another hour;
    loading it would count twice in one of the two cases, so it is refused.
    """
    beside = [other for other in others if other.months() & export.months()]
    for other in beside:
        if _same_months(export, other):
            return ACTUAL if other.kind == AMORTIZED else AMORTIZED
    if any(other.kind != EITHER for other in beside):
        other = next(other for other in beside if other.kind != EITHER)
        raise FormatError(
            f"it cannot be told whether the file is a part of the {other.kind} export {other.file.name} or its "
            "counterpart: it holds no reservation and no savings plan.",
            file=export.file.name,
            next_step=TOLD,
        )
    return EITHER


def _same_months(one: Export, other: Export) -> bool:
    """Equal cost beside the commitments in every account, currency and month: one bill, exported twice."""

    def bills(export: Export) -> list[tuple[Any, ...]]:
        own = pl.col("rows") - pl.col("covered_rows") - pl.col("covering_rows")
        cost = pl.col("billed") - pl.col("covering_cost")
        return export.groups.select(*GROUP, own.alias("own"), cost.alias("own_cost")).filter(pl.col("own") > 0).rows()

    return bills(one) == bills(other)


def paired_months(exports: Sequence[Export]) -> set[Key]:
    """Accounts and months that come with both exports."""
    return _months(exports, (ACTUAL,)) & _months(exports, (AMORTIZED,))


def _months(exports: Sequence[Export], kinds: Sequence[str]) -> set[Key]:
    return {key for export in exports if export.kind in kinds for key in export.months()}


def _differences(exports: Sequence[Export], paired: set[Key]) -> Iterator[str]:
    """Pairs whose plain rows differ: exports of an open month, run at different hours, or of different scopes."""
    for account, period in sorted(paired):
        one = (pl.col("account") == account) & (pl.col("period") == period)
        sums = pl.concat(
            export.groups.filter(one).select(
                "currency",
                invoiced=pl.col("cost") - pl.col("covering_cost") if export.kind == ACTUAL else pl.lit(0).cast(MONEY),
                amortized=pl.lit(0).cast(MONEY) if export.kind == ACTUAL else pl.col("billed"),
            )
            for export in exports
        )
        for currency, invoiced, amortized in sums.group_by("currency").sum().sort("currency").iter_rows():
            if invoiced != amortized:
                yield (
                    f"Azure, account {account}, {period}: the actual and the amortized export are of different hours "
                    f"or scopes: beside commitments they come to {plain(invoiced)} and {plain(amortized)} {currency}. "
                    "Billed cost is that of the actual export."
                )


def counted(export: Export, paired: set[Key]) -> pl.LazyFrame:
    """The rows of an export that become lines, with `billed` and `effective` in the billing currency.

    What is invoiced comes from the actual export alone, so that its sum is the invoice whatever the hour of the other.
    """
    cost, nothing = pl.col("Cost"), pl.lit(0).cast(MONEY)
    in_pair = _in(paired & export.months())
    if export.kind != ACTUAL:
        return export.rows.filter(~in_pair | pl.col("covered")).with_columns(
            billed=pl.when("covered").then(nothing).otherwise(cost),
            effective=pl.when("covering").then(nothing).otherwise(cost),
        )
    # Without amortized rows no usage carries a purchase, so the purchase keeps its own cost in effective cost.
    return export.rows.filter(~in_pair | ~pl.col("covered")).with_columns(
        billed=cost, effective=pl.when(in_pair & pl.col("covering")).then(nothing).otherwise(cost)
    )


def _in(months: set[Key]) -> pl.Expr:
    keys = [f"{account}\x1f{period}" for account, period in sorted(months)]
    return pl.concat_str("account", "period", separator="\x1f").is_in(keys)


def left_out(exports: Sequence[Export], paired: set[Key]) -> pl.LazyFrame:
    """Rows of either export that the other export of their month stands for."""
    found = []
    for kind, other in ((ACTUAL, AMORTIZED), (AMORTIZED, ACTUAL)):
        groups = [export.groups.filter(_in(paired)) for export in exports if export.kind == kind]
        covered, rows = (sum(int(group[name].sum()) for group in groups) for name in ("covered_rows", "rows"))
        found.append(
            {
                "kind": "skipped",
                "reason": f"row of the {kind} export that the {other} export carries",
                "rows": covered if kind == ACTUAL else rows - covered,
            }
        )
    schema = {"kind": pl.String, "reason": pl.String, "rows": pl.Int64}
    return pl.LazyFrame([one for one in found if one["rows"]], schema=schema, orient="row")


def control(exports: Sequence[Export], paired: set[Key]) -> pl.LazyFrame:
    """The invoiced cost: the whole actual export where there is one, else the amortized one outside commitments."""

    def invoiced(export: Export) -> pl.DataFrame:
        if export.kind == ACTUAL:
            return export.groups.select(*GROUP, BilledCost="cost")
        return export.groups.filter(~_in(paired)).select(*GROUP, BilledCost="billed")

    sums = pl.concat([invoiced(export) for export in exports]).group_by(GROUP).agg(pl.col("BilledCost").sum())
    return sums.sort(GROUP).rename({"account": "BillingAccountId", "currency": "BillingCurrency"}).lazy()


def warnings(exports: Sequence[Export], paired: set[Key]) -> Iterator[str]:
    """What a missing or differing half of a pair means for the figures, in a sentence with the months."""
    yield from _differences(exports, paired)
    amortized_only = _months(exports, (AMORTIZED,)) - paired
    if amortized_only:
        yield (
            f"Azure, {_named(amortized_only)}: only the amortized export was loaded. Reservation and savings plan "
            "purchases are missing from billed cost."
        )
    actual_only = _months(exports, (ACTUAL,)) - paired
    if actual_only:
        yield (
            f"Azure, {_named(actual_only)}: only the actual export was loaded. Effective cost is not amortised: it "
            "equals billed cost, with reservation and savings plan purchases on their day and nothing on the usage."
        )


def _named(months: set[Key]) -> str:
    accounts = sorted({account for account, _ in months})
    return "; ".join(
        f"account {account}, {', '.join(sorted(period for owner, period in months if owner == account))}"
        for account in accounts
    )
