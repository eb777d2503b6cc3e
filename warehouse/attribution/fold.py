"""One idea of sameness: what case, blanks, `_` and `-` may differ in without meaning something else.

Everything goes through Polars, so that a literal in a rule and a value on a bill are folded by the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

import polars as pl

from warehouse.attribution.model import Alias, TagKey

BLANKS: Final = (
    "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
)
"""White space of Unicode: what Polars strips. Python's own idea of it is a little wider."""


def blank(text: str) -> bool:
    return not text.strip(BLANKS)


def folded(text: pl.Expr, steps: Sequence[str]) -> pl.Expr:
    """`case`: lower case. `blanks`: none around, one inside. `separators`: runs of blanks, `_`, `-` are one `-`."""
    if "case" in steps:
        text = text.str.to_lowercase()
    if "blanks" in steps:
        text = text.str.strip_chars().str.replace_all(r"\s+", " ")
    if "separators" in steps:
        text = text.str.replace_all(r"[\s_-]+", "-")
    return text


def squashed(text: pl.Expr) -> pl.Expr:
    """Lower case without blanks, `_` and `-`: `Check Out`, `check_out` and `checkout` are one. May be empty."""
    return text.str.to_lowercase().str.replace_all(r"[\s_-]+", "")


def squash(texts: Iterable[str]) -> list[str]:
    series = pl.Series("text", list(texts), dtype=pl.String)
    return series.to_frame().select(squashed(pl.col("text"))).to_series().to_list()


def folded_all(texts: Iterable[str], steps: Sequence[str]) -> list[str]:
    series = pl.Series("text", list(texts), dtype=pl.String)
    return series.to_frame().select(folded(pl.col("text"), steps)).to_series().to_list()


def normal_values_all(key: TagKey, texts: Iterable[str]) -> list[str]:
    return normal_values(key, pl.Series("text", list(texts), dtype=pl.String)).to_list()


def normal_values(key: TagKey, values: pl.Series) -> pl.Series:
    """The values of one tag key, folded, then other spellings replaced by the value to use."""
    fold = folded(pl.col("value"), key.fold)
    result = values.alias("value").to_frame().select(fold).to_series()
    spellings = [(spelling, use) for use, others in key.values for spelling in (use, *others)]
    if not spellings:
        return result
    written = pl.Series("value", [spelling for spelling, _ in spellings], dtype=pl.String)
    look = pl.DataFrame(
        {
            "value": written.to_frame().select(fold).to_series(),
            "use": pl.Series([use for _, use in spellings], dtype=pl.String),
        }
    ).unique("value", keep="first", maintain_order=True)
    frame = result.to_frame().join(look, on="value", how="left", maintain_order="left")
    return frame.select(pl.coalesce("use", "value").alias("value")).to_series()


def aliases_by_squash(keys: Iterable[TagKey], day: date | None = None) -> dict[str, tuple[TagKey, int]]:
    """Squashed raw key -> the tag key that reads it on `day` (null: on any) and its place in the preference."""
    named = [
        (alias.key, key, place)
        for key in keys
        for place, alias in enumerate((Alias(key.key), *key.aliases))
        if day is None or alias.holds(day)
    ]
    found: dict[str, tuple[TagKey, int]] = {}
    for word, (_, key, place) in zip(squash(name for name, _, _ in named), named, strict=True):
        found.setdefault(word, (key, place))
    return found
