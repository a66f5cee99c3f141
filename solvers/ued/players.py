"""The players of the game: a student that plays given levels, and an adversary that builds levels."""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray

from ...envs.ued.buffer import Levels
from ..core.ppo import PPO, Rollout
from ..core.rollout import Episodes, Runner
from .config import Config
from .networks import adversary_network, student_network


class Played(NamedTuple):
    """What a student did on some levels."""

    rollout: Rollout
    episodes: Episodes


class Student:
    """Plays each level of a batch for a number of steps, episode after episode, and learns from the rollout."""

    def __init__(self, config: Config, seed: int, device: str = "cpu") -> None:
        network = student_network(config, seed)
        self.ppo = PPO(network, config.student, device, precision=config.precision, seed=seed)
        self.runner = Runner(student_env(config, config.levels))
        self.steps = config.steps

    def play(self, levels: Levels) -> Played:
        """Play the levels, records (n,), from their starts."""
        self.runner.reset(options={"level": levels})
        return Played(*self.runner.collect(self.ppo, self.steps))

    def learn(self, played: Played) -> dict[str, float]:
        return self.ppo.update(played.rollout)


class Adversary:
    """Builds a batch of levels, and learns from one number per level."""

    def __init__(self, config: Config, seed: int, device: str = "cpu") -> None:
        network = adversary_network(config, seed)
        self.ppo = PPO(network, config.adversary, device, precision=config.precision, seed=seed)
        env: Any = gym.make_vec(
            "ige/UedMazeEditor-v0", config.levels, "vector_entry_point", autoreset_mode="SameStep", size=config.size,
            blocks=config.blocks, order=config.order, noise=config.noise, objective="none",
        )  # fmt: skip
        self.runner, self.env, self.steps = Runner(env), env.unwrapped, config.blocks + 2

    def build(self, seed: int) -> tuple[Levels, Rollout]:
        """Levels, and the rollout that built them; `seed` is for the editor's noise and randomness."""
        self.runner.reset(seed)
        rollout, _ = self.runner.collect(self.ppo, self.steps)
        return self.env.levels(), rollout

    def learn(self, rollout: Rollout, objective: NDArray[np.float64]) -> dict[str, float]:
        """Learn with the objective, (n,), as the reward of the last step, which ends the episode."""
        rewards = torch.zeros_like(rollout.rewards)
        rewards[-1] = torch.as_tensor(objective, dtype=rewards.dtype)
        return self.ppo.update(rollout._replace(rewards=rewards))


def student_env(config: Config, n: int, max_steps: int | None = None) -> Any:
    """Mazes that keep one level per row until others are given; by default with the step limit of training."""
    return gym.make_vec(
        "ige/UedMaze-v0", n, "vector_entry_point", autoreset_mode="SameStep", size=config.size, view=config.view,
        n_actions=config.n_actions, max_steps=max_steps or config.max_steps, blocks=config.blocks, repeat=True,
    )  # fmt: skip
