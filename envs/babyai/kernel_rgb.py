"""BabyAI in pixels: the agent's view, as Minigrid's RGBImgPartialObsWrapper draws it."""

from __future__ import annotations

import numpy as np

from ..core.inner import copy, inner
from ..core.kernel import record_dtype
from ..grid.cells import AGENT, DOOR_OPEN, EMPTY, UNSEEN, UP
from ..grid.tiles import LIT, PLAIN, paint
from ..grid.view import view
from .words import MISSION


def observation(size: int, tile: int) -> np.dtype:
    """The observation's dtype; `seen` is for the kernel's own use."""
    return record_dtype(
        [
            ("image", np.uint8, (size * tile, size * tile, 3)),
            ("direction", np.int64),
            ("mission", np.uint8, (MISSION,)),
            ("seen", np.uint8, (size, size, 3)),
        ]
    )


@inner
def step_params(params):
    """All parameters, because drawing needs the tiles."""
    return params


@inner
def observe(state, params, out):
    seen = out.seen
    view(
        state.cells, state.width, state.height, state.x, state.y, state.direction, state.carried, params.see_through,
        seen,
    )  # fmt: skip
    n = seen.shape[0]
    for column in range(n):
        for row in range(n):
            what, color, opened = seen[column, row]
            if what == UNSEEN:
                paint(params.tiles, PLAIN, EMPTY, column, row, out.image)
                continue
            kind = what + (0 if what != DOOR_OPEN or opened == 0 else opened + AGENT - DOOR_OPEN)
            is_agent = column == n // 2 and row == n - 1
            paint(params.tiles, LIT + (1 + UP if is_agent else 0), kind | color << 4, column, row, out.image)
    out.direction = state.direction
    copy(out.mission, state.mission)
