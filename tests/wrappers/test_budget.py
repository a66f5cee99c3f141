from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import ige  # noqa: F401
from ige.wrappers import Budget, BudgetExhausted, CountBudget, Spent


@dataclass
class Model:
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


def test_what_is_counted(corridor: Any) -> None:
    env = CountBudget(corridor)
    env.reset(options={"cell": 4})
    state = corridor.get_state()
    for action in (1, 0, 0):
        env.step(action)
    env.set_state(state)
    assert corridor.cell == 4
    env.reset()
    assert env.spent == Spent(env_steps=3, episodes=2, returns=1)
    assert env.spent.as_dict() == {"env_steps": 3, "episodes": 2, "returns": 1, "model_calls": 0, "tokens": 0}


def test_what_did_not_happen_is_not_counted() -> None:
    env = CountBudget(gym.make("ige/GameOf24-v0"))
    env.reset(seed=0)
    with pytest.raises(ValueError, match="action"):
        env.step(1000)
    with pytest.raises(ValueError, match="options"):
        env.reset(options={"no": 1})
    with pytest.raises(ValueError, match="state"):
        env.set_state(None)
    assert env.spent == Spent(episodes=1)


def test_an_illegal_move_costs_a_step() -> None:
    env = CountBudget(gym.make("ige/GameOf24-v0"), Budget(env_steps=1))
    _, info = env.reset(seed=0)
    *_, terminated, _, info = env.step(int(np.flatnonzero(info["action_mask"] == 0)[0]))
    assert terminated
    assert info["illegal"]
    assert env.spent.env_steps == 1


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_the_last_step_of_the_budget_is_taken_and_the_next_is_not(limit: int, corridor: Any) -> None:
    env = CountBudget(corridor, Budget(env_steps=limit))
    env.reset(options={"cell": 5})
    for _ in range(limit):
        env.check()
        env.step(0)
    before = corridor.get_state(), corridor.taken[:]
    for refused in (env.check, lambda: env.step(0)):
        with pytest.raises(BudgetExhausted, match=f"^env_steps: spent {limit} of {limit}$"):
            refused()
    assert (corridor.get_state(), corridor.taken) == before
    assert env.spent.env_steps == limit
    env.reset()  # looking on costs nothing


@pytest.mark.parametrize(("field", "spend"), [("model_calls", ("calls",)), ("tokens", ("tokens_in", "tokens_out"))])
def test_a_model_spends_too(field: str, spend: tuple[str, ...], corridor: Any) -> None:
    model = Model(calls=100, tokens_in=100, tokens_out=100)
    env = CountBudget(corridor, Budget(**{field: 2 * len(spend)}), model)
    assert env.spent == Spent()  # what it used before is not ours
    env.reset(options={"cell": 5})
    for _ in range(2):
        env.step(0)
        for name in spend:
            setattr(model, name, getattr(model, name) + 1)
    assert getattr(env.spent, field) == 2 * len(spend)
    with pytest.raises(BudgetExhausted, match=field):
        env.step(0)
    assert len(corridor.taken) == 2


def test_without_limits_nothing_is_refused(corridor: Any) -> None:
    env = CountBudget(corridor, usage=Model())
    env.reset(options={"cell": 1})
    for _ in range(50):
        env.step(0)
    assert env.spent.env_steps == 50


@pytest.mark.parametrize("limit", [-1, 1.5, "3"])
def test_a_bad_limit_is_named(limit: Any) -> None:
    with pytest.raises(ValueError, match=r"^Budget.tokens: found .*, expected an integer from 0 or None$"):
        Budget(tokens=limit)


def test_limits_by_name(corridor: Any) -> None:
    assert CountBudget(corridor, {"env_steps": np.int64(3)}).budget == Budget(env_steps=3)
