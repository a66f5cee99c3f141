"""The planner wins, and as shortly as a search over the true states in another language."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import pytest

from ige.envs.textworld.oracle import search
from ige.solvers.textworld.expert import Expert

COOKING = {"recipe": 2, "go": 6, "open": True, "cook": True, "cut": True}


def games(challenge: str, **settings: Any) -> Any:
    return gym.make(
        "ige/TextWorld-v0", challenge=challenge, games=6, obs_mode="symbolic", max_steps=200, **settings
    ).unwrapped  # fmt: skip


def begun(env: Any, game: int) -> Any:
    env.reset(seed=0, options={"instance": env.pool[game].game})
    return env.get_state()


@pytest.mark.parametrize(
    ("challenge", "settings"), [("treasure_hunter", {"level": 17}), ("coin_collector", {"level": 7})]
)
def test_plans_are_as_short_as_those_of_the_oracles_search(challenge: str, settings: dict[str, Any]) -> None:
    env = games(challenge, **settings)
    for game, grounded in enumerate(env.pool):
        plan = Expert(env, game).plan(begun(env, game))
        shortest = search(grounded)
        assert shortest is not None
        assert len(plan) == len(shortest)
        for command in plan:
            *_, info = env.step(command)
        assert info["won"]


def test_a_meal_is_cooked_point_by_point() -> None:
    env = games("cooking", **COOKING)
    for game in range(len(env.pool)):
        state, expert, scores = begun(env, game), Expert(env, game), [0]
        info: dict[str, Any] = {"won": False}
        while not info["won"]:
            plan = expert.plan(state)
            assert plan
            for command in plan:
                *_, info = env.step(command)
                assert not info["illegal"]
                assert not info["lost"]
            state = env.get_state()
            scores.append(info["score"])
        assert scores == sorted(set(scores)), "each leg earns something"
        assert scores[-1] == info["max_score"]
        assert expert.plan(state) == []


def test_a_plan_to_where_a_command_can_be_given() -> None:
    env = games("cooking", **COOKING)
    for game in range(len(env.pool)):
        read = env.pool[game].commands.index("examine cookbook")
        state, expert = begun(env, game), Expert(env, game)
        for command in expert.plan(state, read):
            assert not env.action_masks()[read]
            env.step(command)
        assert env.action_masks()[read]
        assert expert.plan(env.get_state(), read) == []
