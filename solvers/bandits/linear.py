"""LinUCB (Li, Chu, Langford, Schapire 2010, arXiv 1003.0146) and LinTS (Agrawal, Goyal 2013, arXiv 1209.3352).

Compiled. Each action has a ridge regression of the reward on the context, with an intercept, maintained by rank-one
updates. Only available actions are considered, so the set of actions may change from round to round.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...envs.core.inner import inner
from ...envs.core.rng import normal
from ..core.fused import policy_dtype


class Settings(NamedTuple):
    """`alpha`: scale of the bonus or of the sampled standard deviation; `ridge`: penalty; `sample`: LinTS."""

    alpha: float
    ridge: float
    sample: bool


def record(actions: int, features: int) -> np.dtype:
    """Per action: `inverse` of the ridge matrix, `target` (sum of contexts times rewards), `weights`, their product."""
    wide = features + 1
    return policy_dtype(
        [
            ("inverse", np.float64, (actions, wide, wide)),
            ("target", np.float64, (actions, wide)),
            ("weights", np.float64, (actions, wide)),
            ("context", np.float64, (wide,)),
            ("begun", np.bool_),
        ]
    )


@inner
def begin(policy, settings):
    """Ridge matrices without data."""
    for action in range(policy.weights.shape[0]):
        for i in range(policy.weights.shape[1]):
            policy.inverse[action, i, i] = 1.0 / settings.ridge
    policy.begun = True


@inner
def act(policy, settings, shown, mask):
    if not policy.begun:
        begin(policy, settings)
    actions, wide = policy.weights.shape
    policy.context[wide - 1] = 1.0
    for i in range(wide - 1):
        policy.context[i] = shown.context[i]
    best, chosen = -np.inf, 0
    for action in range(actions):
        if mask[action] == 0:
            continue
        mean, variance = 0.0, 0.0
        for i in range(wide):
            mean += policy.weights[action, i] * policy.context[i]
            for j in range(wide):
                variance += policy.context[i] * policy.inverse[action, i, j] * policy.context[j]
        # Actions share no weights, so sampling the mean reward equals sampling the weights.
        width = settings.alpha * math.sqrt(max(0.0, variance))
        score = mean + (width * normal(policy.rng) if settings.sample else width)
        if score > best:
            best, chosen = score, action
    return chosen


@inner
def update(policy, settings, action, reward, shown):
    wide = policy.context.shape[0]
    inverse, target, weights = policy.inverse[action], policy.target[action], policy.weights[action]
    scale = 1.0
    for i in range(wide):  # weights are overwritten below: until then they hold the inverse times the context
        weights[i] = 0.0
        for j in range(wide):
            weights[i] += inverse[i, j] * policy.context[j]
        scale += weights[i] * policy.context[i]
    for i in range(wide):
        for j in range(wide):
            inverse[i, j] -= weights[i] * weights[j] / scale
        target[i] += reward * policy.context[i]
    for i in range(wide):
        weights[i] = 0.0
        for j in range(wide):
            weights[i] += inverse[i, j] * target[j]
