"""What all sources stand on: secrets that never show, tries that end, a purse that is never overdrawn."""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from collectors.meter import Charge, Meter, Price
from collectors.retrying import LONGEST_SECONDS, TRIES, Retry, asked_wait
from collectors.secret import Secret, SecretError, redact
from collectors.sources import SourceError
from outlay import logs

CANARY = "canary/Secret+Value=1234567890"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_secret_shows_nowhere_and_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    path.write_text(CANARY + "\n")
    secret = Secret(f"file:{path}")
    assert secret.reveal() == CANARY
    shown = f"{secret!r} {secret} {pickle.loads(pickle.dumps(secret))} {copy.deepcopy(secret)}"
    assert CANARY not in shown and str(path) not in shown
    path.write_text("rotated-value")
    assert secret.reveal() == "rotated-value"
    monkeypatch.setenv("THE_KEY", "from-the-environment")
    assert Secret("env:THE_KEY").reveal() == "from-the-environment"
    for wrong in ("literal-canary", "env:", "file:relative", ""):
        with pytest.raises(SecretError) as caught:
            Secret(wrong)
        assert "canary" not in str(caught.value)
    with pytest.raises(SecretError):
        Secret("env:NOT_THERE_AT_ALL").reveal()


def test_secrets_do_not_reach_errors_or_logs(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(CANARY)
    Secret(f"file:{path}").reveal()
    error = SourceError("transient", f"refused {CANARY}", next_step=f"use {CANARY}")
    assert CANARY not in f"{error} {error.message} {error.next_step} {error!r}"
    out = io.StringIO()
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        logs.configure(out)
        try:
            raise ValueError(f"inside {CANARY}")
        except ValueError:
            structlog.get_logger("test").exception("failed", detail=CANARY, more=[CANARY])
        logging.getLogger("sdk").warning("calling with %s", CANARY)
    finally:
        logging.getLogger().handlers[:], logging.getLogger().level = handlers, level
        structlog.reset_defaults()
    assert len(out.getvalue().splitlines()) == 2
    assert CANARY not in out.getvalue()
    assert json.loads(out.getvalue().splitlines()[0])["event"] == "failed"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIAABCDEFGHIJKLMNOP/x",
        "Bearer abcdefghijklmnop",
        "https://x/y?sv=1&sig=abcdefghijklmnop",
        "https://x/y?X-Amz-Signature=abcdefghijklmnop&X-Amz-Security-Token=abcdefghijklmnop",
        "DefaultEndpointsProtocol=https;AccountKey=abcdefghijklmnop;",
        "-----BEGIN PRIVATE KEY-----\nabcdefghijklmnop\n-----END PRIVATE KEY-----",
    ],
)
def test_shapes_of_keys_are_hidden(text: str) -> None:
    assert "abcdefghijklmnop" not in redact(text)
    assert "AKIAABCDEFGHIJKLMNOP" not in redact(text)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def failing(times: int, error: SourceError) -> tuple[list[int], object]:
    calls: list[int] = []

    def work() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise error
        return "done"

    return calls, work


@given(st.integers(0, 10**6), st.one_of(st.none(), st.floats(0, 100)))
def test_waits_are_jittered_bounded_and_never_shorter_than_asked(seed: int, asked: float | None) -> None:
    clock = Clock()
    retry = Retry(sleep=clock.sleep, clock=lambda: clock.now, jitter=Random(seed))
    calls, work = failing(TRIES - 1, SourceError("transient", "busy", wait_seconds=asked))
    assert retry.call(work) == "done"  # type: ignore[arg-type]
    assert len(calls) == TRIES
    assert clock.now >= (asked or 0) * (TRIES - 1) - 0.001  # clocks add up in floats
    assert clock.now <= max(LONGEST_SECONDS, asked or 0) * TRIES


def test_only_what_may_pass_is_tried_again() -> None:
    clock = Clock()
    retry = Retry(sleep=clock.sleep, clock=lambda: clock.now)
    for failure in ("budget", "configuration", "data", "bug", "storage"):
        calls, work = failing(9, SourceError(failure, "no"))  # type: ignore[arg-type]
        with pytest.raises(SourceError):
            retry.call(work)  # type: ignore[arg-type]
        assert (len(calls), clock.slept) == (1, [])
    calls, work = failing(9, SourceError("transient", "busy", wait_seconds=3600))
    with pytest.raises(SourceError):  # longer than all tries together may take: the next run tries
        retry.call(work)  # type: ignore[arg-type]
    assert (len(calls), clock.slept) == (1, [])


def test_a_wait_is_cancelled_within_a_second() -> None:
    clock, heard = Clock(), []

    def on_wait(left: float) -> None:
        heard.append(left)
        if len(heard) == 3:
            raise InterruptedError

    retry = Retry(on_wait=on_wait, sleep=clock.sleep, clock=lambda: clock.now)
    _, work = failing(9, SourceError("transient", "busy", wait_seconds=120))
    with pytest.raises(InterruptedError):
        retry.call(work)  # type: ignore[arg-type]
    assert clock.now <= 2


def test_the_longest_wait_that_any_header_asks_for() -> None:
    headers = {
        "Retry-After": "3",
        "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after": "17",
        "x-ms-retry-after-ms": "2500",
        "Date": "60",
    }
    assert asked_wait(headers, NOW) == 17
    assert asked_wait({"retry-after": "Fri, 20 Nov 2026 09:00:30 GMT"}, NOW) == 30
    assert asked_wait({"Retry-After": "soon"}, NOW) is None
    assert asked_wait({}, NOW) is None


@given(st.lists(st.integers(1, 5), max_size=40), st.integers(0, 30), st.integers(0, 30), st.integers(0, 10))
def test_a_cap_is_never_passed(asked: list[int], run_max: int, day_max: int, before: int) -> None:
    written: list[Charge] = []
    meter = Meter([Price("page", Decimal("0.01"), run_max, day_max)], {"page": before}, written.append)
    for units in asked:
        left = meter.left("page")
        assert left is not None
        try:
            meter.charge("page", units)
        except SourceError as error:
            assert error.failure == "budget" and units > left
        else:
            assert units <= left
    spent = sum(charge.units for charge in written)
    assert spent <= run_max and spent + before <= max(day_max, before)
    assert meter.cost == Decimal("0.01") * spent
    assert meter.spent == ({"page": spent} if spent else {})


def test_calls_that_are_only_counted_are_written_down_together():
    written: list[Charge] = []
    meter = Meter([Price("list"), Price("page", Decimal("0.01"))], {}, written.append)
    meter.charge("list")
    meter.charge("page")
    meter.charge("list", 2)
    assert [charge.name for charge in written] == ["page"]
    meter.settle()
    meter.settle()
    assert written[1:] == [Charge("list", 3, Decimal(0))]
    assert meter.spent == {"list": 3, "page": 1}
