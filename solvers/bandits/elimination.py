"""Successive elimination for weighted tallying bandits (Malik, Igoe, Li, Singh 2023, arXiv 2305.02955), compiled.

In epoch s every remaining arm is pulled for M + n_s rounds in a row. The first M results, while its tally rises, are
dropped, and the mean of the others estimates the arm's cost at full exposure. Arms worse than the best by more than
2 eps_s, eps_s = 2^-s, are eliminated. The epochs' constants are ours: n_s = ceil(2 v ln(2 K T) / eps_s^2) + 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...envs.core.inner import inner
from ..core.fused import policy_dtype


class Settings(NamedTuple):
    """`memory`: M, a bound on the arms' memory; `variance`: v, the noise's variance.

    `drop`: False is the ablation without the first M rounds.
    """

    memory: int
    variance: float
    horizon: int
    drop: bool


def record(arms: int) -> np.dtype:
    """`left`: remaining arms, its first `count` entries; `place`: the position in it of the arm being played."""
    return policy_dtype(
        [
            ("left", np.int64, (arms,)),
            ("count", np.int64),
            ("place", np.int64),
            ("epoch", np.int64),
            ("played", np.int64),
            ("sum", np.float64, (arms,)),
        ]
    )


@inner
def measured(settings, arms, epoch):
    """n_s: how many results per arm count in an epoch."""
    level = 2.0 * settings.variance * math.log(2.0 * arms * settings.horizon)
    return np.int64(math.ceil(level * 4.0**epoch)) + 1


@inner
def act(policy, settings, shown, mask):
    if policy.epoch == 0:
        policy.epoch, policy.count = 1, policy.left.shape[0]
        for arm in range(policy.count):
            policy.left[arm] = arm
    return policy.left[policy.place]


@inner
def update(policy, settings, action, reward, shown):
    if policy.count == 1:
        return
    needed = measured(settings, policy.left.shape[0], policy.epoch)
    dropped = settings.memory if settings.drop else 0
    policy.played += 1
    if policy.played > dropped:
        policy.sum[policy.place] -= reward
    if policy.played < dropped + needed:
        return
    policy.played = 0
    policy.place += 1
    if policy.place < policy.count:
        return
    bound = np.inf
    for place in range(policy.count):
        bound = min(bound, policy.sum[place] / needed)
    bound += 2.0 * 0.5**policy.epoch
    kept = 0
    for place in range(policy.count):
        if policy.sum[place] / needed <= bound:
            policy.left[kept] = policy.left[place]
            kept += 1
        policy.sum[place] = 0.0
    policy.count, policy.place = kept, 0
    policy.epoch += 1
