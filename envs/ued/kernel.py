"""The student's maze, compiled: turn, go forward, reach the goal."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint
from ..grid.cells import DX, DY, GREY_WALL
from ..grid.moves import FORWARD, TURN_LEFT, TURN_RIGHT
from ..grid.view import view
from .generate import draw
from .layout import load, maze_fields


class Params(NamedTuple):
    """Levels are drawn by `kind`, or from a pool of given levels if that is not empty."""

    max_steps: int  # in addition to the level's own limit
    limit: int  # steps of an episode; 0: twice the number of tiles of the grid with its border
    kind: int
    size: int
    fewest: int
    most: int  # walls, or lines to cross
    repeat: bool  # replay the level in the record, if there is one
    see_through: bool
    pool: NDArray[Any]


class StepParams(NamedTuple):
    see_through: bool


@inner
def step_params(params):
    return StepParams(params.see_through)


def student_fields() -> list[tuple]:
    """An agent in a maze; x and y include the border."""
    return [("x", np.int64), ("y", np.int64), ("direction", np.int64)]


def record(room: int) -> np.dtype:
    return state_dtype(
        [*maze_fields(room), *student_fields(), ("max_steps", np.int64), ("is_success", np.bool_)],
    )


def observation(size: int) -> np.dtype:
    return record_dtype([("image", np.uint8, (size, size, 3)), ("direction", np.int64)])


@inner
def enter(state):
    """Put the student at the level's start."""
    state.x, state.y, state.direction = state.start_x, state.start_y, state.start_direction


@inner
def move(state, student, action):
    """Apply an action; True if the student (with x, y and direction) enters the goal. Actions from 3 on do nothing."""
    if action == TURN_LEFT:
        student.direction = (student.direction + 3) & 3
    elif action == TURN_RIGHT:
        student.direction = (student.direction + 1) & 3
    elif action == FORWARD:
        x, y = student.x + DX[student.direction], student.y + DY[student.direction]
        if state.cells[y, x] != GREY_WALL:
            student.x, student.y = x, y
            return x == state.goal_x and y == state.goal_y
    return False


@inner
def reset(state, params):
    if not (params.repeat and state.width):
        if params.pool.shape[0]:
            load(state, params.pool[randint(state.rng, params.pool.shape[0])])
        else:
            draw(state, params.kind, params.size, params.fewest, params.most)
    state.max_steps = params.limit if params.limit else 2 * state.width * state.height
    enter(state)
    state.is_success = False


@inner
def step(state, params, action):
    state.is_success = move(state, state, action)
    return 1.0 - 0.9 * (state.t / state.max_steps) if state.is_success else 0.0, state.is_success


@inner
def observe(state, params, out):
    view(state.cells, state.width, state.height, state.x, state.y, state.direction, 0, params.see_through, out.image)
    out.direction = state.direction


@inner
def limit(state, params):
    return state.max_steps
