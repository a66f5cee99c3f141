"""Searching screens through snapshots, and by words."""

from __future__ import annotations

import json
import re
from typing import Any

import gymnasium as gym
import pytest

import ige  # noqa: F401
from ige.solvers.foundation import CallableModel
from ige.solvers.search import make_solver
from ige.wrappers import Budget

STEPS = 40_000


def solve(name: str, seed: int, model: Any = None, **kwargs: Any) -> Any:
    env = gym.make("ige/GUIPhone-v1", disable_env_checker=True, **kwargs)
    return make_solver(name, model).solve(env, seed=seed, budget=Budget(env_steps=STEPS))


REMOTE: dict[str, Any] = {"task": "momentary-toggles", "termination": "auto", "memory_gap": 0}


@pytest.mark.parametrize("name", ["dfs", "bfs"])
def test_an_archive_solves_a_task_of_memory_that_random_play_never_does(name: str) -> None:
    """Buttons that show nothing, to be pressed once or twice: only the archive remembers how often they were."""
    for seed in range(3):
        assert solve(name, seed, **REMOTE).solved
        assert not solve("random", seed, **REMOTE).solved


def test_a_plan_that_was_found_is_one() -> None:
    found = solve("dfs", 1, **REMOTE)
    env: Any = gym.make("ige/GUIPhone-v1", **REMOTE)
    env.reset(seed=1)
    info: dict[str, Any] = {}
    for action in found.actions:
        _, _, terminated, _, info = env.step(action)
    assert terminated
    assert info["is_success"]


def test_a_language_agent_plays_by_words() -> None:
    """A function that reads the screen, in place of a language model behind an API."""
    clicked: list[str] = []

    def answer(prompt: str) -> str:
        goal, screen = re.findall(r"^goal: (.*)$", prompt, re.M)[-1], prompt[prompt.rindex("goal: ") :]
        widget = next(k for k, name in re.findall(r'\[(\d+)\] button "(.+?)"', screen) if name in goal)
        wanted = "COMPLETE" if clicked else f"click('{widget}')"
        clicked.append(wanted)
        choice = next(k for k, text in re.findall(r"^(\d+)\. (.*)$", screen, re.M) if text == wanted)
        return json.dumps({"thought": "that one", "choice": int(choice)})

    env = gym.make("ige/GUIWidget-v1", task="click-button", disable_env_checker=True)
    found = make_solver("react", CallableModel(answer)).solve(env, seed=0, budget=Budget(env_steps=5))
    assert found.solved
    assert len(clicked) == 2
