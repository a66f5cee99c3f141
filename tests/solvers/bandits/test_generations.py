"""Models refitted on logged batches: oracles against the truth, logs that hold what happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import ige  # noqa: F401
from ige.solvers.bandits.generations import Fresh, Logging, generations
from ige.solvers.bandits.oracles import ORACLES, logistic
from ige.solvers.core import one_thread


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with one_thread():
        yield


def routing(seed: int = 0, curved: bool = False) -> Any:
    env: Any = gym.make("ige/PaymentRouting-v0", misspecified=curved)
    env.reset(seed=seed)
    return env.unwrapped.instance


def logged(instance: Any, count: int, seed: int = 0) -> tuple[Any, ...]:
    """Uniform actions on contexts, all available."""
    rng = np.random.default_rng(seed)
    contexts = rng.standard_normal((count, 8)).astype(np.float32)
    actions = rng.integers(6, size=count)
    chances = instance.success(contexts)[np.arange(count), actions]
    return contexts, actions, (rng.random(count) < chances).astype(float)


def test_logistic_regression_finds_the_weights_of_a_linear_world() -> None:
    instance = routing()
    model = logistic(*logged(instance, 60_000), 6)
    found = model.network.weight.detach().numpy()
    assert found == pytest.approx(instance.common + instance.weights, abs=0.15)
    contexts, *_ = logged(instance, 1000, seed=1)
    assert np.abs(model.predict(contexts) - instance.success(contexts)).mean() < 0.015


def test_a_curved_world_needs_the_network() -> None:
    instance = routing(1, curved=True)
    data = logged(instance, 20_000)
    contexts, *_ = logged(instance, 1000, seed=1)
    errors = {
        name: np.abs(fit(*data, 6).predict(contexts) - instance.success(contexts)).mean()
        for name, fit in ORACLES.items()
    }
    assert errors["network"] < errors["logistic"]


def test_regret_on_fresh_contexts() -> None:
    instance = routing()
    fresh = Fresh.draw(instance, 0.7, 5, 2000)
    assert (fresh.masks.sum(1) >= 1).all()
    assert fresh.regret(fresh.success) == 0
    assert fresh.regret(-fresh.success) > fresh.regret(np.zeros_like(fresh.success)) > 0


def test_every_generation_learns_from_what_the_last_batches_brought() -> None:
    seen: list[int] = []

    class Constant:
        def predict(self, contexts: Any) -> Any:
            return np.zeros((len(contexts), 6))

    def fit(contexts: Any, actions: Any, rewards: Any, count: int) -> Constant:
        assert contexts.shape == (len(actions), 8)
        assert set(np.unique(rewards)) <= {0.0, 1.0}
        assert count == 6
        seen.append(len(actions))
        return Constant()

    fresh = Fresh.draw(routing(), 0.7, 5, 100)
    played = generations(routing(), Logging("greedy"), fit, fresh, count=3, batch=50, memory=2)
    assert seen == [50, 100, 100, 100]
    assert len(played.online) == len(played.greedy) == len(played.failures) == 3
    assert played.first == played.greedy[0]


def test_payments_are_the_same_whatever_is_done() -> None:
    contexts: dict[str, list[Any]] = {"uniform": [], "greedy": []}

    def fit(kind: str) -> Any:
        class Noted:
            def predict(self, shown: Any) -> Any:
                contexts[kind].append(np.array(shown))
                return np.tile(np.arange(6) / 6, (len(shown), 1))

        return lambda *log: Noted()

    fresh = Fresh.draw(routing(), 0.7, 5, 10)
    for kind in contexts:
        generations(routing(), Logging(kind), fit(kind), fresh, count=2, batch=20)
    assert all((a == b).all() for a, b in zip(*contexts.values(), strict=True))


def test_vowpal_wabbits_schedule_explores_less_and_less() -> None:
    f, mask = np.array([[0.4, 0.5]]), np.ones((1, 2))
    chances = [Logging("squarecb", None).distribution(f, mask, seen)[0, 0] for seen in (100, 10_000)]
    assert chances[0] == pytest.approx(1 / (2 + 10 * 10 * 0.1))
    assert chances[1] == pytest.approx(1 / (2 + 10 * 100 * 0.1))
