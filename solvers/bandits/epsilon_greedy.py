"""Epsilon-greedy with an exploration rate that is fixed or falls as 1 / t (Auer, Cesa-Bianchi, Fischer 2002)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...envs.core.inner import inner
from ...envs.core.rng import randint, uniform
from ..core.fused import policy_dtype
from .beliefs import Belief, belief


class Settings(NamedTuple):
    """Explore with probability `epsilon`, or, with `falling` > 0, min(1, falling * arms / t)."""

    epsilon: float
    falling: float


def record(arms: int) -> np.dtype:
    return policy_dtype([("pulls", np.int64, (arms,)), ("mean", np.float64, (arms,)), ("rounds", np.int64)])


@inner
def act(policy, settings, shown, mask):
    arms = policy.pulls.shape[0]
    share = settings.epsilon
    if settings.falling > 0.0:
        share = settings.falling * arms / (policy.rounds + 1.0)
    if uniform(policy.rng) < share:
        return randint(policy.rng, arms)
    best, chosen = -np.inf, 0
    for arm in range(arms):
        if policy.pulls[arm] == 0:
            return arm
        if policy.mean[arm] > best:
            best, chosen = policy.mean[arm], arm
    return chosen


@inner
def update(policy, settings, action, reward, shown):
    policy.rounds += 1
    policy.pulls[action] += 1
    policy.mean[action] += (reward - policy.mean[action]) / policy.pulls[action]


def believes(policy: Any, settings: Settings) -> Belief:
    """Mean costs."""
    return belief(policy["pulls"], -policy["mean"])
