"""The pages about pools: each example gives the numbers that its table says, worked by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from warehouse.attribution import Team
from warehouse.attribution.model import READABLE
from warehouse.attribution.pools import LINES, SERIES, cells, load_pools, share
from warehouse.attribution.pools.grammar import POOL
from warehouse.attribution.pools.model import ITEMS, OWNED
from warehouse.focus import total

DOCS = Path(__file__).resolve().parents[4] / "docs" / "attribution"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("pools.md", "coming-from.md")}
TEAMS = tuple(Team(key, key) for key in ("checkout", "search", "data", "platform"))
DAY = date(2026, 9, 15)
Numbers = dict[str | None, tuple[Decimal, Decimal, Decimal]]


def block(text: str, kind: str) -> str:
    return re.search(rf"```csv {kind}\n(.*?)```", text, re.S)[1]  # type: ignore[index]


def examples() -> Iterator[tuple[str, str, str, Numbers]]:
    for page, text in PAGES.items():
        for found in re.finditer(
            r"```yaml pools\n(.*?)```(.*?)\| team \| direct[^\n]*\n\|[-|:]+\n((?:\|[^\n]*\n)+)", text, re.S
        ):
            rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in found[3].splitlines()]
            numbers = {team or None: tuple(map(Decimal, amounts)) for team, *amounts in rows}
            yield page, found[1].split("id: ")[-1].split("\n")[0][:20], found[1], numbers  # type: ignore[misc]


def lines(page: str) -> pl.DataFrame:
    bill = pl.read_csv(block(PAGES[page], "shared-bill").encode(), schema_overrides={"cost": pl.Decimal(38, 18)})
    costs = {f"{name}_cost": pl.col("cost") for name in ("billed", "effective", "list", "contracted")}
    return bill.with_columns(
        source=pl.lit("bill"), day=pl.lit(DAY), currency=pl.lit("EUR"), provider=pl.lit("cloud"), **costs
    )


def shared(page: str, text: str) -> pl.DataFrame:
    bill, pools = lines(page), load_pools(text, TEAMS)
    readable = {name: pl.lit(None, pl.String) for name in (*READABLE, *ITEMS, *OWNED) if name not in bill.columns}
    tags = pl.DataFrame(schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String})
    places, facts = cells(bill.with_columns(**readable), tags, pools)
    rows = pl.read_csv(block(PAGES[page], "series").encode()).rows()
    points = [
        (name, json.dumps({"team": team}), date.fromisoformat(day), Decimal(value)) for name, day, value, team in rows
    ]
    series = pl.DataFrame(points, schema=SERIES, orient="row")
    return share(bill.with_columns(places.sort("place")["cell"]).select(*LINES), facts, pools, series).splits


def by_team(frame: pl.DataFrame, column: str) -> dict[str | None, Decimal]:
    return dict(frame.group_by("team").agg(pl.col(column).sum()).iter_rows())


@pytest.mark.parametrize(("page", "name", "text", "numbers"), list(examples()), ids=lambda value: str(value)[:20])
def test_an_example_gives_its_numbers(page: str, name: str, text: str, numbers: Numbers) -> None:
    direct, moved = by_team(lines(page), "cost"), by_team(shared(page, text), "effective_cost")
    cent = Decimal("0.01")
    found = {team: (cost, moved.get(team, Decimal(0)).quantize(cent)) for team, cost in direct.items()}
    assert {team: (cost, part, cost + part) for team, (cost, part) in found.items()} == numbers
    assert total(moved.values()) == 0


def test_the_pages_have_their_examples() -> None:
    assert len(list(examples())) == sum(text.count("```yaml pools") for text in PAGES.values()) >= 13


def test_the_reference_names_every_field() -> None:
    table = PAGES["pools.md"].partition("| field | meaning |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z_]+)`", "".join(line.split("|")[1] for line in table.splitlines() if line))) == set(
        POOL.known
    )
