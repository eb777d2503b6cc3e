"""Tags on AWS resources: the tagging API takes nearly every ARN, EC2 takes its own short ids."""

from __future__ import annotations

import json
import re
from typing import Final

from collectors.tagging.contract import NotReadyError, Wanted

PROVIDERS: Final = ("AWS", "Amazon Web Services", "Amazon Web Services, Inc.")
HOME: Final = "us-east-1"
"""Where resources without a region are tagged."""
KEY_MAX: Final = 128
VALUE_MAX: Final = 256
_ARN: Final = re.compile(r"arn:aws[a-z-]*:[^:]+:([^:]*):([0-9]*):.+", re.DOTALL)
_EC2: Final = re.compile(r"(i|vol|snap|ami|nat|eni|eipalloc|igw|vpc|subnet|sg|tgw|vpce)-[0-9a-f]{8,}")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ALLOWED: Final = re.compile(r"[\w .:/=+@-]*")


def command(wanted: Wanted) -> list[str]:
    key, value = wanted.key, wanted.value
    if not key or len(key) > KEY_MAX or len(value) > VALUE_MAX or not _ALLOWED.fullmatch(key + value):
        raise NotReadyError("AWS takes letters, digits, blanks and . : / = + - @ _, keys to 128 and values to 256.")
    if key.lower().startswith("aws:"):
        raise NotReadyError("Keys that begin with aws: are AWS's own.")
    if _EC2.fullmatch(wanted.resource):
        pair = json.dumps([{"Key": key, "Value": value}], ensure_ascii=False)
        where = _region(wanted.region)
        return ["aws", "ec2", "create-tags", f"--region={where}", f"--resources={wanted.resource}", f"--tags={pair}"]
    found = _ARN.fullmatch(wanted.resource)
    if found:
        return _by_arn(wanted, wanted.resource, found[1] or HOME)
    if "s3" in (wanted.service or "").lower().replace("simple storage service", "s3") and _BUCKET.fullmatch(
        wanted.resource
    ):
        return _by_arn(wanted, f"arn:aws:s3:::{wanted.resource}", _region(wanted.region))
    raise NotReadyError("Its id is no ARN: the bill does not say enough to tag it from a command line.")


def _by_arn(wanted: Wanted, arn: str, region: str) -> list[str]:
    tags = json.dumps({wanted.key: wanted.value}, ensure_ascii=False)
    return ["aws", "resourcegroupstaggingapi", "tag-resources", f"--region={_region(region)}",
            f"--resource-arn-list={arn}", f"--tags={tags}"]  # fmt: skip


def _region(name: str | None) -> str:
    if not name or not re.fullmatch("[a-z0-9-]{2,30}", name):
        raise NotReadyError("The bill does not say in which region it is.")
    return HOME if name == "global" else name
