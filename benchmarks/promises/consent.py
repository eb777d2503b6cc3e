"""Whose consent a draft needs, over 13 months: about as much work as previewing it, for a rule and for a pool."""

from __future__ import annotations

from functools import partial

from api.documents import PreviewOrder
from benchmarks.measure import Row, alternating, ratio
from benchmarks.promises.preview import changed, one_used
from benchmarks.rules import org_text, pools_text, rules_text
from benchmarks.site import MONTHS, NOW, RULES, Site, ruled_store
from outlay.claims import Consequence, Wish, consequence
from outlay.rulebook import Rulebook
from outlay.ruling import POOLS
from warehouse.store import Store

LIMIT = 1.2
TEAM = "team-3"


def measure(site: Site) -> list[Row]:
    store, pools = ruled_store(site.estate()), pools_text(deep=True)
    try:
        store.publish(org_text(), rules_text(RULES), files={POOLS: pools}, author="benchmark", now=NOW)
        book = Rulebook(store, lambda: NOW)
        rule = PreviewOrder(org=org_text(), rules=changed(rules_text(RULES), one_used(store)), files={POOLS: pools})
        pool = PreviewOrder(org=org_text(), rules=rules_text(RULES), files={POOLS: pools.replace("cap: 20", "cap: 30")})
        return [_row(site, store, book, named) for named in (("one rule", rule), ("one pool", pool))]
    finally:
        store.close()


def _row(site: Site, store: Store, book: Rulebook, asked: tuple[str, PreviewOrder]) -> Row:
    name, order = asked
    assert consent(store, book, order).needs, "nobody is asked"
    consents, previews = alternating(
        site.tier.short_runs, partial(consent, store, book, order), partial(book.preview, order)
    )
    found, spread = ratio(consents, previews)
    lines = site.tier.estate_lines * MONTHS
    what = f"whose consent a draft of {name} needs, pools in force, {MONTHS} months, {lines:,} lines"
    return Row(what, found, LIMIT, "x CPU", "its preview", spread, len(consents))


def consent(store: Store, book: Rulebook, order: PreviewOrder) -> Consequence:
    """As a request is made: the draft is read first."""
    wish = Wish(TEAM, book.draft(order), NOW, (), ())
    return consequence(store, book.in_force(), wish)
