"""The knapsack, compiled: items one after the other while one fits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint
from .draw import grid
from .instance import TOLERANCE
from .steps import StepParams, begin, collect, fields, step_params, stop

__all__ = ["StepParams", "step_params"]

DISTRIBUTIONS = ("uniform", "correlated")
UNIFORM, CORRELATED = range(2)
MARGIN = 0.1  # strongly correlated: an item's value is its weight plus this


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
            ("values", np.float64, (n,)),
            ("weights", np.float64, (n,)),
            ("capacity", np.float64),
            ("reference", np.float64),
        ]
    )


def record(n: int) -> np.dtype:
    """`visited` items are packed, `remaining` is the capacity left."""
    return state_dtype(
        [
            ("values", np.float64, (n,)),
            ("weights", np.float64, (n,)),
            ("capacity", np.float64),
            ("remaining", np.float64),
            *fields(n, n),
        ]
    )


def observation(n: int) -> np.dtype:
    return record_dtype(
        [
            ("item_values", np.float32, (n,)),
            ("item_weights", np.float32, (n,)),
            ("remaining", np.float32, (1,)),
            ("packed", np.int8, (n,)),
        ]
    )


def observation_bq(n: int) -> np.dtype:
    return record_dtype([("tokens", np.float32, (n, 3)), ("node_id", np.int32, (n,)), ("n_tokens", np.int64)])


@inner
def reset(state, params):
    n = state.values.shape[0]
    reference = np.nan
    if params.pool.shape[0]:
        chosen = params.pool[randint(state.rng, params.pool.shape[0])]
        for j in range(n):
            state.values[j] = chosen.values[j]
            state.weights[j] = chosen.weights[j]
        state.capacity = chosen.capacity
        reference = chosen.reference
    else:
        for j in range(n):
            state.weights[j] = grid(state.rng)
            state.values[j] = grid(state.rng) if params.distribution == UNIFORM else state.weights[j] + MARGIN
        state.capacity = params.capacity
    state.remaining = state.capacity
    begin(state, reference)


@inner
def fits(state, j):
    return not state.visited[j] and state.weights[j] <= state.remaining + TOLERANCE


@inner
def step(state, params, action):
    if not fits(state, action):
        return stop(state, params)
    state.remaining = max(0.0, state.remaining - state.weights[action])
    state.visited[action] = True
    end = True
    for j in range(state.values.shape[0]):
        end &= not fits(state, j)
    return collect(state, params, action, state.values[action], end)


@inner
def shown(state):
    """The remaining capacity, capped at the most that all items could use."""
    return min(state.remaining, 1.0 * state.values.shape[0])


@inner
def observe(state, params, out):
    out.remaining[0] = shown(state)
    for j in range(state.values.shape[0]):
        out.item_values[j] = state.values[j]
        out.item_weights[j] = state.weights[j]
        out.packed[j] = state.visited[j]


@inner
def observe_bq(state, params, out):
    n = state.values.shape[0]
    k, remaining = 0, shown(state)
    for j in range(n):
        if not state.visited[j]:
            out.tokens[k, 0] = state.values[j]
            out.tokens[k, 1] = state.weights[j]
            out.tokens[k, 2] = remaining
            out.node_id[k] = j
            k += 1
    out.n_tokens = k
    for i in range(k, n):
        for f in range(3):
            out.tokens[i, f] = 0.0
        out.node_id[i] = -1


@inner
def legal(state, params, mask):
    for j in range(mask.shape[0]):
        mask[j] = fits(state, j) and not state.illegal
