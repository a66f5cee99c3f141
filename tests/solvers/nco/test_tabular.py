"""Tabular Q-learning: right where everything is visited, and quicker over the quotient (claim C2 at smoke scale)."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import ige
from ige.envs.combinatorial import exact
from ige.solvers.nco.tabular import QConfig, QLearning

assert ige


def gap(n: int, seed: int, formulation: str, episodes: int) -> tuple[float, int]:
    env: Any = gym.make("ige/TSP-v0", n=n, formulation=formulation)
    env.reset(seed=seed)
    instance = env.unwrapped.instance
    learner = QLearning(env, instance)
    learner.learn(QConfig(episodes=episodes, seed=seed))
    actions, total = learner.predict()
    assert -total == pytest.approx(instance.objective(actions))
    return instance.objective(actions) / exact.optimum(instance) - 1, len(learner.table)


@pytest.mark.parametrize("formulation", ["bq", "direct"])
def test_small_problems_are_solved(formulation: str) -> None:
    for seed in range(3):
        found, states = gap(6, seed, formulation, 3000)
        assert found == pytest.approx(0, abs=1e-9)
        assert states <= {"bq": 81, "direct": 326}[formulation]


def test_the_quotient_makes_learning_easier() -> None:
    quotient, direct = (np.mean([gap(8, seed, kind, 3000)[0] for seed in range(3)]) for kind in ("bq", "direct"))
    assert quotient < 0.02
    assert direct > 0.1
