"""What sources know beside bills, each fact from the run that first saw it to the run that saw it changed or gone.

account   key: the id as bills have it. name; path: names from the root of the organisation down, or null; tags: or
          null where they may not be read; status
invoice   key: issuer, invoice and currency. invoice, issuer, account, currency, total and before_tax as decimal text,
          document, issued_on, due_on; the scope begins with the billing period
budget    key: the provider's id. name, account, amount as decimal text (null: that of the period before), currency,
          period (month, quarter, year or [first day, last day or null]), scope: {what: [ids]},
          thresholds: [[share, basis], ..]
price     key: the SKU. service, description, regions, unit, currency, effective_from, tiers: [[from, price], ..]
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, Protocol

import polars as pl
import sqlalchemy as sa

from warehouse.store.state import State, instant, metadata

Kind = Literal["account", "budget", "invoice", "price"]

inventory = sa.Table(
    "inventory",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("scope", sa.String, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("since", sa.String, primary_key=True),
    sa.Column("until", sa.String),
    sa.Column("facts", sa.JSON, nullable=False),
)
_MONEY: Final = pl.Decimal(38, 18)
ACCOUNTS: Final[Mapping[str, Any]] = {
    "source": pl.String,
    "account": pl.String,
    "name": pl.String,
    "path": pl.List(pl.String),
    "tags": pl.List(pl.Struct({"key": pl.String, "value": pl.String})),
    "status": pl.String,
    "valid_from": pl.Datetime("us", "UTC"),
    "valid_to": pl.Datetime("us", "UTC"),
}
INVOICES: Final[Mapping[str, Any]] = {
    "source": pl.String,
    "period": pl.String,
    "issuer": pl.String,
    "invoice": pl.String,
    "account": pl.String,
    "document": pl.String,
    "currency": pl.String,
    "total": _MONEY,
    "before_tax": _MONEY,
    "issued_on": pl.Date,
    "due_on": pl.Date,
}
NAMES: Final = {"value": pl.String, "name": pl.String}
NAMED_HERE: Final = frozenset({"billing_account", "sub_account"})
"""Dimensions whose values are accounts."""


class EntityNames(Protocol):
    """What the rules call the values of dimensions."""

    def of(self, dimension: str, day: date) -> pl.DataFrame: ...


class Named(Protocol):
    """Rules of some version, as far as names go."""

    rules_version: int

    @property
    def names(self) -> EntityNames | None: ...


@dataclass(frozen=True, slots=True)
class Names:
    """Names of accounts as they are now, and what the rules call teams and entities day by day. Two that have the
    same `version` are the same."""

    version: str = ""
    frame: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NAMES))
    entities: EntityNames | None = None

    def of(self, dimension: str, day: date) -> pl.DataFrame:
        """value and name of what has a name, on a day; each value once."""
        if dimension in NAMED_HERE or self.entities is None:
            return self.frame if dimension in NAMED_HERE else self.frame.clear()
        return self.entities.of(dimension, day)


class Inventory:
    """Its part of the state file; every method is one transaction and may be called from any thread."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine
        self._lock = threading.Lock()
        self._names: Names | None = None

    def put(self, source: str, scope: str, facts: Mapping[tuple[Kind, str], Mapping[str, Any]], now: datetime) -> bool:
        """Make these the facts of the scope from `now` on; answers whether anything changed. Old ones stay dated."""
        moment = instant(now)
        here = (inventory.c.source == source) & (inventory.c.scope == scope) & inventory.c.until.is_(None)
        with self._engine.begin() as connection:
            known = {(row.kind, row.key): row for row in connection.execute(sa.select(inventory).where(here))}
            gone = [row for at, row in known.items() if facts.get(at) != row.facts]
            fresh = {at: one for at, one in facts.items() if at not in known or known[at].facts != one}
            for row in gone:
                _close(connection, row, moment)
            if fresh:
                rows = [
                    {"source": source, "scope": scope, "kind": kind, "key": key, "since": moment, "facts": dict(one)}
                    for (kind, key), one in fresh.items()
                ]
                connection.execute(sa.insert(inventory), rows)
        with self._lock:
            self._names = None
        return bool(gone or fresh)

    def forget(self, source: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(inventory).where(inventory.c.source == source))
        with self._lock:
            self._names = None

    def accounts(self, on: date | None = None, known: str | None = None) -> pl.DataFrame:
        """Accounts in the columns of ACCOUNTS; of every time, or as they were at the end of a UTC day. `known`: as they
        were known at a moment, with nothing that was learned later.

        The first facts of an account hold for the time before they were seen too: `valid_from` is null. So does
        `valid_to` where nothing newer is known. A tag list that is null could not be read; an empty one is none.
        """
        rows = self._rows("account")
        if known:
            rows = [row | {"until": _until(row, known)} for row in rows if row["since"] <= known]
        first = {(row["source"], row["key"]): row["since"] for row in reversed(rows)}
        found = [
            {
                "source": row["source"],
                "account": row["key"],
                "name": row["facts"].get("name"),
                "path": row["facts"].get("path"),
                "tags": _pairs(row["facts"].get("tags")),
                "status": row["facts"].get("status"),
                "valid_from": None if first[row["source"], row["key"]] == row["since"] else _moment(row["since"]),
                "valid_to": _moment(row["until"]),
            }
            for row in rows
        ]
        frame = pl.DataFrame(found, schema=ACCOUNTS).sort("account", "source", "valid_from", nulls_last=False)
        if on is None:
            return frame
        end = datetime.combine(on + timedelta(days=1), time(), UTC)
        began = pl.col("valid_from").is_null() | (pl.col("valid_from") < end)
        return frame.filter(began & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= end)))

    def invoices(self) -> pl.DataFrame:
        """Invoices as the providers state them now, in the columns of INVOICES; newest period first."""
        found = []
        for row in self._rows("invoice", current=True):
            facts = dict(row["facts"])
            for name in ("total", "before_tax"):
                facts[name] = None if facts.get(name) is None else Decimal(facts[name])
            for name in ("issued_on", "due_on"):
                facts[name] = date.fromisoformat(facts[name]) if facts.get(name) else None
            facts |= {"source": row["source"], "period": row["scope"][:7]}
            found.append({name: facts.get(name) for name in INVOICES})
        frame = pl.DataFrame(found, schema=INVOICES)
        return frame.sort(["period", "issuer", "invoice", "currency"], descending=[True, False, False, False])

    def prices(self) -> list[dict[str, Any]]:
        """Catalogue prices of every time: the facts, with `sku`, `source`, `since` and `until`."""
        return self._dated("price", "sku")

    def budgets(self) -> list[dict[str, Any]]:
        """What providers have as budgets, of every time: the facts, with `budget`, `source`, `since` and `until`."""
        return self._dated("budget", "budget")

    def _dated(self, kind: Kind, key: str) -> list[dict[str, Any]]:
        return [
            {key: row["key"], **{name: row[name] for name in ("source", "since", "until")}, **row["facts"]}
            for row in self._rows(kind)
        ]

    def names(self, own: Named) -> Names:
        """Account id -> its name now, of two sources that know it the first by name; and what the rules say."""
        accounts = self._accounts_named()
        return replace(accounts, version=f"{accounts.version} {own.rules_version}", entities=own.names)

    def _accounts_named(self) -> Names:
        with self._lock:
            if self._names is None:
                rows = self._rows("account", current=True)
                frame = pl.DataFrame(
                    [(row["key"], row["facts"].get("name")) for row in rows], schema=NAMES, orient="row"
                )
                frame = (
                    frame.drop_nulls().filter(pl.col("name") != "").unique("value", keep="first", maintain_order=True)
                )
                self._names = Names(max((row["since"] for row in rows), default="") + f" {len(rows)}", frame)
            return self._names

    def _rows(self, kind: Kind, *, current: bool = False) -> list[dict[str, Any]]:
        query = sa.select(inventory).where(inventory.c.kind == kind)
        if current:
            query = query.where(inventory.c.until.is_(None))
        query = query.order_by(inventory.c.source, inventory.c.scope, inventory.c.key, inventory.c.since)
        with self._engine.begin() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _close(connection: sa.Connection, row: Any, moment: str) -> None:
    """A fact that held for no time is taken back rather than dated."""
    columns = ("source", "scope", "kind", "key", "since")
    here = sa.and_(*(inventory.c[name] == getattr(row, name) for name in columns))
    if row.since == moment:
        connection.execute(sa.delete(inventory).where(here))
    else:
        connection.execute(sa.update(inventory).where(here).values(until=moment))


def _pairs(tags: Mapping[str, str] | None) -> Iterable[dict[str, str]] | None:
    return None if tags is None else [{"key": key, "value": value} for key, value in sorted(tags.items())]


def _until(row: Mapping[str, Any], known: str) -> str | None:
    return row["until"] if row["until"] and row["until"] <= known else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
