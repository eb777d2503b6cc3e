"""Tags in money. Every amount is an answer of `warehouse.metrics`; here they are set side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from api import documents as doc
from warehouse.attribution.variants import Variant, key_variants, suggested, value_variants
from warehouse.focus import plain, total
from warehouse.metrics import Access, CostQuery, Filter, Match, Search, answer, values
from warehouse.metrics.percent import percent
from warehouse.metrics.values import TAG_KEYS, VALUES_MAX
from warehouse.store import Store

DAYS_OF_A_MONTH: Final = Fraction(365, 12)
KEYS_MAX: Final = 200
Money = dict[str, dict[str, Decimal]]
"""What it is -> currency -> amount."""


class Tagging:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def coverage(self, query: CostQuery, access: Access, limit: int) -> doc.TagsCoverage:
        """Keys as rules and questions read them, those with the most money first."""
        found = self._values(TAG_KEYS, query, access, min(limit, KEYS_MAX))
        measure = found["measure"]
        whole = answer(_plain(query, measure), access, self._store, self._clock())
        totals = dict(whole.totals.select("currency", measure).iter_rows())
        days, codes = (whole.period.end - whole.period.start).days, sorted(totals)
        providers = self._providers(query, access)
        return doc.TagsCoverage(
            period=_range(found["period"]),
            measure=measure,
            keys=[
                doc.TagCoverage(
                    key=key,
                    money=[_covered(code, amounts.get(code, Decimal(0)), totals[code], days) for code in codes],
                    providers=[name for name, keys in providers.items() if key in keys],
                )
                for key, amounts in _money(found).items()
            ],
            more=found["more"],
            generations=found["generations"],
            rules_version=found["rules_version"],
        )

    def variants(self, query: CostQuery, access: Access, keys: Sequence[str]) -> doc.TagVariants:
        """Spellings of keys, and of the values of `keys` (of the ten with the most money when none are named)."""
        found = self._values(TAG_KEYS, query, access, KEYS_MAX)
        known = _money(found)
        groups: list[doc.TagVariant] = []
        spelled = key_variants({key: _size(amounts) for key, amounts in known.items()})
        groups += [_group("key", None, one, known) for one in spelled]
        merged: dict[str, list[Variant]] = {}
        for key in list(keys) or list(known)[:10]:
            inside = _money(self._values(f"tag.{key}", query, access, VALUES_MAX))
            ones = value_variants({text: _size(amounts) for text, amounts in inside.items()})
            groups += [_group("value", key, one, inside) for one in ones]
            if ones:
                merged[key] = ones
        return doc.TagVariants(
            period=_range(found["period"]),
            measure=found["measure"],
            variants=groups,
            suggestion=suggested(spelled, merged) if groups else "",
            generations=found["generations"],
            rules_version=found["rules_version"],
        )

    def _providers(self, query: CostQuery, access: Access) -> dict[str, set[str]]:
        """Provider -> the keys it has, the one with the most money first."""
        named = self._values("provider", query, access, KEYS_MAX)
        found = {}
        for entry in named["values"]:
            if entry["value"] is not None:
                only = Filter("provider", (Match("is", entry["value"]),))
                there = self._values(TAG_KEYS, replace(query, where=(*query.where, only)), access, VALUES_MAX)
                found[entry["value"]] = set(_money(there))
        return found

    def _values(self, dimension: str, query: CostQuery, access: Access, limit: int) -> dict[str, Any]:
        return values(Search(dimension, "", limit), query, access, self._store, self._clock())


def _range(period: Mapping[str, str]) -> doc.Range:
    """Without ends where nothing is loaded."""
    return doc.Range(start=None, end=None) if period["end"] < "0002" else doc.Range.model_validate(period)


def _plain(query: CostQuery, measure: str) -> CostQuery:
    return CostQuery(
        measures=(measure,),
        where=query.where,
        period=query.period,
        basis=query.basis,
        currency=query.currency,
        incomplete=query.incomplete,
    )


def _money(found: Mapping[str, Any]) -> Money:
    """Amounts of each value that is there."""
    return {
        entry["value"]: {one["currency"]: Decimal(one[found["measure"]] or 0) for one in entry["amounts"]}
        for entry in found["values"]
        if entry["value"] is not None
    }


def _covered(code: str, covered: Decimal, whole: Decimal, days: int) -> doc.CoveredMoney:
    bare = total([whole, covered.copy_negate()])
    share = percent(covered, whole)
    return doc.CoveredMoney(
        currency=code,
        covered=plain(covered),
        uncovered=plain(bare),
        percent=None if share is None else plain(share),
        uncovered_a_month=_a_month(bare, days),
    )


def _a_month(amount: Decimal, days: int) -> str:
    cents = round(Fraction(amount) * DAYS_OF_A_MONTH * 100 / days) if days else 0
    return plain(Decimal(cents).scaleb(-2))


def _size(amounts: Mapping[str, Decimal]) -> Decimal:
    """To rank spellings only: the largest amount in any currency, without its sign."""
    return max((amount.copy_abs() for amount in amounts.values()), default=Decimal(0))


def _group(kind: str, key: str | None, one: Variant, money: Money) -> doc.TagVariant:
    spellings = [
        doc.Spelling(text=text, money={code: plain(amount) for code, amount in sorted(money[text].items())})
        for text in (one.use, *one.others)
    ]
    return doc.TagVariant.model_validate({"kind": kind, "key": key, "spellings": spellings})
