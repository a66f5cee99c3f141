"""A policy that points, learning to click."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
import torch

from ige.solvers.core.device import one_thread
from ige.solvers.gui import ScreenLearner, success
from ige.solvers.gui.learner import make


def test_it_learns_to_click_the_button_that_is_meant() -> None:
    learner = ScreenLearner(task="click-button", seed=1)
    before = success(learner, 100)
    learner.learn(22_000)
    assert before < 0.2
    assert success(learner, 100) > 0.6
    assert success(learner, 100, paraphrases="test") > 0.6


@pytest.mark.long
@pytest.mark.parametrize("task", ["login", "enter-text"])
def test_it_learns_to_fill_in_fields(task: str) -> None:
    learner = ScreenLearner(task=task, seed=1, reward_mode="shaped").learn(200_000)
    assert success(learner, 200) > 0.8


def test_illegal_actions_have_no_chance() -> None:
    learner = ScreenLearner(task=["click-button", "login"], rows=4, seed=0)
    env = make("ige/GUIWidget-v1", 64, task=["click-button", "login"])
    shown, _ = env.reset(seed=0)
    seen = {name: torch.as_tensor(part) for name, part in shown.items()}
    with one_thread(), torch.no_grad():
        logits, values, _ = learner.ppo.network.step(seen, learner.ppo.initial(64), torch.zeros(64, dtype=torch.bool))
    chances = torch.softmax(logits, -1).numpy()
    assert (chances[shown["action_mask"] == 0] == 0).all()
    assert values.shape == (64,)


def test_predict() -> None:
    learner = ScreenLearner(task="click-button", rows=4, seed=0)
    observation, _ = gym.make("ige/GUIWidget-v1", task="click-button").reset(seed=0)
    action, state = learner.predict(observation)
    assert observation["action_mask"][action] == 1
    assert state is None
    shown, _ = make("ige/GUIWidget-v1", 3, task="click-button").reset(seed=0)
    actions, _ = learner.predict(shown)
    assert actions.shape == (3,)
    assert np.array_equal(actions, learner.predict(shown)[0])
