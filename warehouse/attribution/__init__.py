"""Whose cost it is, and why: cost dims in, owned dims out, by pure functions. Absent: files, clock, database."""

from warehouse.attribution.attribute import attribute
from warehouse.attribution.document import Fault, RulesError
from warehouse.attribution.evidence import KeyRank
from warehouse.attribution.explain import Answer, Explanation, NearMiss, explain
from warehouse.attribution.load import load_rules
from warehouse.attribution.model import DIMENSIONS, READABLE, Rules, Team
from warehouse.attribution.propose import Effect, Proposal, Source, propose
from warehouse.attribution.tags import normal_tags

__all__ = [
    "DIMENSIONS",
    "READABLE",
    "Answer",
    "Effect",
    "Explanation",
    "Fault",
    "KeyRank",
    "NearMiss",
    "Proposal",
    "Rules",
    "RulesError",
    "Source",
    "Team",
    "attribute",
    "explain",
    "load_rules",
    "normal_tags",
    "propose",
]
