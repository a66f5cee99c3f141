"""A boat on a round sea with currents, compiled: chance in every step, a time limit, observations of several kinds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from ige.envs.core.kernel import record_dtype, state_dtype
from ige.envs.core.rng import randint, uniform

HEIGHT, WIDTH = 3, 4
STILL, BOAT, HARBOUR = 0, 1, 2

STATE = state_dtype(
    [
        ("boat", np.int32, (2,)),
        ("harbour", np.int32, (2,)),
        ("current", np.int8),
        ("strength", np.float32),
        ("blown", np.int16),
    ]
)
OBSERVATION = record_dtype([("sea", np.int8, (HEIGHT, WIDTH)), ("current", np.int64), ("strength", np.float32, (1,))])


class Params(NamedTuple):
    max_steps: int
    fuel: float


@njit
def weather(state):
    state.current = randint(state.rng, 3)
    state.strength = uniform(state.rng)


@njit
def reset(state, params):
    for axis, size in enumerate((HEIGHT, WIDTH)):
        state.boat[axis] = randint(state.rng, size)
        state.harbour[axis] = randint(state.rng, size)
    state.blown = 0
    weather(state)


@njit
def step(state, params, action):
    state.boat[0] = (state.boat[0] + action[0] - 1) % HEIGHT
    state.boat[1] = (state.boat[1] + action[1] - 1) % WIDTH
    if uniform(state.rng) < state.strength / 2:
        state.boat[1] = (state.boat[1] + state.current) % WIDTH
        state.blown += 1
    weather(state)
    arrived = state.boat[0] == state.harbour[0] and state.boat[1] == state.harbour[1]
    return (1.0 if arrived else 0.0) - params.fuel * state.strength, arrived


@njit
def observe(state, params, out):
    for y in range(HEIGHT):
        for x in range(WIDTH):
            out.sea[y, x] = STILL
    out.sea[state.harbour[0], state.harbour[1]] = HARBOUR
    out.sea[state.boat[0], state.boat[1]] = BOAT
    out.current = state.current
    out.strength[0] = state.strength
