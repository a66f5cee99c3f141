"""One cell of a gridworld as an integer: its kind and colour in the low byte, an object's name in the high byte.

The kinds up to AGENT and the colours are numbered as Minigrid numbers them, so a cell's code becomes Minigrid's
(object, colour, state) by arithmetic alone: the states of a door are kinds here. The environment family assigns the
high byte: 0 if nothing is named, else 1 + the index of the object.
"""

from __future__ import annotations

import numpy as np

from ..core.inner import inner

UNSEEN, EMPTY, WALL, FLOOR, DOOR_OPEN, KEY, BALL, BOX, GOAL, LAVA, AGENT, DOOR_CLOSED, DOOR_LOCKED = range(13)
RED, GREEN, BLUE, PURPLE, YELLOW, GREY = range(6)
COLORS = ("red", "green", "blue", "purple", "yellow", "grey")
KINDS = (
    "unseen", "empty", "wall", "floor", "door_open", "key", "ball", "box", "goal", "lava", "agent", "door_closed",
    "door_locked",
)  # fmt: skip
GREY_WALL = WALL | GREY << 4

RIGHT, DOWN, LEFT, UP = range(4)
DX = np.array([1, 0, -1, 0])
DY = np.array([0, 1, 0, -1])


@inner
def kind(cell):
    """One of the kinds above."""
    return cell & 15


@inner
def color(cell):
    """An index into COLORS."""
    return (cell >> 4) & 7


@inner
def name(cell):
    """Index of the object in the cell; -1 if nothing is named."""
    return (cell >> 8) - 1


@inner
def is_door(cell):
    """Open, closed or locked."""
    k = cell & 15
    return k == DOOR_OPEN or k == DOOR_CLOSED or k == DOOR_LOCKED


@inner
def is_portable(cell):
    """A key, ball or box."""
    return KEY <= (cell & 15) <= BOX


@inner
def is_free(cell):
    """Whether an agent may stand here."""
    k = cell & 15
    return k == EMPTY or k == DOOR_OPEN or k == FLOOR or k == GOAL or k == LAVA


def _encoded(code: int) -> tuple[int, int, int]:
    what = code & 15
    is_shut = what >= DOOR_CLOSED
    return DOOR_OPEN if is_shut else what, code >> 4, what - AGENT if is_shut else 0


# Indexed by a cell's code, its low 7 bits: Minigrid's (object, colour, state), and 1 if the cell is transparent.
ENCODED = np.array([_encoded(code) for code in range(128)], np.uint8)
CLEAR = np.array([code & 15 not in (WALL, DOOR_CLOSED, DOOR_LOCKED) for code in range(128)], np.int64)


@inner
def encode(cell, out):
    """Minigrid's (object, colour, state) of a cell, into uint8 (3,)."""
    code = np.uint64(cell & 127)  # unsigned, so that Numba skips the test for negative indices
    out[0] = ENCODED[code, 0]
    out[1] = ENCODED[code, 1]
    out[2] = ENCODED[code, 2]
