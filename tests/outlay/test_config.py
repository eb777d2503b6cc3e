"""Settings: every fault at once, with line and places looked in."""

from __future__ import annotations

from pathlib import Path

import pytest

from outlay.config import Config, ConfigError, load_config

GOOD = """
server:
  host: 0.0.0.0
  port: 9000
  hosts: [costs.example.com]
  address: https://costs.example.com
rules:
  org: org.yaml
  file: rules.yaml
log: warning
"""
BAD = """server:
  prot: 9000
  port: 99999
  host: "a b"
  hosts: one
rules: yes
log: loud
data:
"""


def test_nothing_is_needed(tmp_path: Path) -> None:
    assert load_config(None, None, {}) == Config()
    assert load_config(tmp_path, None, {}) == Config(data=tmp_path)
    assert load_config(None, None, {"OUTLAY_DATA": "/x"}).data == Path("/x")
    assert load_config(tmp_path, None, {"OUTLAY_DATA": "/x"}).data == tmp_path
    assert Config(data=tmp_path).socket == tmp_path / "outlay.sock"


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "outlay.yaml").write_text(GOOD)
    found = load_config(tmp_path, None, {})
    assert found == Config(
        data=tmp_path,
        host="0.0.0.0",
        port=9000,
        hosts=("costs.example.com",),
        address="https://costs.example.com",
        rules_org=tmp_path / "org.yaml",
        rules_file=tmp_path / "rules.yaml",
        log="warning",
        file=tmp_path / "outlay.yaml",
    )
    other = tmp_path / "other"
    assert load_config(other, tmp_path / "outlay.yaml", {}).port == 9000
    assert load_config(other, None, {"OUTLAY_CONFIG": str(tmp_path / "outlay.yaml")}).port == 9000


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "outlay.yaml"
    file.write_text(BAD)
    with pytest.raises(ConfigError) as found:
        load_config(tmp_path, None, {})
    error = found.value
    assert [fault.line for fault in error.faults] == [2, 3, 4, 5, 6, 7, 8]
    assert "port" in error.faults[0].nearest
    assert str(file) in error.next_step
    assert all(f"{file}:{line}:" in error.message for line in range(2, 9))


@pytest.mark.parametrize(
    "text", ["- a", "a: &x 1\nb: *x", "server: {port: 1, port: 2}", "!!python/object:os {}", "a: ["]
)
def test_what_is_no_plain_mapping_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "outlay.yaml").write_text(text)
    with pytest.raises(ConfigError):
        load_config(tmp_path, None, {})


def test_an_address_holds_no_password_and_the_fault_does_not_repeat_it(tmp_path: Path) -> None:
    (tmp_path / "outlay.yaml").write_text("catalogue: {url: 'https://reader:canary@backstage.example.com'}")
    with pytest.raises(ConfigError, match="a name or a password") as found:
        load_config(tmp_path, None, {})
    assert "canary" not in str(found.value)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml"):
        load_config(None, tmp_path / "gone.yaml", {})
    with pytest.raises(ConfigError, match=r"gone\.yaml"):
        load_config(None, None, {"OUTLAY_CONFIG": "/gone.yaml"})
    (tmp_path / "outlay.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path, None, {})
