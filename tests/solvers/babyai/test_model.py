"""The policy as a model: its memory is the trail that the search took, its answers follow its scores."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.solvers.babyai.clone import CloneConfig, Cloned, train
from ige.solvers.babyai.model import PolicyModel
from ige.solvers.foundation import ACCEPT, REJECT, Prompt, Query
from ige.solvers.search import intelligent, naive
from ige.solvers.search.task import Entry, Move, Trail
from ige.wrappers import Budget


@pytest.fixture(scope="module")
def cloned() -> Cloned:
    return train(CloneConfig(steps=40_960, rows=32, length=64, minibatch=128), "cpu")


def walk(*actions: int, seed: int = 0) -> Trail:
    env = gym.make("ige/BabyAIText-v0", task="goto", obs_mode="symbolic")
    observation, _ = env.reset(seed=seed)
    trail = Trail(observation)
    for action in actions:
        trail = Trail(env.step(action)[0], action, trail)
    return trail


def entry(trail: Trail, untried: int = 6) -> Entry:
    return Entry(None, trail.observation, {}, (), 0.0, untried=list(range(untried)), trail=trail)


def query(role: str, data: list[Any], verdict: bool = False) -> Query:
    return Query(role, data, lambda: Prompt("", ""), verdict)


def test_the_memory_is_the_last_observations_and_no_more(cloned: Cloned) -> None:
    model = PolicyModel(cloned)
    short, logits = walk(0), model.judge(walk(0))[0]
    assert (model.judge(short)[0] == logits).all(), "equal trails, equal answers"
    assert (model.judge(walk(1, 0, 0))[0] != logits).any(), "the same place by another way"
    after = (1, 1, 1, 1)  # a full turn: five observations that hide what came before
    assert np.allclose(model.judge(walk(0, 1, 0, 1, *after))[0], model.judge(walk(*after))[0], atol=1e-5)


def test_actions_are_chosen_among_those_offered_and_sharply_when_cold(cloned: Cloned) -> None:
    trail = walk(0, 2)
    logits = PolicyModel(cloned).judge(trail)[0]
    cold = PolicyModel(cloned, temperature=1e-6)
    for offered in ([0, 1, 2, 3, 4, 5], [3, 5], [4]):
        moves = [Move(trail.observation, action, trail=trail) for action in offered]
        chosen = cold.choose(query("action", moves)).index
        assert chosen is not None
        assert offered[chosen] == max(offered, key=lambda action: logits[action])


def test_states_are_chosen_by_value_and_by_what_was_not_tried(cloned: Cloned) -> None:
    model = PolicyModel(cloned, state_temperature=1e-6, novelty=100.0)
    trails = [walk(seed=seed) for seed in range(6)]
    values = [model.judge(trail)[1] for trail in trails]
    assert all(0 < value < 1 for value in values)
    assert model.choose(query("state", [entry(t) for t in trails])).index == int(np.argmax(values))
    assert model.choose(query("state", [entry(t, 6 if i == 2 else 5) for i, t in enumerate(trails)])).index == 2


def test_newcomers_are_kept_by_value(cloned: Cloned) -> None:
    trails = sorted((walk(seed=seed) for seed in range(4)), key=lambda trail: PolicyModel(cloned).judge(trail)[1])
    worst, best = entry(trails[0]), entry(trails[-1])
    strict, lenient = PolicyModel(cloned, keep_above=1.0), PolicyModel(cloned, keep_above=0.0)
    assert strict.choose(query("keep", [best, worst], verdict=True)).index == REJECT
    assert strict.choose(query("keep", [worst, best], verdict=True)).index == ACCEPT
    assert lenient.choose(query("keep", [best, worst], verdict=True)).index == ACCEPT


def test_searches_solve_what_a_little_cloning_can(cloned: Cloned) -> None:
    """Also: answers are never malformed, and the seed decides everything."""
    env = gym.make("ige/BabyAIText-v0", task="goto", split="test", obs_mode="symbolic")
    for make in (naive, lambda model: intelligent(model, explore=10)):
        found = [
            [make(PolicyModel(cloned, seed=s)).solve(env, seed=s, budget=Budget(env_steps=260)) for s in range(8)]
            for _ in range(2)
        ]
        assert found[0] == found[1]
        assert sum(solution.solved for solution in found[0]) >= 6
        assert not any(solution.malformed for solution in found[0])
        assert max(solution.spent.env_steps for solution in found[0]) <= 260
