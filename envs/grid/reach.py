"""Which cells can be reached, with each row of a grid as a 64-bit word, hence at most 64 x 64 cells."""

from __future__ import annotations

import numpy as np

from ..core.inner import inner

ONE = np.uint64(1)


@inner
def fill_row(seeds, passable):
    """The cells of a row that lie in a run of passable cells with a seed in it."""
    seeds &= passable
    before = np.uint64(0)
    while seeds != before:
        before = seeds
        seeds |= (seeds << ONE | seeds >> ONE) & passable
    return seeds


@inner
def flood(passable, reached, height):
    """Spread `reached` (uint64 rows, seeded by the caller) over `passable`, in place, up, down, left and right."""
    changed = True
    while changed:
        changed = False
        for sweep in range(2):  # down, then up: an open room takes one round, a winding corridor one per turn
            for i in range(height):
                row = i if sweep == 0 else height - 1 - i
                seeds = reached[row]
                if row > 0:
                    seeds |= reached[row - 1]
                if row < height - 1:
                    seeds |= reached[row + 1]
                filled = fill_row(seeds, passable[row])
                if filled != reached[row]:
                    reached[row] = filled
                    changed = True
