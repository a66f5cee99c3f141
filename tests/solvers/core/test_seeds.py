"""Runs whose seeds are neighbours share no worlds."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import gymnasium as gym
import pytest

import ige  # noqa: F401
from ige.solvers.babyai import clone, ppo
from ige.solvers.core.seeds import spawned
from ige.solvers.nco.pomo import POMO

ROWS = 4096  # more than any learner here has


def test_seeds_lie_apart() -> None:
    found = sorted(spawned(seed, part) for seed in range(1000) for part in range(2))
    assert all(b - a > ROWS for a, b in pairwise(found))
    assert found[0] >= 0
    assert found[-1] < 2**63
    assert spawned(3) == spawned(3) != spawned(4)


class Stop(Exception):
    """Nothing more is needed."""


def rows(monkeypatch: pytest.MonkeyPatch, learn: Any) -> set[int]:
    """The seeds of the rows that a learner resets its worlds with, until it steps."""
    from ige.envs.core.vector import KernelVectorEnv

    seeds: set[int] = set()
    seeded = KernelVectorEnv._seeds

    def noted(self: Any, seed: Any) -> Any:
        found = seeded(self, seed)
        if seed is not None:
            seeds.clear()  # the last reset before the first step counts
            seeds.update(found)
        return found

    def stop(*arguments: Any, **more: Any) -> Any:
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(KernelVectorEnv, "_seeds", noted)
        patch.setattr(KernelVectorEnv, "step", stop)
        with pytest.raises(Stop):
            learn()
    assert len(seeds) >= 4
    return seeds


@pytest.mark.parametrize("learner", ["clone", "PPO"])
def test_neighbouring_runs_share_no_worlds(learner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(seed: int) -> Any:
        if learner == "clone":
            return lambda: next(clone.expert_batches(clone.CloneConfig(rows=16, length=4, seed=seed)))
        return lambda: ppo.learn(ppo.PPOConfig(steps=256, points=1, rows=16, length=4, minibatch=64, seed=seed), {})

    assert not rows(monkeypatch, run(0)) & rows(monkeypatch, run(1))


def test_pomo_seeds_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def make(*arguments: Any, **more: Any) -> Any:
        class Vector:
            unwrapped: Any

            def reset(self, seed: Any = None) -> None:
                asked.append(seed)
                raise Stop

        made = Vector()
        made.unwrapped = made
        return made

    monkeypatch.setattr(gym, "make_vec", make)
    for seed in (0, 1):
        from ige.solvers.nco.learning import LearnConfig

        with pytest.raises(Stop):
            POMO(seed=seed).learn(5, LearnConfig(batch=8, seed=seed))
    assert abs(asked[0] - asked[1]) > ROWS
