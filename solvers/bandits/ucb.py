"""UCB1 (Auer, Cesa-Bianchi, Fischer 2002) and KL-UCB (Garivier, Cappé 2011, arXiv 1102.2490), compiled.

In both, the gain of a pull is 1 plus its reward, since the suite's bandits pay minus a loss from 0 to 1.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ...envs.core.inner import inner
from ..core.fused import policy_dtype
from .beliefs import Belief, belief


class Settings(NamedTuple):
    """`scale`: scale of UCB1's bonus, 2 as published for gains in [0, 1]; `kl`: whether to use KL-UCB."""

    scale: float
    kl: bool


def record(arms: int) -> np.dtype:
    return policy_dtype([("pulls", np.int64, (arms,)), ("mean", np.float64, (arms,)), ("rounds", np.int64)])


@inner
def divergence(p, q):
    """The Kullback-Leibler divergence between Bernoulli distributions."""
    p, q = min(max(p, 1e-12), 1 - 1e-12), min(max(q, 1e-12), 1 - 1e-12)
    return p * math.log(p / q) + (1 - p) * math.log((1 - p) / (1 - q))


@inner
def upper(mean, level):
    """The largest q, from the mean upwards, whose divergence from the mean is at most `level`.

    Newton's method, started at Pinsker's bound: the divergence is convex in q, so it reaches the root from above.
    """
    p = min(max(mean, 1e-9), 1 - 1e-9)
    q = min(p + math.sqrt(level / 2), 1 - 1e-9)
    entropy = p * math.log(p) + (1 - p) * math.log(1 - p)
    for _ in range(30):
        beyond = entropy - p * math.log(q) - (1 - p) * math.log(1 - q) - level
        if beyond < 1e-10:
            break
        q -= beyond * q * (1 - q) / (q - p)
    return q


@inner
def act(policy, settings, shown, mask):
    arms = policy.pulls.shape[0]
    best, chosen = -np.inf, 0
    width = math.log(policy.rounds + 1.0)
    for arm in range(arms):
        if policy.pulls[arm] == 0:
            return arm
        if settings.kl:
            level = width / policy.pulls[arm]
            if policy.mean[arm] + math.sqrt(level / 2) <= best:  # by Pinsker's bound its index is no larger
                continue
            index = upper(policy.mean[arm], level)
        else:
            index = policy.mean[arm] + math.sqrt(settings.scale * width / policy.pulls[arm])
        if index > best:
            best, chosen = index, arm
    return chosen


@inner
def update(policy, settings, action, reward, shown):
    policy.rounds += 1
    policy.pulls[action] += 1
    policy.mean[action] += (1.0 + reward - policy.mean[action]) / policy.pulls[action]


def believes(policy: Any, settings: Settings) -> Belief:
    """Mean costs, with the lower bounds of the index."""
    pulls, mean = policy["pulls"], policy["mean"]
    level = np.log(max(policy["rounds"], 2)) / np.maximum(pulls, 1)
    if settings.kl:
        index = np.array([upper(*pair) for pair in zip(mean, level, strict=True)])
    else:
        index = mean + np.sqrt(settings.scale * level)
    return belief(pulls, 1 - mean, 1 - index, 1 - mean + (index - mean))
