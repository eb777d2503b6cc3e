"""Unit spellings and block sizes of price lists, brought to one form: "100 Hrs" is 100 x "Hours".

`units.csv` is the table of spellings: `unit` stands alone, `part` stands before a time ("Object" in "Object-Months").
Two notions are never merged: GB stays apart from GiB, because turning one into the other would change a quantity.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Final, NamedTuple

import polars as pl

FACTOR_MAX: Final = Decimal(10) ** 12
QUANTITY_MAX: Final = Decimal(10) ** 16  # times the largest factor, still inside the 29 whole digits of Decimal(38, 9)
TIMES: Final = frozenset({"Seconds", "Minutes", "Hours", "Days", "Months", "Years"})
SCALES: Final = {"k": 10**3, "m": 10**6, "b": 10**9, "thousand": 10**3, "million": 10**6, "billion": 10**9}

# A letter is a scale only when it stands alone ("1M requests"), so that the B of "1 MB" or the M of "1Mbps" is not one.
BLOCK: Final = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+|\d+)?(?P<scale>[KkMB](?![A-Za-z])|\s*(?:thousand|million|billion)\b)?"
    r"(?P<gap>\s*)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
COMPOUND: Final = re.compile(r"(?P<thing>.*?)(?:\s+per\s+|\s*/\s*|\s*-\s*|\s+|\.)(?P<time>[^\s/.-]+)", re.IGNORECASE)


class Word(NamedTuple):
    unit: str
    part: str


@cache
def words() -> tuple[dict[str, Word], dict[str, Word]]:
    """The table by exact spelling and by folded case; a folded spelling with two meanings (Mbps, MBps) is left out."""
    text = resources.files(__package__).joinpath("units.csv").read_text(encoding="utf-8")
    exact = {row["spelling"]: Word(row["unit"], row["part"]) for row in csv.DictReader(text.splitlines())}
    folded: dict[str, set[Word]] = defaultdict(set)
    for spelling, word in exact.items():
        folded[spelling.casefold()].add(word)
    return exact, {spelling: next(iter(found)) for spelling, found in folded.items() if len(found) == 1}


@lru_cache(maxsize=10_000)
def normal_unit(text: str) -> tuple[str, Decimal]:
    """The unit without its block size, and how many of it one `text` is: "10K/Month" is ("Unit-Months", 10000).

    Factors are whole numbers, so quantity x factor is exact at any scale. An unknown unit stays as it is, factor 1.
    """
    own = " ".join(text.split())
    size, rest = block(own)
    if not size:  # a block of none, or one too large to multiply by
        return own, Decimal(1)
    if not rest:
        return ("Units", size) if own else ("", Decimal(1))
    if own != rest and rest[0].isdigit():  # "1 1 Hour"
        unit, inner = normal_unit(rest)
        return (unit, size * inner) if size * inner <= FACTOR_MAX else (own, Decimal(1))
    known = word(rest) or compound(rest)
    if known:
        return known.unit, size
    return (own, Decimal(1)) if rest[0] in "/-" else (rest, size)


def normal_units(spellings: pl.Series) -> pl.DataFrame:
    """Columns spelling, unit, factor (Decimal(38, 0)): one row per distinct spelling that is not null."""
    found = spellings.drop_nulls().unique().sort().to_list()
    units = [normal_unit(spelling) for spelling in found]
    return pl.DataFrame(
        {"spelling": found, "unit": [unit for unit, _ in units], "factor": [factor for _, factor in units]},
        schema={"spelling": pl.String, "unit": pl.String, "factor": pl.Decimal(38, 0)},
    )


def in_normal_units(lines: pl.LazyFrame, quantity: str, unit: str) -> pl.LazyFrame:
    """`lines` with one quantity column and its unit column brought to normal units, exactly.

    A quantity that would not fit Decimal(38, 9) after the multiplication keeps its number and its own scaled unit.
    """
    schema: dict[str, pl.DataType] = {"x_spelling": pl.String(), "x_unit": pl.String(), "x_factor": pl.Decimal(38, 0)}
    spelled = lines.select(pl.col(unit).alias("x_spelling")).unique()
    table = spelled.map_batches(
        lambda found: normal_units(found["x_spelling"]).rename(lambda name: f"x_{name}"), schema=schema
    )
    amount, factor = pl.col(quantity), pl.col("x_factor").fill_null(1)
    fits = (amount.abs() <= QUANTITY_MAX) | (factor == 1) | amount.is_null()
    return (
        lines.join(table, left_on=unit, right_on="x_spelling", how="left", maintain_order="left")
        .with_columns(
            pl.when(fits).then(amount).otherwise(None).mul(factor).fill_null(amount).alias(quantity),
            pl.when(fits).then(pl.col("x_unit")).otherwise(pl.col(unit)).alias(unit),
        )
        .drop("x_unit", "x_factor")
    )


def block(text: str) -> tuple[Decimal, str]:
    """The block size at the head of `text` and what follows it; size 0 says that `text` must stay as it is."""
    found = BLOCK.fullmatch(text)
    if found is None or (found["number"] is None and found["scale"] is None):
        return Decimal(1), text
    if found["number"] is None and len(found["scale"].strip()) == 1:  # "B" alone, "M" alone: a unit, no scale
        return Decimal(1), text
    head = found["rest"][:1]
    if head and not found["gap"] and head not in "/-" and (len(found["rest"]) < 2 or not word(found["rest"])):
        return Decimal(
            0
        ), text  # "10000s" is a block word of a price list, not seconds; "0.5 GB"; "3D objects"; but "1GB"
    size = Decimal((found["number"] or "1").replace(",", ""))
    size *= SCALES[found["scale"].strip().lower()] if found["scale"] else 1
    return (size if size <= FACTOR_MAX else Decimal(0)), found["rest"]


def word(text: str) -> Word | None:
    exact, folded = words()
    return exact.get(text) or folded.get(text.casefold())


def compound(text: str) -> Word | None:
    """A thing and the time it is held: "GB-Mo", "GB/Month", "gibibyte month", "/Hour". An unknown thing stays."""
    found = COMPOUND.fullmatch(text)
    time = word(found["time"]) if found else None
    if found is None or time is None or time.unit not in TIMES:
        return None
    if time.unit == "Seconds" and "/" in text[len(found["thing"]) :]:  # a speed, not something held for seconds
        return None
    thing = word(found["thing"] or "unit") or compound(found["thing"]) or Word("", found["thing"])
    if thing.part[0] in "/-":  # "/3 Months"
        return None
    return Word(f"{thing.part}-{time.unit}", f"{thing.part}-{time.part}")
