"""Train sb3-contrib's RecurrentPPO on BabyAI-Text: its LSTM remembers what the 7 x 7 view no longer shows.

python examples/train_recurrent_ppo.py --task goto --total-timesteps 500000
"""

from __future__ import annotations

import argparse

import torch
from sb3_contrib import RecurrentPPO

from ige.examples.train_babyai import POLICY, success
from ige.solvers.core.sb3 import SB3VecEnv


def main(task: str = "goto", total_timesteps: int = 500_000, seed: int = 0) -> float:
    """Train, and return the success in 200 fresh episodes of the test split, whose objects training never mentions."""
    id = "ige/BabyAIText-v0"
    model = RecurrentPPO(
        "MultiInputLstmPolicy",
        SB3VecEnv(id, 64, task=task, split="train", obs_mode="symbolic"),
        learning_rate=1e-3,
        n_steps=64,
        batch_size=1024,
        n_epochs=4,
        gamma=0.97,
        ent_coef=0.01,
        policy_kwargs={**POLICY, "lstm_hidden_size": 64, "enable_critic_lstm": False, "shared_lstm": True},
        seed=seed,
        device="cpu",
    )
    model.learn(total_timesteps)
    train, test = (success(model, id, seed + 1_000_000, task=task, split=split) for split in ("train", "test"))
    print(f"{task}: success {train:.1%} on training missions, {test:.1%} on test missions")
    return test


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", default="goto")
    parser.add_argument("--total-timesteps", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=0)
    torch.set_num_threads(1)
    main(**vars(parser.parse_args()))
