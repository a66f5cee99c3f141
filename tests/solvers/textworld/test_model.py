"""The scorer as a model of the search: its three decisions, its key, and what it carries from attempt to attempt."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import pytest

from ige.solvers.foundation import ACCEPT, REJECT, Query
from ige.solvers.search import intelligent, naive
from ige.solvers.search.task import Entry, Move, Trail
from ige.solvers.textworld.model import ScorerModel
from ige.solvers.textworld.reader import Reader
from ige.solvers.textworld.scorer import ScorerConfig, Trained, train
from ige.wrappers import Budget

SETTINGS = {"level": 12}


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(ScorerConfig("treasure_hunter", SETTINGS, games=30, epochs=10, minibatch=32, size=32), "cpu")


@pytest.fixture
def env() -> Any:
    return gym.make("ige/TextWorld-v0", games=1, obs_mode="symbolic", max_steps=40, **SETTINGS).unwrapped


def unused(*_: Any) -> Any:
    raise AssertionError("this model reads no text")


def moved(env: Any, trail: Trail, command: int) -> Trail:
    seen, *_, info = env.step(command)
    return Trail(seen, command, trail, info)


def query(trail: Trail) -> Query:
    offered = trail.info["action_mask"].nonzero()[0].tolist()
    return Query("action", [Move(trail.observation, command, None, trail) for command in offered], unused)


def test_cold_choices_are_the_likeliest_commands(trained: Trained, env: Any) -> None:
    seen, info = env.reset(seed=0)
    model = ScorerModel(trained, Reader(env.grounded), temperature=1e-6)
    trail = Trail(seen, info=info)
    logits, value = model.judge(trail)
    assert set(logits) == set(info["action_mask"].nonzero()[0])
    assert 0 < value < 1
    asked = query(trail)
    assert logits[asked.data[model.choose(asked).index or 0].action] == max(logits.values())


def test_places_are_chosen_by_value_and_by_how_little_was_tried(trained: Trained, env: Any) -> None:
    seen, info = env.reset(seed=0)
    model = ScorerModel(trained, Reader(env.grounded), state_temperature=1e-6, novelty=100.0)
    trail = Trail(seen, info=info)
    offered = info["action_mask"].nonzero()[0].tolist()

    def entry(untried: list[int]) -> Entry:
        return Entry(env.get_state(), seen, info, (), 0.0, key=b"", untried=untried, trail=trail)

    states = Query("state", [entry(offered[1:]), entry(offered), entry(offered[2:])], unused)
    assert model.choose(states).index == 1
    keep = Query("keep", [entry(offered), entry(offered)], unused, verdict=True)
    assert model.choose(keep).index == ACCEPT
    model.keep_above = 1.01
    assert model.choose(keep).index == REJECT


def test_the_key_is_what_is_seen_not_what_is_true(trained: Trained, env: Any) -> None:
    seen, info = env.reset(seed=0)
    model, start = ScorerModel(trained, Reader(env.grounded)), Trail(seen, info=info)
    look = env.parse_action("look")
    assert model.key(moved(env, start, look)) == model.key(start)
    goes = [c for c in info["action_mask"].nonzero()[0] if env.commands()[c].startswith("go ")]
    assert model.key(moved(env, start, int(goes[0]))) != model.key(start)


def test_lessons_are_carried_over_only_where_asked(trained: Trained, env: Any) -> None:
    for lessons in (False, True):
        seen, info = env.reset(seed=0)
        model = ScorerModel(trained, Reader(env.grounded), lessons=lessons)
        start = trail = Trail(seen, info=info)
        for _ in range(6):
            goes = [c for c in trail.info["action_mask"].nonzero()[0] if env.commands()[c].startswith("go ")]
            trail = moved(env, trail, int(goes[0]))
            model.judge(trail)
        assert bool(model.memory(start).ways) == lessons


def test_it_wins_with_and_without_an_archive(trained: Trained) -> None:
    env = gym.make("ige/TextWorld-v0", games=8, game_seed=3, obs_mode="symbolic", max_steps=40, **SETTINGS)
    won = {"naive": 0, "go-explore": 0}
    core: Any = env.unwrapped
    for grounded in core.pool:
        model = ScorerModel(trained, Reader(grounded), 0.5, 0.02, 0.1)
        solvers = {"naive": naive(model), "go-explore": intelligent(model, explore=5, key=model.key, legal_only=True)}
        for name, solver in solvers.items():
            options = {"instance": grounded.game}
            solution = solver.solve(env, seed=0, options=options, budget=Budget(env_steps=120))
            won[name] += solution.solved
            if solution.solved:
                env.reset(seed=0, options=options)
                info: dict[str, Any] = {}
                for action in solution.actions:
                    *_, info = env.step(action)
                assert info["won"]
    assert min(won.values()) >= 4
