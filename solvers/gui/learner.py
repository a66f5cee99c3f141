"""Masked PPO on the screens of `ige/GUIWidget-v1` and its relatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray

from ..core.device import one_thread
from ..core.ppo import PPO, PPOConfig
from ..core.rollout import Runner
from .network import ScreenPolicy

CONFIG = PPOConfig(
    learning_rate=1e-3, discount=0.95, gae_lambda=0.95, epochs=3, minibatches=4, entropy=0.03, clip_value=False
)


class ScreenLearner:
    """A policy that points at widgets and learns by PPO, with what is illegal masked.

    Args:
        env_id: of an environment of screens.
        rows, steps: of a roll-out.
        seed: of everything.
        kwargs: of the environment.
    """

    def __init__(
        self, env_id: str = "ige/GUIWidget-v1", rows: int = 64, steps: int = 32, seed: int = 0, **kwargs: Any
    ) -> None:
        kwargs = {"gamma": CONFIG.discount, **kwargs}  # shaping leaves the best policies as they are for this discount
        self.env_id, self.kwargs, self.steps, self.seed = env_id, kwargs, steps, seed
        self.ppo = PPO(ScreenPolicy(seed=seed), CONFIG, "cpu", seed=seed)  # type: ignore[arg-type]
        self.runner = Runner(make(env_id, rows, **kwargs))
        self.num_timesteps = 0
        self.runner.reset(seed=seed)

    def learn(self, total_timesteps: int, progress: Callable[[int, float], None] = lambda steps, won: None) -> Self:
        """Train for so many steps of all rows together; `progress` gets the steps so far and the mean return."""
        with one_thread():
            while self.num_timesteps < total_timesteps:
                rollout, episodes = self.runner.collect(self.ppo, self.steps)
                self.ppo.update(rollout)
                self.num_timesteps += self.steps * self.runner.n
                ended = episodes.ended.sum()
                progress(self.num_timesteps, float(episodes.returns.sum() / ended) if ended else 0.0)
        return self

    def predict(
        self, observation: Mapping[str, NDArray[Any]], state: None = None, episode_start: Any = None,
        deterministic: bool = True,
    ) -> tuple[NDArray[np.int64], None]:  # fmt: skip
        """Actions for an observation, single or of n rows, as Stable-Baselines3's models give them."""
        single = np.ndim(observation["table"]) == 2
        rows = {name: torch.as_tensor(np.atleast_2d(part)) for name, part in observation.items()}
        if single:
            rows = {name: torch.as_tensor(np.asarray(part))[None] for name, part in observation.items()}
        n = len(rows["table"])
        starts = torch.zeros(n, dtype=torch.bool)
        actions = self.ppo.act(rows, self.ppo.initial(n), starts, greedy=deterministic)[0].numpy()
        return (actions[0] if single else actions), None


def make(env_id: str, rows: int, **kwargs: Any) -> Any:
    return gym.make_vec(env_id, rows, "vector_entry_point", autoreset_mode="SameStep", **kwargs)


def success(learner: ScreenLearner, episodes: int = 200, seed: int = 10**6, **kwargs: Any) -> float:
    """The share of new episodes that end in success, actions drawn; arguments replace those of training."""
    env = make(learner.env_id, episodes, **{**learner.kwargs, **kwargs, "reward_mode": "sparse"})
    with one_thread():
        return float((Runner(env).play(learner.ppo, seed=seed) > 0).mean())
