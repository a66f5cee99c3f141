"""Exp2 for one-sided fairness, compiled: exponential weights over a finite class of rules.

After the reduction of Bechavod and Roth 2022 (arXiv 2206.04475), with the Lagrangian loss of a rule h in a round
    (1/k) [ sum_i h(x_i) (1 - 2 y_i) + C (h(x_l) - h(x_r)) ],
where (l, r) is the reported pair, if there is one. It is 0 for a rule that accepts nobody, so it needs no label that
is not shown. Shown labels are weighted by 1 over the probability of seeing them.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...envs.bandits.kernel_fairness import decides
from ...envs.core.inner import inner
from ..core.fused import policy_dtype


class Settings(NamedTuple):
    """`mix`: the probability of accepting everybody; `cost`: C; `weighted`: whether to use importance weights."""

    eta: float
    mix: float
    cost: float
    weighted: bool
    rules: NDArray[np.float64]


def record(rules: int, individuals: int) -> np.dtype:
    """`losses` are estimated sums; `accepts` is each rule's decision on the present individuals."""
    return policy_dtype(
        [
            ("losses", np.float64, (rules,)),
            ("weights", np.float64, (rules,)),
            ("accepts", np.int8, (rules, individuals)),
            ("values", np.float64, (individuals,)),
            ("action", np.float64, (individuals,)),
        ]
    )


@inner
def look(policy, rules, x):
    """Compute each rule's decision on the present individuals."""
    for h in range(policy.accepts.shape[0]):
        for i in range(policy.accepts.shape[1]):
            policy.accepts[h, i] = decides(rules[h], x[i])


@inner
def charge(policy, cost, shown):
    """Add the round's losses to those of the rules; `values` are the weights of the individuals' labels."""
    individuals = policy.accepts.shape[1]
    for i in range(individuals):
        label = shown.prev_labels[i]
        policy.values[i] *= 0.0 if label < 0 else 1.0 - 2.0 * label
    left, right = shown.prev_pair[0], shown.prev_pair[1]
    if left >= 0:
        policy.values[left] += cost
        policy.values[right] -= cost
    for h in range(policy.accepts.shape[0]):
        for i in range(individuals):
            policy.losses[h] += policy.values[i] * policy.accepts[h, i] / individuals


@inner
def act(policy, settings, shown, mask):
    look(policy, settings.rules, shown.x)
    rules, individuals = policy.accepts.shape
    least = policy.losses[0]
    for h in range(rules):
        least = min(least, policy.losses[h])
    total = 0.0
    for h in range(rules):
        policy.weights[h] = math.exp(-settings.eta * (policy.losses[h] - least))
        total += policy.weights[h]
    for i in range(individuals):
        accepted = 0.0
        for h in range(rules):
            accepted += policy.weights[h] * policy.accepts[h, i]
        policy.action[i] = min((1.0 - settings.mix) * accepted / total + settings.mix, 1.0)
    return policy.action


@inner
def update(policy, settings, action, reward, shown):
    for i in range(policy.values.shape[0]):
        policy.values[i] = 1.0 / action[i] if settings.weighted and action[i] > 0.0 else 1.0
    charge(policy, settings.cost, shown)
