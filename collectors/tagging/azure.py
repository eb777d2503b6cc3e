"""Tags on Azure resources and resource groups: one command takes every resource id, and leaves other tags alone."""

from __future__ import annotations

import re
from typing import Final

from collectors.tagging.contract import NotReadyError, Wanted

PROVIDERS: Final = ("Microsoft", "Azure", "Microsoft Azure")
KEY_MAX: Final = 512
VALUE_MAX: Final = 256
_ID: Final = re.compile(r"/subscriptions/[0-9a-f-]{36}(/.+)?", re.IGNORECASE | re.DOTALL)


def command(wanted: Wanted) -> list[str]:
    key, value = wanted.key, wanted.value
    if not key or len(key) > KEY_MAX or len(value) > VALUE_MAX or re.search(r"[<>%&\\?/=]", key):
        raise NotReadyError(r"Azure takes keys to 512 characters without < > % & \ ? / =, and values to 256.")
    if key.startswith(("-", "@")):
        raise NotReadyError("The command would not take this key for text.")
    if not _ID.fullmatch(wanted.resource):
        raise NotReadyError("Its id is no resource id: the bill does not say enough to tag it from a command line.")
    return ["az", "tag", "update", f"--resource-id={wanted.resource}", "--operation=Merge", "--tags", f"{key}={value}"]
