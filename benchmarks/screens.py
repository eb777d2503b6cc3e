"""Where pages are measured: the demo served by a process of its own, Chromium, and a probe that runs in the page."""

from __future__ import annotations

import functools
import http.server
import json
import multiprocessing
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from outlay.webtools import WEB
from tests.e2e.browsing import FLAGS, LOADING, executable
from tests.e2e.serving import load_demo, serving

DEMO_MONTHS = 14
SIZE = {"width": 1280, "height": 900}

PROBE = """(() => {
    const loading = '%s';
    const seen = window.seen = { paints: [], shifts: 0, taps: {}, results: [], moves: [], frames: [] };
    const watch = (type, take, more = {}) =>
        new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
    watch('largest-contentful-paint', (entry) => seen.paints.push(entry.startTime));
    watch('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.shifts += entry.value; });
    watch('event', (entry) => {
        if (entry.interactionId)
            seen.taps[entry.interactionId] = Math.max(seen.taps[entry.interactionId] ?? 0, entry.duration);
    }, { durationThreshold: 16 });
    const done = (event) => {
        let quiet = 0;
        const look = () => {
            quiet = document.querySelector(loading) ? 0 : quiet + 1;
            if (quiet < 2) requestAnimationFrame(look);
            else seen.results.push(performance.now() - event.timeStamp);
        };
        requestAnimationFrame(look);
    };
    addEventListener('click', done, true);
    addEventListener('keydown', done, true);
    addEventListener('pointermove', (event) => requestAnimationFrame(() => setTimeout(() =>
        seen.moves.push(performance.now() - event.timeStamp))), true);
})()"""


@dataclass(slots=True)
class Screens:
    """`kept` holds what one promise found and another needs."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="outlay-bench-web-")))
    kept: dict[str, Any] = field(default_factory=dict)
    close: list[Callable[[], object]] = field(default_factory=list)
    browser: Browser | None = None
    origin: str = ""

    def __enter__(self) -> Screens:
        load_demo(self.folder / "data", DEMO_MONTHS)
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        process = multiprocessing.get_context("spawn").Process(target=_serve, args=(self.folder / "data", theirs))
        process.start()
        self.close.append(lambda: (ours.send("stop"), process.join()))
        self.origin = ours.recv()
        playwright = sync_playwright().start()
        self.close.append(playwright.stop)
        self.browser = playwright.chromium.launch(executable_path=executable(), headless=True, args=list(FLAGS))
        self.close.append(self.browser.close)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for close in reversed(self.close):
            close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def page(self, origin: str = "", slower: int = 1) -> Iterator[Page]:
        """A page with the probe in it, in a context with an empty cache, on a processor `slower` times as slow."""
        assert self.browser
        context = self.browser.new_context(base_url=origin or self.origin, viewport=SIZE, bypass_csp=True)  # type: ignore[arg-type]
        context.add_init_script(PROBE % LOADING.replace("'", '"'))
        page = context.new_page()
        if slower > 1:
            slow(context.new_cdp_session(page), slower)
        try:
            yield page
        finally:
            context.close()

    @contextmanager
    def kits(self) -> Iterator[Page]:
        """The page on which chart and table stand alone."""
        folder = self.folder / "kits"
        node = shutil.which("node")
        assert node, "the kits are built by Node.js"
        subprocess.run([node, "scripts/kits.mjs", str(folder)], cwd=WEB, check=True)
        handler = functools.partial(_QuietFiles, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with self.page(f"http://127.0.0.1:{server.server_address[1]}") as page:
                page.goto("/")
                page.wait_for_function("() => window.kits")
                yield page
        finally:
            server.shutdown()
            server.server_close()


class _QuietFiles(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Nobody reads it."""


def _serve(folder: Path, pipe: Connection) -> None:
    with serving(folder) as outlay:
        pipe.send(outlay.origin)
        pipe.recv()


def slow(session: CDPSession, times: int) -> None:
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})


def seen(page: Page, name: str) -> Any:
    return page.evaluate("name => seen[name]", name)


def rest(page: Page, seconds: float = 0.3) -> None:
    """Until nothing is on its way, and what the browser tells late has been told."""
    page.wait_for_function(
        "loading => document.querySelector('main')?.children.length && !document.querySelector(loading)", arg=LOADING
    )
    page.wait_for_load_state("networkidle")
    time.sleep(seconds)


def sizes() -> dict[str, float]:
    """kB, gzip, as the build measured them."""
    found: dict[str, float] = json.loads((WEB / "dist" / ".vite" / "sizes.json").read_text())
    return found
