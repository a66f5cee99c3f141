"""Tiles for kernels that draw: all tiles of gridworlds in one array, and a function that copies one into a picture."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...render.tiles import tile
from ..core.inner import inner
from .cells import COLORS, KINDS

PLAIN, LIT = 0, 1  # planes; LIT + 1 + direction: lit, with the agent on it
PLANES = 6
CODES = 112
_PICTURED = [i for i, name in enumerate(KINDS) if name not in ("unseen", "agent")]


@cache
def atlas(size: int) -> NDArray[np.uint8]:
    """The tiles by plane and cell code, uint8 (6, 112, size, size, 3)."""
    tiles = np.zeros((PLANES, CODES, size, size, 3), np.uint8)
    for kind in _PICTURED:
        for color, name in enumerate(COLORS):
            for plane in range(PLANES):
                agent = plane - LIT - 1 if plane > LIT else None
                tiles[plane, kind | color << 4] = tile(KINDS[kind], name, size, agent, plane >= LIT)
    return tiles


@inner
def paint(tiles, plane, code, column, row, image):
    """Copy a tile to its place in a picture, uint8 (height, width, 3)."""
    size = tiles.shape[2]
    for y in range(size):
        for x in range(size):
            for channel in range(3):
                image[row * size + y, column * size + x, channel] = tiles[plane, code, y, x, channel]
