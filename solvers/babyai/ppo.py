"""PPO on BabyAI-Text's symbolic view: the sample cost of learning from rewards alone (needs stable-baselines3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium import spaces
from numpy.typing import NDArray
from sb3_contrib import RecurrentPPO
from stable_baselines3 import PPO
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

from ..core import one_thread, resolve_device
from ..core.sb3 import SB3VecEnv
from ..core.seeds import spawned
from .network import Encoder


@dataclass(frozen=True)
class PPOConfig:
    """Settings of PPO; discount, loss weights except entropy's, clip and epochs are those of Carta et al. 2023.

    Attributes:
        steps: total environment steps.
        points: evaluations, evenly spread, besides the one before training.
        rows, length: number of environments, and steps of each in a batch.
        learning_rate: suits a small network (Carta et al. fine-tune a language model with 1e-6).
        recurrent: whether the policy has an LSTM, which remembers what the view no longer shows.
        seed: seed of weights, actions and worlds.
    """

    steps: int = 1_000_000
    points: int = 8
    rows: int = 64
    length: int = 128
    minibatch: int = 2048
    epochs: int = 4
    learning_rate: float = 5e-4
    discount: float = 0.99
    gae_lambda: float = 0.99
    entropy: float = 0.01
    recurrent: bool = False
    seed: int = 0


class Features(BaseFeaturesExtractor):
    """The encoder of the cloned policy as a Stable-Baselines3 feature extractor."""

    def __init__(self, space: spaces.Dict) -> None:
        encoder = Encoder()
        super().__init__(space, encoder.size)
        self.encoder = encoder

    def forward(self, shown: dict[str, torch.Tensor]) -> torch.Tensor:
        found: torch.Tensor = self.encoder(shown["image"].long(), shown["direction"].flatten(1), shown["mission"])
        return found


def evaluate(
    act: Callable[[dict[str, NDArray[Any]]], NDArray[np.int64]],
    task: str,
    seeds: Sequence[int],
    attempts: int,
    split: str = "test",
) -> NDArray[np.bool_]:
    """Which attempts at missions succeed, bool (seeds, attempts): one episode each, all in parallel."""
    rows = [seed for seed in seeds for _ in range(attempts)]
    env: Any = gym.make_vec(
        "ige/BabyAIText-v0", len(rows), "vector_entry_point", task=task, split=split, obs_mode="symbolic"
    )
    shown, _ = env.reset(seed=rows)
    won, over = np.zeros(len(rows), np.bool_), np.zeros(len(rows), np.bool_)
    while not over.all():
        shown, _, terminated, truncated, info = env.step(act(shown))
        won |= ~over & info["is_success"].astype(np.bool_)
        over |= terminated | truncated
    return won.reshape(len(seeds), attempts)


def learn(
    config: PPOConfig,
    missions: Mapping[str, tuple[Sequence[int], int]],
    device: str = "cpu",
    progress: Callable[[int], None] = lambda steps: None,
) -> list[dict[str, Any]]:
    """Train on the mixed training missions, with regular evaluations on the test missions.

    Args:
        missions: task -> (seeds, attempts at each mission).
        progress: called with the steps so far.

    Returns:
        One item for each evaluation: `steps`; `success`, task -> share of missions solved in at least one attempt;
        `episode`, task -> share of successful attempts.
    """
    where = resolve_device(device)
    env = SB3VecEnv("ige/BabyAIText-v0", config.rows, task="mixed", split="train", obs_mode="symbolic")
    with one_thread(), torch.random.fork_rng(devices=[where] if where.type == "cuda" else []):
        memory = {"lstm_hidden_size": 64, "enable_critic_lstm": False, "shared_lstm": True} if config.recurrent else {}
        ppo = (RecurrentPPO if config.recurrent else PPO)(
            "MultiInputLstmPolicy" if config.recurrent else "MultiInputPolicy", env, config.learning_rate,
            config.length, config.minibatch, config.epochs,
            config.discount, config.gae_lambda, ent_coef=config.entropy, seed=config.seed, device=where,
            policy_kwargs={"features_extractor_class": Features, "net_arch": {"pi": [64], "vf": [64]}, **memory},
        )  # fmt: skip
        env.seed(spawned(config.seed))  # SB3 seeded the rows with seed + i, which other runs use too
        curve = [_point(ppo, missions)]
        for point in range(config.points):
            progress(ppo.num_timesteps)
            upto = config.steps * (point + 1) // config.points
            ppo.learn(upto - ppo.num_timesteps, reset_num_timesteps=False)
            curve.append(_point(ppo, missions))
    return curve


def _player(ppo: PPO | RecurrentPPO) -> Callable[[dict[str, NDArray[Any]]], NDArray[np.int64]]:
    """A function that acts in one episode of each row and keeps a recurrent policy's memory."""
    memory: Any = None

    def act(shown: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
        nonlocal memory
        actions, memory = ppo.predict(shown, memory)
        return actions

    return act


def _point(ppo: PPO | RecurrentPPO, missions: Mapping[str, tuple[Sequence[int], int]]) -> dict[str, Any]:
    found = {task: evaluate(_player(ppo), task, *given) for task, given in missions.items()}
    return {
        "steps": ppo.num_timesteps,
        "success": {task: float(won.any(1).mean()) for task, won in found.items()},
        "episode": {task: float(won.mean()) for task, won in found.items()},
    }
