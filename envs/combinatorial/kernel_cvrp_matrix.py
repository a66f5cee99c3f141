"""Vehicle routing with a distance matrix, limits on routes and a limit on their number, compiled.

It plays instances from files that do not fit the record of `kernel_cvrp`; actions are the same. Distances, service
times and the limit are in units of the greatest distance. An infinite limit or number of vehicles means no limit.
"""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint
from .instance import SLACK, TOLERANCE
from .kernel_cvrp import Params
from .steps import StepParams, begin, drive, fields, refuse, step_params

__all__ = ["Params", "StepParams", "step_params"]


def _given(n: int) -> list[tuple]:
    return [
        ("points", np.float64, (n + 1, 2)),  # where pictures and texts show the nodes; NaN without coordinates
        ("matrix", np.float64, (n + 1, n + 1)),
        ("demands", np.float64, (n + 1,)),
        ("service", np.float64, (n + 1,)),
        ("capacity", np.float64),
        ("limit", np.float64),
        ("vehicles", np.float64),
    ]


def instance(n: int) -> np.dtype:
    return record_dtype([*_given(n), ("reference", np.float64)])


def record(n: int) -> np.dtype:
    """`remaining` as in `kernel_cvrp`; `spent`: the part of the limit used by this route; `routes`: number begun."""
    own = [("remaining", np.float64), ("spent", np.float64), ("routes", np.int64)]
    return state_dtype([*_given(n), *own, *fields(n, n + 1)])




def observation(n: int) -> np.dtype:
    return record_dtype(
        [
            ("matrix", np.float32, (n + 1, n + 1)),
            ("demands", np.float32, (n + 1,)),
            ("service", np.float32, (n + 1,)),
            ("remaining", np.float32, (3,)),
            ("sequence", np.int32, (n,)),
            ("visited", np.int8, (n + 1,)),
            ("current", np.int64),
        ]
    )


def observation_bq(n: int) -> np.dtype:
    return record_dtype(
        [
            ("matrix", np.float32, (n + 2, n + 2)),
            ("tokens", np.float32, (n + 2, 5)),
            ("node_id", np.int32, (n + 2,)),
            ("n_tokens", np.int64),
        ]
    )


@inner
def reset(state, params):
    chosen = params.pool[randint(state.rng, params.pool.shape[0])]
    n = state.matrix.shape[0]
    for i in range(n):
        for j in range(n):
            state.matrix[i, j] = chosen.matrix[i, j]
        state.points[i, 0], state.points[i, 1] = chosen.points[i, 0], chosen.points[i, 1]
        state.demands[i], state.service[i] = chosen.demands[i], chosen.service[i]
    state.capacity, state.limit, state.vehicles = chosen.capacity, chosen.limit, chosen.vehicles
    begin(state, chosen.reference)
    state.remaining, state.spent, state.routes = state.capacity, 0.0, 1
    state.visited[0] = True


@inner
def fits(state, node):
    """Whether a customer can be driven to directly."""
    spent = state.spent + state.matrix[state.current, node] + state.service[node] + state.matrix[node, 0]
    return state.demands[node] <= state.remaining + TOLERANCE and spent <= state.limit * (1 + SLACK)


@inner
def another(state):
    """Whether another route may begin; the one that starts with the episode counts as begun."""
    return state.current == 0 or state.routes < state.vehicles


@inner
def is_stuck(state):
    """Whether customers remain of whom none can be served."""
    if another(state):
        return False
    for j in range(state.visited.shape[0]):
        if not state.visited[j] and fits(state, j):
            return False
    return True


@inner
def step(state, params, action):
    node, by_depot = action >> 1, action & 1
    penalty = 2.0 * (state.visited.shape[0] - 1)  # no entry is above 1
    if state.visited[node] or not (another(state) if by_depot else fits(state, node)):
        return refuse(state, params, penalty)
    length, back = state.matrix[state.current, node], state.matrix[node, 0]
    if by_depot:
        length = state.matrix[state.current, 0] + state.matrix[0, node]
        state.routes += state.current != 0
        state.remaining = state.capacity - state.demands[node]
        state.spent = state.matrix[0, node] + state.service[node]
    else:
        state.remaining = max(0.0, state.remaining - state.demands[node])
        state.spent += length + state.service[node]
    reward, over = drive(state, params, action, node, length, back)
    if not over and is_stuck(state):
        lost, over = refuse(state, params, penalty)
        reward += lost
    return reward, over


@inner
def shares(state, out):
    """The remaining shares of the capacity, of the limit and of the vehicles; 1 where there is no limit."""
    out[0] = state.remaining / state.capacity
    out[1] = max(0.0, 1 - state.spent / state.limit)
    out[2] = 1.0 if state.vehicles == np.inf else (state.vehicles - state.routes) / state.vehicles


@inner
def observe(state, params, out):
    n = state.matrix.shape[0]
    out.current = state.current
    shares(state, out.remaining)
    for i in range(n):
        for j in range(n):
            out.matrix[i, j] = state.matrix[i, j]
        out.demands[i], out.service[i] = state.demands[i] / state.capacity, state.service[i] / state.limit
        out.visited[i] = state.visited[i]
    for k in range(state.solution.shape[0]):
        out.sequence[k] = state.solution[k]


@inner
def observe_bq(state, params, out):
    """The rows and columns of the current node, the remaining customers and the depot."""
    n = state.matrix.shape[0]
    out.node_id[0] = state.current
    k = 1
    for j in range(n):
        out.node_id[k] = j
        k += not state.visited[j]
    out.node_id[k] = 0
    out.n_tokens = k + 1
    shares(state, out.tokens[0, 2:])
    for a in range(n + 1):
        if a > k:
            out.node_id[a] = -1
        node = out.node_id[a]
        own = 0 < a < k
        out.tokens[a, 0] = state.demands[node] / state.capacity if own else 0.0
        out.tokens[a, 1] = state.service[node] / state.limit if own else 0.0
        for f in range(2, 5):
            out.tokens[a, f] = out.tokens[0, f] if a <= k else 0.0
    for a in range(n + 1):
        for b in range(n + 1):
            out.matrix[a, b] = state.matrix[out.node_id[a], out.node_id[b]] if a <= k and b <= k else 0.0


@inner
def legal(state, params, mask):
    more = another(state)
    for j in range(state.visited.shape[0]):
        left = not state.visited[j] and not state.illegal
        mask[2 * j] = left and fits(state, j)
        mask[2 * j + 1] = left and more
