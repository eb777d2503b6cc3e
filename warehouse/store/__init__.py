"""DuckDB and the landed files: owns the connection, migrations, swaps and reads."""

from warehouse.store.faults import (
    DISK,
    ConflictError,
    InUseError,
    MixedUpError,
    NotConservedError,
    QueryTimeoutError,
    StoreError,
    UnknownError,
)
from warehouse.store.loads import Prepared, facts_of, identity, whole
from warehouse.store.owner import wait_until_free
from warehouse.store.removal import ClosedPeriod, Periods, Removal
from warehouse.store.snapshot import Known, Snapshot, SourceState, scope_sums
from warehouse.store.state import Load, Source
from warehouse.store.store import Cause, Store
from warehouse.store.swap import COSTS, Own
from warehouse.store.would_be import WouldOwn

__all__ = [
    "COSTS",
    "DISK",
    "Cause",
    "ClosedPeriod",
    "ConflictError",
    "InUseError",
    "Known",
    "Load",
    "MixedUpError",
    "NotConservedError",
    "Own",
    "Periods",
    "Prepared",
    "QueryTimeoutError",
    "Removal",
    "Snapshot",
    "Source",
    "SourceState",
    "Store",
    "StoreError",
    "UnknownError",
    "WouldOwn",
    "facts_of",
    "identity",
    "scope_sums",
    "wait_until_free",
    "whole",
]
