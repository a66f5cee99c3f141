"""Exp2 beside plain NumPy, FTPL beside what it estimates, and the references."""

from __future__ import annotations

import json
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from numpy.typing import NDArray

import ige  # noqa: F401  (registers the ids)
from ige.solvers.online import make_policy, solve

ID = "ige/OneSidedFairness-v0"


def accepts(env: gym.Env[Any, Any], x: NDArray[Any]) -> NDArray[Any]:
    rules = env.unwrapped.linear_rules  # type: ignore[attr-defined]
    return (rules[:, :-1] @ x.T + rules[:, -1:] > 0).astype(float)


def lagrangian(decided: NDArray[Any], pi: NDArray[Any] | float, shown: dict[str, Any], cost: float) -> NDArray[Any]:
    """The loss of each rule, estimated: (1/k) [sum of h (1 - 2 y) / pi over the seen + C (h_l - h_r)]."""
    labels, (left, right) = shown["prev_labels"], shown["prev_pair"]
    seen = labels >= 0
    loss = (decided * np.where(seen, (1 - 2.0 * labels) / pi, 0)).sum(1)
    if left >= 0:
        loss += cost * (decided[:, left] - decided[:, right])
    return loss / decided.shape[1]


@pytest.mark.parametrize(
    ("name", "arguments", "weighted"),
    [
        ("exp2", {"cost": 20.0}, True),
        ("exp2-unfair", {}, True),
        ("exp2-unweighted", {"cost": 4.0, "mix": 0.0}, False),
    ],
)
@pytest.mark.parametrize("feedback", ["one-sided", "full"])
def test_exp2_is_the_plain_algorithm(name: str, arguments: dict[str, float], weighted: bool, feedback: str) -> None:
    """Live, fused, and in NumPy: the same probabilities in every round."""
    env = gym.make(ID, feedback=feedback, horizon=120)
    policy = make_policy(name, env, eta=0.1, **arguments)
    cost, mix = arguments.get("cost", 0.0), arguments.get("mix", 0.05)
    fused = policy.play([5], watch=["losses", "violations"])
    losses, expected, reports = np.zeros(60), 0.0, 0
    shown, _ = env.reset(seed=5)
    for _ in range(120):
        decided = accepts(env, shown["x"])
        p = np.exp(-0.1 * losses)
        pi = (1 - mix) * (p / p.sum()) @ decided + mix
        action = policy.act(shown)
        np.testing.assert_allclose(action, pi, atol=1e-10)
        shown, reward, _, _, info = env.step(action)
        policy.update(action, reward, shown)
        losses += lagrangian(decided, pi if weighted else 1.0, shown, cost)
        expected += info["oracle_loss"]
        reports += shown["prev_pair"][0] >= 0
    np.testing.assert_allclose(policy.state[0]["losses"], losses, atol=1e-8)
    np.testing.assert_allclose(fused.watched["losses"][0, 0], losses, atol=1e-8)
    assert fused.loss[0, 0] == pytest.approx(expected)
    assert fused.watched["violations"].tolist() == [[reports]]


def test_exp2s_estimates_are_unbiased() -> None:
    """Many decisions on one round: the mean of the weighted losses is the loss with all labels, but for a constant."""
    rows = 4000
    envs = gym.make_vec(ID, rows)
    shown, _ = envs.reset(seed=3)
    state = envs.unwrapped.get_state()
    first = state[0].copy()
    for name in ("x", "gaps", "oracle_labels", "weights", "bias", "metrics"):
        state[name] = first[name]  # one round, seen by generators of their own
    envs.unwrapped.set_state(state)
    shown, _ = envs.unwrapped.observe()
    policy = make_policy("exp2", envs, cost=0.0, mix=0.3)
    action = policy.act(shown)
    shown, rewards, *_ = envs.step(action)
    policy.update(action, rewards, shown)
    single = gym.make(ID)
    decided = accepts(single, first["x"])
    truth = (decided * (1 - 2.0 * first["oracle_labels"])).sum(1) / 4
    np.testing.assert_allclose(policy.state["losses"].mean(0), truth, atol=0.06)


def test_ftpls_probabilities_are_of_its_perturbed_leader() -> None:
    """With many calls they come near the mean of as many leaders found by NumPy; resampling estimates 1 over them."""
    env = gym.make(ID, horizon=50)
    policy = make_policy("ftpl", env, calls=20_000, cap=400, scale=3.0, mix=0.1, points=6)
    shown, _ = env.reset(seed=2)
    policy.act(shown)
    policy.state[0]["losses"] = np.random.default_rng(1).normal(0, 5, 60)
    pi = policy.act(shown)
    noise = np.random.default_rng(0).laplace(0, 3.0, (20_000, 6))
    leaders = (policy.state[0]["losses"] + noise @ policy.settings.separated.T).argmin(1)
    decided = accepts(env, shown["x"])
    np.testing.assert_allclose(pi, 0.9 * decided[leaders].mean(0) + 0.1, atol=0.015)

    # Everybody is accepted and has label 0, so an estimate is what all who accept somebody are charged.
    before = policy.state.copy()
    found = []
    for _ in range(3000):
        policy.state[0]["losses"] = before[0]["losses"]
        after = {**shown, "prev_labels": np.zeros(4, np.int8), "prev_pair": np.array([-1, -1])}
        policy.update(pi, 0.0, after)
        found.append(policy.state[0]["values"].copy())
    np.testing.assert_allclose(np.mean(found, 0), 1 / pi, rtol=0.08)
    assert np.max(found) <= 400
    assert policy.state[0]["used"] > before[0]["used"] > 20_000 * 0.85


def test_resampling_stops_at_its_cap() -> None:
    env = gym.make(ID, horizon=50)
    policy = make_policy("ftpl", env, calls=5, cap=7, mix=0.0, scale=0.0)
    shown, _ = env.reset(seed=2)
    policy.state[0]["losses"] = np.where(np.arange(60) == 1, -100, 0)  # the leader accepts nobody
    pi = policy.act(shown)
    assert pi.tolist() == [0, 0, 0, 0]
    policy.update(pi, 0.0, {**shown, "prev_labels": np.array([0, -1, 1, -1]), "prev_pair": np.array([-1, -1])})
    assert policy.state[0]["values"].tolist() == [7, 0, -7, 0]  # losses of the accepted, weighted by at most the cap


@pytest.mark.parametrize("name", ["exp2", "ftpl"])
def test_a_cost_of_reports_buys_fairness_with_accuracy(name: str) -> None:
    env = gym.make(ID, horizon=3000)
    violations, errors = [], []
    for cost in (0.0, 4.0, 20.0):
        more = {"calls": 30} if name == "ftpl" else {}
        played = make_policy(name, env, cost=cost, **more).play([21, 22], watch=["violations"])
        violations.append(played.watched["violations"].mean())
        errors.append(played.loss.mean())
    assert violations[0] > violations[1] > violations[2]
    assert errors[0] < errors[1] < errors[2]


@pytest.mark.parametrize("id", [ID, "ige/GroupRegression-v0"])
def test_solve_tells_plain_data(id: str) -> None:
    env = gym.make(id, horizon=200)
    found = solve(env, seed=4)
    assert json.loads(json.dumps(found)) == found
    assert found["solver"] == ("exp2" if id == ID else "adanormalhedge")
    assert solve(env, found["solver"], 4) == found != solve(env, found["solver"], 5)
    if id == ID:
        unfair = solve(env, "exp2-unfair", 4)
        assert unfair["best"] == found["best"] == env.unwrapped.comparator().loss
        assert unfair["violations"] > found["violations"]
        assert unfair["loss"] < found["loss"]
    else:
        for group, (name, row) in enumerate(found["groups"].items()):
            assert name == env.unwrapped.group_names[group]
            assert row["loss"] - found["best"][group] == pytest.approx(row["regret"])


def test_mistakes() -> None:
    env = gym.make(ID)
    with pytest.raises(ValueError, match="^policy: 'exp3', expected one for OneSidedFairness: 'exp2'"):
        make_policy("exp3", env)
    with pytest.raises(ValueError, match="^policy: 'None', expected one for TallyingBandit: none"):
        solve(gym.make("ige/TallyingBandit-v0"))
    with pytest.raises(ValueError, match="^mix: 2, expected a number from 0 to 1"):
        make_policy("exp2", env, mix=2)
    with pytest.raises(ValueError, match="^cost: exp2-unfair has no such setting, expected eta, mix"):
        make_policy("exp2-unfair", env, cost=1)
    with pytest.raises(ValueError, match="^calls: 0, expected an integer from 1 to 2147483647"):
        make_policy("ftpl", env, calls=0)
