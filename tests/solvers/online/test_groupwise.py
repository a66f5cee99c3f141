"""AdaNormalHedge and ridge regression beside plain NumPy, their symmetries, and the three learners of groups."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import ige  # noqa: F401  (registers the id)
from ige.solvers.online import SleepingExperts, make_policy

ID = "ige/GroupRegression-v0"


def plain_weights(regret: NDArray[Any], spread: NDArray[Any], awake: NDArray[Any]) -> NDArray[Any]:
    """The formula of the paper, without any care for large exponents."""

    def potential(r: NDArray[Any]) -> NDArray[Any]:
        return np.exp(np.maximum(r, 0) ** 2 / (3 * (spread + 1)))

    weights = awake * (potential(regret + 1) - potential(regret - 1)) / 2
    return weights / weights.sum() if weights.sum() > 0 else awake / awake.sum()


def played(experts: int, seed: int, rounds: int = 60) -> tuple[NDArray[Any], NDArray[Any]]:
    """Who is awake, and losses, in some rounds."""
    rng = np.random.default_rng(seed)
    awake = rng.random((rounds, experts)) < 0.6
    awake[~awake.any(1), 0] = True
    return awake, rng.random((rounds, experts)) ** rng.uniform(0.5, 3, experts)


@settings(max_examples=30, deadline=None)
@given(experts=st.integers(1, 6), seed=st.integers(0, 10**6))
def test_the_weights_are_those_of_the_formula(experts: int, seed: int) -> None:
    ours = SleepingExperts(experts)
    regret, spread = np.zeros(experts), np.zeros(experts)
    for awake, losses in zip(*played(experts, seed), strict=True):
        weights = plain_weights(regret, spread, awake)
        np.testing.assert_allclose(ours.weights(awake), weights, atol=1e-12)
        aggregate = (weights * losses)[awake].sum()
        regret += awake * (aggregate - losses)
        spread += awake * abs(aggregate - losses)
        assert ours.update(awake, losses) == pytest.approx(aggregate)
    np.testing.assert_allclose(ours.regret, regret, atol=1e-10)
    np.testing.assert_allclose(ours.spread, spread, atol=1e-10)


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(range(5)), seed=st.integers(0, 10**6))
def test_the_order_of_experts_does_not_matter(order: list[int], seed: int) -> None:
    one, other = SleepingExperts(5), SleepingExperts(5)
    for awake, losses in zip(*played(5, seed), strict=True):
        np.testing.assert_allclose(one.weights(awake)[order], other.weights(awake[order]), atol=1e-10)
        assert one.update(awake, losses) == pytest.approx(other.update(awake[order], losses[order]))


def test_sleeping_rounds_leave_an_expert_untouched() -> None:
    """Rounds that one sleeps through change neither its numbers nor, whatever its losses there, anything else."""
    with_them, with_other_losses = SleepingExperts(3), SleepingExperts(3)
    rng = np.random.default_rng(0)
    for t in range(50):
        awake = np.array([True, t % 3 == 0, True])
        losses = rng.random(3)
        before = with_them.regret[1], with_them.spread[1]
        with_them.update(awake, losses)
        with_other_losses.update(awake, np.where(awake, losses, np.nan))
        assert awake[1] or (with_them.regret[1], with_them.spread[1]) == before
        assert with_them.weights([1, 0, 1])[1] == 0
    assert with_other_losses.regret.tolist() == with_them.regret.tolist()


def test_regrets_that_are_very_large_do_not_overflow() -> None:
    experts = SleepingExperts(2)
    experts.regret[:], experts.spread[:] = [5000, 4000], 5000
    weights = experts.weights([1, 1])
    assert weights[0] > 0.999
    assert np.isfinite(weights).all()


@pytest.mark.parametrize("bad", [[0, 0], [1], [1, 1, 1]])
def test_flags_that_are_refused(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="^awake: .*expected 2 flags with at least one set"):
        SleepingExperts(2).weights(bad)
    with pytest.raises(ValueError, match=r"^losses: \[0.5\], expected numbers of shape \(2,\)"):
        SleepingExperts(2).update([1, 1], [0.5])


class Plain:
    """The algorithm once more, as its description reads: ridge regressions solved anew in each round."""

    def __init__(self, groups: int, size: int) -> None:
        self.moments = np.tile(np.eye(size), (groups, 1, 1))
        self.products = np.zeros((groups, size))
        self.regret, self.spread = np.zeros(groups), np.zeros(groups)
        self.expected = np.zeros(groups)

    def round(self, x: NDArray[Any], awake: NDArray[Any], y: float) -> tuple[NDArray[Any], NDArray[Any]]:
        predictions = np.array([np.linalg.solve(m, p) @ x for m, p in zip(self.moments, self.products, strict=True)])
        weights = plain_weights(self.regret, self.spread, awake)
        losses = (predictions - y) ** 2
        aggregate = weights @ losses
        self.regret += awake * (aggregate - losses)
        self.spread += awake * abs(aggregate - losses)
        self.expected += awake * aggregate
        for group in np.flatnonzero(awake):
            self.moments[group] += np.outer(x, x)
            self.products[group] += x * y
        return predictions, weights


@pytest.mark.parametrize("rule", ["mean", "permutation"])
def test_the_learner_of_groups_is_the_plain_algorithm(rule: str) -> None:
    """Fused, beside a live environment, and in NumPy: the same numbers in every round."""
    env = gym.make(ID, d=5, rule=rule, horizon=150)
    average = gym.make(ID, d=5, rule=rule, horizon=150)
    fused = make_policy("adanormalhedge", env).play([7], watch=["expected", "fit"])
    policy, mean = make_policy("adanormalhedge", env), make_policy("adanormalhedge-average", average)
    plain = Plain(6, 10)
    observation, _ = env.reset(seed=7)
    average.reset(seed=7)
    total = 0.0
    for _ in range(150):
        action, mean_action = policy.act(observation), mean.act(observation)
        shown = observation
        observation, reward, *_ = env.step(action)
        policy.update(action, reward, observation)
        mean.update(mean_action, average.step(mean_action)[1], observation)
        predictions, weights = plain.round(shown["x"], shown["groups"], observation["prev_y"][0])
        held = shown["groups"] == 1
        np.testing.assert_allclose(policy.state[0]["predictions"][held], predictions[held], atol=1e-9)
        np.testing.assert_allclose(policy.state[0]["weights"], weights, atol=1e-7)
        assert abs(predictions[held] - action).min() < 1e-9  # one of the experts'
        assert mean_action == pytest.approx(weights @ predictions, abs=1e-7)
        total += reward
    np.testing.assert_allclose(policy.state[0]["expected"], plain.expected, atol=1e-7)
    np.testing.assert_allclose(fused.watched["expected"][0, 0], plain.expected, atol=1e-7)
    np.testing.assert_array_equal(fused.policy[0]["realised"], policy.state[0]["realised"])
    assert fused.reward[0, 0] == pytest.approx(total)
    assert (mean.state[0]["expected"] <= policy.state[0]["expected"] + 1e-12).all()  # the loss is convex


def test_the_reference_is_one_ridge_regression_on_everything() -> None:
    env = gym.make(ID, d=5, horizon=80)
    policy = make_policy("ridge", env, penalty=0.5)
    observation, _ = env.reset(seed=3)
    moments, products = 0.5 * np.eye(10), np.zeros(10)
    for _ in range(80):
        action = policy.act(observation)
        assert action == pytest.approx(np.linalg.solve(moments, products) @ observation["x"], abs=1e-9)
        x = observation["x"]
        observation, reward, *_ = env.step(action)
        policy.update(action, reward, observation)
        moments, products = moments + np.outer(x, x), products + x * observation["prev_y"]


def test_checkpoints_do_not_change_what_is_played_and_rows_are_single_ones() -> None:
    env = gym.make(ID, horizon=300)
    policy = make_policy("adanormalhedge", env)
    whole = policy.play([0, 1], rounds=[100, 300])
    parts = policy.play([0, 1], rounds=[100, 200, 300], watch=["expected"])
    np.testing.assert_array_equal(whole.policy, parts.policy)
    np.testing.assert_allclose(whole.loss, parts.loss[:, [0, 2]])
    np.testing.assert_array_equal(policy.play([1], policy_seed=1).policy[0], whole.policy[1])
    alone = policy.play([0, 1], rounds=200, watch=["expected"])
    np.testing.assert_array_equal(parts.watched["expected"][:, 1], alone.watched["expected"][:, 0])


def test_every_group_gains_on_the_reference() -> None:
    env = gym.make(ID, rule="permutation", horizon=4000)
    lost = {}
    for name in ("ridge", "adanormalhedge"):
        lost[name] = make_policy(name, env).play([11, 12]).policy["expected"].mean(0)
    assert (lost["adanormalhedge"] < lost["ridge"]).all()


def test_mistakes() -> None:
    env = gym.make(ID)
    with pytest.raises(ValueError, match="^policy: 'lasso', expected one for GroupRegression: 'adanormalhedge'"):
        make_policy("lasso", env)
    with pytest.raises(ValueError, match="^eta: ridge has no such setting, expected penalty"):
        make_policy("ridge", env, eta=1)
    with pytest.raises(ValueError, match="^penalty: 0, expected a number of at least"):
        make_policy("ridge", env, penalty=0)
    with pytest.raises(ValueError, match="^policy: 'ridge', expected one for TallyingBandit: none"):
        make_policy("ridge", gym.make("ige/TallyingBandit-v0"))
