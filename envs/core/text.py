"""The text interface: how an environment describes itself in words, and which words stand for which action.

Every kernel environment inherits `TextInterface` and overrides what it needs. `text_interface(env)` finds the
interface of any environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from .check import number

_NEEDED = ("describe", "action_text", "parse_action")
_SHOWN = 8  # actions that an error lists


class ParseError(ValueError):
    """Text that stands for no action in the current state; the message says what was expected."""


class TextInterface:
    """The text side of an environment. A subclass that defines `describe` has text; everything else has a default.

    Attributes:
        keys: map from keyboard keys, by pygame's names, to actions; empty if the environment is not played by keys.
        for_people: arguments with which `ige play` makes the environment.
        takes_any_words: whether `step` also accepts text that stands for no action, with an effect that its page
            documents.
    """

    keys: ClassVar[dict[str, int]] = {}
    for_people: ClassVar[dict[str, Any]] = {}
    takes_any_words: ClassVar[bool] = False

    def rules(self) -> str:
        """The text that a language agent is given once, before the first state; empty if there is none."""
        return ""

    def describe(self) -> str:
        """The current state as a language agent reads it."""
        raise NotImplementedError(f"{type(self).__name__} has no text")

    def brief(self) -> str:
        """The text that a person needs next to the picture."""
        return self.describe()

    def feedback(self) -> str:
        """The outcome of the last action, as far as `describe` does not report it."""
        return ""

    def action_text(self, action: Any) -> str:
        """An action as a language agent writes it in the current state, in one line."""
        return str(action)

    def preview_text(self, action: Any) -> str:
        """The state that an action would lead to; empty if the environment does not tell."""
        return ""

    def well_formed_actions(self) -> list[Any]:
        """The meaningful actions in the current state, in order; some may be illegal."""
        return []

    def parse_action(self, text: str) -> Any:
        """The action whose `action_text` this is, ignoring case and spacing; `ParseError` if there is none."""
        return parse_named(text, {self.action_text(action): action for action in reversed(self.well_formed_actions())})

    def command(self, text: str) -> Any:
        """What `step` takes for this text: an action, or the text itself if `step` accepts any."""
        try:
            return self.parse_action(text)
        except ParseError:
            if self.takes_any_words:
                return text
            raise

    def typed(self, line: str) -> str:
        """The command meant by a person who types this line."""
        return line

    def pointed(self, x: int, y: int, button: int) -> str:
        """The command meant by a person who presses a mouse button at this pixel; empty if none."""
        return ""


class _Foreign(TextInterface):
    """The interface of an environment that does not inherit ours: its own methods, and defaults for the rest."""

    def __init__(self, core: Any) -> None:
        self._parse = core.parse_action
        for name in set(vars(TextInterface)) - {"parse_action", "command"}:
            if name[0] != "_" and hasattr(core, name):
                setattr(self, name, getattr(core, name))

    def parse_action(self, text: str) -> Any:
        try:
            return self._parse(text)
        except ValueError as error:
            raise ParseError(str(error)) from None


def has_text(env: gym.Env[Any, Any]) -> bool:
    """Whether an environment has a text interface."""
    return not _missing(env.unwrapped)


def text_interface(env: gym.Env[Any, Any]) -> TextInterface:
    """The text interface of an environment, ours or one that has `describe`, `action_text` and `parse_action`.

    Raises:
        TypeError: the environment has none; the message names what is missing.
    """
    core: Any = env.unwrapped
    if missing := _missing(core):
        raise TypeError(f"env: {type(core).__name__} has no {', '.join(missing)}, which text needs")
    return core if isinstance(core, TextInterface) else _Foreign(core)


def _missing(core: Any) -> list[str]:
    if isinstance(core, TextInterface):
        return ["describe"] if type(core).describe is TextInterface.describe else []
    return [name for name in _NEEDED if not callable(getattr(core, name, None))]


def plain(text: str) -> str:
    """The text in lower case, with single spaces and no full stop at the end."""
    return " ".join(text.lower().split()).removesuffix(".").rstrip()


def parse_named(text: str, names: Mapping[str, Any], synonyms: Mapping[str, str] | None = None) -> Any:
    """The action with this name, ignoring case and spacing; the `ParseError` lists the names.

    Args:
        text: the text to parse.
        names: map from each action's name, as `action_text` writes it, to the action.
        synonyms: map from further words, in lower case, to names.
    """
    words = plain(text)
    words = plain((synonyms or {}).get(words, words))
    for name, action in names.items():
        if plain(name) == words:
            return action
    raise ParseError(f"action: {text!r}, expected {listed(names)}")


def parse_numbered(text: str, verb: str, count: int, noun: str = "") -> int:
    """The number below `count` in `VERB NUMBER`, `VERB NOUN NUMBER` or `NUMBER`; else `ParseError`."""
    match = re.fullmatch(rf"(?:{verb} )?(?:{noun or verb} )?([0-9]{{1,9}})", plain(text))
    if match is None or int(match[1]) >= count:
        raise ParseError(f"action: {text!r}, expected '{verb} NUMBER' with a number from 0 to {count - 1}")
    return int(match[1])


def parse_numbers(text: str, count: int, low: float, high: float) -> NDArray[np.float64]:
    """The numbers in a line, float64 (count,), separated by spaces or commas; else `ParseError`."""
    parts = text.replace(",", " ").split()
    try:
        found = [number("action", part, low, high) for part in parts]
    except ValueError as error:
        raise ParseError(str(error)) from None
    if len(found) != count:
        noun = "number" if count == 1 else "numbers"
        raise ParseError(f"action: {text!r}, expected {count} {noun} from {low:g} to {high:g}")
    return np.array(found)


def listed(names: Iterable[str]) -> str:
    """The possible actions, listed for an error."""
    known = list(map(repr, names))
    if not known:
        return "none: the episode is over"
    return f"one of {', '.join(known[:_SHOWN])}" + (", ..." if len(known) > _SHOWN else "")
