"""Previewing one changed rule over 13 months: at most 2 s, and 0.2 of deciding and rolling up everything again."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from api.documents import PreviewOrder
from benchmarks.measure import Row, timed
from benchmarks.rules import org_text, rich_text, rules_text
from benchmarks.site import MONTHS, NOW, RULES, Site, ruled_store
from outlay.rulebook import Rulebook
from warehouse.attribution.standing import deciding
from warehouse.store import Store

LIMIT_SECONDS = 2.0
LIMIT = 0.2


def measure(site: Site) -> list[Row]:
    store = ruled_store(site.estate())
    try:
        return [
            row for name, text in (("", rules_text), ("richer ", rich_text)) for row in _rows(site, store, name, text)
        ]
    finally:
        store.close()


def _rows(site: Site, store: Store, name: str, text: Callable[[int], str]) -> list[Row]:
    again = timed(lambda: store.publish(org_text(), text(RULES), author="benchmark", now=NOW)).cpu
    book = Rulebook(store, lambda: NOW)
    with store.read() as reader:
        used = deciding(reader.frame("select distinct why from owners")["why"])
    first = min(rule for _, rule in used if rule.startswith("rule-"))
    order = PreviewOrder(org=org_text(), rules=changed(text(RULES), first))
    book.preview(order)
    samples = [timed(lambda: book.preview(order)) for _ in range(site.tier.short_runs)]
    assert samples[0].value.movement, "nothing moved"
    cpus, walls = [one.cpu / again for one in samples], [one.wall for one in samples]
    reading = [timed(lambda: book.draft(order)).cpu / again for _ in range(site.tier.short_runs)]
    what = (
        f"preview one changed rule of {RULES} {name}rules, {MONTHS} months, {site.tier.estate_lines * MONTHS:,} lines"
    )
    floor = "publishing the same rules"
    return [
        Row(what, statistics.median(walls), LIMIT_SECONDS, "s wall", "none", (min(walls), max(walls)), len(walls)),
        Row("the same", statistics.median(cpus), LIMIT, "x CPU", floor, (min(cpus), max(cpus)), len(cpus)),
        Row("of that, reading the draft", statistics.median(reading), None, "x CPU", floor),
    ]


def changed(text: str, rule: str) -> str:
    """The same rules, and one of them with another answer."""
    before, mark, after = text.partition(f"{{id: {rule}, when: ")
    condition, value, rest = after.partition("value: team-")
    other = "1" if rest.startswith("0}") else "0"
    return before + mark + condition + value + other + rest.lstrip("0123456789")
