"""Stable-Baselines3's PPO, or sb3-contrib's MaskablePPO where actions can be illegal, as a learner for any id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from sb3_contrib import MaskablePPO
from stable_baselines3 import PPO

from .device import check_device, one_thread
from .sb3 import SB3VecEnv
from .seeds import spawned
from .trainer import load_checkpoint, save_checkpoint

ROWS, LENGTH = 64, 64  # size of a roll-out
KIND = "PPO of Stable-Baselines3"


class SB3Learner:
    """PPO with a network of two layers; it takes only legal actions where the environment has a mask.

    Args:
        env_id: id of a kernel environment whose observations are numbers.
        arguments: arguments of the environment.
        seed: seed of weights and worlds.
        device: "auto", "cpu" or "cuda".
    """

    def __init__(
        self, env_id: str, arguments: dict[str, Any] | None = None, seed: int = 0, device: str = "auto"
    ) -> None:
        check_device(device)
        self.env_id, self.arguments, self.seed, self.device = env_id, arguments or {}, seed, device
        env = SB3VecEnv(env_id, ROWS, **self.arguments)
        self.masked = bool(env.kernel_env.kernel.n_masked)
        is_dict = isinstance(env.observation_space, spaces.Dict)
        self.model: Any = (MaskablePPO if self.masked else PPO)(
            "MultiInputPolicy" if is_dict else "MlpPolicy", env, n_steps=LENGTH, batch_size=ROWS * LENGTH // 4,
            n_epochs=4, gamma=0.99, ent_coef=0.01, seed=seed, device=device,
        )  # fmt: skip
        env.seed(spawned(seed))  # SB3 seeded the rows with seed + i, which other runs use too

    @classmethod
    def create(cls, name: str, env_id: str, arguments: dict[str, Any], seed: int, device: str) -> Self:
        """What `ige train` makes."""
        return cls(env_id, arguments, seed, device)

    @property
    def num_timesteps(self) -> int:
        return int(self.model.num_timesteps)

    def advance(self) -> dict[str, float]:
        with one_thread():
            self.model.learn(ROWS * LENGTH, reset_num_timesteps=False)
        episodes = list(self.model.ep_info_buffer)
        facts = {name: float(value) for name, value in self.model.logger.name_to_value.items() if "train/" in name}
        if episodes:
            facts["return"] = float(np.mean([episode["r"] for episode in episodes]))
            facts["length"] = float(np.mean([episode["l"] for episode in episodes]))
        return facts

    def predict(
        self,
        observation: Any,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = False,
        action_masks: NDArray[Any] | None = None,
    ) -> tuple[Any, Any]:
        masks = {"action_masks": action_masks} if self.masked else {}
        found: tuple[Any, Any] = self.model.predict(observation, state, episode_start, deterministic, **masks)
        return found

    def save(self, path: str | Path) -> None:
        """Write weights and optimiser; a loaded learner starts with new worlds."""
        made = {"id": self.env_id, "arguments": json.dumps(self.arguments), "seed": self.seed}
        state = {"num_timesteps": self.num_timesteps, "parameters": self.model.get_parameters()}
        save_checkpoint(path, KIND, made | state)

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> Self:
        """Load what `save` wrote; `ValueError` for any other file."""
        found = load_checkpoint(path, KIND)
        learner = cls(found["id"], json.loads(found["arguments"]), found["seed"], device)
        learner.model.set_parameters(found["parameters"], device=learner.model.device)
        learner.model.num_timesteps = found["num_timesteps"]
        learner.model.get_env().seed(spawned(found["seed"], found["num_timesteps"]))  # not the earlier worlds
        return learner
