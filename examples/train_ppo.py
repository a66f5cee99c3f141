"""Train Stable-Baselines3's PPO, or sb3-contrib's MaskablePPO with --masked, on Game of 24.

python examples/train_ppo.py --steps 100000 --masked
"""

from __future__ import annotations

import argparse
from typing import Any

import gymnasium as gym
from stable_baselines3 import PPO
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor

import ige  # noqa: F401  (registers the ids)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--masked", action="store_true", help="choose among legal operations only")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    env = Monitor(gym.make("ige/GameOf24-v0", n=3, split="all"))
    model: Any
    evaluate: Any
    if arguments.masked:
        from sb3_contrib import MaskablePPO
        from sb3_contrib.common.maskable.evaluation import evaluate_policy as evaluate

        model = MaskablePPO("MlpPolicy", env, seed=arguments.seed, device="cpu")  # asks env.action_masks()
    else:
        model, evaluate = PPO("MlpPolicy", env, seed=arguments.seed, device="cpu"), evaluate_policy
    before, _ = evaluate(model, env, n_eval_episodes=500)
    model.learn(arguments.steps)
    after, _ = evaluate(model, env, n_eval_episodes=500)
    print(f"solved: {before:.1%} before, {after:.1%} after {arguments.steps} steps")


if __name__ == "__main__":
    main()
