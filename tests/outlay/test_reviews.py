"""Reviews of teams through the real API: seen by all, said once, for weeks that were."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import documents as doc
from api.documents.reviews import ReviewOrder
from api.protocols import ProblemError
from outlay.actions import Actions
from tests.outlay.spine import Quiet, open_store

NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)  # a Friday of 2026-W01
ORG = "version: 1\nteams:\n  - {key: shop, name: Shop}\n  - {key: web, parent: shop, valid_to: 2025-12-01}\n"


def test_a_week_is_reviewed_once_and_a_team_says_who_is_above_it(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    actions = Actions(store, lambda: NOW)
    actions.publish_rules(doc.RulesTexts(org=ORG, rules="version: 1\n"), "ann", Quiet())
    web = actions.reviews.team("web")
    assert (web.parent, web.parent_name, web.week, web.reviews) == ("shop", "Shop", "2025-W52", [])
    for actor in ("ann", "bob"):
        actions.reviews.review(ReviewOrder(team="web", week="2025-W52"), actor)
    found = actions.reviews.review(ReviewOrder(team="web", week="2025-W51"), "bob").reviews
    assert [(one.week, one.actor) for one in found] == [("2025-W52", "ann"), ("2025-W51", "bob")]
    assert actions.reviews.team("shop").reviews == []
    wrong = [("web", "2026-W02", "invalid"), ("web", "2025-W53", "invalid"), ("no", "2025-W52", "not_found")]
    for team, week, slug in wrong:
        with pytest.raises(ProblemError) as refused:
            actions.reviews.review(ReviewOrder(team=team, week=week), "ann")
        assert refused.value.slug == slug
    store.close()
