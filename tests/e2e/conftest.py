"""One browser for all tests; one demo, loaded once, of which every test file serves its own copy."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browsing import FLAGS, Noted, executable, visiting
from tests.e2e.serving import Outlay, load_demo, serving


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), headless=True, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo in it; workers wait for the one that loads it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "demo-data"
    with (shared / "demo-data.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            loading = shared / "demo-loading"
            load_demo(loading)
            loading.rename(folder)
    return folder


@pytest.fixture(scope="module")
def demo(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outlay]:
    """A server over a copy of the demo."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(demo_folder, folder)
    with serving(folder) as outlay:
        yield outlay


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Outlay]:
    """A server over an empty data folder."""
    with serving(tmp_path / "data") as outlay:
        yield outlay


@pytest.fixture
def watched(browser: Browser, demo: Outlay) -> Iterator[tuple[Page, Noted]]:
    """A page of the demo at 1280 px; whatever goes wrong beside what the test looks at fails it too."""
    with visiting(browser, demo.origin) as (page, noted):
        yield page, noted
        assert noted.take() == []


@pytest.fixture
def page(watched: tuple[Page, Noted]) -> Page:
    return watched[0]
