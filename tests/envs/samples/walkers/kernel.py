"""Walkers on a round track, compiled: several agents alike, of which some arrive, and leave, before others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from ige.envs.core.kernel import record_dtype, state_dtype
from ige.envs.core.rng import randint

WALKERS, TRACK = 3, 6
STAY, WALK, JUMP = range(3)
TRIED = 0.125  # what a jump without breath costs

WALKER = record_dtype([("place", np.int64), ("breath", np.int8), ("illegal", np.bool_)])
STATE = state_dtype([("home", np.int64), ("walkers", WALKER, (WALKERS,))], agents=WALKERS)
OBSERVATION = record_dtype(
    [("track", np.uint8, (WALKERS, TRACK)), ("breath", np.float32, (WALKERS, 1)), ("t", np.int64)]
)


class Params(NamedTuple):
    max_steps: int
    reward: float


@njit
def reset(state, params):
    state.home = randint(state.rng, TRACK)
    for k in range(WALKERS):
        walker = state.walkers[k]
        walker.place = (state.home + 1 + randint(state.rng, TRACK - 1)) % TRACK
        walker.breath = 0
        walker.illegal = False


@njit
def step(state, params, action, reward):
    for k in range(WALKERS):
        if state.done[k]:
            continue
        walker = state.walkers[k]
        walker.illegal = action[k] == JUMP and not walker.breath
        if walker.illegal:
            reward[k] = -TRIED
        else:
            walker.place = (walker.place + action[k]) % TRACK
        walker.breath = randint(state.rng, 2)
        if walker.place == state.home:
            state.done[k] = True
            reward[k] = params.reward


@njit
def observe(state, params, out):
    for k in range(WALKERS):
        for x in range(TRACK):
            out.track[k, x] = 0
        out.track[k, state.home] = 1
        out.track[k, state.walkers[k].place] = 2
        out.breath[k, 0] = state.walkers[k].breath
    out.t = state.t


@njit
def legal(state, params, mask):
    for k in range(WALKERS):
        mask[3 * k + STAY] = mask[3 * k + WALK] = 1
        mask[3 * k + JUMP] = state.walkers[k].breath
