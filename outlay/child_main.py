"""The child's own loop: a task per line in, events per line out. Started by `outlay.child`, never by hand.

It speaks JSON and not pickles, because a file may have taken over the sender of these lines.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Say = Callable[[str, Mapping[str, Any]], None]


def main(memory_bytes: int, cpu_seconds: int) -> None:
    """Give up what a child must not have, then read tasks until the input ends."""
    from outlay.child_sandbox import allow_cpu, confine

    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not be taken for an event
    confined = confine(memory_bytes)

    def say(kind: str, facts: Mapping[str, Any]) -> None:
        events.write(json.dumps({"event": kind, **facts}) + "\n")
        events.flush()

    say("ready", {"network": confined})
    for line in sys.stdin:
        allow_cpu(cpu_seconds)
        _one(json.loads(line), say)


def _one(task: Mapping[str, Any], say: Say) -> None:
    from collectors.formats import FormatError, MixedFormatsError
    from outlay.child_work import Work
    from warehouse.focus import ConformError

    names = {file["digest"]: file["name"] for file in task["files"]}
    work = Work(task, Path(tempfile.mkdtemp(prefix="bundle-")), lambda step: say("progress", {"progress": step}))
    try:
        say("done", {"result": work.run()})
    except MixedFormatsError as error:
        say("refused", {**_refusal(FormatError(error.message, **error.facts()), names), "kinds": error.kinds})
    except FormatError as error:
        say("refused", _refusal(error, names))
    except ConformError as error:
        faults = [_named({**_facts(fault), "message": fault.rule}, names) for fault in error.faults]
        say("refused", {"message": _sentence(str(error), faults), "faults": faults, "next_step": _NOTHING})
    except Exception as error:  # the parent must hear of it, whatever it is; the trace goes to its log
        traceback.print_exc()
        what = str(error).splitlines()[0][:300] if str(error) else ""
        say("refused", {"message": f"the file could not be read: {type(error).__name__}: {what}.", "faults": []})


_NOTHING = "Nothing of it was loaded; correct the file and import it again."


def _facts(fault: Any) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in ("column", "value", "row", "file", "count")}


def _refusal(error: Any, names: Mapping[str, str]) -> dict[str, Any]:
    faults = [_named({**one.facts(), "message": one.message}, names) for one in error.also or (error,)]
    where = error.file and names.get(error.file, error.file)
    text = str(type(error)(error.message, **{**error.facts(), "file": where, "next_step": None}))
    return {"message": text, "faults": faults, "next_step": error.next_step}


def _named(fault: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Frames know a file by its digest; its sender knows it by name."""
    return {**fault, "file": names.get(fault["file"] or "", fault["file"])}


def _sentence(text: str, faults: list[dict[str, Any]]) -> str:
    file = next((fault["file"] for fault in faults if fault["file"]), None)
    return f"{file}: {text}." if file else f"{text}."
