"""Headers, regions, services and units of Azure cost exports, read from `data/azure_*.csv`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from warehouse.focus.units import block, normal_unit

# "Ressourcengruppe (ResourceGroup)": localised exports keep the English name in brackets, mostly.
BRACKETED: Final = re.compile(r".*\(\s*(?P<english>[A-Za-z0-9]+)\s*\)")


def _rows(table: str) -> Iterator[dict[str, str]]:
    text = files("collectors.formats").joinpath("data", f"azure_{table}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def squeezed(text: str) -> str:
    """Case, blanks and underscores out: the export writes one name in many ways."""
    return re.sub(r"[\s_]+", "", text.lstrip("\ufeff")).casefold()


@cache
def headers() -> dict[str, tuple[str, int]]:
    """Squeezed header -> (own column, rank); of two headers with one meaning the lower rank is read."""
    return {
        squeezed(header): (row["column"], rank)
        for row in _rows("headers")
        for rank, header in enumerate(row["headers"].split("|"))
    }


@cache
def own_columns() -> tuple[str, ...]:
    return tuple(row["column"] for row in _rows("headers"))


def column_names(columns: Sequence[str]) -> dict[str, str]:
    """Raw header -> own column; a header that is unknown or outranked keeps its name, marked as native."""
    known: dict[str, tuple[int, str]] = {}  # own column -> the best rank and its raw header
    for header in columns:
        bracketed = BRACKETED.fullmatch(header.strip())
        found = headers().get(squeezed(bracketed["english"] if bracketed else header))
        if found is not None and (found[0] not in known or found[1] < known[found[0]][0]):
            known[found[0]] = (found[1], header)
    own = {header: column for column, (_, header) in known.items()}
    return {header: own.get(header, f"native.{header}") for header in columns}


@cache
def _regions() -> dict[str, tuple[str, str]]:
    table: dict[str, tuple[str, str]] = {}
    for row in _rows("regions"):
        place = (row["region"], row["name"])
        table.update((spelling, place) for spelling in row["spellings"].split("|") if spelling)
        table.setdefault(row["region"], place)
        table.setdefault(squeezed(row["name"]), place)
    return table


def region(text: str) -> tuple[str, str]:
    """(id, name) of a spelling such as "US East" or "EastUS"; an unknown one is squeezed and keeps its own name."""
    own = text.strip()
    return _regions().get(own.casefold()) or _regions().get(squeezed(own)) or (squeezed(own), own)


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    category: str
    subcategory: str
    known: bool


@cache
def _services() -> tuple[dict[str, Service], dict[str, Service]]:
    """By name, and by key: a resource type, a consumed service, or "consumed+type" where the type alone is unclear."""
    by_name: dict[str, Service] = {}
    by_key: dict[str, Service] = {}
    for row in _rows("services"):
        service = Service(row["service"], row["category"], row["subcategory"], known=True)
        by_name[service.name.casefold()] = service
        keys = f"{row['resource_types']}|{row['consumed_services']}".split("|")
        by_key.update((key, service) for key in keys if key)
    return by_name, by_key


def service(consumed: str, resource_type: str, names: Sequence[str]) -> Service:
    """The service of a charge: pair, resource type and its parents, consumed service, the type's namespace.

    Failing all, the first of consumed service and `names` that is not empty names it: a service of that name when
    there is one, so that no name has two categories, else one of category Other that is not known.
    """
    by_name, by_key = _services()
    own, kind = consumed.strip().casefold(), resource_type.strip().casefold()
    parents = ["/".join(kind.split("/")[:end]) for end in range(kind.count("/") + 1, 0, -1)] if kind else []
    for key in [f"{own}+{kind}", *parents[:-1], own, *parents[-1:]]:
        if key in by_key:
            return by_key[key]
    name = next((text.strip() for text in (consumed, *names) if text.strip()), UNNAMED)
    return by_name.get(name.casefold()) or Service(name, "Other", "Other (Other)", known=False)


UNNAMED: Final = "Azure Marketplace"
"""A charge that names neither service, meter nor product: only marketplace purchases come that bare."""


@cache
def _unit_words() -> dict[str, str]:
    return {row["word"]: row["unit"] for row in _rows("units")}


@lru_cache(maxsize=10_000)
def unit(text: str) -> tuple[str, Decimal]:
    """(unit, block size) of a UnitOfMeasure: "10K Transactions" is ("Transactions", 10000)."""
    own = " ".join(text.split())
    words = _unit_words()
    if own.casefold() in words:
        return words[own.casefold()], Decimal(1)
    size, rest = block(own)
    if size and rest.casefold() in words:
        return words[rest.casefold()], size
    return normal_unit(own)
