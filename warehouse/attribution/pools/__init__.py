"""Shared cost: who it is for and how it is split, by pure functions. Absent: files, clock, database."""

from warehouse.attribution.pools.by_line import pieces
from warehouse.attribution.pools.cells import Reads, cells, reads
from warehouse.attribution.pools.load import load_pools
from warehouse.attribution.pools.model import Adjustment, Pool, Pools
from warehouse.attribution.pools.share import LINES, POOL_WEIGHTS, SPLITS, Shared, received, share
from warehouse.attribution.pools.taking import takers
from warehouse.attribution.pools.weights import SERIES, team_of

__all__ = [
    "LINES",
    "POOL_WEIGHTS",
    "SERIES",
    "SPLITS",
    "Adjustment",
    "Pool",
    "Pools",
    "Reads",
    "Shared",
    "cells",
    "load_pools",
    "pieces",
    "reads",
    "received",
    "share",
    "takers",
    "team_of",
]
