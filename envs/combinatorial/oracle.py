"""Reference solutions: exact for small instances, by local search for larger ones."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from . import exact
from .heuristics import complete, local_search
from .instance import Instance, Knapsack

SMALL = 12  # number of nodes up to which the exact solver takes milliseconds


def is_quick(instance: Instance) -> bool:
    """Whether the exact solver takes milliseconds."""
    return instance.n <= (exact.LIMITS["Knapsack"] if isinstance(instance, Knapsack) else SMALL)


def solve(instance: Instance) -> NDArray[np.int64]:
    """The actions of a solution to which no item or node can be added: optimal where `is_quick`, else near-optimal."""
    return complete(instance, exact.solve(instance) if is_quick(instance) else local_search(instance))


def plan(env: gym.Env[Any, Any]) -> list[int]:
    """The actions of `solve` for the instance that an environment plays, from the start of the episode."""
    problem: Any = env.unwrapped
    return solve(problem.instance).tolist()
