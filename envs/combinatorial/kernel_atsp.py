"""The asymmetric travelling salesperson, compiled: distances are a matrix and may differ by direction."""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint, uniform
from .kernel_tsp import Params, legal
from .steps import StepParams, begin, drive, fields, refuse, step_params

__all__ = ["Params", "StepParams", "legal", "step_params"]

DISTRIBUTIONS = ("metric", "independent")
METRIC, INDEPENDENT = range(2)


def instance(n: int) -> np.dtype:
    return record_dtype([("matrix", np.float64, (n, n)), ("reference", np.float64)])


def record(n: int) -> np.dtype:
    return state_dtype([("matrix", np.float64, (n, n)), *fields(n - 1, n)])


def observation(n: int) -> np.dtype:
    return record_dtype(
        [
            ("matrix", np.float32, (n, n)),
            ("sequence", np.int32, (n,)),
            ("visited", np.int8, (n,)),
            ("current", np.int64),
        ]
    )


def observation_bq(n: int) -> np.dtype:
    return record_dtype(
        [("tokens", np.float32, (n + 1, n + 1)), ("node_id", np.int32, (n + 1,)), ("n_tokens", np.int64)]
    )


@inner
def draw_matrix(rng, matrix, distribution):
    """Independent uniform entries; METRIC: then their shortest-path distances, so that no detour is shorter."""
    n = matrix.shape[0]
    for i in range(n):
        for j in range(n):
            matrix[i, j] = uniform(rng) if i != j else 0.0
    if distribution == METRIC:
        for k in range(n):  # Floyd-Warshall
            for i in range(n):
                for j in range(n):
                    matrix[i, j] = min(matrix[i, j], matrix[i, k] + matrix[k, j])


@inner
def reset(state, params):
    reference = np.nan
    if params.pool.shape[0]:
        chosen = params.pool[randint(state.rng, params.pool.shape[0])]
        for i in range(state.matrix.shape[0]):
            for j in range(state.matrix.shape[0]):
                state.matrix[i, j] = chosen.matrix[i, j]
        reference = chosen.reference
    else:
        draw_matrix(state.rng, state.matrix, params.distribution)
    begin(state, reference)
    state.visited[0] = True


@inner
def step(state, params, action):
    if state.visited[action]:
        return refuse(state, params, 1.0 * state.matrix.shape[0])  # no entry is above 1
    return drive(state, params, action, action, state.matrix[state.current, action], state.matrix[action, 0])


@inner
def observe(state, params, out):
    n = state.matrix.shape[0]
    out.current = state.current
    for i in range(n):
        out.visited[i] = state.visited[i]
        for j in range(n):
            out.matrix[i, j] = state.matrix[i, j]
    out.sequence[0] = 0
    for k in range(n - 1):
        out.sequence[k + 1] = state.solution[k]


@inner
def observe_bq(state, params, out):
    """The rows and columns of the current node, the remaining nodes, and a copy of node 0 as the destination."""
    n = state.matrix.shape[0]
    out.node_id[0] = state.current
    k = 1
    for j in range(n):
        out.node_id[k] = j
        k += not state.visited[j]
    out.node_id[k] = 0
    out.n_tokens = k + 1
    for i in range(k + 1, n + 1):
        out.node_id[i] = -1
    for a in range(n + 1):
        for b in range(n + 1):
            inside = a <= k and b <= k
            out.tokens[a, b] = state.matrix[out.node_id[a], out.node_id[b]] if inside else 0.0
