"""What an agent sees: an egocentric window of n x n cells with the agent in the middle of the bottom row, facing up.

Visibility is Minigrid's: the agent's own cell is visible; going row by row away from the agent, sight spreads sideways
through clear cells of the row, and from each visible clear cell to the cell ahead and to the two diagonally ahead.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from ..core.inner import inner
from .cells import CLEAR, DX, DY, EMPTY, GREY_WALL, encode


def _spread(seen: int, clear: int) -> int:
    """Sight within a row, as bits: `seen` spreads sideways through `clear` cells."""
    while (wider := seen | (seen & clear) << 1 | (seen & clear) >> 1) != seen:
        seen = wider
    return seen


_WIDE = 7  # cells: a wider window spreads sight in a loop instead of by a lookup table
_SPREAD = np.array([[_spread(seen, clear) for seen in range(1 << _WIDE)] for clear in range(1 << _WIDE)], np.uint8)


@inner
def cell_at(cells, width, height, x, y):
    """A cell of the world; beyond its edge there is wall."""
    column, row = np.uint64(x), np.uint64(y)  # negative ones become large; Numba then tests no index for its sign
    inside = (column < np.uint64(width)) & (row < np.uint64(height))
    return int(cells[row, column]) if inside else GREY_WALL


@inner
def spread(seen, clear, n):
    """Sight within a row of n cells, as bits: `seen` spreads sideways through `clear` cells."""
    whole = (1 << n) - 1
    if n <= _WIDE:
        return int(_SPREAD[clear, seen]) & whole
    before = 0
    while seen != before:
        before = seen
        seen |= ((seen & clear) << 1 | (seen & clear) >> 1) & whole
    return seen


@inner
def ahead(seen, clear, n):
    """The visible cells of the next row: those ahead, and diagonally ahead, of the cells that are seen and clear."""
    through = seen & clear
    return (through | through << 1 | through >> 1) & ((1 << n) - 1)


@njit(inline="always")  # into the caller, where the size of a record's image is known and loops unroll
def view(cells, width, height, x, y, direction, carried, see_through, image):
    """Fill uint8 (n, n, 3), indexed [column, row] as Minigrid's: (object, colour, state), zeros where unseen.

    The agent's own cell shows what it carries (a cell; 0 for nothing).
    """
    n = image.shape[0]
    half = n // 2
    whole = (1 << n) - 1
    dx, dy = DX[direction], DY[direction]
    left_x, left_y = x + half * dy, y - half * dx  # the row's first cell
    seen = whole if see_through else 1 << half
    for row in range(n - 1, -1, -1):
        clear = 0
        hidden = whole
        if seen:
            for column in range(n):
                cell = cell_at(cells, width, height, left_x - column * dy, left_y + column * dx)
                clear |= CLEAR[cell & 127] << column
                encode(cell, image[column, row])
            if not see_through:
                seen = spread(seen, clear, n)
            hidden = ~seen & whole
        if hidden:
            for column in range(n):
                if hidden >> column & 1:
                    image[column, row, 0] = image[column, row, 1] = image[column, row, 2] = 0
        if not see_through:
            seen = ahead(seen, clear, n)
        left_x += dx
        left_y += dy
    encode(carried if carried else EMPTY, image[half, n - 1])


@inner
def visible(cells, width, height, x, y, direction, n, see_through, seen):
    """Mark, in uint8 (height, width), the cells of the world that the agent sees."""
    half = n // 2
    dx, dy = DX[direction], DY[direction]
    left_x, left_y = x + half * dy, y - half * dx
    sight = (1 << n) - 1 if see_through else 1 << half
    seen[:] = 0
    for _ in range(n):
        clear = 0
        for column in range(n):
            cell = cell_at(cells, width, height, left_x - column * dy, left_y + column * dx)
            clear |= CLEAR[cell & 127] << column
        if not see_through:
            sight = spread(sight, clear, n)
        for column in range(n):
            cx, cy = left_x - column * dy, left_y + column * dx
            if sight >> column & 1 and 0 <= cx < width and 0 <= cy < height:
                seen[cy, cx] = 1
        if not see_through:
            sight = ahead(sight, clear, n)
        left_x += dx
        left_y += dy
