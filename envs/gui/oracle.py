"""Solving a task by its template's script: a `Hand` finds widgets by their text and records its actions."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

import gymnasium as gym

from . import kernel, words
from .program import TYPES
from .text import reading_order


def plan(env: gym.Env[Any, Any]) -> list[Any] | None:
    """Actions that solve the task from the environment's current state; the environment is left as it was."""
    return solved(env).actions


class Need(NamedTuple):
    """Step `at` of a plan needs something that the screen showed after step `seen`; steps are counted from 0."""

    at: int
    seen: int
    what: str


def needs(env: gym.Env[Any, Any]) -> list[Need]:
    """What steps of `plan` need although the screen no longer shows it; empty for a task without memory."""
    return solved(env).needs


def solved(env: gym.Env[Any, Any]) -> Hand:
    """The hand that has solved the task; the environment is left as it was."""
    core: Any = env.unwrapped
    hand = Hand(core)
    kept = core.get_state()
    try:
        with suppress(Over):
            core.task.solve(hand)
    finally:
        core.set_state(kept)
    return hand


class Over(Exception):
    """The episode ended before the script did, which can happen if the end is not declared."""


class Move(NamedTuple):
    """An action on one of the task's widgets (-1: none), identified the same way on every screen, unlike by number."""

    verb: int
    widget: int
    text: int

    def action(self, core: Any) -> Any:
        """The action for this move in the current state."""
        numbers = core.get_state()["places"][:, 5]
        return core.encode(self.verb, None if self.widget < 0 else int((numbers == self.widget).argmax()), self.text)


class Hand:
    """Acts in an environment by names. `hand[var]` is the current value of a variable."""

    def __init__(self, core: Any) -> None:
        self.core = core
        self.actions: list[Any] = []
        self.moves: list[Move] = []  # the same actions as moves
        self.needs: list[Need] = []
        self._seen: dict[str, int] = {}

    def __getitem__(self, var: int) -> int:
        return int(self.core.get_state()["vars"][var])

    def rows(self) -> Any:
        """The widgets on the screen, see `kernel.see`."""
        table = self.core.table()
        return table[table[:, 0] > 0]

    def find(self, text: str | int, type: str | None = None, nth: int = 0) -> int:
        """The index of an uncovered widget, by text and type, the n-th from the top; LookupError if there is none."""
        code = words.code(text) if isinstance(text, str) else text
        kind = TYPES.index(type) if type else None
        rows = self.rows()
        found = [
            k
            for k in reading_order(rows)
            if rows[k][7] == code and not rows[k][9] & 32 and (rows[k][1] == kind if type else rows[k][9] & 1)
        ]
        if len(found) <= nth:
            raise LookupError(f"{self.core.task.name}: no {type or 'widget'} with the text {words.text(code)!r}")
        return found[nth]

    def shows(self, text: str | int, type: str | None = None) -> bool:
        try:
            self.find(text, type)
        except LookupError:
            return False
        return True

    def click(self, text: str | int, type: str | None = None, nth: int = 0) -> None:
        self.do(kernel.CLICK, element=self.find(text, type, nth))

    def long_press(self, text: str | int, type: str | None = None, nth: int = 0) -> None:
        self.do(kernel.LONG_PRESS, element=self.find(text, type, nth))

    def type(self, text: str | int) -> None:
        self.do(kernel.TYPE, text=words.code(text) if isinstance(text, str) else text)

    def enter(self) -> None:
        self.do(kernel.ENTER)

    def fill(self, field: str, text: str | int) -> None:
        """Type into a field."""
        self.click(field, "textfield")
        self.type(text)

    def answer(self, text: str | int) -> None:
        self.do(kernel.ANSWER, text=words.code(text) if isinstance(text, str) else text)

    def complete(self) -> None:
        """Declare the task done, if that is required."""
        if self.core.params.declare:
            self.do(kernel.COMPLETE)

    def impossible(self) -> None:
        self.do(kernel.IMPOSSIBLE)

    def see(self, *what: str) -> None:
        """Record that the last step showed something that will be needed."""
        self._seen |= dict.fromkeys(what, len(self.actions) - 1)

    def use(self, *what: str) -> None:
        """Record that the next step needs what was seen."""
        self.needs += [Need(len(self.actions), self._seen[one], one) for one in what]

    def scroll_to(self, text: str | int, type: str | None = None) -> None:
        """Scroll, down and then up, until a widget is visible."""
        verb = kernel.SCROLL_DOWN
        while not self.shows(text, type):
            if not self.core.can_scroll_down():
                verb = kernel.SCROLL_UP
            self.do(verb)

    def click_beside(self, name: str | int, text: str) -> None:
        """Click the widget with a text in the row of a name."""
        code = words.code(name) if isinstance(name, str) else name
        rows = self.rows()
        rows = rows[reading_order(rows)]
        y = next(row[4] for row in rows if row[7] == code)
        same = [row[4] for row in rows if row[7] == words.code(text) and row[9] & 1]
        self.click(text, nth=same.index(y))

    def do(self, verb: int, element: int | None = None, text: int = 0) -> None:
        """Perform any action."""
        if self.core.get_state()["over"]:
            raise Over
        widget = -1 if element is None else int(self.core.get_state()["places"][element, 5])
        action = self.core.encode(verb, element, text)
        self.core.step(action)
        if self.core.get_state()["error"]:
            raise LookupError(f"{self.core.task.name}: {kernel.VERBS[verb]}: {self.core.error_text()}")
        self.actions.append(action)
        self.moves.append(Move(verb, widget, text))
