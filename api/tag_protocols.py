"""What the API asks about tags. A part of `api.protocols`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from api import documents as doc
from api.documents import campaigns
from api.documents.tag_policies import TagPoliciesDocument, TagPolicyCheck, TagPolicyText, TagsCompliance


class Tagging(Protocol):
    """Tags in money. `access` is a `warehouse.metrics.Access`, `query` a `CostQuery`; raises "query" faults."""

    def coverage(self, query: Any, access: Any, limit: int) -> doc.TagsCoverage: ...

    def variants(self, query: Any, access: Any, keys: Sequence[str]) -> doc.TagVariants:
        """Of the values of `keys`, or of the keys with the most money."""


class TagPolicies(Protocol):
    """Which tags cost must have, and whether it has them. `query` and `access` as `Tagging` takes them."""

    def document(self) -> TagPoliciesDocument: ...

    def texts(self, wanted: TagPolicyText) -> doc.RulesOrder:
        """The documents in force with these policies."""

    def check(self, wanted: TagPolicyText) -> TagPolicyCheck: ...

    def compliance(self, query: Any, access: Any, policy: str | None) -> TagsCompliance:
        """By one policy or by all. Raises a "not_found" fault."""

    def judged(self, query: Any, access: Any, policy: str | None) -> Any:
        """The same in the shape of an answer, for files."""


class Campaigning(Protocol):
    """Tags put in order by their owners, measured by later bills. Raises a "not_found" fault."""

    def all(self) -> campaigns.Campaigns: ...

    def begin(self, order: campaigns.CampaignOrder, actor: str) -> campaigns.Campaign:
        """Raises "invalid" for a team or policy that is not there, and "conflict" when nothing is to fix."""

    def close(self, campaign: str, actor: str) -> campaigns.Campaign:
        """Raises a "conflict" fault when it is closed already."""

    def progress(self, campaign: str, access: Any) -> campaigns.CampaignProgress: ...

    def listed(self, campaign: str, team: str | None, access: Any) -> campaigns.CampaignResources:
        """`team` "(none)": what nobody owns; None: all."""

    def table(self, campaign: str, team: str | None, access: Any) -> Any:
        """The whole list in the shape of an answer, for files."""


class Tags(Protocol):
    """The part of `api.protocols.Actions` that is about tags."""

    @property
    def tagging(self) -> Tagging: ...

    @property
    def tag_policies(self) -> TagPolicies: ...

    @property
    def campaigns(self) -> Campaigning: ...
