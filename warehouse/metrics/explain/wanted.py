"""How much of an explanation is told, beside the question itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from warehouse.focus.money import exact
from warehouse.metrics.explain.parts import units
from warehouse.metrics.query import Fault, QueryError

FLOOR_USUAL: Final = "10.00"
MOVERS_USUAL: Final = 50
MOVERS_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Movers smaller than `floor` (an amount of any currency, as text) are noise; at most so many are told."""

    floor: str = FLOOR_USUAL
    movers: int = MOVERS_USUAL

    @property
    def floor_units(self) -> int:
        """In units of 1e-18. Raises QueryError when it is no amount."""
        try:
            amount, _ = exact(self.floor)
        except ValueError as error:
            raise _bad_floor(self.floor) from error
        if amount < 0:
            raise _bad_floor(self.floor)
        return units(amount)


USUAL: Final = Wanted()


def _bad_floor(text: str) -> QueryError:
    return QueryError(Fault(text[:40], "floor", 0, f"floor cannot be {text[:40]!r}.", "Write an amount such as 10.00."))
