"""Who owns what, as the organisation's own catalogue says it: files and services read into one form."""

from collectors.catalogue.contract import CatalogueError, Owned, Snapshot, TeamSeen
from collectors.catalogue.reading import read_text

__all__ = ["CatalogueError", "Owned", "Snapshot", "TeamSeen", "read_text"]
