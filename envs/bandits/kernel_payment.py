"""Payment routing, compiled: each context has a set of actions, and the payment succeeds or fails."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.portable import exp
from ..core.rng import normal, randint, uniform

# Standard deviations of the parameters of a new instance. Uniform actions then fail at about a third of the payments.
COMMON, OWN, BIAS, CURVE = 0.75, 0.6, 0.5, 0.5
TYPICAL = math.sqrt(2.0 / math.pi)  # the mean of |x|
NOTHING = -1  # value of `taken` before the first round


class Params(NamedTuple):
    max_steps: int
    availability: float
    base: float
    curved: bool
    pool: NDArray[Any]


class StepParams(NamedTuple):
    """The parameters of `Params` that a step needs."""

    availability: float


@inner
def step_params(params):
    return StepParams(params.availability)


def instance(actions: int, features: int) -> np.dtype:
    return record_dtype(
        [
            ("base", np.float64),
            ("common", np.float64, (features,)),
            ("weights", np.float64, (actions, features)),
            ("bias", np.float64, (actions,)),
            ("curve", np.float64, (actions, features)),
        ]
    )


def record(actions: int, features: int) -> np.dtype:
    """`context` is float32 as in the observation, so that what is shown determines the outcome."""
    return state_dtype(
        [
            ("base", np.float64),
            ("common", np.float64, (features,)),
            ("weights", np.float64, (actions, features)),
            ("bias", np.float64, (actions,)),
            ("curve", np.float64, (actions, features)),
            ("start", np.uint64, (4,)),
            ("context", np.float32, (features,)),
            ("available", np.int8, (actions,)),
            ("taken", np.int64),
            ("illegal", np.bool_),
            ("invalid", np.bool_),
            ("succeeded", np.int64),
            ("oracle_loss", np.float64),
            ("oracle_best", np.float64),
        ]
    )


def observation(features: int) -> np.dtype:
    return record_dtype([("context", np.float32, (features,))])


@inner
def success(state, context, action):
    """The probability that a payment succeeds; `state` holds the fields of an instance."""
    logit = state.base + state.bias[action]
    for k in range(context.shape[0]):
        x = np.float64(context[k])
        logit += x * (state.common[k] + state.weights[action, k])
        logit += (abs(x) - TYPICAL) * state.curve[action, k]
    return 1.0 / (1.0 + exp(-logit))


@inner
def least(state, context, available):
    """The least failure probability of any available action."""
    best = 1.0
    for action in range(available.shape[0]):
        if available[action] == 1:
            best = min(best, 1.0 - success(state, context, action))
    return best


@inner
def arrive(rng, availability, context, available):
    """Draw the next payment; always the same number of draws."""
    for k in range(context.shape[0]):
        context[k] = np.float32(normal(rng))
    count = 0
    for action in range(available.shape[0]):
        available[action] = 1 if uniform(rng) < availability else 0
        count += available[action]
    kept = randint(rng, available.shape[0])
    if count == 0:
        available[kept] = 1


@inner
def draw(rng, state, params):
    """Draw an instance."""
    state.base = params.base
    for k in range(state.common.shape[0]):
        state.common[k] = COMMON * normal(rng)
    for action in range(state.bias.shape[0]):
        state.bias[action] = BIAS * normal(rng)
        for k in range(state.common.shape[0]):
            state.weights[action, k] = OWN * normal(rng)
            state.curve[action, k] = CURVE * normal(rng) if params.curved else 0.0


@inner
def reset(state, params):
    if params.pool.shape[0] > 0:
        chosen = params.pool[randint(state.rng, params.pool.shape[0])]
        state.base = chosen.base
        for k in range(state.common.shape[0]):
            state.common[k] = chosen.common[k]
        for action in range(state.bias.shape[0]):
            state.bias[action] = chosen.bias[action]
            for k in range(state.common.shape[0]):
                state.weights[action, k] = chosen.weights[action, k]
                state.curve[action, k] = chosen.curve[action, k]
    else:
        draw(state.rng, state, params)
    for word in range(4):
        state.start[word] = state.rng[word]
    state.taken = NOTHING
    state.illegal = False
    state.invalid = False
    state.succeeded = 0
    state.oracle_loss = 0.0
    state.oracle_best = 0.0
    arrive(state.rng, params.availability, state.context, state.available)


@inner
def step(state, params, action):
    state.illegal = state.available[action] == 0
    state.invalid = state.illegal
    if state.illegal:
        action = 0
        while state.available[action] == 0:
            action += 1
    state.taken = action
    goes_through = success(state, state.context, action)
    state.oracle_loss = 1.0 - goes_through
    state.oracle_best = least(state, state.context, state.available)
    reward = 1.0 if uniform(state.rng) < goes_through else 0.0
    state.succeeded += np.int64(reward)
    arrive(state.rng, params.availability, state.context, state.available)
    return reward, False


@inner
def observe(state, params, out):
    for k in range(state.context.shape[0]):
        out.context[k] = state.context[k]


@inner
def legal(state, params, mask):
    for action in range(state.available.shape[0]):
        mask[action] = state.available[action]


@inner
def best_actions(state, params, actions):
    """Write the best available action of every round, ties to the first; return the sum of their expected losses."""
    rng = state.start.copy()
    context, available = state.context.copy(), state.available.copy()
    total = 0.0
    for t in range(actions.shape[0]):
        arrive(rng, params.availability, context, available)
        uniform(rng)  # stands for the feedback
        best = 2.0
        for action in range(available.shape[0]):
            if available[action] == 1:
                loss = 1.0 - success(state, context, action)
                if loss < best:
                    best = loss
                    actions[t] = action
        total += best
    return total
