"""Explore then commit (Robbins 1952): every arm in turn for a while, then only the cheapest one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...envs.core.inner import inner
from ..core.fused import policy_dtype
from .beliefs import Belief, belief


class Settings(NamedTuple):
    """`pulls`: pulls of each arm before the policy commits."""

    pulls: int


def record(arms: int) -> np.dtype:
    return policy_dtype([("sum", np.float64, (arms,)), ("rounds", np.int64)])


@inner
def act(policy, settings, shown, mask):
    arms = policy.sum.shape[0]
    if policy.rounds < arms * settings.pulls:
        return policy.rounds % arms
    return policy.sum.argmax()


@inner
def update(policy, settings, action, reward, shown):
    if policy.rounds < policy.sum.shape[0] * settings.pulls:
        policy.sum[action] += reward
    policy.rounds += 1


def believes(policy: Any, settings: Settings) -> Belief:
    """Mean costs and pulls of the exploration."""
    arms, counted = len(policy["sum"]), min(int(policy["rounds"]), len(policy["sum"]) * settings.pulls)
    pulls = counted // arms + (np.arange(arms) < counted % arms)
    return belief(pulls, -policy["sum"] / np.maximum(pulls, 1))
