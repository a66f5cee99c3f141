"""AdaNormalHedge for experts that sleep (Luo and Schapire 2015, arXiv 1502.05934), over any pool of experts.

An expert that is asleep in a round takes no part in it: it has no weight, and nothing is learnt about it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...envs.core.check import array, integer, short
from ...envs.core.inner import inner


@inner
def weigh(regret, spread, awake, weights):
    """Write the weights of the experts that are awake, which add up to 1.

    Args:
        regret, spread: float64 (experts,): sums of each expert's regrets, and of their absolute values.
        awake: int8 (experts,).
        weights: float64 (experts,), overwritten.
    """
    experts = regret.shape[0]
    top = 0.0  # the largest exponent is subtracted: this cancels in the ratio and prevents overflow
    for i in range(experts):
        if awake[i]:
            top = max(top, max(regret[i] + 1.0, 0.0) ** 2 / (3.0 * (spread[i] + 1.0)))
    total, count = 0.0, 0
    for i in range(experts):
        weights[i] = 0.0
        if awake[i]:
            count += 1
            scale = 3.0 * (spread[i] + 1.0)
            more, less = max(regret[i] + 1.0, 0.0) ** 2 / scale, max(regret[i] - 1.0, 0.0) ** 2 / scale
            weights[i] = 0.5 * (math.exp(more - top) - math.exp(less - top))
            total += weights[i]
    for i in range(experts):
        if awake[i]:
            weights[i] = weights[i] / total if total > 0.0 else 1.0 / count


@inner
def learn(regret, spread, awake, weights, losses):
    """Add the regrets of the experts that are awake; returns the weighted loss to which they are relative."""
    loss = 0.0
    for i in range(regret.shape[0]):
        if awake[i]:
            loss += weights[i] * losses[i]
    for i in range(regret.shape[0]):
        if awake[i]:
            regret[i] += loss - losses[i]
            spread[i] += abs(loss - losses[i])
    return loss


class SleepingExperts:
    """AdaNormalHedge over experts of any kind: ask for weights, play, report the losses.

    Args:
        experts: how many.

    Attributes:
        regret: float64 (experts,), the sum of each expert's regrets in the rounds when it was awake.
        spread: float64 (experts,), the sum of their absolute values.
    """

    def __init__(self, experts: int) -> None:
        experts = integer("experts", experts, 1)
        self.regret, self.spread = np.zeros(experts), np.zeros(experts)

    def weights(self, awake: ArrayLike) -> NDArray[np.float64]:
        """Weights of the experts that are awake, which add up to 1; 0 for the others."""
        weights = np.empty(len(self.regret))
        weigh(self.regret, self.spread, self._awake(awake), weights)
        return weights

    def update(self, awake: ArrayLike, losses: ArrayLike) -> float:
        """Learn the losses, in [0, 1], of the experts that are awake; those of the others are ignored.

        Returns:
            The weighted loss of the round.
        """
        flags = self._awake(awake)
        told = np.where(flags, losses, 0.0) if np.shape(losses) == flags.shape else losses
        told = array("losses", told, flags.shape, np.float64, 0, 1)
        return float(learn(self.regret, self.spread, flags, self.weights(flags), told))

    def _awake(self, awake: ArrayLike) -> NDArray[np.int8]:
        given = np.asarray(awake)
        fits = given.shape == self.regret.shape and given.dtype.kind in "biu"
        if not fits or not np.isin(given, (0, 1)).all() or not given.any():
            raise ValueError(f"awake: {short(awake)}, expected {len(self.regret)} flags with at least one set")
        return given.astype(np.int8)
