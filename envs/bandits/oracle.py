"""The best arm of a tallying bandit, by dynamic programming over the possible memories; the best payments."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from ..core.inner import inner
from .kernel_tallying import loss_at

MOST = 200_000  # memories times arms


def tractable(arms: int, memory: int) -> bool:
    """Whether `optimum` can enumerate all memories."""
    return (arms + 1) ** (memory - 1) * arms <= MOST


@inner
def optimum(losses, weights, rounds):
    """The least expected loss of any sequence of pulls over this many rounds, from an empty memory.

    Losses float64 (arms, knots), weights float64 (memory,).

    A memory of m pulls is encoded by the last m - 1 as digits in base (arms + 1), newest first, 0 for none.
    """
    arms, memory = losses.shape[0], weights.shape[0]
    base = arms + 1
    memories = base ** (memory - 1)
    least = memories // base if memory > 1 else 1  # place value of the oldest digit
    total = weights.sum()
    left = np.zeros(memories)
    for _ in range(rounds):
        now = np.empty(memories)
        for past in range(memories):
            best = np.inf
            for arm in range(arms):
                tallied, digits = weights[0], past
                for age in range(1, memory):
                    if digits % base == arm + 1:
                        tallied += weights[age]
                    digits //= base
                after = past % least * base + arm + 1 if memory > 1 else 0
                best = min(best, loss_at(losses, arm, tallied / total) + left[after])
            now[past] = best
        left = now
    return left[0]


def plan(env: gym.Env[Any, Any]) -> list[int] | None:
    """Always pull the arm that is cheapest in the long run; None if arms drift or another plan may be best."""
    core: Any = env.unwrapped
    losses = core.instance.losses
    if core.params.drift > 0 or losses[:, -1].min() > losses.min():
        return None
    return [int(losses[:, -1].argmin())] * core.params.max_steps


def plan_payment(env: gym.Env[Any, Any]) -> list[int]:
    """The best available action of every round of the episode that has begun."""
    core: Any = env.unwrapped
    return core.best_actions()[0].tolist()
