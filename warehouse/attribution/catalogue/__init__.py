"""Ownership as the organisation's service catalogue has it: a layer of the rules. Absent: files, clock, network."""

from warehouse.attribution.catalogue.apply import all_teams, with_catalogue
from warehouse.attribution.catalogue.document import CATALOGUE_FILE, FIRST, Catalogue, Entity, load_catalogue, written
from warehouse.attribution.catalogue.merge import Seen, merge

__all__ = [
    "CATALOGUE_FILE",
    "FIRST",
    "Catalogue",
    "Entity",
    "Seen",
    "all_teams",
    "load_catalogue",
    "merge",
    "with_catalogue",
    "written",
]
