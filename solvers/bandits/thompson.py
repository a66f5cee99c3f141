"""Thompson sampling (Thompson 1933; Agrawal and Goyal 2012) with Beta or Gaussian posteriors, compiled.

The gain of a pull is 1 plus its reward. With Beta(1, 1) priors a gain between 0 and 1 counts as a success with
probability equal to the gain. With Gaussian posteriors the prior is flat and the noise is known.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ...envs.core.inner import inner
from ...envs.core.rng import gamma, normal, uniform
from ..core.fused import policy_dtype
from .beliefs import Belief, belief


class Settings(NamedTuple):
    """`deviation`: standard deviation of the noise; 0 selects Beta posteriors."""

    deviation: float


def record(arms: int) -> np.dtype:
    return policy_dtype([("pulls", np.int64, (arms,)), ("gains", np.float64, (arms,)), ("rounds", np.int64)])


@inner
def act(policy, settings, shown, mask):
    arms = policy.pulls.shape[0]
    for arm in range(arms):
        if settings.deviation > 0.0 and policy.pulls[arm] == 0:
            return arm
    best, chosen = -np.inf, 0
    for arm in range(arms):
        pulls, gains = policy.pulls[arm], policy.gains[arm]
        if settings.deviation > 0.0:
            drawn = gains / pulls + settings.deviation / math.sqrt(pulls) * normal(policy.rng)
        else:
            successes = gamma(policy.rng, 1.0 + gains)
            drawn = successes / (successes + gamma(policy.rng, 1.0 + pulls - gains))
        if drawn > best:
            best, chosen = drawn, arm
    return chosen


@inner
def update(policy, settings, action, reward, shown):
    gain = 1.0 + reward
    if settings.deviation == 0.0:
        gain = 1.0 if uniform(policy.rng) < gain else 0.0
    policy.rounds += 1
    policy.pulls[action] += 1
    policy.gains[action] += gain


def believes(policy: Any, settings: Settings) -> Belief:
    """Posterior means with two standard deviations."""
    pulls, gains = policy["pulls"], policy["gains"]
    if settings.deviation > 0:
        mean = gains / np.maximum(pulls, 1)
        half = 2 * settings.deviation / np.sqrt(np.maximum(pulls, 1))
    else:
        mean = (1 + gains) / (2 + pulls)
        half = 2 * np.sqrt(mean * (1 - mean) / (3 + pulls))
    return belief(pulls, 1 - mean, 1 - mean - half, 1 - mean + half)
