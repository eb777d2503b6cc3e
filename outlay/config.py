"""Settings: few, typed, documented. `outlay.yaml` is read once, and every fault of it is reported at once.

data: ./outlay-data            # the data folder; --data and $OUTLAY_DATA win
server:
  host: 127.0.0.1              # another address needs --allow-token
  port: 8080
  hosts: [costs.example.com]   # further names this server answers to
  address: https://costs.example.com
rules:
  org: org.yaml                # with these two the rules are read from files, and the pages only show them
  file: rules.yaml
log: info                      # debug, info, warning, error
catalogue: {}                  # where the organisation's own catalogue is read: see outlay.catalogue_sync
sources: []                    # what is collected on a schedule: see outlay.configured
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from outlay.catalogue_sync import CatalogueSource
    from warehouse.attribution.document import Faults, Node
    from warehouse.store.collecting import Configured

DATA: Final = Path("outlay-data")
FILE: Final = "outlay.yaml"
HOST_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9a-fA-F:]+")
HOURS_MAX: Final = 168
LOG_LEVELS: Final = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the outermost ring may vary. Paths of the file are relative to the file."""

    data: Path = DATA
    host: str = "127.0.0.1"
    port: int = 8080
    hosts: tuple[str, ...] = ()
    address: str | None = None
    rules_org: Path | None = None
    rules_file: Path | None = None
    log: str = "info"
    sources: tuple[Configured, ...] = ()
    catalogue: CatalogueSource | None = None
    file: Path | None = None
    """The file these were read from; None when there is none."""

    @property
    def socket(self) -> Path:
        return self.data / "outlay.sock"

    @property
    def scratch(self) -> Path:
        return self.data / "scratch"


class ConfigError(Exception):
    """Every fault of the configuration at once, with the places looked in. The operator must act."""

    kind = "operator"
    slug = "configuration"

    def __init__(self, faults: tuple[Any, ...], places: tuple[str, ...]) -> None:
        self.faults = faults
        self.places = places
        self.message = "\n".join(map(str, faults))
        self.field: str | None = None
        self.nearest: tuple[str, ...] = ()
        self.next_step = f"Mend the file, or name another with --config. Looked in: {', '.join(places)}."
        super().__init__(f"{self.message}\n{self.next_step}")


def load_config(data: Path | None, config: Path | None, environ: Mapping[str, str]) -> Config:
    """Settings for this run. `data` and `config` are what the command line says, and win."""
    named = data or (Path(environ["OUTLAY_DATA"]) if environ.get("OUTLAY_DATA") else None)
    places = _places(named or DATA, config, environ)
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        if config or environ.get("OUTLAY_CONFIG"):
            raise ConfigError(("There is no configuration file at the place named.",), tuple(map(str, places)))
        return Config(data=named or DATA)
    values = _read(found, tuple(map(str, places)))
    if named:
        values["data"] = named
    return Config(**values, file=found)


def _places(data: Path, config: Path | None, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Where settings may stand: a file that was named is the only place, and must exist."""
    if config:
        return (config,)
    if environ.get("OUTLAY_CONFIG"):
        return (Path(environ["OUTLAY_CONFIG"]),)
    return (data / FILE,)


def _read(path: Path, places: tuple[str, ...]) -> dict[str, Any]:
    from warehouse.attribution.document import Faults, read_document

    faults = Faults(os.fspath(path))
    try:
        root = read_document(path.read_text(encoding="utf-8"), faults)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((f"{path} cannot be read: {error}",), places) from error
    values: dict[str, Any] = {}
    if root is not None:
        _section(root, READERS, _Into(values, faults, path.parent))
    if faults.found:
        raise ConfigError(tuple(faults.listed()), places)
    return values


@dataclass(frozen=True, slots=True)
class _Into:
    """Where values and faults go, and what paths are relative to."""

    values: dict[str, Any]
    faults: Faults
    folder: Path


Reader = Callable[["Node", _Into], Any]


def _section(node: Node, readers: Mapping[str, tuple[str, Reader] | Mapping[str, Any]], into: _Into) -> None:
    if node.kind != "mapping":
        into.faults.add(node.mark, node.called, f"names of {', '.join(readers)}")
        return
    for key, value in node.pairs:
        reader = readers.get(key.text)
        if reader is None:
            into.faults.unknown(key.mark, "setting", key.text, readers)
        elif isinstance(reader, tuple):
            name, read = reader
            into.values[name] = read(value, into)
        else:
            _section(value, reader, into)


def _text(node: Node, into: _Into) -> str:
    if node.kind != "text" or node.empty:
        into.faults.add(node.mark, node.called, "text")
        return ""
    return node.text


def _path(node: Node, into: _Into) -> Path:
    return into.folder / _text(node, into)


def _port(node: Node, into: _Into) -> int:
    text = _text(node, into)
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        into.faults.add(node.mark, f'"{text[:60]}"', "a port from 0 to 65535")
        return 0
    return int(text)


def _host(node: Node, into: _Into) -> str:
    text = _text(node, into)
    if text and not HOST_NAME.fullmatch(text):
        into.faults.add(node.mark, f'"{text[:60]}"', "a host name or an address, without port")
    return text


def _hosts(node: Node, into: _Into) -> tuple[str, ...]:
    if node.kind != "list":
        into.faults.add(node.mark, node.called, "a list of host names")
        return ()
    return tuple(_host(item, into) for item in node.items)


def _address(node: Node, into: _Into) -> str:
    text = _text(node, into)
    if re.match(r"https?://[^/?#]*@", text):  # not quoted: what stands there is secret
        into.faults.add(node.mark, "a name or a password in an address", "one without; a token has its own place")
    elif text and not re.fullmatch(r"https?://[^\s/]+(/[^\s]*)?", text):
        into.faults.add(node.mark, f'"{text[:60]}"', "an address that begins with http:// or https://")
    return text


def _level(node: Node, into: _Into) -> str:
    text = _text(node, into)
    if text and text not in LOG_LEVELS:
        into.faults.unknown(node.mark, "log level", text, LOG_LEVELS)
    return text


def _sources(node: Node, into: _Into) -> tuple[Configured, ...]:
    from outlay.configured import read_sources

    return read_sources(node, into.faults)


def _catalogue(node: Node, into: _Into) -> CatalogueSource | None:
    from outlay.catalogue_sync import CatalogueSource

    values: dict[str, Any] = {}
    _section(node, CATALOGUE_READERS, _Into(values, into.faults, into.folder))
    if ("url" in values) == ("file" in values):
        into.faults.add(node.mark, node.called, "either the url of a service or a file")
        return None
    return CatalogueSource(**values)


def _hours(node: Node, into: _Into) -> int:
    text = _text(node, into)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= HOURS_MAX:
        into.faults.add(node.mark, f'"{text[:60]}"', f"hours from 1 to {HOURS_MAX}")
        return HOURS_MAX
    return int(text)


def _yes(node: Node, into: _Into) -> bool:
    text = _text(node, into)
    if text not in ("true", "false"):
        into.faults.add(node.mark, f'"{text[:60]}"', "true or false")
    return text == "true"


CATALOGUE_READERS: Final[Mapping[str, Any]] = {
    "url": ("url", _address),
    "token": ("token", _text),
    "file": ("file", _path),
    "complete": ("complete", _yes),
    "interval_hours": ("interval_hours", _hours),
}
READERS: Final[Mapping[str, Any]] = {
    "data": ("data", _path),
    "server": {
        "host": ("host", _host),
        "port": ("port", _port),
        "hosts": ("hosts", _hosts),
        "address": ("address", _address),
    },
    "rules": {"org": ("rules_org", _path), "file": ("rules_file", _path)},
    "log": ("log", _level),
    "sources": ("sources", _sources),
    "catalogue": ("catalogue", _catalogue),
}
"""Setting -> field of Config and how it is read; the shape of this is the shape of the file."""
