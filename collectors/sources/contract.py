"""What a source module is: one module per source of bills, the only place that knows a provider's SDK.

A module of collectors/sources is a source when it has NAME; other modules there are parts of sources. It satisfies
`SourceModule`, is documented in docs/collectors/<module>.md, and tests/collectors/sources/test_contract.py holds it
to all of this by its existing. Import an SDK inside the functions that call it: listing the sources must stay cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from collectors.meter import Meter, Price

Grade = Literal["full", "summary", "facts"]
"""`full`: bill lines as the provider writes them. `summary`: totals of an API, without resources and prices.
`facts`: no lines but names, invoices and prices; such a module is a `FactsModule`.

The format of a summary has the NAME of its source and honours `collectors.formats.left_to_others`, so that an account
that a full source has is not counted twice.
"""

CheckState = Literal["ok", "warn", "fail"]
CHECKS = ("identity", "list", "read", "format", "months", "newest day", "invoices", "names", "budgets")
"""Names of checks, in the order in which they are asked. A source leaves out what it has not."""


class Settings(BaseModel):
    """What a source needs to know. Every field has a docstring below it; secrets are `collectors.secret.Secret`."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Window:
    """The months a run looks at, half-open, both the first day of a month; and the present time, in UTC."""

    start: date
    end: date
    now: datetime

    @property
    def months(self) -> tuple[str, ...]:
        """Labels "YYYY-MM", newest first."""
        found = []
        at = self.start
        while at < self.end:
            found.append(f"{at:%Y-%m}")
            at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
        return tuple(reversed(found))

    def holds(self, period: str) -> bool:
        return f"{self.start:%Y-%m}" <= period < f"{self.end:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a connection test. A failed check that is not required does not stop collecting."""

    name: str  # one of CHECKS
    state: CheckState
    message: str
    required: bool = True
    missing: str | None = None  # the exact permission, "s3:GetObject on arn:…"
    line: str | None = None  # what to add where, ready to paste


@dataclass(frozen=True, slots=True)
class Permission:
    """A text that gives access, to be pasted by a person.

    Placeholders are `${name}`: the name of a setting, filled in as it is typed, or in capitals what only the person
    knows. `actions` are the permissions it grants, compared by a test with the calls made.
    """

    name: str
    title: str
    language: Literal["json", "sh", "hcl", "text"]
    template: str
    required: bool = True
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What is fetched and normalised together: the unit that a source replaces whole, at most one billing period.

    Several parts of one month (payers, exports, scopes) make that month together; their `key` tells them apart and
    is the same in every run. Files that only mean something together (actual and amortized) are one part.
    """

    # Billing period label, "YYYY-MM". "" when only reading tells: all such parts of a source are loaded together.
    period: str
    key: str  # stable: "<bucket>/<prefix>/<report>", "<scope>"
    token: str  # change token: while it is equal there is nothing to fetch
    size_bytes: int | None = None  # to fetch, when the listing tells
    objects: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)  # what `fetch` needs beside the settings; JSON values
    format_name: str | None = None  # a format of collectors.formats; None: recognised from content
    final: bool = False  # the provider says that this month is finished


@dataclass(frozen=True, slots=True)
class Fetching:
    """How far `fetch` is. Totals are None while they are unknown."""

    bytes_done: int
    bytes_total: int | None = None
    objects_done: int = 0
    objects_total: int | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a source knows beside bills; `warehouse.store.inventory` says what `values` holds for a kind."""

    kind: Literal["account", "budget", "invoice", "price"]
    key: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """All of one part. What a part does not hold any more is over from then on."""

    facts: tuple[Fact, ...]
    notes: tuple[str, ...] = ()  # what could not be asked for want of permission


OnProgress = Callable[[Fetching], None]
"""Called at least with every block read and every two seconds of a wait. What it raises stops the fetching: cancel."""


class SourceModule(Protocol):
    """A module of collectors/sources. Every function may raise `SourceError`; anything else is a fault of ours."""

    NAME: str  # the module's name with hyphens; the word in `kind:` of outlay.yaml
    LABEL: str
    GRADE: Grade
    Settings: type[Settings]
    PERMISSIONS: tuple[Permission, ...]
    NORMAL_LAG_HOURS: int  # from the end of a day to its complete costs, as this source delivers them
    INTERVAL_HOURS: int  # between two runs: 6, or 24 where the provider's facts change at most daily
    # May have LISTS_ALL = True: one listing answers every month, so that closed ones are looked at in every run.
    # May have EXPORTS_APART = True: two of its parts that bill the same account are two bills of the same cost.

    def prices(self, settings: Any) -> Sequence[Price]:
        """Every kind of call that passes the meter, free ones included (they are counted). Caps may be settings."""
        ...

    def check(self, settings: Any, window: Window, meter: Meter) -> Iterator[Check]:
        """Try the connection, a line at a time. A failure is a line, not an exception."""
        ...

    def parts(self, settings: Any, window: Window, meter: Meter) -> Iterator[Part]:
        """What there is in the window, newest month first; lists and reads manifests, fetches no data.

        A month that is not answered is not there: it is never a reason to remove anything. A listing that was cut
        short raises rather than pass for the whole.
        """
        ...

    def fetch(self, settings: Any, part: Part, folder: Path, meter: Meter, on_progress: OnProgress) -> list[Path]:
        """Bring the files of one part into `folder` (empty, ours), as the provider wrote them; I/O and no reshaping.

        Answers the files of data; manifests lie beside them where `collectors.bundles.discover` finds them. Sizes and
        checksums are verified, tries bounded. Never an empty success: no data raises SourceError "data".
        """
        ...


class FactsModule(SourceModule, Protocol):
    """A source of grade `facts`: what it fetched means facts and no lines. Its parts have no format."""

    def facts(self, files: Sequence[Path]) -> Facts:
        """Of the landed files of one part; pure, so that it can be read again without a call."""
        ...
