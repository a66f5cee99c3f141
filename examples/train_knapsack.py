"""Train sb3-contrib's MaskablePPO on the knapsack; it finds the masks by itself.

python examples/train_knapsack.py --n 20 --steps 200000
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from sb3_contrib import MaskablePPO

from ige.envs.combinatorial.heuristics import BASELINES
from ige.solvers.core.sb3 import SB3VecEnv
from ige.solvers.nco import draw, solve_all


def loss(model: Any, instances: list[Any], best: Any) -> float:
    """The mean share of the optimal value that the model's packings miss, in %."""
    env = SB3VecEnv("ige/Knapsack-v0", 1, n=instances[0].n, formulation="direct")
    missed = []
    for instance, optimum in zip(instances, best, strict=True):
        env.set_options({"instance": instance})
        observation, value, over = env.reset(), 0.0, False
        while not over:
            action, _ = model.predict(observation, action_masks=env.env_method("action_masks")[0], deterministic=True)
            observation, reward, [over], _ = env.step(action)
            value += float(reward[0])
        missed.append(100 * (1 - value / optimum))
    return float(np.mean(missed))


def main(n: int = 20, steps: int = 200_000, seed: int = 0, tested: int = 200) -> tuple[float, float]:
    """Train; returns the loss on held-out instances before and after."""
    env = SB3VecEnv("ige/Knapsack-v0", 32, n=n, formulation="direct")
    model = MaskablePPO(
        "MultiInputPolicy", env, n_steps=64, batch_size=256, gamma=1.0, ent_coef=0.01, seed=seed, device="cpu"
    )
    held_out = draw("Knapsack", n, tested, seed=10_000)
    best = solve_all(held_out, progress=False).objective
    before = loss(model, held_out, best)
    model.learn(steps)
    after = loss(model, held_out, best)
    simple = [i.objective(BASELINES["Knapsack"]["ratio"](i)) for i in held_out]
    print(f"value missed: {before:.2f} % before, {after:.2f} % after {steps} steps")
    print(f"packing by value / weight misses {100 * np.mean(1 - np.array(simple) / best):.2f} %")
    return before, after


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20, help="items")
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    main(arguments.n, arguments.steps, arguments.seed)
