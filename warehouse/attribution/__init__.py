"""Whose cost it is, and why: cost dims in, owned dims out, by pure functions. Absent: files, clock, database."""

from warehouse.attribution.attribute import attribute
from warehouse.attribution.document import Fault, RulesError
from warehouse.attribution.explain import Answer, Explanation, NearMiss, explain
from warehouse.attribution.load import load_rules
from warehouse.attribution.model import DIMENSIONS, READABLE, Rules, Team
from warehouse.attribution.tags import normal_tags

__all__ = [
    "DIMENSIONS",
    "READABLE",
    "Answer",
    "Explanation",
    "Fault",
    "NearMiss",
    "Rules",
    "RulesError",
    "Team",
    "attribute",
    "explain",
    "load_rules",
    "normal_tags",
]
