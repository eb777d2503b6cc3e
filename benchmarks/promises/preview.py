"""Previewing one changed rule over 13 months: at most 2 s, and 0.2 of deciding and rolling up everything again, with
pools in force as without."""

from __future__ import annotations

import statistics

from api.documents import PreviewOrder
from benchmarks.measure import Row, timed
from benchmarks.rules import org_text, pools_text, rich_text, rules_text
from benchmarks.site import MONTHS, NOW, RULES, Site, ruled_store
from outlay.rulebook import Rulebook
from outlay.ruling import POOLS
from warehouse.attribution.standing import deciding
from warehouse.store import Store

LIMIT_SECONDS = 2.0
LIMIT = 0.2


def measure(site: Site) -> list[Row]:
    store = ruled_store(site.estate())
    deep = {POOLS: pools_text(deep=True)}
    try:
        return [
            *_rows(site, store, "rules", PreviewOrder(org=org_text(), rules=rules_text(RULES), files={})),
            *_rows(site, store, "richer rules", PreviewOrder(org=org_text(), rules=rich_text(RULES), files={})),
            *_rows(
                site, store, "rules and deep pools", PreviewOrder(org=org_text(), rules=rules_text(RULES), files=deep)
            ),
        ]
    finally:
        store.publish(org_text(), rules_text(RULES), author="benchmark", now=NOW)
        store.close()


def _rows(site: Site, store: Store, name: str, published: PreviewOrder) -> list[Row]:
    texts = {"org": published.org, "rules": published.rules, "files": published.files}
    again = timed(lambda: store.publish(**texts, author="benchmark", now=NOW)).cpu
    book = Rulebook(store, lambda: NOW)
    order = published.model_copy(update={"rules": changed(published.rules, one_used(store))})
    book.preview(order)
    samples = [timed(lambda: book.preview(order)) for _ in range(site.tier.short_runs)]
    assert samples[0].value.movement, "nothing moved"
    cpus, walls = [one.cpu / again for one in samples], [one.wall for one in samples]
    reading = [timed(lambda: book.draft(order)).cpu / again for _ in range(site.tier.short_runs)]
    what = f"preview one changed rule of {RULES} {name}, {MONTHS} months, {site.tier.estate_lines * MONTHS:,} lines"
    floor = "publishing the same rules"
    return [
        Row(what, statistics.median(walls), LIMIT_SECONDS, "s wall", "none", (min(walls), max(walls)), len(walls)),
        Row("the same", statistics.median(cpus), LIMIT, "x CPU", floor, (min(cpus), max(cpus)), len(cpus)),
        Row("of that, reading the draft", statistics.median(reading), None, "x CPU", floor),
    ]


def one_used(store: Store) -> str:
    """The id of a rule that decides something."""
    with store.read() as reader:
        used = deciding(reader.frame("select distinct why from owners")["why"])
    return min(rule for _, rule in used if rule.startswith("rule-"))


def changed(text: str, rule: str) -> str:
    """The same rules, and one of them with another answer."""
    before, mark, after = text.partition(f"{{id: {rule}, when: ")
    condition, value, rest = after.partition("value: team-")
    other = "1" if rest.startswith("0}") else "0"
    return before + mark + condition + value + other + rest.lstrip("0123456789")
