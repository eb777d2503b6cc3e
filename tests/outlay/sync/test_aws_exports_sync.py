"""Exports in a bucket, from the first sync to every way a delivery goes wrong; asserted on totals of a real store."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from api.protocols import JobCancelledError
from collectors import retrying
from collectors.sources import SourceError, sources
from outlay.actions import Actions
from outlay.collecting import Collectors
from tests.collectors.sources.bills import bill, deliver, deliver_report
from tests.collectors.sources.clouds import Cloud, cloud, cut, refused
from tests.outlay.sync.syncing import Desk, Quiet

BUCKET = "bills-bucket"
MONTHS = ("2026-09", "2026-10", "2026-11")
CASES = Path(__file__).resolve().parents[2] / "collectors/formats"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIACANARYCANARY0000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret-of-the-key")
    monkeypatch.setattr(retrying, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    with cloud() as made:
        made.s3().create_bucket(Bucket=BUCKET)
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.close()


def settings(aws: Cloud, **more: object) -> dict[str, object]:
    return {"bucket": BUCKET, "prefix": "exports", "endpoint_url": aws.url, **more}


def three_months(aws: Cloud) -> None:
    for number, period in enumerate(MONTHS):
        files = {"focus-00001.csv.gz": bill(period, ["1.1", "2"]), "focus-00002.csv.gz": bill(period, [str(number)])}
        deliver(aws.s3(), BUCKET, "exports/focus", period, files)


def test_first_then_nothing_then_a_restated_month(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    source = desk.configure("aws-exports", settings(aws))
    first = desk.sync(source)
    assert [(month.period, month.state) for month in first.months] == [(p, "live") for p in reversed(MONTHS)]
    assert desk.totals() == {"2026-09": Decimal("3.1"), "2026-10": Decimal("4.1"), "2026-11": Decimal("5.1")}

    aws.forget()
    again = desk.sync(source)
    assert again.state == "unchanged"
    assert aws.calls["GetObject"] == 0
    assert aws.calls["ListObjects"] <= len(MONTHS)

    deliver(aws.s3(), BUCKET, "exports/focus", "2026-10", {"focus-00001.csv.gz": bill("2026-10", ["9.5"] * 3)}, "r2")
    aws.forget()
    third = desk.sync(source)
    assert desk.states(third) == {"2026-11": "unchanged", "2026-10": "live", "2026-09": "unchanged"}
    # The second file is still there, and the manifest does not list it.
    assert desk.totals()["2026-10"] == Decimal("28.5")
    assert aws.calls["GetObject"] == 2


def test_a_change_of_an_old_month_is_drift(aws: Cloud, desk: Desk) -> None:
    deliver(aws.s3(), BUCKET, "exports/focus", "2026-03", {"a.csv.gz": bill("2026-03", ["1", "1"])})
    source = desk.configure("aws-exports", settings(aws), months=14)
    desk.sync(source)
    deliver(aws.s3(), BUCKET, "exports/focus", "2026-03", {"a.csv.gz": bill("2026-03", ["1", "1.25"])}, "r2")
    done = desk.sync(source)
    assert [(month.state, month.cause) for month in done.months] == [("live", "drift")]
    assert desk.totals() == {"2026-03": Decimal("2.25")}
    assert {row["cause"] for row in desk.store.state.history()} == {"drift"}


def test_what_vanishes_from_the_listing_stays(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    source = desk.configure("aws-exports", settings(aws))
    desk.sync(source)
    before = desk.totals()
    aws.s3().delete_object(Bucket=BUCKET, Key="exports/focus/metadata/BILLING_PERIOD=2026-10/focus-Manifest.json")
    done = desk.sync(source)
    assert desk.states(done)["2026-10"] == "missing"
    assert desk.totals() == before
    for period in ("2026-09", "2026-11"):
        aws.s3().delete_object(Bucket=BUCKET, Key=f"exports/focus/metadata/BILLING_PERIOD={period}/focus-Manifest.json")
    with pytest.raises(SourceError) as caught:
        desk.sync(source)
    assert caught.value.failure == "data"
    assert desk.totals() == before


def test_a_shrinking_month_waits_for_a_person(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    source = desk.configure("aws-exports", settings(aws))
    desk.sync(source)
    deliver(aws.s3(), BUCKET, "exports/focus", "2026-10", {"focus-00001.csv.gz": bill("2026-10", ["0.1"])}, "r2")
    done = desk.sync(source)
    assert (done.state, desk.states(done)["2026-10"]) == ("held", "held")
    assert desk.totals()["2026-10"] == Decimal("4.1")
    assert desk.sync(source).state == "unchanged"  # the same token is not held a second time


def test_two_payers_and_one_of_them_restated(aws: Cloud, desk: Desk) -> None:
    deliver(aws.s3(), BUCKET, "exports/one", "2026-11", {"a.csv.gz": bill("2026-11", ["1", "2"], "0001")})
    deliver(aws.s3(), BUCKET, "other/two", "2026-11", {"a.csv.gz": bill("2026-11", ["4", "8"], "0002")})
    source = desk.configure("aws-exports", settings(aws, further_prefixes=["other"]))
    desk.sync(source)
    assert desk.totals() == {"2026-11": Decimal(15)}
    deliver(aws.s3(), BUCKET, "other/two", "2026-11", {"a.csv.gz": bill("2026-11", ["4", "16"], "0002")}, "r2")
    aws.forget()
    desk.sync(source)
    assert desk.totals() == {"2026-11": Decimal(23)}
    assert [key for key in aws.keys if "/one/" in key] == []  # what was verified is not fetched again


def test_legacy_reports_overwritten_and_versioned_and_zipped(aws: Cloud, desk: Desk) -> None:
    raw = (CASES / "aws_cur/usage/raw.csv").read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report-1.csv", raw)
    deliver_report(aws.s3(), BUCKET, "exports/report", "2026-09", {"report-1.csv.zip": packed.getvalue()})
    source = desk.configure("aws-exports", settings(aws, exports=["report"]))
    desk.sync(source)
    once = desk.totals()["2026-09"]
    assert once > 0

    for assembly in ("aaaa", "bbbb"):
        deliver_report(aws.s3(), BUCKET, "versions/report", "2026-09", {"report-1.csv": raw}, assembly)
    desk.store.remove_sources(["bills"])  # two exports of the same accounts are not counted twice
    versioned = desk.configure("aws-exports", settings(aws, prefix="versions"), "versioned")
    desk.sync(versioned)
    assert desk.totals("versioned")["2026-09"] == once


def test_cur2_is_read(aws: Cloud, desk: Desk) -> None:
    raw = (CASES / "aws_cur2/maps/raw.csv").read_bytes()
    deliver(aws.s3(), BUCKET, "exports/cur2", "2026-09", {"cur2-00001.csv.gz": raw})
    desk.sync(desk.configure("aws-exports", settings(aws)), run=None)  # through the real child process
    assert desk.totals()["2026-09"] > 0


def test_throttles_are_sat_out(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    aws.faults = [
        refused("SlowDown", 503, times=3, Retry_After="1"),
        refused("InternalError", 500, times=2, kind="GetObject"),
    ]
    desk.sync(desk.configure("aws-exports", settings(aws)))
    assert desk.totals()["2026-11"] == Decimal("5.1")


def test_throttles_without_end_change_nothing(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    aws.faults = [refused("SlowDown", 503)]
    with pytest.raises(SourceError) as caught:
        desk.sync(desk.configure("aws-exports", settings(aws)))
    assert (caught.value.failure, caught.value.kind) == ("transient", "provider")
    assert aws.calls["ListObjects"] == retrying.TRIES
    assert desk.totals() == {}
    assert desk.collecting.runs("bills")[0].failure == "transient"


def test_one_forbidden_object_keeps_one_month_back(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    aws.faults = [refused("AccessDenied", 403, when="data/BILLING_PERIOD=2026-10/focus-00002")]
    with pytest.raises(SourceError) as caught:
        desk.sync(desk.configure("aws-exports", settings(aws)))
    wanted = f"s3:GetObject on arn:aws:s3:::{BUCKET}/exports/focus/data/BILLING_PERIOD=2026-10/focus-00002.csv.gz"
    assert caught.value.missing == wanted
    assert '"s3:GetObject"' in (caught.value.line or "")
    assert "2 other months" in caught.value.message
    assert set(desk.totals()) == {"2026-09", "2026-11"}


def test_a_cut_body_is_fetched_again(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    aws.faults = [cut(2, "2026-11/focus-00001")]
    desk.sync(desk.configure("aws-exports", settings(aws)))
    assert desk.totals()["2026-11"] == Decimal("5.1")


def test_what_was_kept_is_not_fetched_again(aws: Cloud, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    three_months(aws)
    source = desk.configure("aws-exports", settings(aws))

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "load", dies)
        with pytest.raises(KeyboardInterrupt):
            desk.sync(source)
    aws.forget()
    desk.sync(source)
    assert desk.totals() == {"2026-09": Decimal("3.1"), "2026-10": Decimal("4.1"), "2026-11": Decimal("5.1")}
    assert [key for key in aws.keys if "2026-11" in key] == []


def test_paging_over_four_pages(aws: Cloud, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from collectors.sources import s3_bucket

    three_months(aws)
    page = s3_bucket.Bucket._page
    monkeypatch.setattr(s3_bucket.Bucket, "s3", property(_small_pages(s3_bucket.Bucket.s3.fget)))
    assert page is s3_bucket.Bucket._page
    desk.sync(desk.configure("aws-exports", settings(aws)))
    assert set(desk.totals()) == set(MONTHS)
    assert aws.calls["ListObjects"] > 6


def _small_pages(usual: object) -> object:
    def s3(self: object) -> object:
        made = usual(self)  # type: ignore[operator]
        if not hasattr(made, "_small"):
            made._small = True
            made.meta.events.register(
                "provide-client-params.s3.ListObjectsV2", lambda params, **_: {**params, "MaxKeys": 1}
            )
        return made

    return s3


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (refused("ExpiredToken", 400), "expired"),
        (refused("InvalidAccessKeyId", 403), "does not accept"),
        (refused("RequestTimeTooSkewed", 403), "clock"),
        (refused("NoSuchBucket", 404), "no bucket"),
        (refused("AccessDenied", 403), "s3:ListBucket"),
    ],
    ids=["expired", "key", "clock", "bucket", "list"],
)
def test_settings_that_are_wrong_are_said_once(aws: Cloud, desk: Desk, fault: object, words: str) -> None:
    three_months(aws)
    aws.faults = [fault]  # type: ignore[list-item]
    with pytest.raises(SourceError) as caught:
        desk.sync(desk.configure("aws-exports", settings(aws)))
    assert (caught.value.failure, caught.value.kind) == ("configuration", "operator")
    assert words in caught.value.message + str(caught.value.missing)
    assert aws.calls["ListObjects"] == 1  # no storm of tries
    assert "canary" not in str(caught.value).casefold()


def test_a_page_of_html_is_no_bill(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    s3 = aws.s3()
    for period in MONTHS:
        s3.put_object(
            Bucket=BUCKET, Key=f"exports/focus/metadata/BILLING_PERIOD={period}/focus-Manifest.json", Body=b"<html>"
        )
    with pytest.raises(SourceError) as caught:
        desk.sync(desk.configure("aws-exports", settings(aws)))
    assert caught.value.failure == "data"
    assert desk.totals() == {}


def test_refused_files_are_not_read_again_until_they_change(aws: Cloud, desk: Desk) -> None:
    deliver(aws.s3(), BUCKET, "exports/focus", "2026-11", {"a.csv.gz": b"strange,columns\n1,2\n"})
    source = desk.configure("aws-exports", settings(aws))
    with pytest.raises(SourceError):
        desk.sync(source)
    aws.forget()
    assert desk.states(desk.sync(source)) == {"2026-11": "quarantined"}
    assert aws.calls["GetObject"] == 0
    deliver(aws.s3(), BUCKET, "exports/focus", "2026-11", {"a.csv.gz": bill("2026-11", ["7"])}, "r2")
    desk.sync(source)
    assert desk.totals() == {"2026-11": Decimal(7)}


def test_cancelling_is_heard_and_the_rest_comes_later(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    source = desk.configure("aws-exports", settings(aws))
    progress = Quiet()
    progress.stop = lambda: any("2026-10" in text for text in progress.messages)
    started = time.monotonic()
    with pytest.raises(JobCancelledError):
        desk.sync(source, progress=progress)
    assert time.monotonic() - started < 10
    assert set(desk.totals()) == {"2026-11"}
    assert desk.collecting.runs("bills")[0].state == "cancelled"
    desk.sync(source)
    assert set(desk.totals()) == set(MONTHS)


def test_cancelling_is_heard_while_a_throttled_listing_waits(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    aws.faults = [refused("SlowDown", 503)]
    progress = Quiet()
    progress.stop = lambda: aws.calls["ListObjects"] > 0
    with pytest.raises(JobCancelledError):
        desk.sync(desk.configure("aws-exports", settings(aws)), progress=progress)
    assert aws.calls["ListObjects"] == 1


def test_a_dry_run_only_lists(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    source = desk.configure("aws-exports", settings(aws))
    assert set(desk.states(desk.sync(source, dry_run=True)).values()) == {"planned"}
    assert (aws.calls["GetObject"], desk.totals(), desk.collecting.runs("bills")) == (0, {}, [])
    assert set(desk.states(desk.sync(source, start="2026-10", end="2026-10"))) == {"2026-10"}
    aws.forget()
    desk.sync(source, start="2026-10", end="2026-10", full=True)
    assert aws.calls["GetObject"] == 3


def test_a_role_is_assumed_with_its_external_id(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    role = {"role_arn": "arn:aws:iam::123456789012:role/reader", "external_id": "shown-value"}
    desk.sync(desk.configure("aws-exports", settings(aws, **role)), start="2026-11")
    assert desk.totals() == {"2026-11": Decimal("5.1")}
    assert aws.calls["AssumeRole"] == 2  # once to list, once to fetch
    asked = [body for kind, body in aws.bodies if kind == "AssumeRole"]
    assert all("ExternalId=shown-value" in body and "role%2Freader" in body for body in asked)


def test_no_secret_is_kept_or_said(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    source = desk.configure(
        "aws-exports",
        settings(aws, access_key_id="env:AWS_ACCESS_KEY_ID", secret_access_key="env:AWS_SECRET_ACCESS_KEY"),
    )
    desk.sync(source)
    aws.faults = [refused("AccessDenied", 403)]
    with pytest.raises(SourceError) as caught:
        desk.sync(source)
    kept = json.dumps([str(run) for run in desk.collecting.runs("bills")]) + repr(caught.value) + str(source)
    state = (desk.folder / "state.sqlite").read_bytes() + (desk.folder / "state.sqlite-wal").read_bytes()
    assert "canary-secret" not in kept
    assert b"canary-secret" not in state


ACTIONS = {
    "ListObjects": "s3:ListBucket",
    "GetObject": "s3:GetObject",
    "AssumeRole": "sts:AssumeRole",
    "ListInvoiceSummaries": "invoicing:ListInvoiceSummaries",
    "ListAccounts": "organizations:ListAccounts",
}
NEED_NONE = {"GetCallerIdentity", "ListBuckets"}  # the second is asked to see whether more is allowed than needed


def test_no_call_is_made_that_the_permission_texts_do_not_grant(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    role = {"role_arn": "arn:aws:iam::123456789012:role/reader", "external_id": "shown-value"}
    source = desk.configure("aws-exports", settings(aws, **role))
    aws.forget()
    collecting = Collectors(desk.store, lambda: desk.now)
    tested = collecting.check("bills", Quiet())
    assert tested.ok, tested
    bill_lines = ["identity", "list", "read", "format", "months", "newest day"]
    assert [one.name for one in tested.checks] == [*bill_lines, "invoices", "names"]
    assert {one.required for one in tested.checks[-2:]} == {False}
    desk.sync(source)
    granted = {action for one in sources()["aws-exports"].PERMISSIONS for action in one.actions}
    assert {ACTIONS[call] for call in aws.calls if call not in NEED_NONE} <= granted

    aws.forget()  # and looking at pages calls nobody
    actions = Actions(desk.store, lambda: desk.now)
    assert actions.sources()[0].collector is not None
    assert actions.status() and actions.months("bills") and collecting.kinds() and collecting.paces()
    assert dict(aws.calls) == {}


def test_a_check_names_what_is_missing(aws: Cloud, desk: Desk) -> None:
    three_months(aws)
    desk.configure("aws-exports", settings(aws))
    collecting = Collectors(desk.store, lambda: desk.now)
    aws.faults = [refused("AccessDenied", 403, kind="GetObject")]
    tested = collecting.check("bills", Quiet())
    assert tested.ok is False
    last = next(one for one in tested.checks if one.name == "read")
    assert last.state == "fail"
    assert (last.missing or "").startswith(f"s3:GetObject on arn:aws:s3:::{BUCKET}/exports/focus/metadata/")
    assert json.loads(last.line or "")["Action"] == "s3:GetObject"


def test_a_rotated_key_counts_at_once(aws: Cloud, desk: Desk, tmp_path: Path) -> None:
    three_months(aws)
    key, secret = tmp_path / "id", tmp_path / "secret"
    given = settings(aws, access_key_id=f"file:{key}", secret_access_key=f"file:{secret}")
    source = desk.configure("aws-exports", given)
    for name in ("FIRSTKEY", "SECONDKEY"):
        key.write_text(name)
        secret.write_text(f"canary-{name}")
        aws.authorizations.clear()
        desk.sync(source, start="2026-11", full=True)
        assert all(f"Credential={name}/" in one for one in aws.authorizations)
    assert desk.totals() == {"2026-11": Decimal("5.1")}


def test_files_dropped_into_a_bucket(aws: Cloud, desk: Desk) -> None:
    for period, amount in (("2026-10", "3"), ("2026-11", "4")):
        aws.s3().put_object(Bucket=BUCKET, Key=f"drop/{period}/bill.csv", Body=bill(period, [amount]))
    deliver(aws.s3(), BUCKET, "drop/focus", "2026-09", {"a.csv.gz": bill("2026-09", ["2"])})
    source = desk.configure(
        "files-drop", {"bucket": BUCKET, "prefix": "drop", "endpoint_url": aws.url, "settle_seconds": -(10**9)}
    )
    desk.sync(source)
    assert desk.totals() == {"2026-09": Decimal(2), "2026-10": Decimal(3), "2026-11": Decimal(4)}
    aws.forget()
    assert desk.sync(source).state == "unchanged"
    assert dict(aws.calls) == {"ListObjects": 1}
