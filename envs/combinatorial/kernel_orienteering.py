"""Orienteering, compiled: collect prizes on a round trip from the depot, node 0, no longer than the budget."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint
from .draw import distance, draw_points
from .instance import BUDGET_TOLERANCE
from .kernel_tsp import DIAGONAL
from .steps import StepParams, begin, collect, fields, step_params, stop

__all__ = ["StepParams", "step_params"]

PRIZES = ("distance", "constant", "uniform")
DISTANCE, CONSTANT, UNIFORM = range(3)


class Params(NamedTuple):
    """As for the TSP; `prizes` (an index into `PRIZES`) and `budget` are those of new instances."""

    max_steps: int
    sparse: bool
    distribution: int
    prizes: int
    budget: float
    pool: NDArray[Any]


def instance(n: int) -> np.dtype:
    return record_dtype(
        [
            ("points", np.float64, (n + 1, 2)),
            ("prizes", np.float64, (n + 1,)),
            ("budget", np.float64),
            ("reference", np.float64),
        ]
    )


def record(n: int) -> np.dtype:
    """`home` is each node's distance to the depot, `remaining` the remaining length of the budget."""
    return state_dtype(
        [
            ("points", np.float64, (n + 1, 2)),
            ("prizes", np.float64, (n + 1,)),
            ("home", np.float64, (n + 1,)),
            ("budget", np.float64),
            ("remaining", np.float64),
            *fields(n, n + 1),
        ]
    )


def observation(n: int) -> np.dtype:
    return record_dtype(
        [
            ("points", np.float32, (n + 1, 2)),
            ("prizes", np.float32, (n + 1,)),
            ("remaining", np.float32, (1,)),
            ("sequence", np.int32, (n,)),
            ("visited", np.int8, (n + 1,)),
            ("current", np.int64),
        ]
    )


def observation_bq(n: int) -> np.dtype:
    return record_dtype([("tokens", np.float32, (n + 2, 4)), ("node_id", np.int32, (n + 2,)), ("n_tokens", np.int64)])


@inner
def within(state, j):
    """Whether node j may be visited next: it is unvisited, and the budget suffices for the way there and home."""
    apart = distance(state.points, state.current, j)
    return not state.visited[j] and apart + state.home[j] <= state.remaining + BUDGET_TOLERANCE


@inner
def any_within(state):
    found = False
    for j in range(1, state.points.shape[0]):
        found |= within(state, j)
    return found


@inner
def draw(state, params):
    """A new instance of points and prizes."""
    n = state.points.shape[0]
    draw_points(state.rng, state.points[:1], 0, 0)
    draw_points(state.rng, state.points, 1, params.distribution)
    farthest = 0.0
    for j in range(1, n):
        farthest = max(farthest, distance(state.points, 0, j))
    for j in range(1, n):
        if params.prizes == DISTANCE:
            prize = 1 + math.floor(99 * (distance(state.points, 0, j) / farthest))
        elif params.prizes == CONSTANT:
            prize = 100
        else:
            prize = 1 + randint(state.rng, 100)
        state.prizes[j] = prize / 100


@inner
def reset(state, params):
    n = state.points.shape[0]
    given = params.pool.shape[0] > 0
    begin(state, np.nan)
    state.visited[0] = True
    state.prizes[0] = 0.0
    while True:
        if given:
            chosen = params.pool[randint(state.rng, params.pool.shape[0])]
            for j in range(n):
                state.points[j, 0] = chosen.points[j, 0]
                state.points[j, 1] = chosen.points[j, 1]
                state.prizes[j] = chosen.prizes[j]
            state.budget = chosen.budget
            state.reference = chosen.reference
        else:
            draw(state, params)
            state.budget = params.budget
        state.remaining = state.budget
        for j in range(n):
            state.home[j] = distance(state.points, j, 0)
        if given or any_within(state):  # else there would be nothing to decide; given instances were checked before
            return


@inner
def step(state, params, action):
    if not within(state, action):
        return stop(state, params)
    state.remaining = max(0.0, state.remaining - distance(state.points, state.current, action))
    state.visited[action] = True
    state.current = action
    return collect(state, params, action, state.prizes[action], not any_within(state))


@inner
def shown(state):
    """The remaining length, capped at the most that a trip through all nodes could use."""
    return min(state.remaining, DIAGONAL * state.points.shape[0])


@inner
def observe(state, params, out):
    out.current = state.current
    out.remaining[0] = shown(state)
    for j in range(state.points.shape[0]):
        out.points[j, 0] = state.points[j, 0]
        out.points[j, 1] = state.points[j, 1]
        out.prizes[j] = state.prizes[j]
        out.visited[j] = state.visited[j]
    for k in range(state.solution.shape[0]):
        out.sequence[k] = state.solution[k]


@inner
def write(state, out, k, j, share, remaining):
    """Write token k for node j, with a share, 0 or 1, of its prize."""
    out.tokens[k, 0] = state.points[j, 0]
    out.tokens[k, 1] = state.points[j, 1]
    out.tokens[k, 2] = state.prizes[j] * share
    out.tokens[k, 3] = remaining
    out.node_id[k] = j


@inner
def observe_bq(state, params, out):
    remaining = shown(state)
    write(state, out, 0, state.current, 0.0, remaining)  # the prize of the current node does not matter any more
    k = 1
    for j in range(state.points.shape[0]):  # no branches: entries of visited nodes are overwritten
        write(state, out, k, j, 1.0, remaining)
        k += not state.visited[j]
    write(state, out, k, 0, 0.0, remaining)
    out.n_tokens = k + 1
    for i in range(k + 1, out.tokens.shape[0]):
        for f in range(4):
            out.tokens[i, f] = 0.0
        out.node_id[i] = -1


@inner
def legal(state, params, mask):
    for j in range(mask.shape[0]):
        mask[j] = within(state, j) and not state.illegal
