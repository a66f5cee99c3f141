"""The travelling salesperson, compiled: from node 0 through every other node once and back."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint
from .draw import distance, draw_points
from .steps import StepParams, begin, drive, fields, refuse, step_params

__all__ = ["StepParams", "step_params"]

DIAGONAL = math.sqrt(2.0)  # of the unit square: no leg is longer


class Params(NamedTuple):
    """`pool`: instances from which a reset draws uniformly; if empty, `distribution` generates new ones."""

    max_steps: int
    sparse: bool
    distribution: int
    pool: NDArray[Any]


def instance(n: int) -> np.dtype:
    return record_dtype([("points", np.float64, (n, 2)), ("reference", np.float64)])


def record(n: int) -> np.dtype:
    return state_dtype([("points", np.float64, (n, 2)), *fields(n - 1, n)])


def observation(n: int) -> np.dtype:
    return record_dtype(
        [
            ("points", np.float32, (n, 2)),
            ("sequence", np.int32, (n,)),
            ("visited", np.int8, (n,)),
            ("current", np.int64),
        ]
    )


def observation_bq(n: int) -> np.dtype:
    return record_dtype([("tokens", np.float32, (n + 1, 2)), ("node_id", np.int32, (n + 1,)), ("n_tokens", np.int64)])


@inner
def reset(state, params):
    reference = np.nan
    if params.pool.shape[0]:
        chosen = params.pool[randint(state.rng, params.pool.shape[0])]
        for j in range(state.points.shape[0]):
            state.points[j, 0] = chosen.points[j, 0]
            state.points[j, 1] = chosen.points[j, 1]
        reference = chosen.reference
    else:
        draw_points(state.rng, state.points, 0, params.distribution)
    begin(state, reference)
    state.visited[0] = True


@inner
def step(state, params, action):
    if state.visited[action]:
        return refuse(state, params, DIAGONAL * state.points.shape[0])
    length = distance(state.points, state.current, action)
    return drive(state, params, action, action, length, distance(state.points, action, 0))


@inner
def observe(state, params, out):
    n = state.points.shape[0]
    out.current = state.current
    for j in range(n):
        out.points[j, 0] = state.points[j, 0]
        out.points[j, 1] = state.points[j, 1]
        out.visited[j] = state.visited[j]
    out.sequence[0] = 0
    for k in range(n - 1):
        out.sequence[k + 1] = state.solution[k]


@inner
def observe_bq(state, params, out):
    n = state.points.shape[0]
    out.tokens[0, 0] = state.points[state.current, 0]
    out.tokens[0, 1] = state.points[state.current, 1]
    out.node_id[0] = state.current
    k = 1
    for j in range(n):  # no branches: entries of visited nodes are overwritten
        out.tokens[k, 0] = state.points[j, 0]
        out.tokens[k, 1] = state.points[j, 1]
        out.node_id[k] = j
        k += not state.visited[j]
    out.tokens[k, 0] = state.points[0, 0]
    out.tokens[k, 1] = state.points[0, 1]
    out.node_id[k] = 0
    out.n_tokens = k + 1
    for i in range(k + 1, n + 1):
        out.tokens[i, 0] = 0.0
        out.tokens[i, 1] = 0.0
        out.node_id[i] = -1


@inner
def legal(state, params, mask):
    for j in range(mask.shape[0]):
        mask[j] = not state.visited[j] and not state.illegal
