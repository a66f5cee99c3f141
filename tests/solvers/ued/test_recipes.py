"""What adversaries are paid, and how levels come back from the buffer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from ige.envs.ued.buffer import sample_levels
from ige.solvers.core.device import one_thread
from ige.solvers.core.rollout import Episodes
from ige.solvers.ued.config import Config, config
from ige.solvers.ued.players import Adversary
from ige.solvers.ued.recipes import (
    Replayed,
    flexible_regret,
    make_recipe,
    mean_regret,
    minimax,
    population_regret,
    regret,
)


@pytest.fixture(autouse=True)
def one_thread_of_torch() -> Iterator[None]:
    with one_thread():
        yield


def episodes(*rows: list[float]) -> Episodes:
    """Of each row the returns of its episodes."""
    ended, returns = np.zeros((5, len(rows)), np.bool_), np.zeros((5, len(rows)))
    for i, row in enumerate(rows):
        for t, value in enumerate(row):
            ended[t, i], returns[t, i] = True, value
    return Episodes(ended, returns)


PROTAGONIST = episodes([0.2, 0.4], [0.9], [])
ANTAGONIST = episodes([0.0, 0.8], [], [])


def test_objectives() -> None:
    both = [PROTAGONIST, ANTAGONIST]
    assert minimax(both) == pytest.approx([-0.3, -0.9, 0])
    assert regret(both) == pytest.approx([0.8 - 0.3, -0.9, 0])
    assert mean_regret(both) == pytest.approx([0.1, -0.9, 0])
    assert flexible_regret(both) == pytest.approx([0.8 - 0.3, 0.9, 0])
    third = episodes([0.6], [0.3], [0.6])
    assert population_regret([*both, third]) == pytest.approx([0.6 - 1.3 / 3, 0.9 - 0.4, 0.4])


def test_regret_is_biased_for_two_students_that_play_alike_and_the_mean_is_not() -> None:
    rng = np.random.default_rng(0)
    raw, plain = [], []
    for k in (1, 2, 4):
        pair = [episodes(*(rng.random((2000, k)) < 0.5).astype(float).tolist()) for _ in range(2)]
        raw.append(float(regret(pair).mean()))
        plain.append(float(mean_regret(pair).mean()))
    assert raw == pytest.approx([0, 0.25, 0.4375], abs=0.04)  # 1 - 2**-k - 1/2
    assert plain == pytest.approx([0, 0, 0], abs=0.04)


def tiny(method: str) -> Config:
    found = config(method)
    return replace(found, size=5, blocks=6, levels=6, steps=20, width=8, adversary_layer=16, max_steps=6)


def test_an_adversary_learns_to_do_what_it_is_paid_for() -> None:
    """Paid for walls in the first row, it builds there."""
    settings = replace(tiny("paired"), levels=32)
    adversary = Adversary(settings, 0)

    def share(levels: np.ndarray) -> np.ndarray:
        return levels["walls"][:, 0, :5].sum(1) / 5

    start = share(adversary.build(0)[0]).mean()
    for k in range(40):
        levels, built = adversary.build(k)
        adversary.learn(built, share(levels))
    assert share(adversary.build(99)[0]).mean() > start + 0.2


def test_the_adversary_begins_uniformly() -> None:
    adversary = Adversary(tiny("paired"), 0)
    _, built = adversary.build(0)
    assert built.log_probs.numpy() == pytest.approx(-np.log(25), abs=1e-5)
    assert built.dones[-1].all()
    assert not built.dones[:-1].any()


def test_scores_and_best_returns_of_replayed_levels() -> None:
    settings = replace(tiny("robust-plr"), replay=replace(config("robust-plr").replay, capacity=6, probability=1.0))
    recipe = make_recipe("robust-plr", settings, 0)
    assert isinstance(recipe, Replayed)
    assert recipe.update().learnt is False  # nothing to replay yet
    sampler = recipe.samplers[0]
    best = sampler.max_returns.copy()
    for _ in range(10):
        assert recipe.update().learnt
        assert (sampler.max_returns[: len(sampler)] >= best[: len(sampler)]).all()
        best = sampler.max_returns.copy()
    assert best.max() > 0


@pytest.mark.parametrize("score", ["maxmc", "pvl", "l1"])
def test_scores_of_a_rollout(score: str) -> None:
    settings = replace(tiny("plr"), replay=replace(config("plr").replay, score=score))
    recipe = make_recipe("plr", settings, 0)
    assert isinstance(recipe, Replayed)
    levels = sample_levels(6, np.random.default_rng(0), 5, 6)
    played = recipe.students[0].play(levels)
    best = played.episodes.best
    found = recipe.scores(recipe.students[0], played, best)
    rollout = played.rollout
    advantages = recipe.students[0].ppo.advantages(rollout).numpy()
    expected = {
        "maxmc": (best - rollout.values.numpy()).mean(0),
        "pvl": np.maximum(advantages, 0).mean(0),
        "l1": np.abs(advantages).mean(0),
    }[score]
    assert found == pytest.approx(expected, abs=1e-6)


def test_parents_are_the_easiest() -> None:
    """Children come of the levels with the highest return less score."""
    settings = replace(tiny("accel"), replay=replace(config("accel").replay, edits=0, parents=2, capacity=50))
    recipe = make_recipe("accel", settings, 0)
    assert isinstance(recipe, Replayed)
    levels = sample_levels(6, np.random.default_rng(0), 5, 6)
    played = recipe.students[0].play(levels)
    scores = np.array([5.0, 4.0, -9.0, 3.0, -8.0, 2.0])
    recipe._mutate(0, levels, played, scores)  # no edit: copies of the parents
    kept = {level.tobytes() for level in recipe.samplers[0].levels[: len(recipe.samplers[0])]}
    assert len(kept) == 2
    assert (recipe.samplers[0].levels[:2]["walls"] == levels[[2, 4]]["walls"]).all()
