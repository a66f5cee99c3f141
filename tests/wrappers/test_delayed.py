"""Feedback in batches, late, whole; also through snapshots, vectors and reset."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ige  # noqa: F401
from ige.wrappers import DelayedFeedback, SnapshotArchive


def rounds(env: Any, seed: int | None = 0) -> tuple[list[Any], list[Any]]:
    """An episode of random play: what was done (observation, action, propensity), and the infos."""
    observation, _ = env.reset(seed=seed)
    env.action_space.seed(0)
    done, infos, over = [], [], False
    while not over:
        action, propensity = env.action_space.sample(), round(0.1 + 0.01 * (len(done) % 50), 2)
        env.set_wrapper_attr("propensity", propensity)
        done.append((observation, action, propensity))
        observation, reward, terminated, truncated, info = env.step(action)
        assert reward == 0.0
        infos.append(info)
        over = terminated or truncated
    return done, infos


@settings(max_examples=25, deadline=None)
@given(horizon=st.integers(1, 30), batch=st.integers(1, 12), delay=st.integers(0, 4))
def test_everything_is_delivered_once_in_order_and_no_sooner(horizon: int, batch: int, delay: int) -> None:
    make: Any = lambda: gym.make("ige/PaymentRouting-v0", horizon=horizon, disable_env_checker=True)  # noqa: E731
    done, infos = rounds(DelayedFeedback(make(), batch, delay))
    bare = make()
    bare.reset(seed=0)
    expected = [(*step, bare.step(step[1])[1]) for step in done]
    found: list[Any] = []
    for t, info in enumerate(infos, 1):
        if "matured" in info:
            matured = info["matured"]
            n = len(matured.rewards)
            assert matured.propensities.shape == matured.actions.shape == (n,)
            found += [
                ({name: part[i] for name, part in matured.observations.items()}, matured.actions[i],
                 matured.propensities[i], matured.rewards[i])
                for i in range(n)
            ]  # fmt: skip
        # Written down once more: whole batches, `delay` of which wait; at the end, all.
        assert len(found) == (horizon if t == horizon else max(0, t // batch - delay) * batch)
    for (shown, *rest), (wanted, *others) in zip(found, expected, strict=True):
        assert rest == others
        assert shown.keys() == wanted.keys()
        assert all((shown[name] == wanted[name]).all() and shown[name].dtype == wanted[name].dtype for name in shown)


def test_what_is_outstanding_at_a_termination_is_delivered_then(corridor: Any) -> None:
    env = DelayedFeedback(corridor, batch=4, delay=2)
    env.reset(seed=0, options={"cell": 3})
    infos = [env.step(1)[-1] for _ in range(5)]
    assert ["matured" in info for info in infos] == [False] * 4 + [True]
    matured = infos[-1]["matured"]
    assert matured.observations["cell"].tolist() == [[3], [4], [5], [6], [7]]
    assert matured.observations["pair"][1].tolist() == ["left", "right", "right", "right", "right"]
    assert matured.actions.tolist() == [1] * 5
    assert matured.propensities.tolist() == [1.0] * 5
    assert (matured.rewards > 0).all()
    assert env.outstanding == 0


def test_a_reset_drops_what_is_outstanding_and_a_propensity_holds_once(corridor: Any) -> None:
    env = DelayedFeedback(corridor, batch=2)
    env.reset(options={"cell": 0})
    env.propensity = 0.5
    env.step(0)
    assert (env.outstanding, env.propensity) == (1, 1.0)
    env.propensity = 0.5
    env.reset(options={"cell": 0})
    assert (env.outstanding, env.propensity) == (0, 1.0)
    env.propensity = 0.25
    env.step(0)
    assert env.step(0)[-1]["matured"].propensities.tolist() == [0.25, 1.0]


def test_a_step_that_was_refused_did_not_happen(corridor: Any) -> None:
    env = DelayedFeedback(corridor, batch=1)
    env.reset(options={"cell": 0})
    env.propensity = 0.5
    with pytest.raises(ValueError, match="^action: 7"):
        env.step(7)
    assert env.step(1)[-1]["matured"].propensities.tolist() == [0.5]


def test_what_was_shown_may_be_changed() -> None:
    env = DelayedFeedback(gym.make("ige/PaymentRouting-v0", disable_env_checker=True), batch=1)
    shown, _ = env.reset(seed=0)
    before = copy.deepcopy(shown)
    shown["context"][:] = 9
    assert (env.step(0)[-1]["matured"].observations["context"][0] == before["context"]).all()


def _by_state(env: Any) -> Any:
    twin = DelayedFeedback(gym.make("ige/PaymentRouting-v0", horizon=20), batch=4, delay=1)
    twin.reset(seed=99)
    twin.set_state(env.get_state())
    return twin


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env)), _by_state], ids=["copy", "pickle", "state"]
)
def test_snapshots_carry_what_is_outstanding(copied: Any) -> None:
    env = DelayedFeedback(gym.make("ige/PaymentRouting-v0", horizon=20), batch=4, delay=1)
    env.reset(seed=0)
    for action in (1, 2, 3, 4, 5, 0):
        env.step(action)
    env.propensity = 0.5
    saved, twin = env.get_state(), copied(env)

    def deliveries(env: Any) -> list[Any]:
        infos = [env.step(t % 6)[-1] for t in range(10)]
        return [(part.tolist() if isinstance(part, np.ndarray) else part["context"].tolist())
                for info in infos if "matured" in info for part in info["matured"]]  # fmt: skip

    first = deliveries(env)
    assert deliveries(twin) == first
    env.set_state(saved)
    assert deliveries(env) == first  # a state is a value: the steps since did not change it


def test_an_archive_around_it_returns_with_the_log() -> None:
    env = SnapshotArchive(DelayedFeedback(gym.make("ige/PaymentRouting-v0", horizon=9), batch=3))
    env.reset(seed=0)
    env.step(1)
    key = env.mark()
    env.step(2)
    env.step(3)
    for how in ("restore", "replay"):
        env.go_to(key, how)
        env.step(4)
        assert env.step(5)[-1]["matured"].actions.tolist() == [1, 4, 5]


def test_in_a_vector_each_row_has_its_own() -> None:
    envs = gym.vector.SyncVectorEnv(
        [lambda n=n: DelayedFeedback(gym.make("ige/PaymentRouting-v0", horizon=n), batch=4) for n in (3, 6)]
    )
    envs.reset(seed=0)
    infos = [envs.step(envs.action_space.sample())[-1] for _ in range(4)]
    assert [len(infos[2]["matured"][0].rewards), len(infos[3]["matured"][1].rewards)] == [3, 4]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [({"batch": 0}, "batch: 0, expected an integer of at least 1"), ({"delay": -1}, "delay: -1, expected")],
)
def test_bad_arguments_are_named(kwargs: Any, message: str, corridor: Any) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        DelayedFeedback(corridor, **kwargs)


@pytest.mark.parametrize("value", [0, -0.1, 1.5, float("nan"), "x"])
def test_a_propensity_is_a_probability_above_zero(value: Any, corridor: Any) -> None:
    with pytest.raises(ValueError, match="^propensity: "):
        DelayedFeedback(corridor).propensity = value


def test_a_foreign_state_is_refused(corridor: Any) -> None:
    corridor.reset()
    with pytest.raises(ValueError, match="^state: found tuple, expected what get_state of DelayedFeedback gave"):
        DelayedFeedback(corridor).set_state(corridor.get_state())
