"""Draws the screenshots of README and docs: the real server, the demo as of its seed day, headless Chromium.

python -m docs.screenshots      (make screenshots)
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.browsing import FLAGS, executable, settled, visit, visiting
from tests.e2e.serving import load_demo, serving

IMAGES = Path(__file__).resolve().parent / "images"
MONTHS = 14
BYTES_MAX = 300_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: what is looked at, and how."""

    name: str
    address: str
    width: int = 1280
    theme: str = "light"


SHOTS = (
    Shot("home", "/"),
    Shot("explore", "/explore?by=team,service&compare=previous"),
    Shot("data", "/data"),
    Shot("explore-dark", "/explore?by=service&period=last_90_days&grain=week", theme="dark"),
    Shot("home-phone", "/", width=360),
)


def main() -> int:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        load_demo(folder, MONTHS)
        with sync_playwright() as playwright, serving(folder) as outlay:
            chromium = playwright.chromium.launch(executable_path=executable(), headless=True, args=list(FLAGS))
            sizes = {shot.name: draw(chromium, outlay.origin, shot) for shot in SHOTS}
            chromium.close()
    large = {name: size for name, size in sizes.items() if size > BYTES_MAX}
    if large:
        sys.stderr.write(f"Too large for a document: {large}\n")
    return 1 if large else 0


def draw(browser: Browser, origin: str, shot: Shot) -> int:
    """Draw one picture; its size in bytes."""
    path = IMAGES / f"{shot.name}.png"
    with visiting(browser, origin, width=shot.width, theme=shot.theme) as (page, _noted):
        visit(page, shot.address)
        page.wait_for_load_state("networkidle")
        settled(page)
        page.screenshot(path=path)
    return path.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
