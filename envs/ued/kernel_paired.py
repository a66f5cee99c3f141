"""The game of PAIRED, compiled: an adversary builds a maze, then two students each play a copy of it, side by side."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..grid.view import view
from .kernel import move, student_fields
from .kernel_editor import draw_noise, editor_fields, put, show
from .layout import clear, load, maze_fields
from .routes import path_length

AGENTS = ("adversary", "protagonist", "antagonist")
ADVERSARY, PROTAGONIST, ANTAGONIST = range(3)
_LEVEL = ("cells", "goal_x", "goal_y", "start_x", "start_y", "start_direction")
KEY = ("done", *_LEVEL, "placed", "last", "students")  # what decisions depend on


class Params(NamedTuple):
    """`pool` holds a given level to use instead of building one, or is empty."""

    max_steps: int  # in addition to the game's own limit
    limit: int  # steps of the students
    size: int
    blocks: int
    order: int
    see_through: bool
    clip_regret: bool
    pool: NDArray[Any]


class StepParams(NamedTuple):
    limit: int
    blocks: int
    order: int
    see_through: bool
    clip_regret: bool


@inner
def step_params(params):
    return StepParams(params.limit, params.blocks, params.order, params.see_through, params.clip_regret)


STUDENT = record_dtype([*student_fields(), ("score", np.float64), ("acting", np.bool_), ("is_success", np.bool_)])


def record(room: int, noise: int) -> np.dtype:
    return state_dtype(
        [
            *maze_fields(room),
            ("noise", np.float32, (noise,)),
            ("placed", np.int64),  # number of objects
            ("last", np.int64),  # the step that ends the game
            ("building", np.bool_),
            ("students", STUDENT, (2,)),
            ("path_length", np.int64),
            ("regret", np.float64),
        ],
        agents=len(AGENTS),
    )


def observation(size: int, noise: int, view: int) -> np.dtype:
    students = [("image", np.uint8, (2, view, view, 3)), ("direction", np.int64, (2,))]
    return record_dtype([*editor_fields(size, noise), *students])


@inner
def reset(state, params):
    for k in range(2):
        student = state.students[k]
        student.x = student.y = student.direction = 0
        student.score = 0.0
        student.acting = student.is_success = False
    draw_noise(state)
    state.path_length = 0
    state.regret = 0.0
    if params.pool.shape[0]:
        load(state, params.pool[0])
        state.placed, state.last = params.blocks + 2, params.limit
        hand_over(state)
    else:
        clear(state, params.size, params.size)
        state.placed, state.last = 0, params.blocks + 2 + params.limit
        state.building = True


@inner
def hand_over(state):
    """Put the students at the start of the finished level."""
    state.building = False
    state.path_length = path_length(state)
    for k in range(2):
        student = state.students[k]
        student.x, student.y, student.direction = state.start_x, state.start_y, state.start_direction
        student.acting = True


@inner
def step(state, params, action, reward):
    if state.building:
        put(state, state.placed, action[ADVERSARY], params.blocks, params.order)
        state.placed += 1
        draw_noise(state)
        if state.placed == params.blocks + 2:
            hand_over(state)
        return
    walked = state.t - (state.last - params.limit)
    for k in range(2):
        student = state.students[k]
        if student.acting and move(state, student, action[PROTAGONIST + k]):
            student.score = reward[PROTAGONIST + k] = 1.0 - 0.9 * (walked / params.limit)
            student.is_success = state.done[PROTAGONIST + k] = True
            student.acting = False
    if state.t == state.last or not (state.students[0].acting or state.students[1].acting):
        state.regret = state.students[1].score - state.students[0].score
        if params.clip_regret:
            state.regret = max(state.regret, 0.0)
        reward[ADVERSARY] = state.regret
        state.done[ADVERSARY] = True
        state.students[0].acting = state.students[1].acting = False


@inner
def observe(state, params, out):
    show(state, out)
    out.time = state.placed
    for k in range(2):
        student, image = state.students[k], out.image[k]
        if state.building:
            for x in range(image.shape[0]):
                for y in range(image.shape[1]):
                    image[x, y, 0] = image[x, y, 1] = image[x, y, 2] = 0
            out.direction[k] = 0
        else:
            view(
                state.cells,
                state.width,
                state.height,
                student.x,
                student.y,
                student.direction,
                0,
                params.see_through,
                image,
            )
            out.direction[k] = student.direction


@inner
def limit(state, params):
    return state.last
