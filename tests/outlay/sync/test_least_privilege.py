"""The permission texts, enforced: with exactly that policy a run passes, with one action less it names the action."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import boto3
import pytest

from collectors import retrying
from collectors.sources import SourceError, sources
from outlay.collecting import Collectors
from tests.collectors.sources.bills import bill, deliver
from tests.collectors.sources.clouds import Cloud, cloud
from tests.outlay.sync.syncing import Desk, Quiet
from tests.outlay.sync.test_aws_names_sync import estate

PLACE = {"bucket": "bills", "prefix": "exports"}
GIVEN: dict[str, dict[str, Any]] = {
    "aws-exports": PLACE,
    "files-drop": {**PLACE, "settle_seconds": -(10**9)},
    "aws-names": {"invoices": False},
}
PLAIN = {"Content-Type": "text/plain"}
TEXTS = {"aws-exports": "read", "files-drop": "bucket", "aws-names": "names"}


@pytest.fixture(scope="module")
def aws() -> Iterator[Cloud]:
    with cloud() as made:
        made.s3().create_bucket(Bucket=PLACE["bucket"])
        deliver(made.s3(), PLACE["bucket"], "exports/focus", "2026-11", {"a.csv.gz": bill("2026-11", ["5"])})
        estate(made)
        yield made


def policy(kind: str) -> dict[str, Any]:
    text = next(one for one in sources()[kind].PERMISSIONS if one.name == TEXTS[kind])
    found: dict[str, Any] = json.loads(Template(text.template).safe_substitute(PLACE))
    return found


def actions(kind: str) -> list[str]:
    listed = [one["Action"] for one in policy(kind)["Statement"]]
    return [action for one in listed for action in ([one] if isinstance(one, str) else one)]


def without(whole: dict[str, Any], action: str | None) -> dict[str, Any]:
    """The policy with one action less."""
    kept = []
    for statement in whole["Statement"]:
        given = statement["Action"]
        left = [one for one in ([given] if isinstance(given, str) else given) if one != action]
        if left:
            kept.append({**statement, "Action": left})
    return {**whole, "Statement": kept or [{"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}]}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    made = Desk(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def only(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Signs in as a user that has a policy and nothing else, from then on enforced."""
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
    iam = boto3.client("iam", endpoint_url=aws.url, region_name="us-east-1", **keys)

    def enforce(after: str) -> None:
        request = urllib.request.Request(
            f"{aws.url}/moto-api/reset-auth", data=after.encode(), headers=PLAIN, method="POST"
        )
        with urllib.request.urlopen(request):
            pass

    def use(text: dict[str, Any]) -> None:
        iam.create_user(UserName="reader")
        iam.put_user_policy(UserName="reader", PolicyName="only", PolicyDocument=json.dumps(text))
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        enforce("0")

    yield use
    enforce("inf")
    iam.delete_user_policy(UserName="reader", PolicyName="only")
    for key in iam.list_access_keys(UserName="reader")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="reader", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="reader")


@pytest.mark.parametrize("kind", sorted(GIVEN))
def test_exactly_this_policy_is_enough(kind: str, aws: Cloud, desk: Desk, only: Any) -> None:
    only(policy(kind))
    source = desk.configure(kind, {**GIVEN[kind], "endpoint_url": aws.url})
    tested = Collectors(desk.store, lambda: desk.now).check("bills", Quiet())
    assert tested.ok, tested
    done = desk.sync(source)
    assert done.state == "done"
    assert [month.message for month in done.months] == [None]


@pytest.mark.parametrize(("kind", "action"), [(kind, action) for kind in sorted(GIVEN) for action in actions(kind)])
def test_one_action_less_is_named(kind: str, action: str, aws: Cloud, desk: Desk, only: Any) -> None:
    only(without(policy(kind), action))
    source = desk.configure(kind, {**GIVEN[kind], "endpoint_url": aws.url})
    try:
        said = desk.sync(source).months[0].message or ""
    except SourceError as error:
        said = f"{error.missing} {error.line}"
    assert action in said
    checks = Collectors(desk.store, lambda: desk.now).check("bills", Quiet()).checks
    assert action in str([one.missing for one in checks if one.state in ("fail", "warn")])
