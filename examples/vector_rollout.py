"""A million steps of 4,096 parallel games with masked random actions, counting finished episodes.

python examples/vector_rollout.py
"""

from __future__ import annotations

import time

import gymnasium as gym
import numpy as np

import ige  # noqa: F401  (registers the ids)


def main() -> None:
    envs = gym.make_vec("ige/GameOf24-v0", num_envs=4096, autoreset_mode="SameStep")
    rng = np.random.default_rng(0)
    _, infos = envs.reset(seed=0)
    episodes = solved = steps = 0
    start = time.perf_counter()
    while steps < 1_000_000:
        mask = infos["action_mask"]  # int8 (4096, 24)
        actions = np.where(mask, rng.random(mask.shape, np.float32), -1).argmax(1)
        _, rewards, terminated, truncated, infos = envs.step(actions)
        steps += len(actions)
        episodes += int((terminated | truncated).sum())
        solved += int(rewards.sum())
    seconds = time.perf_counter() - start
    print(f"{steps} steps in {seconds:.2f} s with the policy's time; {solved} of {episodes} episodes solved by chance")


if __name__ == "__main__":
    main()
