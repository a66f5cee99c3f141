"""BabyAI in text: what the agent sees as a list of phrases, each a number that `text` turns into words.

Phrases and their order are those of BabyAI-Text (Carta et al. 2023, arXiv 2302.02662).
"""

from __future__ import annotations

import numpy as np

from ..core.inner import copy, inner
from ..core.kernel import record_dtype
from ..grid.cells import DOOR_OPEN, EMPTY, KEY, WALL
from ..grid.view import view
from .words import MISSION

SIZE = 7  # side of the view
HALF = SIZE // 2
PHRASES = 52  # at most: what is carried, three walls, everything in the view
COLORS = 6
CARRIED = 1  # 3 types x 6 colours; 0 is no phrase
WALLS = CARRIED + 3 * COLORS  # forward, left, right x 6 distances
SEEN = WALLS + 3 * (SIZE - 1)  # 6 kinds x 6 colours x 49 places
KINDS = 6  # key, ball, box, open door, closed door, locked door


def observation(size: int) -> np.dtype:
    """The observation's dtype; `image` is for the kernel's own use."""
    return record_dtype(
        [("mission", np.uint8, (MISSION,)), ("text", np.uint16, (PHRASES,)), ("image", np.uint8, (size, size, 3))]
    )


@inner
def wall_ahead(image, across, ahead):
    """The distance in steps to the first thing seen on a ray if that is a wall; else 0."""
    for i in range(1, SIZE):
        column, row = HALF + i * across, SIZE - 1 - i * ahead
        if not 0 <= column < SIZE:
            return 0
        if image[column, row, 0] > EMPTY:
            return i if image[column, row, 0] == WALL else 0
    return 0


@inner
def phrases(image, carried, out):
    """Write the numbers of the phrases for a view, then zeros."""
    n = 0
    if carried:
        out[n] = CARRIED + ((carried & 15) - KEY) * COLORS + (carried >> 4 & 7)
        n += 1
    for ray in range(3):
        distance = wall_ahead(image, 0 if ray == 0 else -1 if ray == 1 else 1, 1 if ray == 0 else 0)
        if distance:
            out[n] = WALLS + ray * (SIZE - 1) + distance - 1
            n += 1
    for column in range(SIZE):
        for row in range(SIZE):
            what = image[column, row, 0]
            if what >= DOOR_OPEN and not (column == HALF and row == SIZE - 1):
                kind = 3 + image[column, row, 2] if what == DOOR_OPEN else what - KEY
                out[n] = SEEN + ((kind * COLORS + image[column, row, 1]) * SIZE + column) * SIZE + row
                n += 1
    out[n:] = 0


@inner
def observe(state, params, out):
    view(
        state.cells, state.width, state.height, state.x, state.y, state.direction, state.carried, params.see_through,
        out.image,
    )  # fmt: skip
    phrases(out.image, state.carried, out.text)
    copy(out.mission, state.mission)
