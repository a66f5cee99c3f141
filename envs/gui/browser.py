"""Screens in a real browser: exported pages, stepped by mouse and keyboard. Needs the extra `browser` and Chromium."""

from __future__ import annotations

import atexit
import shutil
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from . import export, words
from . import program as p
from .app import GUIApp
from .env import GUIWidget, Screens
from .phone import GUIPhone

PANEL = 336  # pixels beside the screen: the goal and the device's buttons
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
TIMEOUT = 10_000  # milliseconds; a page that does not answer is an error


if TYPE_CHECKING:
    Base = Screens
else:
    Base = object

_running = ExitStack()  # everything that was started, to be ended in reverse order
atexit.register(_running.close)


class InBrowser(Base):
    """A mixin that plays an environment of screens in a browser: `class Mine(InBrowser, GUIWidget)`.

    The kernel draws a reset and the page shows it. From then on the page is the environment, and its state is read back
    after each action. Actions name elements or points; words are accepted too. Snapshots work as in other environments.
    All environments of a process share one browser; like Playwright's own objects, they belong to the thread that made
    the first of them.

    Args:
        executable_path: the path of Chromium; None for the first of `chromium`, ... on the path, else Playwright's own.
        headless: whether no window is shown.
    """

    derived = (*Screens.derived, "_tab")
    executable_path: str | None
    headless: bool

    def __init__(self, *args: Any, executable_path: str | None = None, headless: bool = True, **settings: Any) -> None:
        self.executable_path, self.headless = executable_path, headless
        super().__init__(*args, **settings)
        if getattr(self, "action_mode", "") == "text":
            raise ValueError(
                "action_mode: found 'text', expected 'element', 'xy' or 'bins', whose step takes words too"
            )

    def _prepare(self) -> None:
        super()._prepare()
        self._advance = self._advance_page
        self._tab: Any = None

    def _begin(self, seed: int | None, params: Any) -> None:
        super()._begin(seed, params)
        self._show()

    def set_state(self, state: np.void) -> None:
        super().set_state(state)
        self._show()

    def close(self) -> None:
        if self._tab is not None:
            self._tab.close()
            self._tab = None
        super().close()

    def screenshot(self) -> bytes:
        """The page as a PNG file."""
        return bytes(self.tab.screenshot())

    @property
    def tab(self) -> Any:
        """Playwright's page."""
        if self._tab is None:
            size = {"width": p.WIDTH + PANEL, "height": p.HEIGHT}
            self._tab = browser(self.executable_path, self.headless).new_page(viewport=size)
            self._tab.set_default_timeout(TIMEOUT)
            load(self._tab, export.page(self))
        return self._tab

    def _show(self) -> None:
        self.tab.evaluate("given => { __ige.reset(given); }", export.episode(self))

    def _advance_page(self, *_: Any) -> None:
        """One step: send the events, then read the resulting state."""
        row = self._state[0]
        steps = int(row["t"]) + 1
        given = self._action[0]
        action = export.action(self, given.copy() if isinstance(given, np.ndarray) else given)
        self._act(action)
        state, reward = self.tab.evaluate("() => [__ige.state(), __ige.reward()]")
        if state["t"] != steps:
            raise RuntimeError(f"page: it counts {state['t']} steps after {action}, expected {steps}")
        for name, value in state.items():
            row[name] = value
        if "now" in (row.dtype.names or ()):  # not the default interface: past screens are kept
            from .screen import keep

            keep(row)
        rewards, terminated, truncated = self._outcome
        rewards[0], terminated[0] = reward, row["declared"] >= 0 or row["is_success"]
        truncated[0] = row["t"] >= row["max_steps"] > 0
        self._loops.observe(*self._shown)

    def _act(self, action: dict[str, Any]) -> None:
        """Act by mouse and keyboard where possible; the rest, whose only effect is an error, uses the page's API."""
        if "error" in action or not self._by_events(action["verb"], action):
            self.tab.evaluate("action => { __ige.act(action); }", action)

    def _by_events(self, verb: str, action: dict[str, Any]) -> bool:
        mouse, keyboard = self.tab.mouse, self.tab.keyboard
        text = words.text(action.get("text", 0))
        if verb in ("click", "long_press"):
            point = self._middle(action["element"]) if "element" in action else (action["x"], action["y"])
            if point:
                mouse.click(*point, button="left" if verb == "click" else "right")
            return point is not None
        if verb in ("scroll_up", "scroll_down"):
            keyboard.press("PageUp" if verb == "scroll_up" else "PageDown")
        elif verb in ("scroll_left", "scroll_right"):
            if self._focused_type() != p.SLIDER:
                return False
            keyboard.press("ArrowLeft" if verb == "scroll_left" else "ArrowRight")
        elif verb in ("type", "clear", "enter"):
            if self._focused_type() not in p.EDITABLE or (verb == "type" and not text):
                return False
            self._write(text, "Enter" if verb == "enter" else "Delete" if verb == "clear" else None)
        elif verb == "answer":
            if not text or not self.task.record["answers"]:
                return False
            self.tab.locator("#answer").click()
            self._write(text, None)
            keyboard.press("Enter")
        else:
            button = self.tab.locator(f"button[data-verb={verb}]")
            if not button.is_visible():
                return False
            button.click()
        return True

    def _write(self, text: str, key: str | None) -> None:
        """Replace the text of a field, or press a key there."""
        keyboard = self.tab.keyboard
        if key != "Enter":
            keyboard.press("Control+A")
        if key:
            keyboard.press(key)
        else:
            keyboard.insert_text(text)

    def _middle(self, element: int) -> tuple[int, int] | None:
        """Where to click a widget, by its index among those shown; None if it does not exist or is covered."""
        places = self._state[0]["places"]
        k = int(places[element, 5])
        if k < 0 or places[k, 4]:
            return None
        x, y, w, h = (int(n) for n in places[k, :4])
        return x + w // 2, y + h // 2

    def _focused_type(self) -> int | None:
        """The type of the visible widget that has the focus."""
        row = self._state[0]
        focus = int(row["focus"])
        return int(self.task.record["widgets"][focus, p.C_TYPE]) if focus >= 0 and row["places"][focus, 3] else None


class GUIBrowserEnv(InBrowser, GUIWidget):
    """`GUIWidget` in a real browser."""


class GUIAppBrowserEnv(InBrowser, GUIApp):
    """`GUIApp` in a real browser."""


class GUIPhoneBrowserEnv(InBrowser, GUIPhone):
    """`GUIPhone` in a real browser."""


@cache
def browser(executable_path: str | None = None, headless: bool = True) -> Any:
    """The running Chromium, one per process."""
    path = executable_path or next(filter(None, map(shutil.which, NAMES)), None)
    if executable_path and not shutil.which(executable_path):
        raise FileNotFoundError(f"executable_path: {executable_path!r} cannot be run, expected a Chromium")
    driver = _driver()
    from playwright.sync_api import Error

    try:
        found = driver.chromium.launch(executable_path=path, headless=headless)
    except Error as error:
        first = str(error).strip().splitlines()[0]
        raise FileNotFoundError(f"executable_path: {path}: no Chromium could be started ({first})") from None
    _running.callback(found.close)
    return found


@cache
def _driver() -> Any:
    """The Playwright driver; there can be only one per thread."""
    from playwright.sync_api import sync_playwright

    driver = sync_playwright().start()
    _running.callback(driver.stop)
    return driver


def shut_down() -> None:
    """Stop the browser and Playwright, whose event loop prevents `asyncio.run` in its thread."""
    _running.close()
    browser.cache_clear()
    _driver.cache_clear()


def load(tab: Any, html: str) -> None:
    """Open an exported page in a tab without a file or server; `ValueError` if the page refuses to start."""

    def serve(route: Any) -> None:
        if route.request.is_navigation_request():
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            route.abort()

    tab.route("**/*", serve)
    tab.goto("http://screens.invalid/")
    if not tab.evaluate("() => '__ige' in window"):
        raise ValueError(tab.locator("#status").inner_text())
