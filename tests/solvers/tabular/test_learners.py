"""Learners of tabular MDPs: what their bounds promise, and what they reach."""

from __future__ import annotations

import json
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ige  # noqa: F401
from ige.envs.tabular import oracle
from ige.solvers.tabular import LEARNERS, Learner, learn_all, learning, solve

SHAPE = (4, 3, 2)  # steps, states, actions


@pytest.fixture(scope="module")
def env() -> Any:
    return gym.make("ige/ConservativeMDP-v0", disable_env_checker=True)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 200), st.floats(0, 1))
def test_step_mix_plays_what_its_lower_bound_allows(seed: int, most: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, most + 1, (*SHAPE, 3)).astype(np.float64)
    rewards = rng.random(SHAPE)
    baseline = rng.dirichlet(np.ones(2), SHAPE[:2])
    best, policy, values = np.zeros(SHAPE), np.zeros(SHAPE), np.zeros((5, 3))
    initial = np.eye(3)[0]
    learning.optimistic(counts, rewards, 0.1, 1.0, best, values)
    low = learning.pessimistic(counts, rewards, 0.1, 1.0, baseline, initial, values)
    less = learning.pessimistic(counts, rewards, 0.1, 1.0, best, initial, values)
    gamma_c = share * low
    bound = learning.step_mix(counts, rewards, 0.1, 1.0, initial, baseline, best, gamma_c, policy, values)
    assert bound == learning.pessimistic(counts, rewards, 0.1, 1.0, policy, initial, values)
    assert bound >= gamma_c - 1e-12
    assert policy.sum(2) == pytest.approx(1)
    if (policy != best).any():  # it stopped short of the optimistic policy: the bound is used up
        assert bound == pytest.approx(gamma_c, abs=1e-8)
    chance = learning.eps_mix_share(low, less, gamma_c)
    assert 0 <= chance <= 1
    assert chance * less + (1 - chance) * low >= gamma_c - 1e-12


def test_without_a_bound_on_the_baseline_it_is_played() -> None:
    counts, rewards = np.zeros((*SHAPE, 3)), np.zeros(SHAPE)
    baseline = np.random.default_rng(0).dirichlet(np.ones(2), SHAPE[:2])
    best, policy, values = np.zeros(SHAPE), np.zeros(SHAPE), np.zeros((5, 3))
    learning.optimistic(counts, rewards, 0.1, 1.0, best, values)
    learning.step_mix(counts, rewards, 0.1, 1.0, np.eye(3)[0], baseline, best, 0.5, policy, values)
    assert (policy == baseline).all()


def test_bounds_hold_on_what_was_sampled() -> None:
    """With the theory's own constant, upper and lower bounds hold the true values between them."""
    rng = np.random.default_rng(0)
    transitions, rewards = rng.dirichlet(np.full(3, 0.5), SHAPE), rng.random(SHAPE)
    initial, policy = np.eye(3)[0], rng.dirichlet(np.ones(2), SHAPE[:2])
    mdp = oracle_mdp(transitions, rewards, initial)
    for n in (5, 50, 500):
        counts = np.apply_along_axis(lambda p, n=n: rng.multinomial(n, p / p.sum()), -1, transitions).astype(float)
        best, values = np.zeros(SHAPE), np.zeros((5, 3))
        log = learning.confidence(counts, 1000)
        learning.optimistic(counts, rewards, 1.0, log, best, values)
        assert values[0, 0] >= oracle.optimal_value(mdp, 4) - 1e-9
        low = learning.pessimistic(counts, rewards, 1.0, log, policy, initial, values)
        assert low <= oracle.value(mdp, policy) + 1e-9


def oracle_mdp(transitions: np.ndarray, rewards: np.ndarray, initial: np.ndarray) -> Any:
    from ige.envs.tabular.mdp import MDP

    return MDP(transitions, rewards, initial)


def test_safe_learners_never_go_below_and_still_learn(env: Any) -> None:
    found = {name: learn_all(name, env, range(4), 3000) for name in LEARNERS}
    assert found["ucbvi"].violations.min() > 0
    for name in ("stepmix", "epsmix", "baseline"):
        assert (found[name].violations == 0).all()
    for name in ("ucbvi", "stepmix", "epsmix", "cumulative"):
        assert (found[name].values[:, -1] > 0.97 * found[name].best).all()
    assert found["baseline"].values == pytest.approx(0.8 * found["baseline"].best[:, None].repeat(3000, 1))
    assert (np.diff(found["stepmix"].regret) >= -1e-9).all()


@pytest.mark.parametrize("name", LEARNERS)
def test_beside_a_live_environment(name: str, env: Any) -> None:
    env.reset(seed=2)
    core = env.unwrapped
    mdp = core.instance
    learner = Learner(name, env, episodes=600)
    values = []
    for _ in range(600):
        observation, _ = env.reset(options={"instance": mdp})
        over = False
        while not over:
            action = learner.act(observation)
            observation, reward, over, _, _ = env.step(action)
            learner.update(action, reward, observation)
        values.append(
            learner.share * core.value(learner.policy) + (1 - learner.share) * 0.8 * core.value(best_policy(core))
        )
    if name in ("stepmix", "epsmix", "baseline"):
        assert min(values) >= mdp.gamma_c - 1e-9
    if name == "ucbvi":
        assert values[-1] > 0.9 * core.value(best_policy(core))


def best_policy(core: Any) -> np.ndarray:
    return oracle.optimal_policy(core.instance, core.horizon)


def test_solve(env: Any) -> None:
    result = solve(env, "stepmix", seed=1, episodes=500)
    assert json.loads(json.dumps(result.as_dict()))["violations"] == 0
    assert "StepMix" not in str(result)
    assert str(result).startswith("stepmix: 500 episodes, last policy worth ")
    planned = solve(env, "value-iteration", seed=1)
    assert planned.value == pytest.approx(planned.best)


def test_mistakes(env: Any) -> None:
    with pytest.raises(ValueError, match=r"^solver: 'sarsa', expected one of 'value-iteration', 'ucbvi', 'stepmix', "):
        solve(env, "sarsa")
    plain = gym.make("ige/TabularMDP-v0")
    with pytest.raises(ValueError, match=r"^solver: 'stepmix', expected one of 'value-iteration', 'ucbvi'$"):
        solve(plain, "stepmix")
    with pytest.raises(ValueError, match=r"^episodes: 0, expected an integer of at least 1$"):
        learn_all("ucbvi", plain, [0], 0)
