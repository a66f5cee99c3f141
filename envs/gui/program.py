"""A task as data: the record that the kernel interprets, and the builder with which templates write it.

A template defines the variables and how a reset draws them, the widgets of each page and what a click on each does, the
wording of the goal, the variables that decide success, and how an oracle solves the task.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..core.kernel import record_dtype
from . import ops, words

WIDTH, HEIGHT = 360, 640  # logical pixels of a screen
TOP, BOTTOM = 56, 584  # the scrolling part lies between
MAX_JITTER = 12  # pixels between movable and fixed parts
VARS, WIDGETS, CODE, PAGES, PREDICATES, FIELDS, CANDIDATES = 256, 96, 640, 16, 12, 8, 32

TYPES = (
    "label", "button", "link", "icon", "textfield", "password", "checkbox", "radio", "toggle", "dropdown", "option",
    "slider", "tab", "list_item", "card", "date_cell", "dialog",
)  # fmt: skip
(
    LABEL, BUTTON, LINK, ICON, TEXTFIELD, PASSWORD, CHECKBOX, RADIO, TOGGLE, DROPDOWN, OPTION, SLIDER, TAB, LIST_ITEM,
    CARD, DATE_CELL, DIALOG,
) = range(len(TYPES))  # fmt: skip
EDITABLE: Final = (TEXTFIELD, PASSWORD)

# Columns of a widget. A text or place below 0 comes from a variable: -1 - var.
COLUMNS = (
    "type", "page", "x", "y", "w", "h", "text", "value", "on", "program", "long_program", "z", "show", "show_value",
    "slot", "columns", "dx", "dy", "fixed", "low", "high", "group",
)  # fmt: skip
(
    C_TYPE, C_PAGE, C_X, C_Y, C_W, C_H, C_TEXT, C_VALUE, C_ON, C_PROGRAM, C_LONG, C_Z, C_SHOW, C_SHOW_VALUE, C_SLOT,
    C_COLUMNS, C_DX, C_DY, C_FIXED, C_LOW, C_HIGH, C_GROUP,
) = range(len(COLUMNS))  # fmt: skip

EQ_NUMBER, EQ_VAR, ANSWER_VAR, EQ_VARS = range(4)  # kinds of predicates
# Variables that the interpreter knows.
# V_RECENT: the page that was last left for a phone's home screen; -1: none yet, 0: not a phone.
# V_UNSEEN: how much remains to be seen before IMPOSSIBLE is right.
V_NONE, V_LENGTH, V_INFEASIBLE, V_RECENT, V_UNSEEN, FIRST = range(6)

PROGRAM = record_dtype(
    [
        ("widgets", np.int16, (WIDGETS, len(COLUMNS))),
        ("code", np.int16, (CODE, ops.WIDTH)),
        ("heights", np.int16, (PAGES,)),  # where a page's content ends
        ("predicates", np.int16, (PREDICATES, 4)),
        ("protected", np.uint8, (VARS,)),
        ("fields", np.int16, (FIELDS,)),  # variables that the goal mentions
        ("candidates", np.int16, (CANDIDATES,)),  # what may be typed: a text, or -1 - var
        ("n_widgets", np.int64),
        ("n_candidates", np.int64),
        ("n_predicates", np.int64),
        ("paraphrases", np.int64),
        ("answers", np.int64),  # whether an answer ends the task
        ("may_be_infeasible", np.int64),
        ("memoryless", np.float64),  # see `Task`
    ]
)

Var = int
Rows = list[tuple[int, ...]]


@dataclass(frozen=True)
class Knobs:
    """Difficulty settings; a template uses those that apply to it.

    Attributes:
        distractors: number of things besides the target.
        items: number of list items, and of form fields.
        layout_jitter: maximum random offset, in pixels to the right and down, of widgets without a slot; up to 12.
        memory_gap: minimum number of steps between seeing a value and using it.
        memory_load: number of values to remember.
        infeasible: percentage of episodes in which the requested thing does not exist.
        popups: percentage of episodes that begin with a dialog.
        apps: number of apps on a phone, 2 to 8; a task that needs more has more.
    """

    distractors: int = 5
    items: int = 4
    layout_jitter: int = 0
    memory_gap: int = 2
    memory_load: int = 1
    infeasible: int = 0
    popups: int = 0
    apps: int = 4


@dataclass(frozen=True)
class Text:
    """A text that a variable holds."""

    var: Var


@dataclass(frozen=True)
class Task:
    """A template, compiled.

    Attributes:
        name: the template's name.
        record: the kernel's record, of dtype PROGRAM.
        goals: paraphrases of the goal with {names} of fields.
        fields: those names and their variables.
        solve: drives a `Hand` (see `oracle`) from the start of an episode to success.
        names: readable names of variables.
        memory: whether the screen and the goal alone do not determine what to do.
        memoryless: the best success rate of an agent that knows only the screen and the goal; NaN if they suffice.
        conceal: changes the hidden variables of a reset, which the screen does not show when memory is needed, so that
            a different action is right. None in a memory task: the past actions are what is hidden.
        origin: a function and its arguments, which rebuild the task when it is unpickled.
    """

    name: str
    record: np.void
    goals: tuple[str, ...]
    fields: dict[str, Var]
    solve: Callable[[Any], None]
    names: dict[str, Var] = field(default_factory=dict)
    memory: bool = False
    memoryless: float = math.nan
    conceal: Callable[[NDArray[np.int16]], None] | None = None
    origin: tuple[Callable[..., Any], tuple[Any, ...]] | None = None

    def __reduce__(self) -> Any:
        """Unpickling rebuilds the task from its template, because its functions cannot be pickled."""
        return self.origin or super().__reduce__()


class Builder:
    """Writes a task's record. Positions are logical pixels; a page is a number from 0."""

    def __init__(self, name: str, knobs: Knobs = Knobs()) -> None:
        self.name, self.knobs = name, knobs
        self._record = np.zeros(1, PROGRAM)[0]
        self._names: dict[str, Var] = {}
        self._next: Var = FIRST
        self._init: Rows = []
        self._widgets: list[dict[str, int]] = []
        self._programs: list[Rows] = []
        jitter = self.knobs.layout_jitter
        if not 0 <= jitter <= MAX_JITTER:
            raise ValueError(f"layout_jitter: found {jitter}, expected 0 to {MAX_JITTER}")
        # One offset for all widgets, so that neighbours move together.
        self._jitter = self.draw("jitter", 0, (jitter + 1) ** 2 - 1) if jitter else -1

    # --- variables ----------------------------------------------------------------------------------------------------

    def var(self, name: str = "", start: int = 0) -> Var:
        """A variable that starts every episode with the number `start`."""
        return self.vars(1, name, start)[0]

    def vars(self, n: int, name: str = "", start: int = 0) -> range:
        """n variables, one after another."""
        found = range(self._next, self._next + n)
        if found.stop > VARS:
            raise ValueError(f"{self.name}: more than {VARS} variables")
        self._next = found.stop
        if name:
            self._names |= {name if n == 1 else f"{name}[{k}]": var for k, var in enumerate(found)}
        if start:
            self._init += [(ops.SET, var, start) for var in found]
        return found

    def on_reset(self, *rows: tuple[int, ...]) -> None:
        """Add rows to the program that a reset runs, in order; see `ops`."""
        self._init += rows

    def draw(self, name: str, low: int, high: int) -> Var:
        """A variable that a reset draws from low to high."""
        var = self.var(name)
        self.on_reset((ops.DRAW, var, low, high))
        return var

    def draw_text(self, name: str, pool: tuple[int, int]) -> Var:
        """A variable with a text of a pool (see `words.pool`)."""
        return self.draw(name, pool[0], pool[0] + pool[1] - 1)

    def distinct_texts(self, name: str, n: int, pool: tuple[int, int]) -> range:
        """n variables with different texts of a pool."""
        found = self.vars(n, name)
        self.on_reset((ops.DISTINCT, found[0], n, pool[0], pool[0] + pool[1] - 1))
        return found

    def shuffled(self, name: str, n: int, first: int = 0) -> range:
        """n variables with first, first + 1, ... in random order: slots of widgets, for instance."""
        found = self.vars(n, name)
        self.on_reset((ops.SHUFFLE, found[0], n, first))
        return found

    def picked(self, name: str, among: range) -> tuple[Var, Var]:
        """A variable with the value of a random one of others, and a variable with its index among them."""
        var, place = self.vars(2)
        self._names |= {name: var, f"{name}.place": place}
        self.on_reset((ops.PICK, var, among[0], len(among), place))
        return var, place

    # --- widgets ------------------------------------------------------------------------------------------------------

    def widget(
        self,
        type: int,
        x: int,
        y: int,
        w: int,
        h: int,
        text: str | int | Text = 0,
        *,
        page: int = 0,
        value: Var = -1,
        on: int = 1,
        do: Sequence[tuple[int, ...]] = (),
        do_long: Sequence[tuple[int, ...]] = (),
        z: int = 0,
        show: tuple[Var, int] | None = None,
        slot: Var = -1,
        step: tuple[int, int] = (0, 0),
        columns: int = 1,
        slots: int = 12,
        fixed: bool = False,
        bounds: tuple[int, int] = (0, 0),
        group: int = 0,
    ) -> int:
        """Add a widget; returns its number.

        Args:
            type: one of `TYPES`, as a number.
            text: the text on it: a string, its code, or `Text(var)`.
            page: the page that it is on.
            value: the variable behind it: a text field's text, what a checkbox checks, a slider's number.
            on: the `value` that means checked or selected.
            do: the program rows that a click runs.
            do_long: the program rows that a long press runs.
            z: widgets with a higher z lie on top and are hit first.
            show: (var, n): shown only while var == n.
            slot: a variable that moves it by that many `step`s (dx, dy), row by row of `columns` columns.
            slots: the number of places for it, which determines the page's length.
            fixed: whether it does not scroll.
            bounds: the range of a slider's number.
            group: a number that related widgets share.
        """
        if len(self._widgets) == WIDGETS:
            raise ValueError(f"{self.name}: more than {WIDGETS} widgets")
        if slot < 0 and not fixed and self.knobs.layout_jitter:
            columns, step = self.knobs.layout_jitter + 1, (1, 1)
            slot, slots = self._jitter, columns**2
        shown = -1 - text.var if isinstance(text, Text) else words.code(text) if isinstance(text, str) else text
        self._widgets.append(
            {
                "type": type, "page": page, "x": x, "y": y, "w": w, "h": h, "text": shown, "value": value, "on": on,
                "program": self._program(do), "long_program": self._program(do_long), "z": z,
                "show": show[0] if show else -1, "show_value": show[1] if show else 0, "slot": slot,
                "below": (slots - 1) // columns if slot >= 0 else 0,
                "columns": columns, "dx": step[0], "dy": step[1], "fixed": fixed, "low": bounds[0], "high": bounds[1],
                "group": group,
            }
        )  # fmt: skip
        return len(self._widgets) - 1

    def _program(self, rows: Sequence[tuple[int, ...]]) -> int:
        """The number of a program; 0 for none."""
        if not rows:
            return 0
        self._programs.append(list(rows))
        return len(self._programs)

    # --- the task -----------------------------------------------------------------------------------------------------

    def task(
        self,
        goals: Sequence[str],
        fields: dict[str, Var],
        success: Sequence[tuple[int, ...]],
        solve: Callable[[Any], None],
        *,
        length: int,
        protect: Sequence[Var] = (),
        type: Sequence[int | Text] = (),
        memory: bool = False,
        memoryless: float = math.nan,
        conceal: Callable[[NDArray[np.int16]], None] | None = None,
        may_be_infeasible: bool = False,
    ) -> Task:
        """The finished task.

        Args:
            goals: paraphrases, with the {names} of fields.
            fields: names mapped to variables, at most 8; a goal reveals nothing else about the instance.
            success: predicates (EQ_NUMBER, var, n), (EQ_VAR, var, other), (EQ_VARS, vars, others, count) for
                equal lists, or (ANSWER_VAR, var), its text.
            solve: the oracle.
            length: its maximum number of steps, including the last (complete or answer); a reset may lower V_LENGTH.
            protect: variables that must not change.
            type: texts that may be typed besides those of the fields.
            memory: see `Task`, also for `memoryless` and `conceal`, which a memory task needs.
            may_be_infeasible: whether what the goal asks for may not exist; a reset then sets V_INFEASIBLE to 1, and
                V_UNSEEN says how much has to be seen before that can be known.
        """
        record = self._record
        code: Rows = [(ops.SET, V_LENGTH, length), *self._init, (ops.STOP,)]
        starts = [0]
        for rows in self._programs:
            starts.append(len(code))
            code += [*rows, (ops.STOP,)]
        if len(code) > CODE:
            raise ValueError(f"{self.name}: {len(code)} rows of programs, expected at most {CODE}")
        for k, row in enumerate(code):
            record["code"][k, : len(row)] = row
        for k, widget in enumerate(self._widgets):
            record["widgets"][k] = [widget[name] for name in COLUMNS]
            for column in (C_PROGRAM, C_LONG):
                record["widgets"][k, column] = starts[record["widgets"][k, column]]
            reach = widget["y"] + widget["h"] + widget["dy"] * widget["below"]
            if not widget["fixed"]:
                page = widget["page"]
                record["heights"][page] = max(record["heights"][page], reach)
        for k, predicate in enumerate(success):
            record["predicates"][k, : len(predicate)] = predicate
        record["n_widgets"], record["n_predicates"] = len(self._widgets), len(success)
        record["paraphrases"] = len(goals)
        record["may_be_infeasible"], record["memoryless"] = may_be_infeasible, memoryless
        record["answers"] = any(predicate[0] == ANSWER_VAR for predicate in success)
        record["protected"][list(protect)] = 1
        if len(fields) > FIELDS:
            raise ValueError(f"{self.name}: {len(fields)} fields, expected at most {FIELDS}")
        record["fields"][: len(fields)] = list(fields.values())
        typed = [*(-1 - var for var in fields.values()), *(-1 - t.var if isinstance(t, Text) else t for t in type)]
        if len(typed) > CANDIDATES:
            raise ValueError(f"{self.name}: {len(typed)} texts to type, expected at most {CANDIDATES}")
        record["candidates"][: len(typed)], record["n_candidates"] = typed, len(typed)
        return Task(
            self.name, record, tuple(goals), dict(fields), solve, dict(self._names), memory, memoryless, conceal
        )
