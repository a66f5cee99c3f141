"""Context-Semi-Bandit-FTPL for one-sided fairness, compiled: follow the leader on losses that each call perturbs anew.

After Bechavod and Roth 2022 (arXiv 2206.04475) on Syrgkanis, Krishnamurthy, Schapire 2016 (arXiv 1602.02454). An
offline oracle returns a rule for the weighted accumulated examples and a small separator set labelled with Laplace
noise; the decision is this rule's. A probability is the mean of many such decisions. Its inverse is estimated by
geometric resampling: the number of new calls until the individual is accepted again, up to a cap.

The oracle here searches all rules of a finite class; another oracle would only change `call`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...envs.core.inner import inner
from ...envs.core.rng import uniform
from ..core.fused import policy_dtype
from .fair_exp2 import charge, look


class Settings(NamedTuple):
    """`separated` (rules, points) is 1 where a rule accepts a point of the separator set; `scale` is the noise's."""

    scale: float
    mix: float
    cost: float
    calls: int
    cap: int
    rules: NDArray[np.float64]
    separated: NDArray[np.float64]


def record(rules: int, individuals: int, points: int) -> np.dtype:
    """`used` counts the calls of the oracle."""
    return policy_dtype(
        [
            ("losses", np.float64, (rules,)),
            ("accepts", np.int8, (rules, individuals)),
            ("noise", np.float64, (points,)),
            ("values", np.float64, (individuals,)),
            ("action", np.float64, (individuals,)),
            ("used", np.int64),
        ]
    )


@inner
def call(policy, settings):
    """The rule with the least loss, including the separator set's noise; with probability `mix`, accept everybody."""
    if uniform(policy.rng) < settings.mix:
        return -1
    policy.used += 1
    for s in range(policy.noise.shape[0]):
        u = uniform(policy.rng) - 0.5
        policy.noise[s] = -settings.scale * math.copysign(math.log1p(-2.0 * abs(u)), u)
    least, chosen = np.inf, 0
    for h in range(policy.losses.shape[0]):
        loss = policy.losses[h]
        for s in range(policy.noise.shape[0]):
            loss += policy.noise[s] * settings.separated[h, s]
        if loss < least:
            least, chosen = loss, h
    return chosen


@inner
def act(policy, settings, shown, mask):
    look(policy, settings.rules, shown.x)
    individuals = policy.action.shape[0]
    for i in range(individuals):
        policy.action[i] = 0.0
    for _ in range(settings.calls):
        h = call(policy, settings)
        for i in range(individuals):
            policy.action[i] += 1.0 if h < 0 else policy.accepts[h, i]
    for i in range(individuals):
        policy.action[i] /= settings.calls
    return policy.action


@inner
def update(policy, settings, action, reward, shown):
    left, most = 0, 0
    for i in range(policy.values.shape[0]):
        policy.values[i] = 0.0 if shown.prev_labels[i] < 0 else -1.0  # not yet accepted again
        left += shown.prev_labels[i] >= 0
    while left > 0:
        most += 1
        h = call(policy, settings)
        for i in range(policy.values.shape[0]):
            if policy.values[i] < 0.0 and (most == settings.cap or h < 0 or policy.accepts[h, i]):
                policy.values[i] = most
                left -= 1
    charge(policy, settings.cost, shown)
