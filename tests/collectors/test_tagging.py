"""Command lines that tag resources: right for what providers take, one command whatever bills hold."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.tagging import NotReadyError, Wanted, command_line
from collectors.tagging.ready import modules

SUB = "/subscriptions/00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        (
            Wanted("AWS", "arn:aws:rds:eu-west-1:1:db:orders", "team", "search"),
            "aws resourcegroupstaggingapi tag-resources --region=eu-west-1 "
            '--resource-arn-list=arn:aws:rds:eu-west-1:1:db:orders \'--tags={"team": "search"}\'',
        ),
        (
            Wanted("AWS", "arn:aws:cloudfront::1:distribution/E2", "team", "search"),
            "aws resourcegroupstaggingapi tag-resources --region=us-east-1 "
            '--resource-arn-list=arn:aws:cloudfront::1:distribution/E2 \'--tags={"team": "search"}\'',
        ),
        (
            Wanted("AWS", "vol-0123456789abcdef0", "team", "a b", region="eu-west-1"),
            "aws ec2 create-tags --region=eu-west-1 --resources=vol-0123456789abcdef0 "
            '\'--tags=[{"Key": "team", "Value": "a b"}]\'',
        ),
        (
            Wanted("Amazon Web Services", "my-bucket", "team", "x", region="eu-west-1", service="Amazon S3"),
            "aws resourcegroupstaggingapi tag-resources --region=eu-west-1 "
            '--resource-arn-list=arn:aws:s3:::my-bucket \'--tags={"team": "x"}\'',
        ),
        (
            Wanted("Microsoft", f"{SUB}/resourceGroups/my group/x", "team", "o'neil"),
            f"az tag update '--resource-id={SUB}/resourceGroups/my group/x' --operation=Merge --tags "
            "'team=o'\"'\"'neil'",
        ),
        (
            Wanted("Google Cloud", "//compute.googleapis.com/projects/p/zones/z-1/instances/n", "team", "x"),
            "gcloud compute instances add-labels n --project=p --zone=z-1 --labels=team=x",
        ),
        (
            Wanted("Google Cloud", "//storage.googleapis.com/projects/_/buckets/b", "team", "x"),
            "gcloud storage buckets update gs://b --update-labels=team=x",
        ),
    ],
)
def test_by_hand(wanted: Wanted, line: str) -> None:
    assert command_line(wanted) == line


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted("North", "x", "team", "x"), "this provider"),
        (Wanted("AWS", "orders", "team", "x"), "no ARN"),
        (Wanted("AWS", "i-0123456789abcdef0", "team", "x"), "in which region"),
        (Wanted("AWS", "arn:aws:sqs:eu-west-1:1:q", "aws:team", "x"), "AWS's own"),
        (Wanted("AWS", "arn:aws:sqs:eu-west-1:1:q", "team", "a;b"), "AWS takes letters"),
        (Wanted("AWS", "arn:aws:sqs:eu-west-1:1:q\nreboot", "team", "x"), "no command line should hold"),
        (Wanted("Azure", f"{SUB}/x", "a=b", "x"), "Azure takes keys"),
        (Wanted("Azure", f"{SUB}/x", "@file", "x"), "for text"),
        (Wanted("Azure", "vm-1", "team", "x"), "no resource id"),
        (Wanted("Google Cloud", "//compute.googleapis.com/projects/p/zones/z/instances/-x", "team", "x"), "an option"),
        (
            Wanted("Google Cloud", "//compute.googleapis.com/projects/p/zones/z/instances/x", "Team", "x"),
            "small letters",
        ),
        (Wanted("Google Cloud", "//demo.googleapis.com/p/x", "team", "x"), "this kind of resource"),
    ],
)
def test_what_cannot_be_written_says_why(wanted: Wanted, reason: str) -> None:
    with pytest.raises(NotReadyError, match=reason):
        command_line(wanted)


HOSTILE = st.text(st.sampled_from("a1-=;'\"$(`\\)|&<>\n\0\u202e @{}*~#!:/é "), max_size=24)
BEFORE = ["", "arn:aws:sqs:eu-west-1:1:", f"{SUB}/", "//run.googleapis.com/projects/p/locations/l/services/"]


@given(st.sampled_from(sorted(modules())), st.sampled_from(BEFORE), HOSTILE, HOSTILE, HOSTILE)
def test_whatever_bills_hold_stays_one_word(provider: str, before: str, resource: str, key: str, value: str) -> None:
    try:
        line = command_line(Wanted(provider, before + resource, key, value, region="eu-west-1"))
    except NotReadyError:
        return
    words = shlex.split(line)
    assert "\n" not in line and words[0] in ("aws", "az", "gcloud")
    whole = [word for word in words if before + resource in word or word == resource]
    assert len(whole) == 1 and whole[0].partition("=")[2] in (before + resource, "")
    assert len(words) == len(
        shlex.split(command_line(Wanted(provider, before + resource, "k", "v", region="eu-west-1")))
    )
