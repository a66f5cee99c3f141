"""Capacitated vehicle routing, compiled. Action 2 j + flag: to customer j, directly or (flag 1) via the depot."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint
from .draw import distance, draw_points
from .instance import TOLERANCE
from .kernel_tsp import DIAGONAL
from .steps import StepParams, begin, drive, fields, refuse, step_params

__all__ = ["StepParams", "step_params"]

LARGEST_DEMAND = 9  # demands are drawn from 1 to this


class Params(NamedTuple):
    """As for the TSP; `capacity` is that of new instances."""

    max_steps: int
    sparse: bool
    distribution: int
    capacity: float
    pool: NDArray[Any]


def instance(n: int) -> np.dtype:
    return record_dtype(
        [
            ("points", np.float64, (n + 1, 2)),
            ("demands", np.float64, (n + 1,)),
            ("capacity", np.float64),
            ("reference", np.float64),
        ]
    )


def record(n: int) -> np.dtype:
    """`remaining` is what the vehicle can still serve before it must go to the depot."""
    return state_dtype(
        [
            ("points", np.float64, (n + 1, 2)),
            ("demands", np.float64, (n + 1,)),
            ("capacity", np.float64),
            ("remaining", np.float64),
            *fields(n, n + 1),
        ]
    )


def observation(n: int) -> np.dtype:
    return record_dtype(
        [
            ("points", np.float32, (n + 1, 2)),
            ("demands", np.float32, (n + 1,)),
            ("remaining", np.float32, (1,)),
            ("sequence", np.int32, (n,)),
            ("visited", np.int8, (n + 1,)),
            ("current", np.int64),
        ]
    )


def observation_bq(n: int) -> np.dtype:
    return record_dtype([("tokens", np.float32, (n + 2, 4)), ("node_id", np.int32, (n + 2,)), ("n_tokens", np.int64)])


@inner
def reset(state, params):
    n = state.points.shape[0]
    reference = np.nan
    if params.pool.shape[0]:
        chosen = params.pool[randint(state.rng, params.pool.shape[0])]
        for j in range(n):
            state.points[j, 0] = chosen.points[j, 0]
            state.points[j, 1] = chosen.points[j, 1]
            state.demands[j] = chosen.demands[j]
        state.capacity = chosen.capacity
        reference = chosen.reference
    else:
        draw_points(state.rng, state.points[:1], 0, 0)
        draw_points(state.rng, state.points, 1, params.distribution)
        state.demands[0] = 0.0
        for j in range(1, n):
            state.demands[j] = 1 + randint(state.rng, LARGEST_DEMAND)
        state.capacity = params.capacity
    begin(state, reference)
    state.remaining = state.capacity
    state.visited[0] = True


@inner
def step(state, params, action):
    node, by_depot = action >> 1, action & 1
    demand = state.demands[node]
    if state.visited[node] or (not by_depot and demand > state.remaining + TOLERANCE):
        return refuse(state, params, 2 * DIAGONAL * (state.points.shape[0] - 1))
    back = distance(state.points, node, 0)
    if by_depot:
        length = distance(state.points, state.current, 0) + back
        state.remaining = state.capacity - demand
    else:
        length = distance(state.points, state.current, node)
        state.remaining = max(0.0, state.remaining - demand)
    return drive(state, params, action, node, length, back)


@inner
def observe(state, params, out):
    out.current = state.current
    out.remaining[0] = state.remaining / state.capacity
    for j in range(state.points.shape[0]):
        out.points[j, 0] = state.points[j, 0]
        out.points[j, 1] = state.points[j, 1]
        out.demands[j] = state.demands[j] / state.capacity
        out.visited[j] = state.visited[j]
    for k in range(state.solution.shape[0]):
        out.sequence[k] = state.solution[k]


@inner
def write(state, out, k, j, share, remaining):
    """Token k shows node j."""
    out.tokens[k, 0] = state.points[j, 0]
    out.tokens[k, 1] = state.points[j, 1]
    out.tokens[k, 2] = state.demands[j] * share
    out.tokens[k, 3] = remaining
    out.node_id[k] = j


@inner
def observe_bq(state, params, out):
    share = 1 / state.capacity
    remaining = state.remaining * share
    write(state, out, 0, state.current, 0.0, remaining)  # what was served at the current node does not matter any more
    k = 1
    for j in range(state.points.shape[0]):  # no branches: entries of visited nodes are overwritten
        write(state, out, k, j, share, remaining)
        k += not state.visited[j]
    write(state, out, k, 0, 0.0, remaining)
    out.n_tokens = k + 1
    for i in range(k + 1, out.tokens.shape[0]):
        for f in range(4):
            out.tokens[i, f] = 0.0
        out.node_id[i] = -1


@inner
def legal(state, params, mask):
    for j in range(state.visited.shape[0]):
        left = not state.visited[j] and not state.illegal
        mask[2 * j] = left and state.demands[j] <= state.remaining + TOLERANCE
        mask[2 * j + 1] = left
