"""Whatever learns is trained alike: logs, checkpoints, going on, and playing with the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch

from ige.solvers import registry
from ige.solvers.core.logs import read
from ige.solvers.core.play import play
from ige.solvers.core.sb3_learner import LENGTH, ROWS, SB3Learner
from ige.solvers.core.trainer import CHECKPOINT, means, save_checkpoint, train
from ige.solvers.gui import ScreenLearner

EACH = ROWS * LENGTH
EASY: dict[str, Any] = {"n": 3, "split": "all"}


class Counter:
    """Learns nothing, ten steps at a time."""

    def __init__(self) -> None:
        self.num_timesteps = 0
        self.saved: list[int] = []

    def advance(self) -> dict[str, float]:
        self.num_timesteps += 10
        return {"twice": 2.0 * self.num_timesteps, **({"rare": 1.0} if self.num_timesteps == 20 else {})}

    def predict(self, observation: Any, *_: Any, **__: Any) -> tuple[int, None]:
        return 0, None

    def save(self, path: str | Path) -> None:
        self.saved.append(self.num_timesteps)


def test_points_are_evenly_spread_and_each_is_a_checkpoint(tmp_path: Path) -> None:
    learner, seen = Counter(), []
    train(learner, 95, tmp_path, 3, lambda: {"more": 5.0}, lambda steps, facts: seen.append((steps, facts)))
    assert learner.saved == [step for step, _ in seen] == [40, 70, 100]
    assert seen[0][1] == {"twice": 50.0, "rare": 1.0, "more": 5.0}
    assert [line["step"] for line in read(tmp_path / "metrics.jsonl")] == [40, 70, 100]
    train(learner, 95, tmp_path, 3)
    assert learner.num_timesteps == 100, "there was nothing left to do"
    with pytest.raises(ValueError, match="^points: 0, expected an integer of at least 1$"):
        train(learner, 95, points=0)


def test_means_are_over_the_updates_that_have_a_fact() -> None:
    assert means([{"a": 1.0}, {"a": 3.0, "b": 5.0}]) == {"a": 2.0, "b": 5.0}


def test_ppo_learns_and_goes_on(tmp_path: Path) -> None:
    learner = SB3Learner("ige/GameOf24-v0", EASY, seed=1, device="cpu")
    train(learner, 2 * EACH, tmp_path, 2)
    again = SB3Learner.load(tmp_path / CHECKPOINT, "cpu")
    assert again.num_timesteps == 2 * EACH
    assert again.arguments == EASY
    env = gym.make("ige/GameOf24-v0", **EASY)
    for seed in range(5):
        assert play(env, again, seed).as_dict() == play(env, learner, seed).as_dict()
    ours, theirs = again.model.get_parameters(), learner.model.get_parameters()
    assert str(ours["policy.optimizer"]["state"][0]) == str(theirs["policy.optimizer"]["state"][0])
    train(again, 3 * EACH)
    assert again.num_timesteps == 3 * EACH


def test_a_learner_of_screens_goes_on(tmp_path: Path) -> None:
    learner = ScreenLearner(task="click-button", rows=4, steps=8, seed=3).learn(64, tmp_path)
    again = ScreenLearner.load(tmp_path / CHECKPOINT)
    assert (again.num_timesteps, again.kwargs, again.steps) == (64, learner.kwargs, 8)
    assert all(
        torch.equal(a, b)
        for a, b in zip(again.ppo.network.parameters(), learner.ppo.network.parameters(), strict=True)
    )
    seen, _ = again.runner.env.reset(seed=1)
    assert np.array_equal(again.predict(seen)[0], learner.predict(seen)[0])
    again.learn(96)
    episode = play(gym.make("ige/GUIWidget-v1", task="click-button"), again)
    assert len(episode.actions) == len(episode.lines) - 1 > 0


def test_what_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no such file"):
        SB3Learner.load(tmp_path / "none.pt")
    (tmp_path / "text.pt").write_text("hello")
    with pytest.raises(ValueError, match=r"text.pt: no checkpoint of PPO of Stable-Baselines3$"):
        SB3Learner.load(tmp_path / "text.pt")
    save_checkpoint(tmp_path / "other.pt", "something else", {})
    with pytest.raises(ValueError, match=r"other.pt: no checkpoint of a learner of screens$"):
        ScreenLearner.load(tmp_path / "other.pt")


@pytest.mark.parametrize("learner", registry.LEARNERS, ids=lambda learner: learner.name)
def test_the_registry_names_classes(learner: registry.Learner) -> None:
    kind = learner.load()
    assert callable(kind.create)
    assert callable(kind.load)
    assert learner.summary.endswith(".")


def test_methods_of_environment_design_are_all_named() -> None:
    from ige.solvers.ued.config import METHODS

    named = {learner.name for learner in registry.learners("ige/UedMaze-v0")}
    assert named == {*METHODS, "ppo"}
    with pytest.raises(ValueError, match="^size: a method makes its own levels"):
        registry.find_learner("ige/UedMaze-v0", "dr").load().create("dr", "ige/UedMaze-v0", {"size": 3}, 0, "cpu")
