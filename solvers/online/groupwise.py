"""Groupwise regression, compiled: a ridge regression for each group, and AdaNormalHedge over the active groups.

After Acharya, Arunachaleswaran, Kannan, Roth, Ziani 2023 (arXiv 2310.04652). `always` is the baseline: only the ridge
regression of the group that contains everybody.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...envs.core.inner import inner
from ...envs.core.rng import uniform
from ..core.fused import policy_dtype
from . import adanormalhedge, ridge

DRAW, AVERAGE, ALWAYS = range(3)


class Settings(NamedTuple):
    """`play`: predict by one expert drawn by weight, by their weighted average, or always by the last expert."""

    play: int
    penalty: float


def record(groups: int, size: int) -> np.dtype:
    """`expected` are each group's losses, averaged over the draw of an expert; `realised` are those of the drawn one.

    `seen` are the least and the greatest label.
    """
    return policy_dtype(
        [
            ("rounds", np.int64),
            ("x", np.float64, (size,)),
            ("groups", np.int8, (groups,)),
            ("awake", np.int8, (groups,)),
            ("regret", np.float64, (groups,)),
            ("spread", np.float64, (groups,)),
            ("weights", np.float64, (groups,)),
            ("predictions", np.float64, (groups,)),
            ("losses", np.float64, (groups,)),
            ("inverse", np.float64, (groups, size, size)),
            ("fit", np.float64, (groups, size)),
            ("gain", np.float64, (size,)),
            ("action", np.float64, (1,)),
            ("expected", np.float64, (groups,)),
            ("realised", np.float64, (groups,)),
            ("seen", np.float64, (2,)),
        ]
    )


@inner
def act(policy, settings, shown, mask):
    groups, size = policy.fit.shape
    if policy.rounds == 0:
        for group in range(groups):
            ridge.begin(policy.inverse[group], policy.fit[group], settings.penalty)
    for i in range(size):
        policy.x[i] = shown.x[i]
    for group in range(groups):
        policy.groups[group] = shown.groups[group]
        policy.awake[group] = shown.groups[group]
        if settings.play == ALWAYS and group < groups - 1:
            policy.awake[group] = 0
        if policy.awake[group]:
            policy.predictions[group] = ridge.predict(policy.fit[group], policy.x)
    adanormalhedge.weigh(policy.regret, policy.spread, policy.awake, policy.weights)
    average, drawn, left = 0.0, groups - 1, uniform(policy.rng)
    for group in range(groups):
        if policy.awake[group]:
            average += policy.weights[group] * policy.predictions[group]
            if 0.0 <= left < policy.weights[group]:
                drawn = group
            left -= policy.weights[group]
    policy.action[0] = average if settings.play == AVERAGE else policy.predictions[drawn]
    return policy.action


@inner
def update(policy, settings, action, reward, shown):
    y = shown.prev_y[0]
    played = (action[0] - y) ** 2
    policy.seen[0] = min(policy.seen[0], y) if policy.rounds else y
    policy.seen[1] = max(policy.seen[1], y) if policy.rounds else y
    for group in range(policy.awake.shape[0]):
        policy.losses[group] = (policy.predictions[group] - y) ** 2
    loss = adanormalhedge.learn(policy.regret, policy.spread, policy.awake, policy.weights, policy.losses)
    for group in range(policy.awake.shape[0]):
        if policy.awake[group]:
            ridge.learn(policy.inverse[group], policy.fit[group], policy.gain, policy.x, y)
        if policy.groups[group]:
            policy.expected[group] += played if settings.play == AVERAGE else loss
            policy.realised[group] += played
    policy.rounds += 1
