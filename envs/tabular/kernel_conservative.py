"""Conservative MDPs, compiled: a tabular MDP with a baseline policy and the least value that a policy may have."""

from __future__ import annotations

import numpy as np

from ..core.inner import copy, inner
from ..core.kernel import record_dtype, state_dtype
from ..core.portable import exp
from . import kernel
from .dynamic import evaluate, expected, plan
from .kernel import OBSERVATION, Params, draw, observe, pick, step, step_params, take

__all__ = ["OBSERVATION", "Params", "instance", "observe", "record", "reset", "step", "step_params"]

GOOD, SAFE = 0.8, 0.9  # shares: the baseline's of the best value; the least allowed of the baseline's value
TRIES = 200


def _fields(count: int, horizon: int, states: int, actions: int) -> list[tuple]:
    return [
        *kernel.tables(count, states, actions),
        ("baseline_policy", np.float64, (horizon, states, actions)),
        ("gamma_c", np.float64),
    ]


def instance(count: int, horizon: int, states: int, actions: int) -> np.dtype:
    return record_dtype(_fields(count, horizon, states, actions))


def record(count: int, horizon: int, states: int, actions: int) -> np.dtype:
    """`q` and `values` are workspace for planning."""
    return state_dtype(
        [
            *_fields(count, horizon, states, actions),
            ("state", np.int64),
            ("q", np.float64, (horizon, states, actions)),
            ("values", np.float64, (horizon + 1, states)),
            ("oracle_best_value", np.float64),
            ("oracle_baseline_value", np.float64),
        ]
    )


@inner
def soften(q, sharpness, policy):
    """The softmax of action values."""
    horizon, states, actions = q.shape
    for at in range(horizon):
        for state in range(states):
            most, total = q[at, state].max(), 0.0
            for action in range(actions):
                policy[at, state, action] = exp(sharpness * (q[at, state, action] - most))
                total += policy[at, state, action]
            for action in range(actions):
                policy[at, state, action] /= total


@inner
def value_of(state, policy):
    """The exact value of a policy from the start."""
    evaluate(state.transitions, state.rewards, policy, state.values)
    return expected(state.initial, state.values[0])


@inner
def set_baseline(state):
    """Set a softmax of the best action values with GOOD of the best value; False if uniform play is already safe."""
    best = state.oracle_best_value
    soften(state.q, 0.0, state.baseline_policy)
    if value_of(state, state.baseline_policy) >= SAFE * GOOD * best:
        return False
    low, high = 0.0, 1.0
    for _ in range(60):
        soften(state.q, high, state.baseline_policy)
        if value_of(state, state.baseline_policy) >= GOOD * best:
            break
        low, high = high, 2.0 * high
    for _ in range(60):
        middle = (low + high) / 2
        soften(state.q, middle, state.baseline_policy)
        if value_of(state, state.baseline_policy) < GOOD * best:
            low = middle
        else:
            high = middle
    soften(state.q, high, state.baseline_policy)
    return True


@inner
def best_value(state):
    plan(state.transitions, state.rewards, state.q, state.values)
    state.oracle_best_value = expected(state.initial, state.values[0])


@inner
def reset(state, params):
    place = take(state, params)
    if place >= 0:
        chosen = params.pool[place]
        copy(state.baseline_policy, chosen.baseline_policy)
        state.gamma_c = chosen.gamma_c
        best_value(state)
        state.oracle_baseline_value = value_of(state, state.baseline_policy)
    else:
        for _ in range(TRIES):
            draw(state.rng, state.transitions, state.rewards, state.initial, params.kind, params.concentration)
            best_value(state)
            if set_baseline(state):
                break
        state.oracle_baseline_value = value_of(state, state.baseline_policy)
        state.gamma_c = SAFE * state.oracle_baseline_value
    state.state = pick(state.rng, state.initial)
