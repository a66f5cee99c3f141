"""`step` takes actions of the space and words; nothing else may use the kernel's number for an unknown command."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from ige.envs.textworld.env import TextWorld, TextWorldVector

POOL = {"level": 3, "games": 2}


def outside(n: int) -> list[Any]:
    """Values that are not actions of `Discrete(n)`."""
    return [
        -1, -2, n, n + 10**6, 10**30, 1.0, np.float64(1), np.nan, None, b"look", [1], (), {}, {"action": 1}, 1j,
        np.array([1, 1]), np.array([[1]]), np.array(1.0), np.array([1], object), torch.tensor(1.0),
        torch.tensor([1, 1]),
    ]  # fmt: skip


def outside_rows(n: int) -> list[Any]:
    """Values that are not actions for two rows of it."""
    return [
        -1, 1, None, "look", ["look", "look"], [1], [1, 1, 1], [[1], [1]], [-1, 0], [0, n], [0, n + 10**6], [0, 10**30],
        [0.0, 1.0], [np.nan, 0], [None, 0], np.array([1, 1], object), np.zeros((2, 1), int), torch.zeros(2),
    ]  # fmt: skip


def test_nothing_but_actions_and_words_passes() -> None:
    env = TextWorld(**POOL)
    env.reset(seed=0)
    before = env.get_state()
    for action in outside(env.action_space.n):
        with pytest.raises(ValueError, match="^action: "):
            env.step(action)
        assert env.get_state().tobytes() == before.tobytes(), action


def test_nothing_but_actions_passes_in_rows() -> None:
    vector = TextWorldVector(2, **POOL)
    vector.reset(seed=0)
    before = vector.get_state()
    for actions in outside_rows(vector.single_action_space.n):
        with pytest.raises(ValueError, match="^actions: "):
            vector.step(actions)
        assert vector.get_state().tobytes() == before.tobytes(), actions


def test_words_that_are_no_command_are_a_step() -> None:
    one, other = TextWorld(**POOL), TextWorld(**POOL)
    one.reset(seed=0), other.reset(seed=0)
    for words in ("dance", "look"):
        meant = one.command(words)
        assert meant == words if words == "dance" else meant in one.action_space
        assert one.step(meant)[:4] == other.step(words)[:4]
