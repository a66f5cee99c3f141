"""BabyAI seen from above: the whole grid, with the agent as Minigrid's FullyObsWrapper puts it there."""

from __future__ import annotations

import numpy as np

from ..core.inner import copy, inner
from ..core.kernel import record_dtype
from ..grid.cells import AGENT, RED, encode
from .words import MISSION


def observation(width: int, height: int) -> np.dtype:
    return record_dtype(
        [("image", np.uint8, (width, height, 3)), ("direction", np.int64), ("mission", np.uint8, (MISSION,))]
    )


@inner
def observe(state, params, out):
    for x in range(state.width):
        for y in range(state.height):
            encode(int(state.cells[y, x]), out.image[x, y])
    agent = out.image[state.x, state.y]
    agent[0], agent[1], agent[2] = AGENT, RED, state.direction
    out.direction = state.direction
    copy(out.mission, state.mission)
