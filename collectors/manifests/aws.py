"""Reports as AWS delivers them to a bucket: only the files that the newest manifest lists are the month.

A report that shrinks leaves its old files behind, and a bucket that keeps every delivery holds the month many times
over. So every other file of the month's folder is named as not to be read.

    <report>/20260901-20261001/<report>-Manifest.json                        names the newest delivery
    <report>/20260901-20261001/[<assemblyId>/]<report>-00001.csv.gz          with a copy of its manifest beside it
    <export>/metadata/BILLING_PERIOD=2026-09/[<execution>/]<export>-Manifest.json
    <export>/data/BILLING_PERIOD=2026-09/[<execution>/]<export>-00001.csv.gz

A manifest that lies beside its files, without these folders, is read as well.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from collectors.formats.contract import Bundle, BundleFile, FormatError, FoundFile

_SUFFIX: Final = "-Manifest.json"
_BYTES_MAX: Final = 16 << 20
"""A manifest names its files and columns: a megabyte for the largest organisation."""
_PARTITION: Final = re.compile(r"BILLING_PERIOD=(\d{4}-\d{2})")
_PERIOD_FOLDER: Final = re.compile(r"\d{8}-\d{8}")


@dataclass(frozen=True, slots=True)
class _Manifest:
    """One delivery of one month."""

    found: FoundFile
    keys: tuple[PurePosixPath, ...]  # objects as the bucket names them
    period: str | None
    facts: Mapping[str, Any]
    home: Path  # the folder that all deliveries of this month share
    folders: tuple[Path, ...]  # every folder that holds something of this month and of nothing else
    format_name: str | None = None

    def place(self, key: PurePosixPath, listed: Mapping[Path, FoundFile]) -> FoundFile:
        """The file of an object. Raises FormatError when it was not brought along."""
        found = self.seek(key, listed)
        if found is not None:
            return found
        raise FormatError(
            f"the manifest lists {key}, which is not there.",
            file=self.found.name,
            value=str(key),
            next_step="Fetch the folder again with all its files: part of a month is not a month.",
        )

    def seek(self, key: PurePosixPath, listed: Mapping[Path, FoundFile]) -> FoundFile | None:
        """The file of an object, if it is there."""
        beside = self.found.path.parent / key.name
        for at, part in enumerate(key.parts):
            if _PERIOD_FOLDER.fullmatch(part):
                in_place = self.home.joinpath(*key.parts[at + 1 :])
            elif _PARTITION.fullmatch(part):
                in_place = self.home.joinpath(*key.parts[max(at - 1, 0) :])
            else:
                continue
            # In the bucket's own layout a file of that name beside the manifest is of another delivery.
            if in_place in listed or self.folders:
                return listed.get(in_place)
        return listed.get(beside)


def find(listing: Sequence[FoundFile]) -> list[Bundle]:
    """One bundle per report and month. Raises FormatError when a listed file is missing or no manifest is newest."""
    deliveries: dict[tuple[Path, str, str | None], list[_Manifest]] = defaultdict(list)
    for file in listing:
        manifest = _read(file)
        if manifest is not None:
            deliveries[manifest.home, file.path.name, manifest.period].append(manifest)
    listed = {file.path: file for file in listing}
    return [_bundle(_newest(every), every, listed) for every in deliveries.values()]


def _read(file: FoundFile) -> _Manifest | None:
    if not file.name.endswith(_SUFFIX) or file.size_bytes > _BYTES_MAX:
        return None
    try:
        content = json.loads(file.path.read_bytes())
    except ValueError as error:
        raise FormatError(
            f"the manifest is not readable: {error}.", file=file.name, next_step="Fetch it again."
        ) from error
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("reportKeys"), list) and "billingPeriod" in content:
        return _legacy(file, content)
    if isinstance(content.get("dataFiles"), list):
        return _export(file, content)
    return None


def _legacy(file: FoundFile, content: Mapping[str, Any]) -> _Manifest:
    assembly = content.get("assemblyId")
    own = file.path.parent
    home = own.parent if own.name == assembly else own
    start = str((content["billingPeriod"] or {}).get("start", ""))
    inside = bool(_PERIOD_FOLDER.fullmatch(home.name))
    return _Manifest(
        found=file,
        keys=_keys(content["reportKeys"], file),
        period=f"{start[:4]}-{start[4:6]}" if re.match(r"\d{6}", start) else None,
        facts={"report": content.get("reportName"), "assembly": assembly, "account": content.get("account")},
        home=home,
        folders=(home,) if inside else (),
        format_name="aws-cur",
    )


def _export(file: FoundFile, content: Mapping[str, Any]) -> _Manifest:
    keys = _keys(content["dataFiles"], file)
    parts = file.path.parts
    at = next((i for i, part in enumerate(parts) if i and _PARTITION.fullmatch(part) and parts[i - 1] == "metadata"), 0)
    root = Path(*parts[: at - 1]) if at else file.path.parent
    named = _PARTITION.search(parts[at]) if at else _PARTITION.search(str(keys[0]))
    folders = tuple(root / kind / parts[at] for kind in ("metadata", "data")) if at else ()
    return _Manifest(
        found=file,
        keys=keys,
        period=named[1] if named else None,
        facts={"report": file.path.name.removesuffix(_SUFFIX), "assembly": content.get("executionId")},
        home=root,
        folders=folders,
    )


def _keys(names: Sequence[Any], file: FoundFile) -> tuple[PurePosixPath, ...]:
    if not names:
        raise FormatError(
            "the manifest lists no files.", file=file.name, next_step="Wait for the next delivery, then fetch it again."
        )
    # An export writes addresses (s3://bucket/…), a report writes keys, sometimes with a doubled slash.
    return tuple(PurePosixPath(*re.sub(r"^s3://[^/]+/", "", str(name)).strip("/").split("/")) for name in names)


def _newest(every: Sequence[_Manifest]) -> _Manifest:
    """The manifest nearest to the month's folder: it is rewritten with each delivery, its copies never."""
    depths = sorted(every, key=lambda one: len(one.found.path.parts))
    first = depths[0]
    level = [one for one in depths if len(one.found.path.parts) == len(first.found.path.parts)]
    if len(level) > 1:
        names = ", ".join(one.found.name for one in level[:3])
        raise FormatError(
            f"{len(level)} deliveries of one month and nothing tells which is the newest: {names}.",
            file=first.found.name,
            next_step="Fetch the manifest of the month's folder too, or name the folder of one delivery.",
        )
    return first


def _bundle(newest: _Manifest, every: Sequence[_Manifest], listed: Mapping[Path, FoundFile]) -> Bundle:
    files = [(key, newest.place(key, listed)) for key in newest.keys]
    read = {file.path for _, file in files}
    left = {
        file.name
        for path, file in listed.items()
        if path not in read and any(path.is_relative_to(folder) for folder in newest.folders)
    }
    left |= {one.found.name for one in every}
    older = [(one, key) for one in every if one is not newest for key in one.keys]
    left |= {file.name for one, key in older if (file := one.seek(key, listed)) and file.path not in read}
    return Bundle(
        files=tuple(BundleFile(file.path, file.name, {"key": str(key)}) for key, file in files),
        format_name=newest.format_name,
        period=newest.period,
        # All that is no data of this delivery: manifests, older deliveries, files that a shorter report left behind.
        manifest={**newest.facts, "manifest_names": sorted(left)},
    )
