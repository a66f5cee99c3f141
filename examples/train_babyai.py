"""Train Stable-Baselines3's PPO on a level of BabyAI: 64 mazes in one kernel, and a small network for cells and words.

python examples/train_babyai.py --level GoToRedBallNoDists --total-timesteps 100000
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3 import PPO
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

from ige.solvers.babyai.network import Encoder
from ige.solvers.core.sb3 import SB3VecEnv


class Features(BaseFeaturesExtractor):
    """The suite's encoder on SB3's version of an observation: the image as floats, all else one-hot."""

    def __init__(self, observation_space: spaces.Dict, channels: int = 16, size: int = 64) -> None:
        super().__init__(observation_space, size)
        self.encoder = Encoder(channels, size)

    def forward(self, seen: dict[str, torch.Tensor]) -> torch.Tensor:
        return self.encoder(seen["image"].long(), seen["direction"].flatten(1), seen["mission"])


POLICY: dict[str, Any] = {"features_extractor_class": Features, "net_arch": []}


def success(model: BaseAlgorithm, id: str, seed: int, episodes: int = 200, **kwargs: Any) -> float:
    """The share of episodes that reach their goal, with sampled actions: greedy ones may loop without a memory."""
    env = SB3VecEnv(id, 100, obs_mode="symbolic", **kwargs)
    env.seed(seed)
    returns, _ = evaluate_policy(model, env, episodes, deterministic=False, return_episode_rewards=True)
    return float(np.mean(np.array(returns) > 0))


def main(level: str = "GoToRedBallNoDists", total_timesteps: int = 100_000, seed: int = 0) -> float:
    """Train, and return the success in 200 fresh episodes."""
    env = SB3VecEnv("ige/BabyAI-v0", 64, level=level, obs_mode="symbolic")
    model = PPO(
        "MultiInputPolicy",
        env,
        learning_rate=1e-3,
        n_steps=40,
        batch_size=640,
        n_epochs=4,
        gamma=0.95,
        ent_coef=0.01,
        policy_kwargs=POLICY,
        seed=seed,
        device="cpu",
    )
    before = success(model, "ige/BabyAI-v0", seed + 1_000_000, level=level)
    model.learn(total_timesteps)
    after = success(model, "ige/BabyAI-v0", seed + 2_000_000, level=level)
    print(f"{level}: success {before:.1%} before, {after:.1%} after {model.num_timesteps} steps")
    return after


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", default="GoToRedBallNoDists")
    parser.add_argument("--total-timesteps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    torch.set_num_threads(1)  # so small a network gains nothing from more threads
    main(**vars(parser.parse_args()))
