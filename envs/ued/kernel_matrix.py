"""The game of decision rules, compiled: one action against a hidden column of a payoff matrix."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint

DRAWN = -1  # theta is drawn, not given

STATE = state_dtype([("oracle_theta", np.int64), ("oracle_regret", np.float64), ("action", np.int64)])
OBSERVATION = record_dtype([("blind", np.int64)])


class Params(NamedTuple):
    max_steps: int
    theta: int
    payoffs: NDArray[np.float64]


@inner
def reset(state, params):
    state.oracle_theta = params.theta if params.theta != DRAWN else randint(state.rng, params.payoffs.shape[1])
    state.oracle_regret = 0.0
    state.action = -1


@inner
def step(state, params, action):
    payoff = params.payoffs[action, state.oracle_theta]
    best = payoff
    for other in range(params.payoffs.shape[0]):
        best = max(best, params.payoffs[other, state.oracle_theta])
    state.oracle_regret = best - payoff
    state.action = action
    return payoff, True


@inner
def observe(state, params, out):
    out.blind = 0
