"""What collecting costs: every call that has a price or a cap passes here first, and is refused beyond the cap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from collectors.sources.failures import SourceError

FREE: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Price:
    """A kind of call: what a unit of it costs, and how many units are allowed. No cap is None."""

    name: str  # "page", "list", "object", "scanned_bytes"
    unit_cost: Decimal = FREE  # in USD, as the providers publish it
    run_max: int | None = None  # units in one run
    day_max: int | None = None  # units in one UTC day, all runs of the source together

    @property
    def only_counted(self) -> bool:
        """Neither money nor a cap hangs on it."""
        return not self.unit_cost and self.run_max is None and self.day_max is None


@dataclass(frozen=True, slots=True)
class Charge:
    """Units about to be spent."""

    name: str
    units: int
    cost: Decimal


class Meter:
    """The purse of one run of one source. `charge` stands before the call it pays for.

    `spent_today` is what earlier runs of the same UTC day spent, by name of the price. `on_charge` writes it down
    before the call is made, so that a process that dies has not called for nothing; calls that are only counted are
    written down together by `settle`. `on_wait` is called each second of a wait between tries, where a source has no
    progress to report; what it raises stops the run.
    """

    def __init__(
        self,
        prices: Sequence[Price],
        spent_today: Mapping[str, int] | None = None,
        on_charge: Callable[[Charge], None] | None = None,
    ) -> None:
        self._prices = {price.name: price for price in prices}
        self._today = dict(spent_today or {})
        self._run: dict[str, int] = {}
        self._unsettled: dict[str, int] = {}
        self._on_charge = on_charge or (lambda _charge: None)
        self.on_wait: Callable[[], None] = lambda: None

    def left(self, name: str) -> int | None:
        """Units that may still be spent; None: no cap."""
        price = self._prices[name]
        bounds = [
            cap - used.get(name, 0)
            for cap, used in ((price.run_max, self._run), (price.day_max, self._today))
            if cap is not None
        ]
        return max(0, min(bounds)) if bounds else None

    def charge(self, name: str, units: int = 1) -> None:
        """Pay for a call. Raises SourceError "budget" when it would pass a cap; then the call must not be made."""
        price, left = self._prices[name], self.left(name)
        if left is not None and units > left:
            whole_day = price.day_max is not None and self._today.get(name, 0) + units > price.day_max
            raise SourceError(
                "budget",
                f"The next call would pass the cap for {name}: {units:,} wanted, {left:,} left "
                f"{'today' if whole_day else 'in this run'}.",
                next_step="It goes on after midnight UTC." if whole_day else "It goes on with the next run.",
            )
        for used in (self._run, self._today):
            used[name] = used.get(name, 0) + units
        if price.only_counted:
            self._unsettled[name] = self._unsettled.get(name, 0) + units
        else:
            self._on_charge(Charge(name, units, price.unit_cost * units))

    def settle(self) -> None:
        """Write down the calls that were only counted so far."""
        while self._unsettled:
            name, units = self._unsettled.popitem()
            self._on_charge(Charge(name, units, FREE))

    @property
    def spent(self) -> Mapping[str, int]:
        """Units of this run by name."""
        return dict(self._run)

    @property
    def cost(self) -> Decimal:
        """What this run cost, in USD."""
        return sum((self._prices[name].unit_cost * units for name, units in self._run.items()), FREE)
