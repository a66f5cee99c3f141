"""The last screen and earlier ones: the additions to the kernel that latency and history need; compiled.

The kernel's state gets three more fields: `now`, the widgets on the screen; `stale`, the screens before the last steps,
latest first, including steps without an effect; `past`, the screens on which the actions of the history were taken.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from . import kernel
from .kernel import HISTORY, OK, ROWS, SEEN, candidate, see, state_fields
from .program import CANDIDATES, CARD, FIELDS, HEIGHT, LABEL, LIST_ITEM, WIDTH
from .vm import place
from .words import NUMBER

READ = 5  # texts kept per past screen: its title, and values shown on it
NOWHERE = WIDTH * HEIGHT  # a place behind all others

# Besides the kernel's. latency: observation delay in steps. columns, rows: the size of the grid of points that an
# action may name. letters, glyphs, colors: see `raster`; empty if nothing is painted.
_named: Any = namedtuple  # for mypy, which wants the names spelled out
Params: Any = _named("Params", (*kernel.Params._fields, "latency", "columns", "rows", "letters", "glyphs", "colors"))


def state(latency: int, past: int) -> np.dtype:
    """The record of a running task that keeps `latency` stale and `past` past screens."""
    screens = [("now", 1), ("stale", max(latency, 1)), ("past", max(past, 1))]
    return state_dtype([*state_fields(), *((name, np.int16, (n, ROWS, SEEN)) for name, n in screens)])


def told(history: int, past: int) -> list[tuple]:
    """The fields of an observation that the screen does not show; see `tell`."""
    return [
        ("goal", np.int16, (2 + FIELDS,)),
        ("candidates", np.int16, (CANDIDATES,)),
        ("error", np.int16),
        ("history", np.int16, (history, 4)),
        ("read", np.int16, (max(past, 1), READ)),
    ]


def seen(history: int, past: int) -> np.dtype:
    """The record of an observation in numbers."""
    fields = [("table", np.int16, (ROWS, SEEN)), ("past", np.int16, (max(past, 1), ROWS, SEEN))]
    return record_dtype([*fields, *told(history, past)])


@inner
def copy(source, target):
    for row in range(ROWS):
        for column in range(SEEN):
            target[row, column] = source[row, column]


@inner
def look(state, params):
    """Record what is on the screen."""
    program = params.programs[state.task]
    place(state, program)
    see(state, program, state.now[0])


@inner
def begin(state, params):
    """Initialise after a reset: there is no screen before the first."""
    look(state, params)
    for k in range(state.stale.shape[0]):
        copy(state.now[0], state.stale[k])
    for k in range(state.past.shape[0]):
        for row in range(ROWS):
            for column in range(SEEN):
                state.past[k, row, column] = 0


@inner
def keep(state):
    """Update after a step: the screen before it, still stored as the current one, becomes a past screen."""
    for k in range(state.stale.shape[0] - 1, 0, -1):
        copy(state.stale[k - 1], state.stale[k])
    copy(state.now[0], state.stale[0])
    if state.error == OK:  # the history has one more action
        last = state.past.shape[0] - 1
        for k in range(last):
            copy(state.past[k + 1], state.past[k])
        copy(state.now[0], state.past[last])


@inner
def shown(state, params):
    """The screen that the agent sees."""
    return state.stale[params.latency - 1] if params.latency > 0 else state.now[0]


@inner
def tell(state, params, out):
    """Write the goal's numbers, the texts to type, the history, and what could be read on the history's screens."""
    program = params.programs[state.task]
    out.goal[0], out.goal[1] = state.task, state.paraphrase
    for k in range(FIELDS):
        out.goal[2 + k] = state.vars[program.fields[k]] if program.fields[k] else 0
    for k in range(CANDIDATES):
        out.candidates[k] = candidate(state, program, k)
    out.error = state.error
    n = out.history.shape[0]
    for k in range(n):
        for column in range(4):
            out.history[k, column] = state.history[HISTORY - n + k, column]
    n = out.read.shape[0]
    for k in range(n):
        read(state, program, state.past[state.past.shape[0] - n + k], out.read[k])


@inner
def read(state, program, table, out):
    """The title of a screen and values shown on it: numbers, prices, dates, times, and texts that may be typed.

    It takes the first four in reading order, relevant to the task or not: the summary must not reveal that.
    """
    for k in range(READ):
        out[k] = 0
    last = -1
    for k in range(1, READ):
        following = NOWHERE
        for row in range(ROWS):
            if table[row, 0] == 0:
                break
            kind, here = table[row, 1], int(table[row, 4]) * WIDTH + table[row, 3]
            says = kind == LABEL or kind == LIST_ITEM or kind == CARD
            if kind == LABEL and table[row, 4] == 0:
                out[0] = table[row, 7]
            elif says and last < here < following and tells(state, program, table[row, 7]):
                following, out[k] = here, table[row, 7]
        if following == NOWHERE:
            return
        last = following


@inner
def tells(state, program, text):
    """Whether a text is a value."""
    if text >= NUMBER or text == 0:
        return text != 0
    for k in range(CANDIDATES):
        if candidate(state, program, k) == text:
            return True
    return False
