"""A few questions run at once, a few more wait, the rest come back later."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.protocols import ProblemError
from api.services import Heavy


def test_questions_beyond_the_queue_are_turned_away() -> None:
    async def scene() -> list[object]:
        heavy, door = Heavy(running_max=2, waiting_max=3), threading.Event()
        running: list[int] = []
        most = 0

        def work(number: int) -> int:
            nonlocal most
            running.append(number)
            most = max(most, len(running))
            door.wait(10)
            running.remove(number)
            return number

        asked = [asyncio.create_task(heavy.run(work, number)) for number in range(5)]
        await asyncio.sleep(0.1)
        with pytest.raises(ProblemError) as turned_away:
            await heavy.run(work, 99)
        assert turned_away.value.slug == "too_many_requests"
        door.set()
        done = await asyncio.gather(*asked)
        assert most == 2
        return done

    # A thread of its own: the browser tests leave a running event loop in the main one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, scene()).result() == [0, 1, 2, 3, 4]
