"""Cost and usage reports and data exports that AWS delivers to a bucket.

Only what the newest manifest of a month lists is read. The manifest is written last, so its ETag is the change token:
an unchanged month costs a look at its folder and no download.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

from collectors.meter import Meter, Price
from collectors.sources import aws_names, s3_bucket, terraform
from collectors.sources.aws_session import AwsIdentity, ask, client, retry
from collectors.sources.contract import Check, Fetching, Grade, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError
from collectors.sources.s3_bucket import Bucket, Stored, bucket, unzip

NAME = "aws-exports"
LABEL = "AWS cost and usage exports in S3"
GRADE: Grade = "full"
NORMAL_LAG_HOURS = 24
INTERVAL_HOURS = 6
EXPORTS_APART = True  # one bucket often holds several exports of one payer

_SUFFIX: Final = "-Manifest.json"
_MONTH_FOLDER: Final = re.compile(r"(\d{4})(\d{2})\d{2}-\d{8}")
_PARTITION: Final = re.compile(r"BILLING_PERIOD=(\d{4}-\d{2})")


class Settings(AwsIdentity):
    """A bucket with one or more reports or exports below a prefix."""

    bucket: str
    """Name of the bucket that the exports are delivered to."""
    prefix: str = ""
    """Prefix of the exports, as it was given when they were made."""
    further_prefixes: tuple[str, ...] = ()
    """More prefixes in the same bucket, for instance of other payers."""
    exports: tuple[str, ...] = ()
    """Names of reports or exports to read; all that are found when none is named."""


_POLICY: Final = """{"Version":"2012-10-17","Statement":[
 {"Sid":"List","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::${bucket}","Condition":{"StringLike":{"s3:prefix":["${prefix}/*"]}}},
 {"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${bucket}/${prefix}/*"}]}"""
_TRUST: Final = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${SERVICE_ROLE_ARN}"},\
"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"${external_id}"}}}]}"""
_KMS: Final = """{"Sid":"Decrypt","Effect":"Allow","Action":"kms:Decrypt","Resource":"${KMS_KEY_ARN}"}"""
PERMISSIONS = (
    Permission("read", "Policy of the role that reads the bucket", "json", _POLICY,
               actions=("s3:ListBucket", "s3:GetObject")),
    Permission("trust", "Trust policy of that role", "json", _TRUST, actions=("sts:AssumeRole",)),
    Permission("decrypt", "Add this statement when the bucket uses SSE-KMS", "json", _KMS, required=False,
               actions=("kms:Decrypt",)),
    *aws_names.OPTIONAL,
    terraform.aws_bucket(),
)  # fmt: skip


def prices(settings: Settings) -> Sequence[Price]:
    """Nothing here is worth a cap."""
    return (*s3_bucket.PRICES, aws_names.PRICE)


def parts(settings: Settings, window: Window, meter: Meter) -> Iterator[Part]:
    """A look at each export, then one list call per month of a report, or one for all months of an export."""
    found = list(_deliveries(bucket(settings, settings.bucket, meter), settings, window))
    for period, key, manifest in sorted(found, key=lambda one: (one[0], one[1]), reverse=True):
        yield Part(
            period=period,
            key=key,
            token=manifest.token,
            payload={"manifest": manifest.key, "etag": manifest.etag, "size": manifest.size_bytes},
        )


def _deliveries(place: Bucket, settings: Settings, window: Window) -> Iterator[tuple[str, str, Stored]]:
    for prefix in dict.fromkeys((settings.prefix, *settings.further_prefixes)):
        root = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        names = [f"{root}{name}/" for name in settings.exports] or place.list(root, level=True).folders
        for export in names:
            folders = place.list(export, level=True).folders
            if f"{export}metadata/" in folders:
                yield from _export(place, export, window)
            else:
                yield from _report(place, export, folders, window)


def _export(place: Bucket, export: str, window: Window) -> Iterator[tuple[str, str, Stored]]:
    """Manifests that lie directly in the folder of a month: those deeper down are of single deliveries."""
    for one in place.list(f"{export}metadata/").objects:
        month, _, name = one.key.removeprefix(f"{export}metadata/").partition("/")
        named = _PARTITION.fullmatch(month)
        if named and window.holds(named[1]) and "/" not in name and name.endswith(_SUFFIX):
            yield named[1], f"{place.name}/{export}{name.removesuffix(_SUFFIX)}", one


def _report(place: Bucket, report: str, folders: Sequence[str], window: Window) -> Iterator[tuple[str, str, Stored]]:
    for folder in folders:
        dated = _MONTH_FOLDER.fullmatch(PurePosixPath(folder).name)
        if not dated or not window.holds(f"{dated[1]}-{dated[2]}"):
            continue
        for one in place.list(folder, level=True).objects:
            if one.key.endswith(_SUFFIX):
                name = PurePosixPath(one.key).name.removesuffix(_SUFFIX)
                yield f"{dated[1]}-{dated[2]}", f"{place.name}/{report}{name}", one


def fetch(settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress) -> list[Path]:
    """The manifest, and the files it lists, laid out as in the bucket so that the manifest finds them."""
    far = [Fetching(0)]
    place = bucket(settings, settings.bucket, meter, retry(lambda: on_progress(far[0])))
    key, etag = part.payload["manifest"], part.payload["etag"]
    text = place.read(key, etag)
    wanted = _listed(key, text)
    objects = _objects(place, wanted)
    path = folder / _local(key, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    whole = sum(one.size_bytes for one in objects)
    done = 0
    made: list[Path] = []

    def on_block(size: int) -> None:
        nonlocal done
        done += size
        far[0] = Fetching(done, whole, len(made), len(objects))
        on_progress(far[0])

    for one in objects:
        target = folder / _local(one.key, key)
        place.download(one, target, on_block)
        unzip(target)
        made.append(target)
    _unchanged(place, key, etag)
    return made


def _listed(key: str, text: bytes) -> list[str]:
    """Keys of the data files. Raises SourceError for what is no manifest, as a web page with status 200 is none."""
    try:
        content = json.loads(text)
        names = content.get("reportKeys") or content.get("dataFiles") or []
    except (ValueError, AttributeError) as error:
        raise SourceError("data", f"The manifest {key} is not readable.") from error
    if not names:
        raise SourceError("transient", f"The manifest {key} lists no files.")
    return [re.sub(r"^s3://[^/]+/", "", str(name)).lstrip("/").replace("//", "/") for name in names]


def _objects(place: Bucket, wanted: Sequence[str]) -> list[Stored]:
    """The listed files with size and ETag, from one listing of each folder they lie in."""
    there: dict[str, Stored] = {}
    for parent in dict.fromkeys(key.rpartition("/")[0] for key in wanted):
        there |= {one.key: one for one in place.list(f"{parent}/", level=True).objects}
    missing = [key for key in wanted if key not in there]
    if missing:
        raise SourceError("transient", f"The manifest lists {missing[0]}, which is not there (yet).")
    empty = [key for key in wanted if there[key].size_bytes == 0]
    if empty:
        raise SourceError("data", f"{empty[0]} is empty.")
    return [there[key] for key in wanted]


def _local(key: str, manifest: str) -> str:
    """Where an object lies in our folder: from the export's own folder on, never above it."""
    parts = [part for part in key.split("/") if part not in ("", ".", "..")]
    marks = [i for i, part in enumerate(parts) if _MONTH_FOLDER.fullmatch(part) or _PARTITION.fullmatch(part)]
    if not marks:
        return parts[-1]
    inside = marks[0] - (1 if _MONTH_FOLDER.fullmatch(parts[marks[0]]) else 2)
    return "/".join(parts[max(inside, 0) :])


def _unchanged(place: Bucket, key: str, etag: str) -> None:
    """A delivery that began while we read makes a mix of two; then neither is taken."""
    now = next((one for one in place.list(key, level=True).objects if one.key == key), None)
    if now is None or now.etag != etag:
        raise SourceError("transient", "The export was delivered anew while it was fetched.")


def check(settings: Settings, window: Window, meter: Meter) -> Iterator[Check]:
    """Identity, list, read, format, months, newest day; and what the same role may know beside the bill."""
    place = bucket(settings, settings.bucket, meter)
    try:
        yield _identity(settings)
    except SourceError as error:
        yield failed("identity", error, required=False)
    try:
        found = list(parts(settings, window, meter))
        yield Check("list", "ok", f"{settings.bucket} can be listed.")
    except SourceError as error:
        yield failed("list", error)
        return
    if not found:
        text = f"There is no export below {settings.prefix or 'the bucket'!r} for the months asked for."
        yield Check("months", "fail", text, line="Check prefix and exports; a new export takes up to a day.")
        return
    yield from _contents(place, found, window)
    yield from aws_names.optional_checks(settings, window, meter)


def _identity(settings: Settings) -> Check:
    again = retry()
    signed = ask(lambda: client(settings, "sts").get_caller_identity(), "sts:GetCallerIdentity", again=again)
    arn = signed["Arn"]
    if arn.endswith(":root"):
        return Check("identity", "warn", f"{arn} can do everything.", line="Use a role that only reads the bucket.")
    try:
        client(settings, "s3").list_buckets()
    except Exception:  # refused, as it should be
        return Check("identity", "ok", f"Signed in as {arn}.")
    return Check("identity", "warn", f"{arn} can do more than needed: it lists every bucket.",
                 line="Use a role with the policy shown here and nothing else.")  # fmt: skip


def _contents(place: Bucket, found: Sequence[Part], window: Window) -> Iterator[Check]:
    newest = found[0]
    try:
        manifest = place.read(newest.payload["manifest"], newest.payload["etag"])
        keys = _listed(newest.payload["manifest"], manifest)
        place.read(keys[0], first_bytes=16)
    except SourceError as error:
        yield failed("read", error)
        return
    yield Check("read", "ok", "Objects can be read.")
    legacy = "reportKeys" in json.loads(manifest)
    kind = "a legacy cost and usage report" if legacy else "a data export (CUR 2.0 or FOCUS)"
    yield Check("format", "ok", f"{newest.key.rpartition('/')[2]} is {kind} of {len(keys)} files.")
    months = sorted({part.period for part in found})
    state: Any = "ok" if len(months) >= len(window.months) else "warn"
    yield Check("months", state, f"{len(months)} months, {months[0]} to {months[-1]}.", required=False)
    delivered = newest.token.rpartition(" ")[2]
    fresh = delivered >= f"{window.now.replace(hour=0, minute=0):%Y-%m-%d}" or newest.period < window.months[0]
    yield Check("newest day", "ok" if fresh else "warn", f"The newest delivery came {delivered}.", required=False)


def failed(name: str, error: SourceError, *, required: bool = True) -> Check:
    """A failure as a line of a connection test."""
    line = error.line or error.next_step
    return Check(name, "fail", error.message, required=required, missing=error.missing, line=line)
