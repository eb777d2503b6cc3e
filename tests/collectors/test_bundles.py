"""Which files belong together."""

from __future__ import annotations

from pathlib import Path

import pytest

from collectors import bundles
from collectors.bundles import discover
from collectors.formats import FormatError


def lay(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_files_without_a_manifest_are_one_bundle_in_a_stable_order(tmp_path: Path) -> None:
    lay(tmp_path, "b.csv", "deep/er/a.csv", ".hidden", "_SUCCESS", "_log/x.csv")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (bundle,) = discover([tmp_path], "focus")
    assert [file.name for file in bundle.files] == ["b.csv", "deep/er/a.csv"]
    assert (bundle.format_name, bundle.manifest) == ("focus", None)


def test_an_upload_keeps_the_name_its_sender_gave_it(tmp_path: Path) -> None:
    lay(tmp_path, "5f2b")
    (bundle,) = discover([tmp_path / "5f2b"], None, "march.csv")
    assert [(file.name, file.path) for file in bundle.files] == [("march.csv", tmp_path / "5f2b")]


def test_says_when_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such file or folder"):
        discover([tmp_path / "absent"])
    with pytest.raises(FormatError, match="no file to read"):
        discover([tmp_path])


def test_a_mistyped_folder_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "FILES_MAX", 2)
    lay(tmp_path, "a", "b", "c")
    with pytest.raises(FormatError, match="more than 2 files"):
        discover([tmp_path])
