"""The `sources:` list of outlay.yaml: typed by each kind's own settings, every fault with its line.

sources:
  - name: payer                     # the name in answers, files and the address
    kind: files-drop                # outlay sources kinds
    settings:
      folder: /var/bills
    months: 14                      # history, the running month included
    interval_hours: 6
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from collectors.sources import named, sources
from warehouse.store.collecting import Configured

if TYPE_CHECKING:
    from pydantic import ValidationError

    from warehouse.attribution.document import Faults, Node

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
FIELDS: Final = ("name", "kind", "label", "settings", "months", "interval_hours", "paused")
MONTHS: Final = (1, 120)
HOURS: Final = (1, 168)


def read_sources(node: Node, faults: Faults) -> tuple[Configured, ...]:
    """What is configured; what is wrong goes to `faults` and is left out."""
    if node.kind != "list":
        faults.add(node.mark, node.called, "a list of sources")
        return ()
    found = [one for item in node.items if (one := _source(item, faults)) is not None]
    seen: set[str] = set()
    for item, one in zip(node.items, found, strict=False):
        if one.name in seen:
            faults.add(item.mark, f'a second source named "{one.name}"', "a name of its own")
        seen.add(one.name)
    return tuple(found)


def _source(node: Node, faults: Faults) -> Configured | None:
    if node.kind != "mapping":
        faults.add(node.mark, node.called, f"names of {', '.join(FIELDS)}")
        return None
    values = {key.text: value for key, value in node.pairs}
    for key, _ in node.pairs:
        if key.text not in FIELDS:
            faults.unknown(key.mark, "setting", key.text, FIELDS)
    before = len(faults.found)
    name = _text(values.get("name"), node, "a name of letters, digits, dots, dashes", faults)
    if name and not NAME.fullmatch(name):
        faults.add(values["name"].mark, f'"{name[:60]}"', "a name of letters, digits, dots, dashes")
    kind = _text(values.get("kind"), node, f"a kind: {', '.join(sources())}", faults)
    if kind and kind not in sources():
        faults.unknown(values["kind"].mark, "kind of source", kind, sources())
    months = _number(values.get("months"), MONTHS, faults)
    hours = _number(values.get("interval_hours"), HOURS, faults)
    settings = _settings(values.get("settings"), kind, node, faults) if kind in sources() else {}
    if len(faults.found) > before:
        return None
    label = values["label"].text if "label" in values else name
    paused = "paused" in values and values["paused"].text.casefold() in ("yes", "true")
    return Configured(name, kind, settings, label, months or 14, hours, paused, "file")


def _text(node: Node | None, within: Node, expected: str, faults: Faults) -> str:
    if node is None or node.kind != "text" or node.empty:
        faults.add((node or within).mark, node.called if node else "nothing", expected)
        return ""
    return node.text


def _number(node: Node | None, bounds: tuple[int, int], faults: Faults) -> int | None:
    if node is None:
        return None
    if not node.text.isascii() or not node.text.isdigit() or not bounds[0] <= int(node.text) <= bounds[1]:
        faults.add(node.mark, node.called, f"a number from {bounds[0]} to {bounds[1]}")
        return None
    return int(node.text)


def _settings(node: Node | None, kind: str, within: Node, faults: Faults) -> dict[str, Any]:
    from pydantic import ValidationError

    given: Any = _plain(node) if node else {}
    if not isinstance(given, dict):
        faults.add((node or within).mark, node.called if node else "nothing", "settings by name")
        return {}
    try:
        named(kind).Settings.model_validate(given)
    except ValidationError as error:
        _blame(error, node or within, named(kind).Settings.model_fields, faults)
    return given


def _blame(error: ValidationError, node: Node, known: Mapping[str, Any], faults: Faults) -> None:
    """Each fault at the line of what it is about. What was given is not repeated: it may be a secret."""
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        path = [str(step) for step in fault["loc"]]
        if fault["type"] == "extra_forbidden":
            faults.unknown(_at(node, path), "setting", path[-1], known)
        else:
            faults.add(_at(node, path), ".".join(path), fault["msg"].removeprefix("Value error, "))


def _at(node: Node, path: list[str]) -> Any:
    mark = node.mark
    for step in path:
        if node.kind == "mapping":
            pair = next(((key, value) for key, value in node.pairs if key.text == step), None)
            if pair is None:
                return mark
            mark, node = pair[0].mark, pair[1]
        elif node.kind == "list" and step.isdigit() and int(step) < len(node.items):
            node = node.items[int(step)]
            mark = node.mark
        else:
            return mark
    return mark


def _plain(node: Node) -> Any:
    """Values as JSON has them; a scalar stays its text, which the settings' own types read."""
    if node.kind == "mapping":
        return {key.text: _plain(value) for key, value in node.pairs}
    if node.kind == "list":
        return [_plain(item) for item in node.items]
    return None if node.empty else node.text
