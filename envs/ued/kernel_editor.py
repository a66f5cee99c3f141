"""The adversary's editor, compiled: objects are put one after another on tiles of its choice."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import uniform
from ..grid.cells import AGENT, encode
from .layout import clear, maze_fields, put_agent, put_goal, put_wall
from .routes import path_length

AGENT_FIRST, GOAL_LAST = range(2)
NONE, PATH = range(2)  # objectives


class Params(NamedTuple):
    max_steps: int
    size: int
    blocks: int
    order: int
    objective: int


def record(room: int, noise: int) -> np.dtype:
    return state_dtype(
        [*maze_fields(room), ("noise", np.float32, (noise,)), ("path_length", np.int64), ("is_success", np.bool_)]
    )


def observation(size: int, noise: int) -> np.dtype:
    return record_dtype([*editor_fields(size, noise)])


def editor_fields(size: int, noise: int) -> list[tuple]:
    """The fields of the adversary's observation."""
    return [("grid", np.uint8, (size + 2, size + 2, 3)), ("time", np.int64), ("noise", np.float32, (noise,))]


@inner
def put(state, k, tile, blocks, order):
    """Put object k (from 0 to `blocks` + 1) on an interior tile, counted row by row; nothing once all are placed."""
    x, y = tile % (state.width - 2) + 1, tile // (state.width - 2) + 1
    if k >= blocks + 2:
        return
    walls_from = 2 if order == AGENT_FIRST else 0
    if walls_from <= k < walls_from + blocks:
        put_wall(state, x, y)
    elif k == (0 if order == AGENT_FIRST else blocks + 1):
        put_agent(state, x, y)
    else:
        put_goal(state, x, y)


@inner
def draw_noise(state):
    for k in range(state.noise.shape[0]):
        state.noise[k] = uniform(state.rng)


@inner
def show(state, out):
    """Write the whole grid so far, indexed [column, row], with the agent as (10, 0, direction)."""
    for y in range(state.height):
        for x in range(state.width):
            encode(int(state.cells[y, x]), out.grid[x, y])
    if state.start_x:
        agent = out.grid[state.start_x, state.start_y]
        agent[0], agent[1], agent[2] = AGENT, 0, state.start_direction
    for k in range(state.noise.shape[0]):
        out.noise[k] = state.noise[k]


@inner
def reset(state, params):
    clear(state, params.size, params.size)
    draw_noise(state)
    state.path_length = 0
    state.is_success = False


@inner
def step(state, params, action):
    put(state, state.t - 1, action, params.blocks, params.order)
    draw_noise(state)
    if state.t < params.blocks + 2:
        return 0.0, False
    state.path_length = path_length(state)
    state.is_success = state.path_length > 0
    return float(state.path_length) if params.objective == PATH else 0.0, True


@inner
def observe(state, params, out):
    show(state, out)
    out.time = state.t
