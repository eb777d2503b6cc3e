"""FOCUS 1.0 to 1.4 as clouds and vendors really write it: the standard's columns, their misspellings, extra columns.

Versions are read as one superset; which one a file follows cannot be told from its columns (1.3 and 1.4 have equally
many), and nothing here depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import polars as pl

from collectors.formats.contract import FormatError, Kind, Money, Normalised, Quantity, RawFile, Time, nothing_left_out
from collectors.formats.focus_json import canonical, flat_object
from warehouse.focus import BY_NAME, COLUMNS, VERSIONS, period_label_expr

NAME = "focus"
LABEL = "FOCUS cost and usage"
VERSION = 1
EXPECTED = (
    "BilledCost",
    "EffectiveCost",
    "BillingPeriodStart",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ChargeCategory",
)

_MANDATORY = (*EXPECTED, "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "ServiceName")
_SELLERS = ("ServiceProviderName", "ProviderName")
_TIME = Time("iso", "%m/%d/%y", "%m/%d/%Y")  # a day is never read before its month: nothing in a file says it is so

_KEPT = "native:"
"""Prefix of raw columns that FOCUS does not know; they become x_Native."""

# Names that one vendor gives to a fact we keep under another.
_RENAMED = {
    "x_resourcegroupname": "x_ResourceGroup",
    "x_invoicesectionname": "x_InvoiceSection",
    "x_costtype": "x_CostType",
}
_OURS = ("x_CostDriver", "x_Generated", "x_SourceFile", "x_SourceRow", "x_Native", "x_PriceKnown")
_KNOWN = {name.casefold(): name for name in BY_NAME if name not in _OURS} | _RENAMED

_CATEGORIES = {"database": "Databases", "ai & machine learning": "AI and Machine Learning", "iot": "Internet of Things"}
_WORDS = {"PricingCategory": {"on-demand": "Standard", "commitment-based": "Committed"}}


def recognise(columns: Sequence[str]) -> dict[str, str] | None:
    """A FOCUS file has the six columns every version shares; names are compared without case."""
    folded = {column.strip().casefold() for column in columns}
    if not all(column.casefold() in folded for column in EXPECTED):
        return None
    exact = set(columns)
    names: dict[str, str] = {}
    for column in columns:
        name = _KNOWN.get(column.strip().casefold())
        taken = name is not None and name != column and (name in exact or name in names.values())
        # A second spelling of a native fact is kept beside it; one of a standard column is refused by the reader.
        names[column] = name if name and not (taken and name.startswith("x_")) else _KEPT + column
    return names


def kinds(names: Sequence[str]) -> dict[str, Kind]:
    """Raises FormatError naming every mandatory column that is absent, before a row is read."""
    missing = [name for name in _MANDATORY if name not in names]
    if not any(seller in names for seller in _SELLERS):
        missing.append("ServiceProviderName (ProviderName up to 1.3)")
    if missing:
        raise FormatError(
            f"mandatory FOCUS columns are missing: {', '.join(missing)}.",
            next_step="Export the file with them; a charge without them belongs to no account, period or currency.",
        )
    by_kind: dict[str, Kind] = {"money": Money(), "quantity": Quantity(), "time": _TIME}
    return {name: by_kind[BY_NAME[name].kind] for name in names if name in BY_NAME and BY_NAME[name].kind in by_kind}


def normalise(files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
    """One line for each row. `settings["version"]` may say the FOCUS version; it must be a known one."""
    version = settings.get("version")
    if version and version not in VERSIONS:
        raise FormatError(f"there is no FOCUS version {version!r}.", next_step=f"Known: {', '.join(VERSIONS)}.")
    raw = pl.concat([file.frame for file in files], how="diagonal")
    present = raw.collect_schema().names()
    words = _distinct(raw, present)
    lines = raw.with_columns(_native(present)).drop(pl.selectors.starts_with(_KEPT))
    lines = lines.with_columns(
        *_folded(present, words),
        *_json(present),
        *_names(present),
        _category(present, words).alias("ServiceCategory"),
        *_costs(present),
        pl.lit(None, dtype=pl.String).alias("x_Generated"),
    )
    return Normalised(lines, nothing_left_out(), _control(raw), tuple(_warnings(raw, present, words)))


def _control(raw: pl.LazyFrame) -> pl.LazyFrame:
    return raw.group_by(
        "BillingAccountId", "BillingCurrency", period_label_expr("BillingPeriodStart").alias("period")
    ).agg(pl.col("BilledCost").sum())


def _distinct(raw: pl.LazyFrame, present: Sequence[str]) -> dict[str, list[str | None]]:
    """The values of every column that has a list of allowed ones."""
    listed = [column.name for column in COLUMNS if column.allowed and column.name in present]
    # One at a time: all in one selection would hold every row of these columns.
    found = {name: raw.select(pl.col(name).unique()).collect(engine="streaming") for name in listed}
    return {name: values[name].to_list() for name, values in found.items()}


def _folded(present: Sequence[str], words: Mapping[str, Iterable[str | None]]) -> list[pl.Expr]:
    """Values of closed lists in the standard's spelling; words that no list has stay, and conform names them."""
    exprs = []
    for name in words:
        if name == "ServiceCategory":
            continue
        known = {word.casefold(): word for word in BY_NAME[name].allowed} | _WORDS.get(name, {})
        changes = {
            word: known[word.strip().casefold()] for word in words[name] if word and word.strip().casefold() in known
        }
        changes = {old: new for old, new in changes.items() if old != new}
        if changes:
            exprs.append(_replaced(name, changes))
    return exprs


def _category(present: Sequence[str], words: Mapping[str, Iterable[str | None]]) -> pl.Expr:
    if "ServiceCategory" not in present:
        return pl.lit("Other")
    found = {word: _category_of(word) or "Other" for word in words["ServiceCategory"] if word}
    return _replaced("ServiceCategory", found).fill_null("Other")


def _replaced(name: str, changes: Mapping[str, str]) -> pl.Expr:
    """Some values of a column by others. `Expr.replace` would do, but it holds the whole frame in memory."""
    if all(old == new for old, new in changes.items()):
        return pl.col(name)
    return pl.col(name).map_batches(lambda texts: texts.replace(changes), return_dtype=pl.String, is_elementwise=True)


def _category_of(word: str) -> str | None:
    known = {allowed.casefold(): allowed for allowed in BY_NAME["ServiceCategory"].allowed} | _CATEGORIES
    return known.get(word.strip().casefold())


def _names(present: Sequence[str]) -> list[pl.Expr]:
    """Both pairs of provider names, each filled from the other; the issuer is the seller where nobody else is named."""

    def first(*names: str) -> pl.Expr:
        return pl.coalesce([pl.col(name) for name in names if name in present])

    return [
        first("ServiceProviderName", "ProviderName").alias("ServiceProviderName"),
        first("ProviderName", "ServiceProviderName").alias("ProviderName"),
        first("HostProviderName", "ProviderName", "ServiceProviderName").alias("HostProviderName"),
        first("PublisherName", "ServiceProviderName", "ProviderName").alias("PublisherName"),
        first("InvoiceIssuerName", "ProviderName", "ServiceProviderName").alias("InvoiceIssuerName"),
    ]


def _costs(present: Sequence[str]) -> list[pl.Expr]:
    """Contracted and list cost where a row lacks them: what the row costs, and x_PriceKnown says they are copies."""
    usual = pl.col("BilledCost")
    if "CommitmentDiscountId" in present:
        # Usage under a commitment is billed at 0; what it would cost is nearer to its amortised cost.
        covered = (pl.col("ChargeCategory").str.to_lowercase() == "usage") & pl.col(
            "CommitmentDiscountId"
        ).is_not_null()
        usual = pl.when(covered).then(pl.col("EffectiveCost")).otherwise(usual)
    contracted = pl.coalesce([*_if_present("ContractedCost", present), usual])
    known = [pl.col(name).is_not_null() for name in ("ContractedCost", "ListCost") if name in present]
    both = pl.all_horizontal(known) if len(known) == 2 else pl.lit(False)
    return [
        contracted.alias("ContractedCost"),
        pl.coalesce([*_if_present("ListCost", present), contracted]).alias("ListCost"),
        pl.when(~both).then(pl.lit("false")).alias("x_PriceKnown"),
    ]


def _if_present(name: str, present: Sequence[str]) -> list[pl.Expr]:
    return [pl.col(name)] if name in present else []


def _json(present: Sequence[str]) -> list[pl.Expr]:
    """JSON columns in canonical text. Each distinct text is read once per batch: tags repeat on thousands of rows."""
    exprs = []
    for column in COLUMNS:
        if column.kind != "json" or column.name not in present or column.name in _OURS:
            continue
        rewrite = flat_object if column.name in ("Tags", "AllocatedTags") else canonical
        exprs.append(
            pl.struct(pl.col(column.name), "x_SourceFile", "x_SourceRow")
            .map_batches(partial(rewrite, column.name), return_dtype=pl.String, is_elementwise=True)
            .alias(column.name)
        )
    return exprs


def _native(present: Sequence[str]) -> pl.Expr:
    """Columns that FOCUS does not know, as one JSON object of their texts by raw name; empty ones left out."""
    kept = sorted(name for name in present if name.startswith(_KEPT))
    if not kept:
        return pl.lit(None, dtype=pl.String).alias("x_Native")
    written = pl.struct(pl.col(name).alias(name.removeprefix(_KEPT)) for name in kept).struct.json_encode()
    # A quote inside a text is written \", so that these patterns meet keys only.
    without_nulls = written.str.replace_all(r'"[^"\\]*":null,?', "").str.replace(r",\}$", "}")
    return pl.when(without_nulls != "{}").then(without_nulls).alias("x_Native")


def _warnings(raw: pl.LazyFrame, present: Sequence[str], words: Mapping[str, Iterable[str | None]]) -> Iterable[str]:
    if "ServiceCategory" not in present:
        yield "The file has no ServiceCategory; every service counts as Other."
    strange = sorted(word for word in words.get("ServiceCategory", ()) if word and not _category_of(word))
    if strange:
        yield f"Service categories that FOCUS does not know count as Other: {', '.join(strange)}."
    checks = {
        "rows without ContractedCost or ListCost take their own cost instead": _missing(
            present, "ContractedCost", "ListCost"
        ),
        "rows without a service category count as Other": _missing(present, "ServiceCategory", only_present=True),
        "rows have tag keys that begin or end with a blank; they are read without it": _blank_keys(present),
    }
    counts = raw.select(expr.sum().alias(text) for text, expr in checks.items()).collect().row(0, named=True)
    yield from (f"{count:,} {text}." for text, count in counts.items() if count)


def _missing(present: Sequence[str], *names: str, only_present: bool = False) -> pl.Expr:
    parts = [pl.col(name).is_null() for name in names if name in present]
    if only_present or len(parts) == len(names):
        return pl.any_horizontal(parts) if parts else pl.lit(0)
    return pl.len()


def _blank_keys(present: Sequence[str]) -> pl.Expr:
    return pl.col("Tags").str.contains(r'[{,]\s*"(?:\s|[^"\\]*\s"\s*:)') if "Tags" in present else pl.lit(0)
