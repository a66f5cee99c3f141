"""Forked children, as `AsyncVectorEnv` and data loaders make them on Linux, after the parent has used threads."""

from __future__ import annotations

import os
import sys

import gymnasium as gym
import numpy as np
import pytest

import ige  # noqa: F401

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def roll(seed: int) -> bytes:
    envs = gym.make_vec("ige/GameOf24-v0", num_envs=300, parallel=True)
    observation, _ = envs.reset(seed=seed)
    for action in range(6):
        observation, *_ = envs.step(np.full(300, action))
    return observation.tobytes()


def test_a_forked_child_makes_resets_and_steps_what_its_parent_does() -> None:
    expected = roll(5)  # starts the parent's threads
    made = gym.make_vec("ige/GameOf24-v0", num_envs=300, parallel=True)
    made.reset(seed=1)
    child = os.fork()
    if child == 0:
        made.step(np.zeros(300, np.int64))  # made before the fork
        gym.make("ige/GameOf24-v0", target=20).reset(seed=0)  # a puzzle set that no cache holds yet
        os._exit(0 if roll(5) == expected else 3)
    _, status = os.waitpid(child, 0)
    sys.stdout.flush()
    assert os.waitstatus_to_exitcode(status) == 0


def test_gymnasiums_own_processes() -> None:
    roll(0)
    envs = gym.make_vec("ige/GameOf24-v0", num_envs=2, vectorization_mode="async", puzzles=[(1, 2, 3, 4), (4, 6, 1, 1)])
    try:
        envs.reset(seed=0)
        observation, *_ = envs.step(np.array([0, 1]))
        assert observation.shape == (2, 4)
    finally:
        envs.close()
