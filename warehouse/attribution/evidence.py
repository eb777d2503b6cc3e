"""What the data alone says about ownership: tag keys and names, ranked by the money they cover.

Money is weighed without its sign, so that a credit does not hide the usage beside it, and never added across
currencies: a share is taken in each, and the shares are averaged by the number of cost rows behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

import polars as pl

from warehouse.attribution.fold import folded_all, squash, squashed
from warehouse.attribution.model import FOLDS

KEY_CHARS_MAX: Final = 200
NAME_CHARS_MAX: Final = 256
"""A longer value is data, not somebody's name."""
TEAMS_PER_SOURCE: Final = 500
SHARE: Final = Decimal("0.000001")

TEAM_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("team", "squad"), "4"),
    **dict.fromkeys(("owner", "ownedby", "tribe", "department", "dept", "businessunit"), "3"),
    **dict.fromkeys(("costcentre", "costcenter", "project", "product", "division", "bu"), "2"),
    **dict.fromkeys(("application", "app", "service", "component", "workload", "system"), "1.5"),
}
"""How far a key's word speaks for a team; other words 0.5."""
APPLICATION_WORDS: Final = ("application", "app", "service", "component", "workload", "system", "project")
ENVIRONMENT_WORDS: Final = ("environment", "env", "stage")
SPELLINGS: Final[tuple[tuple[str, ...], ...]] = (
    ("production", "prod", "prd", "live"),
    ("development", "dev", "devel"),
    ("staging", "stage", "stg"),
    ("test", "tst", "testing"),
)
_WORDS: Final = re.compile(r"\w+")
TECHNICAL_WORDS: Final = frozenset(
    _WORDS.findall(
        "name id arn uuid guid hash checksum version revision build commit created date time timestamp expires ttl "
        "instance node pod host hostname ip vpc subnet stack template image policy backup schedule managed"
    )
)
TECHNICAL: Final = Decimal("0.1")
_PREFIX: Final = re.compile(r"^(?:(?:user|labels?|tags?|resourcetags?)[:./])+")
"""What exports put before a key, squashed."""
_ID: Final = re.compile(
    r"[0-9a-f-]{8,}|[0-9]{5,}|[0-9]{4}-[0-9]{2}-[0-9]{2}.*|.*[:/].*|[a-z]{1,5}-[0-9a-f]{6,}|.{61,}", re.I | re.S
)


@dataclass(frozen=True, slots=True)
class KeyRank:
    """One tag key, with all raw keys that differ only in spelling or in a prefix of the export."""

    key: str
    raw: tuple[str, ...]
    values: int
    """Distinct ones, case, blanks, `_` and `-` aside."""
    shares: Mapping[str, Decimal]
    """Currency -> share of the money (0 to 1) that has a value under this key."""
    share: Decimal
    """Average of the shares."""
    score: Decimal
    """What it is worth as the name of a team; 0 when it cannot be one."""

    @property
    def word(self) -> str:
        return squash([self.key])[0]


@dataclass(frozen=True, slots=True)
class Spend:
    """`rows`: dim, tag_set, currency, net, gross (without the sign)."""

    rows: pl.DataFrame

    def totals(self, measure: str = "gross") -> dict[str, Decimal]:
        summed = self.rows.group_by("currency").agg(pl.col(measure).sum())
        return dict(sorted(summed.select("currency", measure).iter_rows()))

    def shares(self, part: pl.DataFrame) -> dict[str, Decimal]:
        """Of `part` (currency, gross) in the whole, for each currency with any money."""
        covered = dict(part.group_by("currency").agg(pl.col("gross").sum()).iter_rows())
        return {
            currency: (covered.get(currency, Decimal(0)) / total).quantize(SHARE, ROUND_DOWN)
            for currency, total in self.totals().items()
            if total
        }

    def average(self, shares: Mapping[str, Decimal]) -> Decimal:
        counts = dict(self.rows.group_by("currency").len().iter_rows())
        weight = sum(counts[currency] for currency in shares)
        return (
            sum((share * counts[name] for name, share in shares.items()), Decimal(0)) / weight if weight else Decimal(0)
        )


def spend(dims: pl.DataFrame, costs: pl.DataFrame) -> Spend:
    """`costs`: dim, currency, effective_cost as decimals."""
    summed = costs.group_by("dim", "currency").agg(
        net=pl.col("effective_cost").sum(), gross=pl.col("effective_cost").abs().sum()
    )
    return Spend(summed.join(dims.select("dim", "tag_set"), on="dim", how="inner").sort("dim", "currency"))


def rank_keys(tag_sets: pl.DataFrame, money: Spend) -> list[KeyRank]:
    """Every tag key with a value that is not blank, the best name for a team first."""
    tags = tag_sets.filter(pl.col("value").str.strip_chars() != "")
    raw = [key for key in tags["key"].unique().sort() if len(key) <= KEY_CHARS_MAX]
    families = pl.DataFrame(
        [(key, family_of(word)) for key, word in zip(raw, squash(raw), strict=True)],
        schema={"key": pl.String, "family": pl.String},
        orient="row",
    ).filter(pl.col("family") != "")
    tags = tags.join(families, on="key").select("tag_set", "family", "value", "key")
    by_set = money.rows.group_by("tag_set", "currency").agg(pl.col("gross").sum())
    covered = tags.select("tag_set", "family").unique().join(by_set, on="tag_set")
    parts = {part["family"][0]: part for part in covered.partition_by("family")}
    counted = tags.select("family", squashed(pl.col("value")).alias("value")).unique().group_by("family").agg("value")
    values = dict(counted.iter_rows())
    ranks = []
    for spelled in families.sort("family", "key").partition_by("family", maintain_order=True):
        family = spelled["family"][0]
        shares = money.shares(parts.get(family, covered.clear()))
        ranks.append(_rank(spelled, values[family], shares, money.average(shares)))
    return sorted(ranks, key=lambda rank: (-rank.score, -rank.share, rank.key))


def family_of(word: str) -> str:
    """A squashed key without what exports put before it."""
    return _PREFIX.sub("", word, count=1)


def _rank(spelled: pl.DataFrame, values: list[str], shares: dict[str, Decimal], share: Decimal) -> KeyRank:
    family, raw = spelled["family"][0], tuple(spelled["key"])
    plain = [key[key.find(":") + 1 :] if ":" in key else key.rpartition(".")[2] for key in raw] + list(raw)
    named = [name for name, word in zip(plain, squash(plain), strict=True) if word == family]
    key = named[0] if named else family
    usable = 2 <= len(values) <= TEAMS_PER_SOURCE and family not in ENVIRONMENT_WORDS
    score = share * _worth(key, family, values) if usable else Decimal(0)
    return KeyRank(folded_all([key], FOLDS)[0].strip("-"), raw, len(values), shares, share, score)


def _worth(key: str, family: str, values: Iterable[str]) -> Decimal:
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", key)
    words = {word.lower() for word in re.split(r"[\W_]+", spaced)}
    if family in TEAM_WORDS:
        worth = Decimal(TEAM_WORDS[family])
    else:
        worth = max(
            (Decimal(TEAM_WORDS[word]) * Decimal("0.8") for word in words if word in TEAM_WORDS), default=Decimal("0.5")
        )
        if words & TECHNICAL_WORDS or ":" in key:
            worth *= TECHNICAL
    texts = list(values)
    if 2 * sum(1 for text in texts if _ID.fullmatch(text)) > len(texts):
        worth *= TECHNICAL
    return worth


def best_named(ranks: Iterable[KeyRank], words: Iterable[str], values_max: int) -> KeyRank | None:
    """Of the keys called by one of `words`, the one that covers the most."""
    wanted = set(words)
    named = [rank for rank in ranks if rank.word in wanted and rank.values <= values_max]
    return max(named, key=lambda rank: (rank.share, rank.key), default=None)


def richest(texts: pl.DataFrame) -> list[str]:
    """The distinct values of (value, gross) that can be names, the most money first."""
    usable = texts.filter(
        (pl.col("value").str.strip_chars() != "") & (pl.col("value").str.len_chars() <= NAME_CHARS_MAX)
    )
    ranked = usable.group_by("value").agg(pl.col("gross").sum()).sort(["gross", "value"], descending=[True, False])
    return ranked["value"].to_list()
