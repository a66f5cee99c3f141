"""Actions in words: three dialects and their meaning.

- AndroidWorld's JSON: `{"action_type": "click", "index": 3}`, or with `"x"` and `"y"`; also as a dictionary.
- BrowserGym's calls: `click('3')`, `fill('3', 'Ada')`, `mouse_click(180, 96)`.
- Strings as in GUI-Odyssey and AITW: `CLICK:(180,96)`, `TYPE:Ada`, `SCROLL:DOWN`.

Nothing is executed, and no words raise an error: words that are not an action get a verb below 0, the error's code.
"""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import words
from .kernel import (
    ANSWER,
    BACK,
    CLEAR,
    CLICK,
    COMPLETE,
    ENTER,
    HOME,
    IMPOSSIBLE,
    LONG_PRESS,
    MALFORMED,
    NO_TEXT,
    NOTHING_THERE,
    RECENT,
    SCROLL_DOWN,
    SCROLL_LEFT,
    SCROLL_RIGHT,
    SCROLL_UP,
    TOO_LONG,
    TYPE,
    WAIT,
)
from .program import HEIGHT, WIDTH

LONGEST = 64  # maximum characters of a typed text
OPEN, MESSAGE = ANSWER + 1, ANSWER + 2  # click the widget with the text; an answer if one is asked for, else "done"
_DIRECTIONS = {"up": SCROLL_UP, "down": SCROLL_DOWN, "left": SCROLL_LEFT, "right": SCROLL_RIGHT}
_AGAINST = {"up": "down", "down": "up", "left": "right", "right": "left"}  # a finger moves against the scroll


class Action(NamedTuple):
    """The parsed form of an action, for all dialects: see `kernel_text`."""

    verb: int
    element: int = -1
    x: int = -1
    y: int = -1
    text: int = 0


class _Wrong(Exception):
    """An action is wrong; the argument is the error's code."""

    def __init__(self, error: int = MALFORMED) -> None:
        self.error = error


def are_words(said: Any) -> bool:
    """Whether this is meant as an action in words, valid or not: a text, or a dictionary with an `action_type`."""
    return isinstance(said, str) or (isinstance(said, dict) and isinstance(said.get("action_type"), str))


def parse(said: str | dict[str, Any]) -> Action:
    """Parse an action in words, in any dialect."""
    try:
        if isinstance(said, dict):
            return _from_dict(said)
        text = said.strip()
        if text.startswith("{"):
            return _from_json(text)
        if (found := _HAR.fullmatch(text)) and found[1] in _HAR_VERBS:
            return _from_har(found[1], found[2])
        return _from_call(text)
    except _Wrong as wrong:
        return Action(-wrong.error)


# --- parts ------------------------------------------------------------------------------------------------------------


def _code(text: Any) -> int:
    """The code of a text; a number stands for its digits."""
    if isinstance(text, bool) or not isinstance(text, (str, int)):
        raise _Wrong
    text = str(text)
    if len(text) > LONGEST:
        raise _Wrong(TOO_LONG)
    code = words.known(text)
    if code is None:
        raise _Wrong(NO_TEXT)
    return code


def _number(value: Any) -> float:
    """A number; models also write it as a string."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,6}\s*", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer)) or not -1e6 < value < 1e6:
        raise _Wrong
    return float(value)


def _element(value: Any) -> int:
    """The index of a widget on the screen, from its number in the tree."""
    number = _number(value)
    if number != int(number):
        raise _Wrong
    if number < 1:
        raise _Wrong(NOTHING_THERE)
    return int(number) - 1


def _at(x: Any, y: Any) -> dict[str, int]:
    column, row = math.floor(_number(x)), math.floor(_number(y))
    if not (0 <= column < WIDTH and 0 <= row < HEIGHT):
        raise _Wrong(NOTHING_THERE)
    return {"x": column, "y": row}


def _one(value: Any, known: dict[str, int]) -> int:
    if not isinstance(value, str) or value.lower() not in known:
        raise _Wrong
    return known[value.lower()]


# --- AndroidWorld -----------------------------------------------------------------------------------------------------


def _from_json(text: str) -> Action:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise _Wrong from None
    return _from_dict(said)


def _from_dict(said: dict[str, Any]) -> Action:
    verb, text = said.get("action_type"), said.get("text")
    if not isinstance(verb, str):
        raise _Wrong
    where: dict[str, int] = {}
    if said.get("index") is not None:
        where = {"element": _element(said["index"])}
    elif said.get("x") is not None or said.get("y") is not None:
        where = _at(said.get("x"), said.get("y"))
    match verb:
        case "click" | "long_press":
            if not where:
                raise _Wrong
            return Action(CLICK if verb == "click" else LONG_PRESS, **where)
        case "input_text":
            if isinstance(text, str) and not text:
                return Action(CLEAR, **where)
            return Action(TYPE, text=_code(text), **where)
        case "scroll" | "swipe":
            direction = said.get("direction")
            if verb == "swipe":
                direction = _AGAINST.get(str(direction).lower())
            scroll = _one(direction, _DIRECTIONS)
            return Action(scroll, **(where if scroll in (SCROLL_LEFT, SCROLL_RIGHT) else {}))
        case "keyboard_enter":
            return Action(ENTER, **where)
        case "open_app":
            return Action(OPEN, text=_code(said.get("app_name")))
        case "answer":
            return Action(ANSWER, text=_code(text))
        case "status":
            return Action(_one(said.get("goal_status"), {"complete": COMPLETE, "infeasible": IMPOSSIBLE}))
    return Action(_one(verb, {"navigate_back": BACK, "navigate_home": HOME, "wait": WAIT}))


# --- strings ----------------------------------------------------------------------------------------------------------

_HAR = re.compile(r"([A-Z_]+)(?::\s*(.*))?", re.DOTALL)
_POINT = re.compile(r"[(\[<]?\s*(-?\d{1,6})\s*,\s*(-?\d{1,6})\s*[)\]>]?")
_HAR_PLAIN = {
    "BACK": BACK, "PRESS_BACK": BACK, "HOME": HOME, "PRESS_HOME": HOME, "ENTER": ENTER, "PRESS_ENTER": ENTER,
    "PRESS_RECENT": RECENT, "WAIT": WAIT, "COMPLETE": COMPLETE, "IMPOSSIBLE": IMPOSSIBLE, "CLEAR": CLEAR,
}  # fmt: skip
_HAR_VERBS = {*_HAR_PLAIN, "CLICK", "LONG_PRESS", "TYPE", "SCROLL", "ANSWER"}


def _from_har(verb: str, rest: str | None) -> Action:
    if verb in _HAR_PLAIN:
        if rest:
            raise _Wrong
        return Action(_HAR_PLAIN[verb])
    if not rest:
        raise _Wrong
    match verb:
        case "SCROLL":
            return Action(_one(rest.strip(), _DIRECTIONS))
        case "TYPE" | "ANSWER":
            return Action(TYPE if verb == "TYPE" else ANSWER, text=_code(rest.strip()))
    point = _POINT.fullmatch(rest.strip())
    if not point:
        raise _Wrong
    return Action(CLICK if verb == "CLICK" else LONG_PRESS, **_at(point[1], point[2]))


# --- BrowserGym -------------------------------------------------------------------------------------------------------


def _from_call(text: str) -> Action:
    """One call with literal arguments; it is read, never run."""
    if len(text) > 1000:
        raise _Wrong(TOO_LONG)
    try:
        with warnings.catch_warnings(action="ignore"):  # about invalid escapes
            call = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _Wrong from None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in _CALLS:
        raise _Wrong
    try:
        arguments = [ast.literal_eval(argument) for argument in call.args]
        keywords = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
        return _CALLS[call.func.id](*arguments, **keywords)
    except (TypeError, ValueError, SyntaxError, RecursionError, MemoryError):  # not literals, or the wrong arguments
        raise _Wrong from None


def _fill(bid: Any, value: Any, enable_autocomplete_menu: bool = False) -> Action:
    if value == "":
        return Action(CLEAR, _element(bid))
    return Action(TYPE, _element(bid), text=_code(value))


def _scroll(delta_x: Any, delta_y: Any) -> Action:
    """The direction; the distance is ignored, because a step always scrolls by one length."""
    right, down = _number(delta_x), _number(delta_y)
    if not right and not down:
        raise _Wrong
    if abs(down) >= abs(right):
        return Action(SCROLL_DOWN if down > 0 else SCROLL_UP)
    return Action(SCROLL_RIGHT if right > 0 else SCROLL_LEFT)


_KEYS = {
    "enter": ENTER, "arrowleft": SCROLL_LEFT, "arrowright": SCROLL_RIGHT, "arrowup": SCROLL_UP,
    "arrowdown": SCROLL_DOWN, "pageup": SCROLL_UP, "pagedown": SCROLL_DOWN, "delete": CLEAR,
}  # fmt: skip


def _press(bid: Any, key_comb: Any) -> Action:
    verb = _one(key_comb, _KEYS)
    return Action(verb, -1 if verb in (SCROLL_UP, SCROLL_DOWN) else _element(bid))


_BUTTONS = {"left": CLICK, "right": LONG_PRESS}  # a finger has no other buttons, and no modifier keys


def _click(bid: Any, button: Any = "left", modifiers: Any = ()) -> Action:
    if modifiers:
        raise _Wrong
    return Action(_one(button, _BUTTONS), _element(bid))


def _mouse_click(x: Any, y: Any, button: Any = "left") -> Action:
    return Action(_one(button, _BUTTONS), **_at(x, y))


def _hold(bid: Any) -> Action:
    return Action(LONG_PRESS, _element(bid))


_CALLS: dict[str, Callable[..., Action]] = {
    "click": _click,
    "long_press": _hold,  # not a BrowserGym call, but BrowserGym has no equivalent
    "fill": _fill,
    "clear": lambda bid: Action(CLEAR, _element(bid)),
    "press": _press,
    "scroll": _scroll,
    "mouse_click": _mouse_click,
    "keyboard_press": lambda key: Action(_one(key, _KEYS)),
    "keyboard_type": lambda text: Action(TYPE, text=_code(text)),
    "keyboard_insert_text": lambda text: Action(TYPE, text=_code(text)),
    "go_back": lambda: Action(BACK),
    "go_home": lambda: Action(HOME),  # as above
    "noop": lambda wait_ms=1000: Action(WAIT),
    "send_msg_to_user": lambda text: _message(text),
    "report_infeasible": lambda reason="": Action(IMPOSSIBLE),
}


def _message(text: Any) -> Action:
    """Even a text that no screen could show may say that all is done, if the task asks for no answer."""
    if not isinstance(text, (str, int)) or isinstance(text, bool):
        raise _Wrong
    return Action(MESSAGE, text=words.known(str(text)[:LONGEST]) or 0)


# --- back to words ----------------------------------------------------------------------------------------------------

_PLAIN = {
    CLEAR: "CLEAR", ENTER: "ENTER", SCROLL_UP: "SCROLL:UP", SCROLL_DOWN: "SCROLL:DOWN", SCROLL_LEFT: "SCROLL:LEFT",
    SCROLL_RIGHT: "SCROLL:RIGHT", BACK: "BACK", HOME: "HOME", RECENT: "PRESS_RECENT", WAIT: "WAIT",
    COMPLETE: "COMPLETE", IMPOSSIBLE: "IMPOSSIBLE",
}  # fmt: skip


def written(action: Action) -> str:
    """Words that parse to this action; widgets have the numbers of the tree."""
    if action.verb in (CLICK, LONG_PRESS):
        if action.element >= 0:
            return f"{'click' if action.verb == CLICK else 'long_press'}('{action.element + 1}')"
        return f"{'CLICK' if action.verb == CLICK else 'LONG_PRESS'}:({action.x},{action.y})"
    if action.verb in (TYPE, ANSWER):
        return f"{'TYPE' if action.verb == TYPE else 'ANSWER'}:{words.text(action.text)}"
    return _PLAIN.get(action.verb, "")
