"""Tag policies: which keys cost must have, and which values they may have. Absent: files, clock, database."""

from warehouse.attribution.policies.judge import STATES, judge
from warehouse.attribution.policies.load import load_policies
from warehouse.attribution.policies.model import RequiredKey, TagPolicy

__all__ = ["STATES", "RequiredKey", "TagPolicy", "judge", "load_policies"]
