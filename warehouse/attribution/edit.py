"""A rule put into the text of a rules document, so that everything else in it, comments and all, stays as written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from warehouse.attribution.document import LOADER

INDENT: Final = "  "


def with_rule(text: str, dimension: str, rule: Mapping[str, Any]) -> str:
    """`rule` in the words of the document, behind the other rules of its dimension: it takes nothing from them.

    The text has to be a document that the loader reads. Lists and mappings in braces are written anew, their comments
    with them; those in block style stay as they are.
    """
    root = yaml.compose(text, Loader=LOADER)
    path: list[str] = []
    node: Any = root
    for name in ("dimensions", dimension, "rules"):
        below = _below(node, name)
        if below is None or below.flow_style or _empty(below):
            break
        path.append(name)
        node = below
    if len(path) < 3:
        return _anew(text, dimension, rule)
    last = node.value[-1]
    lines = text.splitlines(keepends=True)
    place = _end(last, lines)
    indent = " " * node.start_mark.column
    return "".join([*_closed(lines[:place]), *_item(rule, indent), *lines[place:]])


def _below(node: Any, name: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in pairs if key.value == name), None)


def _empty(node: Any) -> bool:
    return not node.value


def _end(node: Any, lines: list[str]) -> int:
    """The line behind the node's last one. The mark of a block stands where the next thing begins; its last part's
    does not."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return min(int(node.end_mark.line) + (1 if node.end_mark.column else 0), len(lines))


def _closed(lines: list[str]) -> list[str]:
    return [*lines[:-1], lines[-1] if lines[-1].endswith("\n") else lines[-1] + "\n"] if lines else []


def _item(rule: Mapping[str, Any], indent: str) -> list[str]:
    written = yaml.safe_dump([dict(rule)], sort_keys=False, allow_unicode=True, width=120)
    return [indent + line for line in str(written).splitlines(keepends=True)]


def _anew(text: str, dimension: str, rule: Mapping[str, Any]) -> str:
    """The document with the rule, where there is no block of rules to add it to."""
    document = yaml.load(text, Loader=_Text) or {}  # noqa: S506  (plain YAML: the safe loader without its types)
    rules = document.setdefault("dimensions", {}).setdefault(dimension, {}).setdefault("rules", [])
    rules.append(dict(rule))
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120))


class _Text(yaml.SafeLoader):
    """Every value as it is written: the reader takes `0047` and `no` for themselves."""


_Text.yaml_implicit_resolvers = {}
