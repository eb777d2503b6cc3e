"""YAML text to nodes that know their place, and faults that tell it.

Scalars stay the text that was written, so `0047`, `no` and `2026-01-01` mean themselves until a reader says otherwise.
Absent on purpose: anchors, aliases, merge keys, tags and several documents in one text; none of them is needed here,
and anchors can make a small text arbitrarily large.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import yaml

BYTES_MAX: Final = 1_048_576
"""5,000 rules with notes fit in half of it; YAML is read at a few megabytes a second."""
DEPTH_MAX: Final = 40
"""Of nested lists and mappings: far more than a readable condition has, far less than the interpreter's stack."""
FAULTS_MAX: Final = 200
"""Nobody mends more at once, and a wrong file should not make a document of its own."""
NODES_MAX: Final = 250_000
"""Twenty per rule at 5,000 rules, twice."""

LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NULLS: Final = ("", "~", "null", "Null", "NULL")


class Mark(NamedTuple):
    """A place in a text, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend: where, what is there, what was expected, and what may have been meant."""

    file: str
    line: int
    column: int
    problem: str
    expected: str
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.problem}; expected {self.expected}"
        return text + (f"; nearest known: {', '.join(self.nearest)}" if self.nearest else "")


class RulesError(Exception):
    """Every fault of both documents, in the order of the text. Whoever wrote them must act; nothing was changed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Faults:
    """Collects the faults of one document."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Fault] = []
        self.left_out = 0

    def add(self, mark: Mark, problem: str, expected: str, nearest: Iterable[str] = ()) -> None:
        if len(self.found) < FAULTS_MAX:
            self.found.append(Fault(self.file, mark.line, mark.column, problem, expected, tuple(nearest)))
        else:
            self.left_out += 1

    def unknown(self, mark: Mark, what: str, word: str, known: Iterable[str]) -> None:
        """A word that is none of `known`, with the nearest of them, or all when they are few."""
        words = sorted(set(known))
        listed = (
            ", ".join(words) if 0 < len(words) <= 12 else f"one of {len(words)} known" if words else "none known yet"
        )
        self.add(mark, f'unknown {what} "{word[:100]}"', listed, nearest(word, words))

    def listed(self) -> list[Fault]:
        faults = sorted(self.found, key=lambda fault: (fault.line, fault.column))
        if self.left_out:
            last = faults[-1]
            more = f"{self.left_out} more faults are not listed"
            faults.append(Fault(self.file, last.line, last.column, more, "the ones above mended first"))
        return faults


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """At most three known words that look like it, best first; case does not count."""
    by_fold = {candidate.casefold(): candidate for candidate in sorted(set(known), reverse=True)}
    found = difflib.get_close_matches(word.casefold()[:100], by_fold, n=3, cutoff=0.6)
    return tuple(by_fold[match] for match in found)


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar's text, a list's items, or a mapping's pairs; the other two are empty."""

    kind: Literal["text", "list", "mapping"]
    mark: Mark
    text: str = ""
    plain: bool = False
    """Written without quotes, so that `~` and `null` mean nothing at all."""
    items: tuple[Node, ...] = ()
    pairs: tuple[tuple[Node, Node], ...] = ()

    @property
    def empty(self) -> bool:
        return self.kind == "text" and self.plain and self.text in NULLS

    @property
    def called(self) -> str:
        """What it is, in words, for a fault."""
        if self.kind == "text":
            return "nothing" if self.empty else f'"{self.text[:60]}"'
        return f"a {self.kind}"


def read_document(text: str, faults: Faults) -> Node | None:
    """The root of the one document in `text`; None when it is empty or cannot be read, which is a fault."""
    if len(text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
        faults.add(Mark(1, 1), f"the text is larger than {BYTES_MAX} bytes", "a smaller document")
        return None
    unwritable = re.search("[\ud800-\udfff]", text)
    if unwritable:
        faults.add(_place(text, unwritable.start()), "half a character", "UTF-8 text")
        return None
    try:
        return _build(yaml.parse(text, Loader=LOADER), faults)
    except yaml.reader.ReaderError as error:
        faults.add(_place(text, int(error.position)), f"a character YAML does not allow ({error.reason})", "plain text")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
        faults.add(place, f"not YAML: {error.problem or error.context}", "YAML 1.1")
    except _RefusedError as refused:
        faults.add(refused.mark, refused.problem, refused.expected)
    return None


class _RefusedError(Exception):
    def __init__(self, event: Any, problem: str, expected: str) -> None:
        super().__init__(problem)
        self.mark = _mark(event)
        self.problem = problem
        self.expected = expected


def _place(text: str, position: int) -> Mark:
    before = text[:position]
    return Mark(before.count("\n") + 1, position - before.rfind("\n"))


def _mark(event: Any) -> Mark:
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _build(events: Iterator[Any], faults: Faults) -> Node | None:
    """Nodes from parser events, without recursion: depth is limited here, not by the interpreter."""
    open_nodes: list[tuple[Any, list[Node]]] = []
    root: Node | None = None
    nodes = 0
    for event in events:
        _refuse(event, root, len(open_nodes))
        nodes += 1
        if nodes > NODES_MAX:
            raise _RefusedError(event, f"more than {NODES_MAX} entries", "a smaller document")
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            open_nodes.append((event, []))
            continue
        if isinstance(event, yaml.ScalarEvent):
            done = Node("text", _mark(event), text=event.value, plain=bool(event.implicit[0]))
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            done = _closed(*open_nodes.pop(), faults)
        else:
            continue
        if open_nodes:
            open_nodes[-1][1].append(done)
        else:
            root = done
    return None if root is None or root.empty else root


def _refuse(event: Any, root: Node | None, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent):
        raise _RefusedError(event, f'the alias "*{event.anchor}"', "the value written out: aliases are not read here")
    if getattr(event, "anchor", None):
        raise _RefusedError(event, f'the anchor "&{event.anchor}"', "no anchors: they are not read here")
    if getattr(event, "tag", None) not in (None, "!"):
        raise _RefusedError(event, f'the YAML tag "{event.tag}"', "no YAML tags: they are not read here")
    if isinstance(event, yaml.DocumentStartEvent) and root is not None:
        raise _RefusedError(event, "a second document", "one document")
    if depth > DEPTH_MAX:
        raise _RefusedError(event, f"lists and mappings nested deeper than {DEPTH_MAX}", "a flatter document")


def _closed(start: Any, children: list[Node], faults: Faults) -> Node:
    if isinstance(start, yaml.SequenceStartEvent):
        return Node("list", _mark(start), items=tuple(children))
    pairs: dict[str, tuple[Node, Node]] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if key.kind != "text":
            faults.add(key.mark, f"{key.called} as a name", "text")
        elif key.text in pairs:
            faults.add(key.mark, f'"{key.text[:60]}" a second time', f"it once (line {pairs[key.text][0].mark.line})")
        else:
            pairs[key.text] = (key, value)
    return Node("mapping", _mark(start), pairs=tuple(pairs.values()))
