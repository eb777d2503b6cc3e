"""Whose cost it is, and why: cost dims in, owned dims out, by pure functions. Absent: files, clock, database."""

from warehouse.attribution.attribute import attribute
from warehouse.attribution.change import Change, Estate, changes, matches, pools_apart, touched
from warehouse.attribution.document import Fault, RulesError
from warehouse.attribution.evidence import KeyRank
from warehouse.attribution.explain import Answer, Charge, Explanation, NearMiss, explain, explain_each
from warehouse.attribution.facts import alias_days, dated_tags, inherited_tags
from warehouse.attribution.load import load_rules
from warehouse.attribution.model import DIMENSIONS, READABLE, Assertion, Rule, Rules, Team
from warehouse.attribution.propose import Effect, Proposal, Source, propose
from warehouse.attribution.tags import normal_tags

__all__ = [
    "DIMENSIONS",
    "READABLE",
    "Answer",
    "Assertion",
    "Change",
    "Charge",
    "Effect",
    "Estate",
    "Explanation",
    "Fault",
    "KeyRank",
    "NearMiss",
    "Proposal",
    "Rule",
    "Rules",
    "RulesError",
    "Source",
    "Team",
    "alias_days",
    "attribute",
    "changes",
    "dated_tags",
    "explain",
    "explain_each",
    "inherited_tags",
    "load_rules",
    "matches",
    "normal_tags",
    "pools_apart",
    "propose",
    "touched",
]
