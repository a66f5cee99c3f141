"""Instances to learn from and to test on."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from ...envs.combinatorial.instance import Instance


def draw(problem: str, n: int, count: int, seed: int = 0, **arguments: Any) -> list[Instance]:
    """New instances of one problem and size, as `ige/{problem}-v0` draws them.

    Args:
        problem: "TSP", "ATSP", "CVRP", "Orienteering" or "Knapsack".
        n: the environment's `n`.
        count: how many.
        seed: seed of the first instance; the others continue its random stream.
        arguments: further arguments of the environment, such as `distribution`.
    """
    env: Any = gym.make(f"ige/{problem}-v0", n=n, disable_env_checker=True, **arguments).unwrapped
    found = []
    for i in range(count):
        env.reset(seed=None if i else seed)
        found.append(env.instance)
    return found
