"""Calls that take long: each second of one somebody is asked whether to go on. A part of sources, none itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from typing import Final, TypeVar

T = TypeVar("T")

SLICE_SECONDS: Final = 1.0


def patiently(work: Callable[[], T], on_wait: Callable[[float], None]) -> T:
    """The answer of a call that may think for minutes. What `on_wait` raises ends the waiting at once.

    The call itself then ends by its own time limit, in a thread that nothing waits for.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, name="slow call", daemon=True).start()
    while True:
        try:
            return answer.result(SLICE_SECONDS)
        except NotYetError:
            if answer.done():  # the call itself ran out of time
                raise
            on_wait(0.0)
