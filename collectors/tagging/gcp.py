"""Labels on Google Cloud resources: each kind of resource has a command of its own; the usual ones are here."""

from __future__ import annotations

import re
from typing import Final

from collectors.tagging.contract import NotReadyError, Wanted, plain_name

PROVIDERS: Final = ("Google Cloud", "Google Cloud Platform", "GCP")
_NAME: Final = r"([a-z0-9._-]+)"
_PROJECT: Final = r"projects/([a-z0-9.:-]+)"
_KINDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (rf"//compute\.googleapis\.com/{_PROJECT}/zones/{_NAME}/(instances|disks)/{_NAME}",
     ("compute", "{2}", "add-labels", "{3}", "--project={0}", "--zone={1}", "--labels={pair}")),
    (rf"//compute\.googleapis\.com/{_PROJECT}/global/(snapshots|images)/{_NAME}",
     ("compute", "{1}", "add-labels", "{2}", "--project={0}", "--labels={pair}")),
    (rf"//compute\.googleapis\.com/{_PROJECT}/regions/{_NAME}/(disks)/{_NAME}",
     ("compute", "{2}", "add-labels", "{3}", "--project={0}", "--region={1}", "--labels={pair}")),
    (rf"//storage\.googleapis\.com/(?:projects/[^/]+/buckets/)?{_NAME}",
     ("storage", "buckets", "update", "gs://{0}", "--update-labels={pair}")),
    (rf"//(?:cloudsql|sqladmin)\.googleapis\.com/{_PROJECT}/instances/{_NAME}",
     ("sql", "instances", "patch", "{1}", "--project={0}", "--update-labels={pair}")),
    (rf"//run\.googleapis\.com/{_PROJECT}/locations/{_NAME}/services/{_NAME}",
     ("run", "services", "update", "{2}", "--project={0}", "--region={1}", "--update-labels={pair}")),
    (rf"//container\.googleapis\.com/{_PROJECT}/(?:locations|zones|regions)/{_NAME}/clusters/{_NAME}",
     ("container", "clusters", "update", "{2}", "--project={0}", "--location={1}", "--update-labels={pair}")),
    (rf"//pubsub\.googleapis\.com/{_PROJECT}/(topics|subscriptions)/{_NAME}",
     ("pubsub", "{1}", "update", "{2}", "--project={0}", "--update-labels={pair}")),
)  # fmt: skip
"""Full resource name -> the words after `gcloud`; numbers are the groups of the pattern."""


def command(wanted: Wanted) -> list[str]:
    if not re.fullmatch("[a-z][a-z0-9_-]{0,62}", wanted.key) or not re.fullmatch("[a-z0-9_-]{0,63}", wanted.value):
        raise NotReadyError("Labels are small letters, digits, _ and -, to 63, and a key begins with a letter.")
    for pattern, words in _KINDS:
        if found := re.fullmatch(pattern, wanted.resource):
            groups = [plain_name(one) for one in found.groups()]
            return ["gcloud", *(word.format(*groups, pair=f"{wanted.key}={wanted.value}") for word in words)]
    raise NotReadyError("No command is known for this kind of resource.")
