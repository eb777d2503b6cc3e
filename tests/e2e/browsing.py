"""Pages as people see them, with everything noted that must never happen: errors, dialogs, requests to elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from outlay import webtools

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = webtools.WEB / "node_modules" / "axe-core" / "axe.min.js"
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""Those rules of axe that a theme may break; its category has another, of level AAA."""
WAIT_MS = 20_000
Open = Callable[[Page], None]
NOTHING: Mapping[str, Open] = {}
Sight = tuple[int, str]
"""A width, and light or dark."""
SIGHTS: tuple[tuple[Sight, Sight], ...] = (((320, "dark"), (360, "light")), ((1920, "light"), (1280, "dark")))
"""A screen is loaded at the first of a pair and then seen at the second, for the price of one load."""
HEIGHT = 900
LOADING = '[aria-label="Loading"], .is-old, [aria-busy="true"], .plot-wait'

QUIET_MS = 60
QUIET = """([loading, quiet, most]) => new Promise((resolve, reject) => {
    const began = performance.now();
    let since = began;
    const look = () => {
        const now = performance.now();
        if (document.querySelector(loading) || !document.querySelector('main')?.children.length) since = now;
        if (now - since >= quiet) resolve();
        else if (now - began > most) reject(new Error('the page never came to rest'));
        else setTimeout(look, 10);
    };
    look();
})"""

expect.set_options(timeout=WAIT_MS)


def executable() -> str:
    found = webtools.chromium()
    assert found, "The browser tests need Chromium: apt-get install chromium (or set CHROMIUM_PATH)"
    return found


@dataclass
class Noted:
    """What pages of a context did that they must not do."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("page", self._page)

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "console",
            lambda said: self.faults.append(f"console: {said.text}") if said.type in ("error", "warning") else None,
        )

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob"):
            return
        if f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.faults.append(f"request: {request.url}")

    def take(self) -> list[str]:
        """The faults so far, forgotten by asking."""
        found, self.faults = self.faults, []
        return found


@contextlib.contextmanager
def visiting(
    browser: Browser, origin: str, *, width: int = 1280, theme: str = "light", inject: bool = False
) -> Iterator[tuple[Page, Noted]]:
    """One page in a context of its own, far from UTC, so that a day shifted to the reader's zone would show.

    `inject` lets scripts of the test in, past the policy that keeps all others out.
    """
    context = browser.new_context(
        base_url=origin,
        viewport={"width": width, "height": HEIGHT},
        color_scheme=theme,  # type: ignore[arg-type]
        locale="en-US",
        timezone_id="Pacific/Auckland",
        reduced_motion="reduce",
        bypass_csp=inject,
        accept_downloads=True,
    )
    context.set_default_timeout(WAIT_MS)
    noted = Noted(origin)
    noted.watch(context)
    try:
        yield context.new_page(), noted
    finally:
        context.close()


def settled(page: Page) -> None:
    """Wait until nothing on the page is on its way, and nothing has been for a moment."""
    expect(page.locator("main")).to_be_visible()
    page.evaluate(QUIET, [LOADING, QUIET_MS, WAIT_MS])


def visit(page: Page, address: str) -> None:
    page.goto(address)
    settled(page)


def close(page: Page) -> None:
    """Escape, once the dialog has the focus that it takes when it opens."""
    page.wait_for_function("() => document.activeElement?.closest('[role=dialog]')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def violations(page: Page, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds; by these rules alone, if any are given."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    faults: list[str] = page.evaluate(
        """(values) => axe
            .run({ resultTypes: ['violations'], ...(values.length && { runOnly: { type: 'rule', values } }) })
            .then((found) => found.violations.flatMap((rule) =>
                rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary.slice(0, 300)}`)))""",
        list(rules),
    )
    return faults


def looked_at(
    browser: Browser,
    origin: str,
    screens: Mapping[str, str | Open],
    sights: tuple[Sight, Sight],
    over: Mapping[str, Open] = NOTHING,
) -> dict[str, list[str]]:
    """Screens (an address, or the steps that lead there) -> what is wrong with them at either sight.

    A theme changes colours and nothing else, so the second sight is judged by the rules about colours, and its width.
    What opens over a page is judged as screens are, except for its width.
    """
    (width, theme), (other_width, other_theme) = sights
    found = {}
    with visiting(browser, origin, width=width, theme=theme, inject=True) as (page, noted):
        for name, screen in {**screens, **over}.items():
            visit(page, screen) if isinstance(screen, str) else screen(page)
            faults, wide = violations(page), too_wide(page)
            _seen_at(page, other_width, other_theme)
            faults += [*violations(page, OF_COLOURS), *noted.take()]
            wide = max(wide, too_wide(page))
            faults += [f"{wide} px too wide"] if name in screens and wide > 0 else []
            _seen_at(page, width, theme)
            found |= {name: faults} if faults else {}
    return found


def _seen_at(page: Page, width: int, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": HEIGHT})
    settled(page)


def too_wide(page: Page) -> int:
    """Pixels by which the page scrolls sideways."""
    over: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return over


def reach(page: Page, text: str, key: str = "Tab", most: int = 80) -> None:
    """Press the key until what has the focus says this."""
    for _ in range(most):
        said = page.evaluate(
            """() => { const at = document.activeElement;
                return `${at?.getAttribute('aria-label') ?? ''} ${at?.textContent ?? ''}
                    ${at?.closest('label')?.textContent ?? ''}`; }"""
        )
        if text in said and page.evaluate("() => !document.activeElement.querySelector('a, button, input')"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} never reached {text!r}")
