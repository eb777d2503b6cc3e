"""What people see in a terminal: tables, progress, problems; and the exit codes that programs see.

0 done or unchanged, 1 failed, 2 usage, 3 held or quarantined, 4 needs the server.
"""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from outlay.client import Client

DONE, FAILED, USAGE, HELD, NEEDS_SERVER = 0, 1, 2, 3, 4
EXIT_BY_STATE: Final = {"done": DONE, "live": DONE, "unchanged": DONE, "held": HELD, "quarantined": HELD}
WIDTH_UNLIMITED: Final = 100_000  # of output that goes to a file or a pipe
NOT_PRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LINE_SECONDS: Final = 2.0
STAGES: Final = {
    "fetch": "Receiving",
    "normalise": "Reading",
    "verify": "Checking",
    "land": "Keeping",
    "swap": "Replacing",
    "live": "Live",
}


def console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_UNLIMITED
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def safe(value: object) -> str:
    """Text from a bill, without what could drive a terminal."""
    return "–" if value is None else NOT_PRINTABLE.sub("�", str(value)).replace("\n", "⏎").replace("\t", " ")


def say(text: str, *, stderr: bool = False) -> None:
    console(stderr=stderr).print(NOT_PRINTABLE.sub("�", text))


def put(body: bytes) -> None:
    """Exactly these bytes on standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def table(columns: Sequence[str], *, right: Sequence[str] = (), footers: Sequence[str] | None = None) -> Table:
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE, show_footer=footers is not None, pad_edge=False)
    for place, name in enumerate(columns):
        justify: Any = "right" if name in right else "left"
        made.add_column(safe(name), footer=footers[place] if footers else "", justify=justify, overflow="fold")
    return made


def money(value: str | None, digits: int = 2) -> str:
    """For reading; --format json and csv have every digit. An amount too small to print is not nothing."""
    if value is None:
        return "–"
    amount, least = Decimal(value), Decimal(1).scaleb(-digits)
    if amount and amount.copy_abs() < least:
        return f"<{least}" if amount > 0 else f">-{least}"
    return f"{amount:,.{digits}f}"


def periods(count: int) -> str:
    return f"{count} billing period{'' if count == 1 else 's'}"


def totals(found: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{money(item['billed_cost'])} {safe(item['currency'])}" for item in found) or "nothing"


# --- problems and exit codes --------------------------------------------------------------------


@contextlib.contextmanager
def failing() -> Iterator[None]:
    """Turn what stands in the way into a sentence on standard error and an exit code."""
    try:
        yield
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            raise
        say_problem(problem)
        raise typer.Exit(exit_code(problem)) from error


def problem_of(error: Exception) -> Mapping[str, Any] | None:
    """The server's problem document, or one made of an exception that says who must act."""
    found = getattr(error, "problem", None)
    if isinstance(found, Mapping):
        return found
    if not hasattr(error, "kind"):
        return None
    slug = str(getattr(error, "slug", "failed"))
    return {
        "title": slug.replace("_", " ").capitalize(),
        "type": f"urn:outlay:problem:{slug}",
        "detail": str(getattr(error, "message", error)),
        "nearest": list(getattr(error, "nearest", ())),
        "next_step": getattr(error, "next_step", None),
    }


def exit_code(problem: Mapping[str, Any]) -> int:
    slug = str(problem.get("type", "")).rpartition(":")[2]
    if slug == "in_use":
        return NEEDS_SERVER
    if slug in ("held", "quarantined"):
        return HELD
    return USAGE if problem.get("status") in (400, 422) or slug == "configuration" else FAILED


def say_problem(problem: Mapping[str, Any]) -> None:
    out = console(stderr=True)
    out.print(safe(problem.get("title", "Failed")), style="bold red")
    detail = str(problem.get("detail") or "")
    out.print(NOT_PRINTABLE.sub("�", detail))
    for fault in problem.get("faults") or ():
        if str(fault.get("problem") or fault.get("message")) not in detail:
            out.print(f"  {_fault(fault)}")
    if problem.get("nearest"):
        out.print(f"Nearest: {', '.join(map(safe, problem['nearest']))}")
    if problem.get("next_step"):
        out.print(NOT_PRINTABLE.sub("�", str(problem["next_step"])))


def _fault(fault: Mapping[str, Any]) -> str:
    place = ":".join(str(fault[name]) for name in ("file", "line", "column") if fault.get(name) is not None)
    text = safe(fault.get("problem") or fault.get("message") or fault)
    wanted = f"; expected {safe(fault['expected'])}" if fault.get("expected") else ""
    return f"{safe(place)}: {text}{wanted}" if place else text + wanted


# --- jobs ---------------------------------------------------------------------------------------


def run_job(client: Client, accepted: Mapping[str, Any]) -> dict[str, Any]:
    """Watch a job to its end and answer its result; one that failed ends the command."""
    job = watch(client, accepted["job"])
    if job["state"] in EXIT_BY_STATE:
        return job
    if job["error"]:
        say_problem(job["error"])
        raise typer.Exit(max(FAILED, exit_code(job["error"])))
    say(f"The job ended {job['state']}.", stderr=True)
    raise typer.Exit(FAILED)


def finish(job: Mapping[str, Any]) -> None:
    """End the command with the code of the job's state."""
    code = EXIT_BY_STATE[job["state"]]
    if code:
        raise typer.Exit(code)


def watch(client: Client, job: str) -> dict[str, Any]:
    """Show progress until the job ends. The first interrupt cancels the job, a second one leaves."""
    with _shown() as show:
        try:
            return client.watch(job, show)
        except KeyboardInterrupt:
            say("Cancelling; press again to leave at once.", stderr=True)
            client.post(f"/jobs/{job}/cancel")
            return client.watch(job, show)


@contextlib.contextmanager
def _shown() -> Iterator[Any]:
    out = console(stderr=True)
    if not out.is_terminal:
        yield _Lines(out).show
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[done]}", markup=False),
        TextColumn("{task.fields[speed]}", markup=False),
        TextColumn("{task.fields[left]}", markup=False),
    )
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task("Waiting", total=None, done="", speed="", left="")
        yield lambda job: progress.update(task, **bar(job))


class _Lines:
    """Progress where no bar can move: a line now and then."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._next = 0.0

    def show(self, job: Mapping[str, Any]) -> None:
        if job["stage"] and time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_SECONDS
            told = (describe(job), figures(job["progress"]), *pace(job["progress"]))
            self._out.print(" · ".join(filter(None, told)), markup=False)


def describe(job: Mapping[str, Any]) -> str:
    return safe(job["message"] or " ".join(filter(None, (STAGES.get(job["stage"], "Waiting"), job["source"]))))


def bar(job: Mapping[str, Any]) -> dict[str, Any]:
    """What a progress bar shows of a job's document: rows where they are known, else bytes."""
    progress = job["progress"]
    by_rows = progress["rows_total"] or not progress["bytes_total"]
    done, total = (progress[f"{'rows' if by_rows else 'bytes'}_{end}"] for end in ("done", "total"))
    speed, left = pace(progress)
    shown = {"done": figures(progress), "speed": speed, "left": left}
    return {"description": describe(job), "completed": done or 0, "total": total, **shown}


def figures(progress: Mapping[str, Any]) -> str:
    """Objects, bytes and rows, as far as they are known."""
    found = []
    for name, size, unit in (("objects", _plain, " objects"), ("bytes", _size, ""), ("rows", _plain, " rows")):
        done, total = progress[f"{name}_done"], progress[f"{name}_total"]
        if done is not None:
            found.append(f"{size(done)} of {size(total)}{unit}" if total else f"{size(done)}{unit}")
    return ", ".join(found)


def pace(progress: Mapping[str, Any]) -> tuple[str, str]:
    """Rows a second, and the time left."""
    speed = f"{progress['rows_per_second']:,} rows/s" if progress["rows_per_second"] else ""
    return speed, f"{_span(progress['seconds_left'])} left" if progress["seconds_left"] is not None else ""


def _plain(count: int) -> str:
    return f"{count:,}"


def _size(size_bytes: int) -> str:
    power = min(3, max(0, (len(str(size_bytes)) - 1) // 3))
    digits = 1 if power else 0
    return f"{size_bytes / 1000**power:,.{digits}f} {('B', 'kB', 'MB', 'GB')[power]}"


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60} s"
