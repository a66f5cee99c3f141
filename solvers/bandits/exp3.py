"""EXP3 (Auer, Cesa-Bianchi, Freund, Schapire 2002), and in mini-batches (Arora, Dekel, Tewari 2012), compiled.

With batches of size b an arm is pulled b times in a row, and the mean loss is one round of EXP3: the classical
reduction of policy regret to ordinary regret, for an adversary with memory.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ...envs.core.inner import inner
from ...envs.core.rng import uniform
from ..core.fused import policy_dtype


class Settings(NamedTuple):
    """`eta`: learning rate of the weights on importance-weighted losses; `batch`: pulls of an arm in a row."""

    eta: float
    batch: int


def record(arms: int) -> np.dtype:
    return policy_dtype(
        [
            ("losses", np.float64, (arms,)),
            ("chance", np.float64),
            ("arm", np.int64),
            ("pulled", np.int64),
            ("lost", np.float64),
        ]
    )


@inner
def act(policy, settings, shown, mask):
    if policy.pulled > 0:
        return policy.arm
    arms = policy.losses.shape[0]
    least = policy.losses.min()
    total = 0.0
    for arm in range(arms):
        total += math.exp(-settings.eta * (policy.losses[arm] - least))
    drawn = uniform(policy.rng) * total
    chosen, weight = 0, 0.0
    for arm in range(arms):
        weight = math.exp(-settings.eta * (policy.losses[arm] - least))
        chosen = arm
        drawn -= weight
        if drawn < 0.0:
            break
    policy.arm, policy.chance = chosen, weight / total
    return policy.arm


@inner
def update(policy, settings, action, reward, shown):
    policy.pulled += 1
    policy.lost -= reward
    if policy.pulled == settings.batch:
        policy.losses[action] += policy.lost / settings.batch / policy.chance
        policy.pulled, policy.lost = 0, 0.0
