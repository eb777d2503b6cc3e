"""Lists in the text of a document changed in place, so that everything else in it, comments and all, stays as written.

Every change is read back and compared with what was meant. Where a text is written so that lines cannot say it (lists
and mappings in braces), the document is written anew, and its comments are lost.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from warehouse.attribution.document import LOADER

Path = Sequence[str]
Item = Mapping[str, Any]
WIDTH: Final = 120


@dataclass(frozen=True, slots=True)
class Written:
    """One item of a list: what it says, every value as its text; its first line, from 1, and that of each entry."""

    item: dict[str, Any]
    line: int
    entries: dict[str, int]


def with_rule(text: str, dimension: str, rule: Item) -> str:
    """`rule` in the words of the document, behind the other rules of its dimension: it takes nothing from them."""
    return with_item(text, ("dimensions", dimension, "rules"), rule)


def with_item(text: str, path: Path, item: Item) -> str:
    """`item` behind the others of the list at `path`, which is made where it is not there yet.

    The text has to be a document that the loader reads.
    """

    def meant(document: dict[str, Any]) -> None:
        _list(document, path).append(dict(item))

    return _held(text, meant, lambda lines, root: _appended(lines, root, path, item))


def items(text: str, path: Path) -> list[Written]:
    """The items of a list, in order; none where the list is not there."""
    node = _node(_composed(text), path)
    if not isinstance(node, yaml.SequenceNode):
        return []
    found = _list(_plain(text), path)
    return [
        Written(item, child.start_mark.line + 1, {key.value: key.start_mark.line + 1 for key, _ in child.value})
        for item, child in zip(found, node.value, strict=True)
        if isinstance(item, dict)
    ]


def replaced(text: str, path: Path, place: int, item: Item) -> str:
    """Another item at a place of the list. Of the one that stands there, what is not changed stays as written."""

    def meant(document: dict[str, Any]) -> None:
        _list(document, path)[place] = dict(item)

    return _held(text, meant, lambda lines, root: _rewritten(lines, _child(root, path, place), item))


def removed(text: str, path: Path, place: int) -> str:
    """Without one item of the list, and without the comments right above it."""

    def meant(document: dict[str, Any]) -> None:
        del _list(document, path)[place]

    def change(lines: list[str], root: Any) -> list[str] | None:
        chunks = _chunks(lines, root, path)
        if chunks is None:
            return None
        start, end = chunks[place]
        if len(chunks) > 1:
            return [*lines[:start], *lines[end:]]
        # An empty list stands in the line of its name.
        name = start - 1
        if name < 0 or lines[name].strip() != f"{path[-1]}:":
            return None
        return [*lines[:name], f"{lines[name].rstrip()} []\n", *lines[end:]]

    return _held(text, meant, change)


def moved(text: str, path: Path, place: int, to: int) -> str:
    """One item of the list at another place, with the comments right above it."""

    def meant(document: dict[str, Any]) -> None:
        found = _list(document, path)
        found.insert(to, found.pop(place))

    def change(lines: list[str], root: Any) -> list[str] | None:
        chunks = _chunks(lines, root, path)
        if chunks is None:
            return None
        order = list(range(len(chunks)))
        order.insert(to, order.pop(place))
        start, end = chunks[0][0], chunks[-1][1]
        between = [lines[left[1] : right[0]] for left, right in itertools.pairwise(chunks)] + [[]]
        pieces: list[str] = []
        for at, which in enumerate(order):
            first, last = chunks[which]
            pieces += [*_closed(lines[first:last]), *between[at]]
        return [*lines[:start], *pieces, *lines[end:]]

    return _held(text, meant, change)


# --- The text and what it means ----------------------------------------------------------------


class _Text(yaml.SafeLoader):
    """Every value as it is written: the reader takes `0047` and `no` for themselves."""


_Text.yaml_implicit_resolvers = {}
Meant = Callable[[dict[str, Any]], None]
Change = Callable[[list[str], Any], list[str] | None]


def _plain(text: str) -> dict[str, Any]:
    return yaml.load(text, Loader=_Text) or {}  # noqa: S506  (plain YAML: the safe loader without its types)


def _composed(text: str) -> Any:
    return yaml.compose(text, Loader=LOADER)


def _list(document: dict[str, Any], path: Path) -> list[Any]:
    """The list at a path; made, with what is above it, where there is none."""
    node: Any = document
    for name in path[:-1]:
        node[name] = node.get(name) or {}
        node = node[name]
    node[path[-1]] = node.get(path[-1]) or []
    found: list[Any] = node[path[-1]]
    return found


def _held(text: str, meant: Meant, change: Change) -> str:
    """The changed lines where they say what is meant, else the whole document anew."""
    wanted = copy.deepcopy(_plain(text))
    meant(wanted)
    # Through text and back: what is compared has every value as it is written.
    anew = str(yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True, width=WIDTH))
    lines = text.splitlines(keepends=True)
    root = _composed(text)
    changed = change(lines, root) if root is not None else None
    if changed is not None:
        candidate = "".join(changed)
        try:
            if _plain(candidate) == _plain(anew):
                return candidate
        except yaml.YAMLError:
            return anew
    return anew


# --- Lines -------------------------------------------------------------------------------------


def _below(node: Any, name: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in pairs if key.value == name), None)


def _node(root: Any, path: Path) -> Any:
    for name in path:
        root = _below(root, name)
    return root


def _child(root: Any, path: Path, place: int) -> Any:
    return _node(root, path).value[place]


def _block(node: Any) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style and bool(node.value)


def _appended(lines: list[str], root: Any, path: Path, item: Item) -> list[str] | None:
    """Behind the last item; or what is missing of the path behind the last entry of what is there."""
    node, left = root, list(path)
    while left and _block(node) and (below := _below(node, left[0])) is not None:
        node, left = below, left[1:]
    if not _block(node) or (not left and not isinstance(node, yaml.SequenceNode)):
        return None
    place = _end(node, lines)
    new: Any = [dict(item)]
    for name in reversed(left):
        new = {name: new}
    indent = node.start_mark.column if not left else node.value[0][0].start_mark.column
    return [*_closed(lines[:place]), *_dumped(new, indent), *lines[place:]]


def _rewritten(lines: list[str], node: Any, item: Item) -> list[str] | None:
    """The lines of an item, entry by entry: those that say the same stay."""
    if not _block(node):
        return None
    was = _plain_of(node)
    indent = node.start_mark.column
    first = node.start_mark.line
    if lines[first][:indent].strip() != "-" or next(iter(was)) not in item:
        return None
    starts = [key.start_mark.line for key, _ in node.value]
    ends = [*starts[1:], _end(node, lines)]
    kept: list[str] = []
    for (key, value), start, end in zip(node.value, starts, ends, strict=True):
        name = key.value
        if name not in item:
            kept += _comments(lines, _end(value, lines), end)
        elif was[name] == _texts(item[name]):
            kept += lines[start:end]
        else:
            kept += [*_dumped({name: item[name]}, indent), *_comments(lines, _end(value, lines), end)]
    kept = _closed(kept)
    for name in item:
        if name not in was:
            kept += _dumped({name: item[name]}, indent)
    kept[0] = lines[first][:indent] + kept[0][indent:]
    return [*_closed(lines[:first]), *kept, *lines[ends[-1] :]]


def _comments(lines: list[str], start: int, end: int) -> list[str]:
    """What stands between one entry and the next."""
    return lines[start:end]


def _plain_of(node: Any) -> dict[str, Any]:
    def value(one: Any) -> Any:
        if isinstance(one, yaml.MappingNode):
            return {key.value: value(below) for key, below in one.value}
        return [value(below) for below in one.value] if isinstance(one, yaml.SequenceNode) else one.value

    found: dict[str, Any] = value(node)
    return found


def _texts(value: Any) -> Any:
    """Every value as it would be read from its own text."""
    return _plain(str(yaml.safe_dump({"value": value}, allow_unicode=True)))["value"]


def _chunks(lines: list[str], root: Any, path: Path) -> list[tuple[int, int]] | None:
    """First line and the line behind the last, of each item with the comments right above it."""
    node = _node(root, path)
    if not _block(node):
        return None
    found: list[tuple[int, int]] = []
    before = 0
    for child in node.value:
        start = child.start_mark.line
        while start > before and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        before = _end(child, lines)
        found.append((start, before))
    return found


def _end(node: Any, lines: list[str]) -> int:
    """The line behind the node's last one. The mark of a block stands where the next thing begins; its last part's
    does not."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return min(int(node.end_mark.line) + (1 if node.end_mark.column else 0), len(lines))


def _closed(lines: list[str]) -> list[str]:
    return [*lines[:-1], lines[-1] if lines[-1].endswith("\n") else lines[-1] + "\n"] if lines else []


def _dumped(value: Any, indent: int) -> list[str]:
    written = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=WIDTH)
    return [" " * indent + line for line in str(written).splitlines(keepends=True)]
