"""Tag policies for the API: the document, its faults, and what it says of cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from api import documents as doc
from api.documents.tag_policies import (
    ComplianceRow,
    RequiredKeyShown,
    TagPoliciesDocument,
    TagPolicyCheck,
    TagPolicyShown,
    TagPolicyText,
    TagsCompliance,
)
from api.protocols import Help, ProblemError
from outlay import documents
from outlay.condition_query import filters_of
from outlay.rule_files import TAGS
from outlay.rulebook import Rulebook
from warehouse.attribution import RulesError
from warehouse.attribution.model import ALWAYS, DAY_MAX, DAY_MIN, TAG, AnyOf
from warehouse.attribution.policies import RequiredKey, TagPolicy, load_policies
from warehouse.metrics import Access, CostQuery, Filter, Match
from warehouse.metrics.compliance import Compliance, compliance
from warehouse.store import Store

VALUES_SHOWN: Final = 50


class TagPolicies:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, clock: Callable[[], datetime], rulebook: Rulebook) -> None:
        self._store, self._clock, self._rulebook = store, clock, rulebook

    def document(self) -> TagPoliciesDocument:
        rules = self._rulebook.in_force()
        return TagPoliciesDocument(
            text=rules.files.get(TAGS, ""),
            version=rules.rules_version,
            policies=[shown(policy) for policy in rules.policies],
        )

    def texts(self, wanted: TagPolicyText) -> doc.RulesOrder:
        """The documents in force with these policies and tables."""
        rules = self._rulebook.in_force()
        files = _files(rules.files, wanted)
        return doc.RulesOrder(org=rules.org, rules=rules.text, files=files, base=rules.rules_version)

    def check(self, wanted: TagPolicyText) -> TagPolicyCheck:
        rules = self._rulebook.in_force()
        try:
            files = _files(rules.files, wanted)
            load_policies(wanted.text, rules.rules.tag_keys, rules.rules.names, files=files)
        except RulesError as error:
            return TagPolicyCheck(valid=False, faults=documents.rule_faults(error))
        return TagPolicyCheck(valid=True)

    def judged(self, query: CostQuery, access: Access, policy: str | None) -> Compliance:
        """By one policy, or by all. Raises a "not_found" fault."""
        return compliance(query, self._chosen(policy), access, self._store, self._clock())

    def compliance(self, query: CostQuery, access: Access, policy: str | None) -> TagsCompliance:
        found = self.judged(query, access, policy)
        about, measure = found.document(), found.query.measures[0]
        whole = found.whole.document()["totals"]
        return TagsCompliance(
            period=doc.Range.model_validate(about["period"]),
            measure=measure,
            policies=[shown(one) for one in self._chosen(policy)],
            rows=[_row(row, query.grain) for row in about["rows"]],
            totals=[_row(row, query.grain) for row in about["totals"]],
            whole={row["currency"]: row[measure] or "0" for row in whole},
            complete_to=found.whole.complete_to,
            warnings=about["warnings"],
            generations=about["generations"],
            rules_version=about["rules_version"],
        )

    def _chosen(self, policy: str | None) -> Sequence[TagPolicy]:
        found = self._rulebook.in_force().policies
        if policy is None:
            return found
        chosen = [one for one in found if one.id == policy]
        if not chosen:
            names = ", ".join(one.id for one in found[:20])
            step = f"Use one of {names}." if names else "Write tags.yaml and publish it: outlay tags apply tags.yaml."
            more = Help("policy", (), step)
            raise ProblemError("caller", "not_found", f"There is no tag policy {policy!r}.", more)
        return chosen


def shown(policy: TagPolicy) -> TagPolicyShown:
    scope = filters_of(policy.when)
    return TagPolicyShown(
        id=policy.id,
        note=policy.note,
        when=None if policy.when == ALWAYS else str(policy.when),
        query=None if scope is None else "&".join(f"where={one}" for one in scope),
        keys=[_key(one) for one in policy.keys],
        valid_from=None if policy.valid_from == DAY_MIN else policy.valid_from,
        valid_to=None if policy.valid_to == DAY_MAX else policy.valid_to,
        line=policy.line,
    )


def _key(one: RequiredKey) -> RequiredKeyShown:
    listed = isinstance(one.allowed, AnyOf) and [part.operator for part in one.allowed.parts] == ["equals"]  # type: ignore[union-attr]
    query = None
    if listed and len(one.values) <= VALUES_SHOWN:
        query = str(CostQuery(where=(not_allowed(one),)))
    return RequiredKeyShown(
        key=one.key,
        allowed=None if one.allowed == ALWAYS else str(one.allowed),
        values=list(one.values[:VALUES_SHOWN]),
        query=query,
    )


def not_allowed(one: RequiredKey) -> Filter:
    """Cost with a value that is not listed."""
    return Filter(TAG + one.key, (*(Match("is", value) for value in one.values), Match("none")), exclude=True)


def _files(known: Any, wanted: TagPolicyText) -> dict[str, str]:
    files = {name: text for name, text in known.items() if name != TAGS} | wanted.tables
    if wanted.text.strip():
        files[TAGS] = wanted.text
    return files


def _row(row: dict[str, Any], grain: str) -> ComplianceRow:
    names = ("policy", "currency", "judged", "compliant", "missing", "not_allowed")
    return ComplianceRow(
        bucket=row.get(grain),
        key=row["key"] or None,
        team=row.get("team"),
        percent=row["compliant_percent"],
        **{name: row[name] for name in names},
    )
