"""The rules of one dimension asked about every distinct combination of what they read.

Never per line, and not per dim either: `codes` has one row per combination. Rows that are settled, on every day, are
not asked again; together with the index this makes a rule cost what it claims, not what there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from warehouse.attribution.fold import squash, squashed
from warehouse.attribution.index import Index, constant
from warehouse.attribution.match import CODE
from warehouse.attribution.model import Dimension, Rule, Team, checks
from warehouse.attribution.windows import Calendar, Claim, settles, unknown


def decide(
    dimension: Dimension, codes: pl.DataFrame, values: Mapping[str, pl.Series], teams: tuple[Team, ...] | None
) -> tuple[list[Claim], pl.DataFrame]:
    """All claims in the order of their rules, and which claims each row has: row, claims (list of positions).

    A row without claims is not listed. After a claim that settles a row, later ones are left out. `teams` is None
    where values are free.
    """
    calendar = Calendar(teams)
    index = Index(codes, values, {check for rule in dimension.rules for check in checks(rule.when)})
    unsettled = constant(True, codes.height, pl.Boolean)
    claims: list[Claim] = []
    pairs: list[pl.DataFrame] = []
    words = None if teams is None else team_words(teams)
    for rule in dimension.rules:
        held = index.where(rule.when, unsettled)
        for made, rows, places in _made(rule, held, codes, values, words) if len(held) else ():
            if rows.is_empty():
                continue
            pairs.append(pl.DataFrame({"row": rows, "claim": places + len(claims)}))
            closing = pl.Series([settles(claim, calendar) for claim in made], dtype=pl.Boolean)
            unsettled.scatter(rows.filter(closing[places]), False)
            claims += made
    if not pairs:
        return claims, pl.DataFrame(schema={"row": CODE, "claim": pl.List(CODE)})
    return claims, pl.concat(pairs).group_by("row", maintain_order=True).agg("claim")


def team_words(teams: tuple[Team, ...]) -> dict[str, str]:
    """Squashed key or alias -> team key."""
    named = [(name, team.key) for team in teams for name in (team.key, *team.aliases)]
    return dict(zip(squash(name for name, _ in named), (key for _, key in named), strict=True))


def _made(
    rule: Rule,
    rows: pl.Series,
    codes: pl.DataFrame,
    values: Mapping[str, pl.Series],
    words: dict[str, str] | None,
) -> Iterator[tuple[list[Claim], pl.Series, pl.Series]]:
    """The claims of a rule on the rows its condition holds for: claims, their rows, and which claim each row has."""
    if not rule.sources:
        yield [Claim(rule, rule.value)], rows, constant(0, len(rows), CODE)
    for source in rule.sources:
        read = codes[source][rows]
        made, places = _read(rule, source, read.filter(read > 0), values[source], words)
        # What the lookup does not have is present all the same: a later source is not asked.
        found = rows.filter(read > 0)
        if rule.lookup is not None:
            known = pl.Series([claim.value is not None or claim.reason is not None for claim in made], dtype=pl.Boolean)
            found, places = found.filter(known[places]), places.filter(known[places])
        yield made, found, places
        rows = rows.filter(read == 0)


def _read(
    rule: Rule, source: str, codes: pl.Series, values: pl.Series, words: dict[str, str] | None
) -> tuple[list[Claim], pl.Series]:
    """One claim per distinct value; for each row, the position of its claim. `words` is None where values are free."""
    distinct = codes.unique().sort()
    texts = values[distinct]
    places = distinct.search_sorted(codes).cast(CODE)
    if rule.lookup is not None:
        answers = rule.lookup.answers()
        texts = pl.Series("value", [answers.get(text) for text in texts], dtype=pl.String)
    layer = rule.layer(source)
    if words is None:
        return [Claim(rule, text, layer=layer) for text in texts], places
    found = texts.alias("text").to_frame().select(squashed(pl.col("text"))).to_series()
    claims = []
    for text, word in zip(texts, found, strict=True):
        team = words.get(word)
        reason = None if team is not None or text is None else unknown(text)
        claims.append(Claim(rule, team, reason, layer))
    return claims, places
