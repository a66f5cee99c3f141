"""PPO beside it: the same missions as the searches play, as many attempts as the budget allows."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("stable_baselines3")

from ige.solvers.babyai.ppo import PPOConfig, evaluate, learn

SEEDS = [3, 0, 7]


def test_rows_play_the_missions_of_their_seeds() -> None:
    shown: list[dict[str, NDArray[Any]]] = []

    def turn(observations: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
        shown.append({name: part.copy() for name, part in observations.items()})
        return np.zeros(len(observations["direction"]), np.int64)

    won = evaluate(turn, "open", SEEDS, 2)
    assert won.shape == (3, 2)
    assert not won.any(), "turning on the spot opens nothing"
    assert len(shown) == 128
    env = gym.make("ige/BabyAIText-v0", task="open", split="test", obs_mode="symbolic")
    for i, seed in enumerate(SEEDS):
        observation, _ = env.reset(seed=seed)
        for attempt in range(2):
            assert all((shown[0][name][2 * i + attempt] == part).all() for name, part in observation.items())


def test_success_in_an_episode_counts_and_nothing_after_it() -> None:
    env = gym.make("ige/BabyAIText-v0", task="goto", split="test", obs_mode="symbolic")
    rng = np.random.default_rng(0)
    played = rng.integers(3, size=(64, len(SEEDS)))
    calls = iter(played)
    won = evaluate(lambda shown: next(calls), "goto", SEEDS, 1)
    for i, seed in enumerate(SEEDS):
        env.reset(seed=seed)
        success = over = False
        for action in played[:, i].tolist():
            if not over:
                _, _, terminated, truncated, info = env.step(action)
                success, over = success or info["is_success"], terminated or truncated
        assert won[i, 0] == success


def test_the_curve_counts_steps_and_covers_the_missions() -> None:
    seen: list[int] = []
    config = PPOConfig(steps=1024, points=2, rows=8, length=32, minibatch=64)
    curve = learn(config, {"goto": (SEEDS, 2)}, "cpu", seen.append)
    assert [point["steps"] for point in curve] == [0, 512, 1024]
    assert seen == [0, 512]
    for point in curve:
        assert 0 <= point["episode"]["goto"] <= point["success"]["goto"] <= 1
