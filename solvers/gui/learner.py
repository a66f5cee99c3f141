"""Masked PPO on the screens of `ige/GUIWidget-v1` and its relatives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray

from ..core.device import one_thread
from ..core.ppo import PPO, PPOConfig
from ..core.rollout import Runner
from ..core.seeds import spawned
from ..core.trainer import Progress, load_checkpoint, save_checkpoint, train
from .network import ScreenPolicy

CONFIG = PPOConfig(
    learning_rate=1e-3, discount=0.95, gae_lambda=0.95, epochs=3, minibatches=4, entropy=0.03, clip_value=False
)


KIND = "a learner of screens"


class ScreenLearner:
    """A policy that points at widgets and learns by PPO, with illegal actions masked.

    Args:
        env_id: id of a screen environment.
        rows, steps: size of a roll-out.
        seed: seed of everything.
        kwargs: arguments of the environment.
    """

    def __init__(
        self, env_id: str = "ige/GUIWidget-v1", rows: int = 64, steps: int = 32, seed: int = 0, **kwargs: Any
    ) -> None:
        kwargs = {"gamma": CONFIG.discount, **kwargs}  # shaping keeps optimal policies optimal for this discount
        self.env_id, self.kwargs, self.steps, self.seed = env_id, kwargs, steps, seed
        self.ppo = PPO(ScreenPolicy(seed=seed), CONFIG, "cpu", seed=seed)  # type: ignore[arg-type]
        self.runner = Runner(make(env_id, rows, **kwargs))
        self.num_timesteps = 0
        self.runner.reset(seed=seed)

    @classmethod
    def create(cls, name: str, env_id: str, arguments: dict[str, Any], seed: int, device: str) -> Self:
        """Make the learner of `ige train`; on the CPU, where so small a network is fastest."""
        return cls(env_id, seed=seed, **arguments)

    def learn(self, total_timesteps: int, folder: Path | None = None, progress: Progress = lambda *_: None) -> Self:
        """Train for so many steps, over all rows together; see `ige.solvers.core.trainer.train`."""
        train(self, total_timesteps, folder, progress=progress)
        return self

    def advance(self) -> dict[str, float]:
        """One roll-out and the update from it; `return` is the mean over episodes that ended."""
        with one_thread():
            rollout, episodes = self.runner.collect(self.ppo, self.steps)
            facts = self.ppo.update(rollout)
        self.num_timesteps += self.steps * self.runner.n
        ended = episodes.ended.sum()
        return facts | ({"return": float(episodes.returns.sum() / ended)} if ended else {})

    def predict(
        self, observation: Mapping[str, NDArray[Any]], state: None = None, episode_start: Any = None,
        deterministic: bool = True, action_masks: Any = None,
    ) -> tuple[NDArray[np.int64], None]:  # fmt: skip
        """Actions for an observation, single or of n rows, as Stable-Baselines3's models give them.

        Legal actions are read from the observation, not from `action_masks`.
        """
        single = np.ndim(observation["table"]) == 2
        rows = {name: torch.as_tensor(np.atleast_2d(part)) for name, part in observation.items()}
        if single:
            rows = {name: torch.as_tensor(np.asarray(part))[None] for name, part in observation.items()}
        n = len(rows["table"])
        starts = torch.zeros(n, dtype=torch.bool)
        actions = self.ppo.act(rows, self.ppo.initial(n), starts, greedy=deterministic)[0].numpy()
        return (actions[0] if single else actions), None


    def save(self, path: str | Path) -> None:
        """Write weights and optimiser; a loaded learner starts new episodes."""
        made = {"id": self.env_id, "arguments": json.dumps(self.kwargs), "seed": self.seed}
        sizes = {"rows": self.runner.n, "steps": self.steps, "num_timesteps": self.num_timesteps}
        save_checkpoint(path, KIND, {**made, **sizes, "ppo": self.ppo.state_dict()})

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> Self:
        """Load what `save` wrote; `ValueError` for any other file."""
        found = load_checkpoint(path, KIND)
        arguments = json.loads(found["arguments"])
        learner = cls(found["id"], found["rows"], found["steps"], found["seed"], **arguments)
        learner.ppo.load_state_dict(found["ppo"])
        learner.num_timesteps = found["num_timesteps"]
        learner.runner.reset(seed=spawned(found["seed"], found["num_timesteps"]))  # not the earlier worlds
        return learner


def make(env_id: str, rows: int, **kwargs: Any) -> Any:
    return gym.make_vec(env_id, rows, "vector_entry_point", autoreset_mode="SameStep", **kwargs)


def success(learner: ScreenLearner, episodes: int = 200, seed: int = 10**6, **kwargs: Any) -> float:
    """The share of new episodes that end in success, with sampled actions; arguments replace those of training."""
    env = make(learner.env_id, episodes, **{**learner.kwargs, **kwargs, "reward_mode": "sparse"})
    with one_thread():
        return float((Runner(env).play(learner.ppo, seed=seed) > 0).mean())
