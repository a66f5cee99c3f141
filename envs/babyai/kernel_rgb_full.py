"""BabyAI in pixels from above: the whole grid with the agent's view lit, as Minigrid's RGBImgObsWrapper draws it."""

from __future__ import annotations

import numpy as np

from ..core.inner import copy, inner
from ..core.kernel import record_dtype
from ..grid.tiles import LIT, PLAIN, paint
from ..grid.view import visible
from .words import MISSION


def observation(width: int, height: int, tile: int) -> np.dtype:
    """The observation's dtype; `seen` is for the kernel's own use."""
    return record_dtype(
        [
            ("image", np.uint8, (height * tile, width * tile, 3)),
            ("direction", np.int64),
            ("mission", np.uint8, (MISSION,)),
            ("seen", np.uint8, (height, width)),
        ]
    )


@inner
def step_params(params):
    """All parameters, because drawing needs the tiles."""
    return params


@inner
def observe(state, params, out):
    visible(
        state.cells, state.width, state.height, state.x, state.y, state.direction, params.view_size,
        params.see_through, out.seen,
    )  # fmt: skip
    for y in range(state.height):
        for x in range(state.width):
            plane = LIT if out.seen[y, x] else PLAIN
            if x == state.x and y == state.y:
                plane = LIT + 1 + state.direction
            paint(params.tiles, plane, int(state.cells[y, x]) & 127, x, y, out.image)
    out.direction = state.direction
    copy(out.mission, state.mission)
