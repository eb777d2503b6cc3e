"""What a draft claims of the cost that teams offer, and where that is more than an offer goes up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

import polars as pl

from api.protocols import Help, ProblemError
from outlay.scopes import condition_of, filters_of
from warehouse.attribution import Estate, Rule, matches
from warehouse.attribution.model import TagKey
from warehouse.focus import plain
from warehouse.metrics import Access, CostQuery, Filter, Match
from warehouse.metrics.combinations import by_combinations
from warehouse.store import Store
from warehouse.store.requests import Offer

TEAM: Final = "team"
READER: Final = "offers"
KEY: Final = ("dim", "was", "currency")
_SCHEMA: Final = pl.Schema({"dim": pl.Int32, "was": pl.String, "currency": pl.String, "offer": pl.String})


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A claim of more than an offer goes up to."""

    offer: Offer
    month: str
    amount: Decimal
    """What the claimed cost was in that billing month: the answer of a question."""

    def error(self) -> ProblemError:
        one = self.offer
        text = (
            f"{one.team} offers up to {one.up_to} {one.currency} a month; "
            f"what is claimed of it cost {plain(self.amount)} {one.currency} in {self.month}."
        )
        more = Help("rules", (), f"Claim less of it, or ask {one.team} to offer more.")
        return ProblemError("caller", "conflict", text, more)


def claimed(moved: pl.DataFrame, estate: Estate, offers: Sequence[Offer], tag_keys: Sequence[TagKey]) -> pl.DataFrame:
    """dim, was, currency, offer: cost that `moved` (as `DraftMoney.by_dim`) takes from a team that offers it."""
    asked = [
        (offer, condition)
        for offer in offers
        if (condition := condition_of(one for one in filters_of(offer.scope) if one.dimension != TEAM))
    ]
    cells = moved.filter(pl.col("pool").is_null()).select(KEY).unique()
    dims = matches(estate, [Rule(offer.id, condition) for offer, condition in asked], tag_keys) if asked else []
    frames = [
        cells.filter(
            pl.col("was") == offer.team,
            pl.col("dim").is_in(members.implode()),
            pl.lit(value=True) if offer.currency is None else pl.col("currency") == offer.currency,
        ).with_columns(offer=pl.lit(offer.id))
        for (offer, _), members in zip(asked, dims, strict=True)
    ]
    return pl.concat([pl.DataFrame(schema=_SCHEMA), *frames], how="vertical_relaxed")


def exceeded(
    found: pl.DataFrame, offers: Sequence[Offer], periods: Sequence[str], store: Store, now: datetime
) -> Iterator[Exceeded]:
    """Of `claimed` the offers with a limit that it is above in a billing month, each with the newest such month.

    What another offer without a limit has as well counts for none.
    """
    free = {offer.id for offer in offers if offer.up_to is None}
    open_ = found.filter(pl.col("offer").is_in(list(free))).select(KEY)
    left = found.join(open_, on=KEY, how="anti")
    dims: Mapping[str, list[int]] = {offer: rows["dim"].to_list() for (offer,), rows in _by_offer(left)}
    for offer in offers:
        if offer.id not in dims or offer.up_to is None:
            continue
        limit = Decimal(offer.up_to)
        for month in sorted(periods, reverse=True):
            amount = _cost(offer, dims[offer.id], month, store, now)
            if amount > limit:
                yield Exceeded(offer, month, amount)
                break


def _by_offer(found: pl.DataFrame) -> list[tuple[tuple[str], pl.DataFrame]]:
    return list(found.partition_by("offer", as_dict=True).items())


def _cost(offer: Offer, dims: Sequence[int], month: str, store: Store, now: datetime) -> Decimal:
    """What these combinations of the team's cost were in a billing month, in the currency of the offer."""
    query = CostQuery(where=(Filter(TEAM, (Match("is", offer.team),)),), period=month, basis="billing")
    rows = by_combinations(query, dict.fromkeys(dims, offer.id), Access(READER), store, now)
    amounts = rows.filter(pl.col("currency") == offer.currency)["effective_cost"]
    return Decimal(amounts[0]) if len(amounts) else Decimal(0)
