"""Tabular Q-learning (Watkins and Dayan 1992); which states `state_key()` tells apart decides how fast it learns.

Undiscounted, epsilon-greedy over legal actions; on the first visit of a state and action the value becomes the target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np


@dataclass(frozen=True)
class QConfig:
    """How it learns.

    Attributes:
        episodes: number of training episodes.
        alpha: the step size after the first visit.
        epsilon: the final share of random actions, decayed linearly from 1 over the first half.
        seed: seed of the exploration.
    """

    episodes: int = 5000
    alpha: float = 0.5
    epsilon: float = 0.1
    seed: int = 0


class QLearning:
    """A table of action values for one instance.

    Args:
        env: a deterministic environment with snapshots, masks and `state_key()`, as every kernel of the suite has.
        instance: an instance for `reset(options={"instance": ...})`.
    """

    def __init__(self, env: gym.Env[Any, Any], instance: Any) -> None:
        game: Any = env.unwrapped
        self.env = game
        self.env.reset(seed=0, options={"instance": instance})
        self.start = self.env.get_state()
        self.table: dict[bytes, dict[int, float]] = {}

    def learn(self, config: QConfig | None = None) -> None:
        """Play episodes and update the table."""
        config = config or QConfig()
        rng = np.random.default_rng(config.seed)
        for episode in range(config.episodes):
            epsilon = max(config.epsilon, 1 - (1 - config.epsilon) * episode / max(1, config.episodes / 2))
            self._restart()
            over, key, legal = False, self.env.state_key(), self._legal()
            while not over:
                values = self.table.setdefault(key, {})  # only for legal actions
                explore = rng.random() < epsilon
                action = int(rng.choice(legal)) if explore else self._best(values, legal)
                _, reward, over, _, _ = self.env.step(action)
                target = reward
                if not over:
                    key, legal = self.env.state_key(), self._legal()
                    target += max(self.table.get(key, {}).values(), default=0.0)
                known = values.get(action)
                values[action] = target if known is None else known + config.alpha * (target - known)

    def predict(self) -> tuple[list[int], float]:
        """Greedy actions from the start, and their return."""
        self._restart()
        over, total = False, 0.0
        actions: list[int] = []
        while not over:
            actions.append(self._best(self.table.get(self.env.state_key(), {}), self._legal()))
            _, reward, over, _, _ = self.env.step(actions[-1])
            total += reward
        return actions, total

    def _restart(self) -> None:
        self.env.set_state(self.start)

    def _legal(self) -> Any:
        return np.flatnonzero(self.env.action_masks())

    @staticmethod
    def _best(values: dict[int, float], legal: Any) -> int:
        """The action of the greatest value known, the first of equals; if none is known, the first legal one."""
        return max(values, key=lambda action: (values[action], -action)) if values else int(legal[0])
