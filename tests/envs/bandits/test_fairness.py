"""OneSidedFairness beside NumPy: audits, labels that stay hidden, symmetry, the comparator, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import ige  # noqa: F401  (registers the id)
from ige.envs.bandits.fairness import Population, linear_rules

ID = "ige/OneSidedFairness-v0"
SEEDS = st.integers(0, 10**6)


def audited(
    x: NDArray[Any], metrics: NDArray[Any], marginals: NDArray[Any], alpha: float, quorum: int
) -> tuple[int, int] | None:
    """The pair that is reported: count the auditors who mind each, and of those with a quorum take the worst."""
    reports = []
    for left in range(len(x)):
        for right in range(len(x)):
            distances = metrics @ abs(x[left] - x[right])
            excess = np.sort(marginals[left] - marginals[right] - distances - alpha)[::-1]
            if (excess > 0).sum() >= quorum:
                reports.append((excess[quorum - 1], left, right))
    return max(reports)[1:] if reports else None


def actions(seed: int, count: int, individuals: int = 4) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return np.where(rng.random((count, 1)) < 0.5, rng.random((count, individuals)), rng.integers(2, size=(count, 1)))


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, gamma=st.sampled_from([0.2, 0.5, 0.6, 1.0]), alpha=st.sampled_from([0.0, 0.1, 0.4]))
def test_audits_are_those_of_the_definition(seed: int, gamma: float, alpha: float) -> None:
    env = gym.make(ID, gamma=gamma, alpha=alpha, horizon=15)
    shown, _ = env.reset(seed=seed)
    metrics = env.unwrapped.instance.metrics
    assert (metrics[:, -1] == 0).all()  # blind to the proxy
    reports = 0
    for action in np.random.default_rng(seed).random((15, 4)).round():
        pair = audited(shown["x"], metrics, action, alpha, int(np.ceil(gamma * 5)))
        shown, *_ = env.step(action)
        assert shown["prev_pair"].tolist() == (list(pair) if pair else [-1, -1])
        reports += pair is not None
    assert env.unwrapped.get_state()["violations"] == reports


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, order=st.permutations(range(4)))
def test_feedback_does_not_depend_on_how_individuals_are_numbered(seed: int, order: list[int]) -> None:
    """Swap individuals in the state: the same people are reported, the same labels shown, the same paid."""
    env, other = (gym.make(ID, penalty=0.5, feedback="full") for _ in range(2))
    env.reset(seed=seed)
    other.reset(seed=seed)
    rng = np.random.default_rng(seed)
    for action in (rng.integers(2, size=4).astype(float), rng.random(4)):
        state = env.unwrapped.get_state()
        state["x"], state["oracle_labels"] = state["x"][order], state["oracle_labels"][order]
        state["gaps"] = state["gaps"][np.ix_(order, order)]
        other.unwrapped.set_state(state)
        here, reward, _, _, info = env.step(action)
        there, again, _, _, more = other.step(action[order])
        assert there["prev_labels"].tolist() == here["prev_labels"][order].tolist()
        assert [order[i] if i >= 0 else -1 for i in there["prev_pair"]] == here["prev_pair"].tolist()
        assert more["oracle_loss"] == pytest.approx(info["oracle_loss"])
        if set(action) <= {0.0, 1.0}:  # else decisions are drawn
            assert again == pytest.approx(reward)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_labels_of_those_turned_down_never_show(seed: int) -> None:
    """Turn over every label of somebody who is turned down: what is shown and paid stays as it was."""
    env, other = gym.make(ID, penalty=0.3, horizon=12), gym.make(ID, penalty=0.3, horizon=12)
    env.reset(seed=seed)
    other.reset(seed=seed)
    for action in actions(seed, 12):
        state = env.unwrapped.get_state()
        labels = state["oracle_labels"].copy()
        shown, reward, _, _, info = env.step(action)
        seen = shown["prev_labels"]
        assert (seen[action == 0] == -1).all()
        assert (seen[action == 1] == labels[action == 1]).all()
        assert set(seen - labels) <= {0, -1, -2}
        state["oracle_labels"] = np.where(seen == -1, 1 - labels, labels)
        other.unwrapped.set_state(state)
        again, same, *_ = other.step(action)
        assert all((again[name] == shown[name]).all() for name in shown)
        assert same == reward
        assert all(name.startswith("oracle_") for name in info)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_losses_and_rewards(seed: int) -> None:
    env = gym.make(ID, penalty=0.25, horizon=10)
    _, info = env.reset(seed=seed)
    for action in actions(seed, 10):
        labels = info["oracle_labels"]
        shown, reward, _, _, info = env.step(action)
        assert info["oracle_loss"] == pytest.approx(abs(action - labels).mean())
        seen = shown["prev_labels"]
        report = shown["prev_pair"][0] >= 0
        assert reward == pytest.approx(((seen == 1).sum() - (seen == 0).sum()) / 4 - 0.25 * report)


def test_decisions_are_drawn_with_the_probabilities_and_labels_from_the_model() -> None:
    model = Population([2.0, 1.0], -1.5, np.ones((1, 2)))
    envs = gym.make_vec(ID, 2000, individuals=2, d=2, auditors=1, feedback="full", instance=model)
    shown, info = envs.reset(seed=0)
    chance = 1 / (1 + np.exp(-(shown["x"] @ model.weights + model.bias)))
    assert (info["oracle_labels"] - chance).mean() == pytest.approx(0, abs=0.03)
    envs = gym.make_vec(ID, 2000, individuals=2, d=2, auditors=1, instance=model)
    envs.reset(seed=0)
    shown, *_ = envs.step(np.tile([0.3, 0.8], (2000, 1)))
    np.testing.assert_allclose((shown["prev_labels"] >= 0).mean(0), [0.3, 0.8], atol=0.04)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, other=SEEDS)
def test_the_stream_does_not_depend_on_decisions(seed: int, other: int) -> None:
    one, two = gym.make(ID, horizon=10), gym.make(ID, horizon=10)
    one.reset(seed=seed)
    two.reset(seed=seed)
    for action, another in zip(actions(seed, 10), actions(other, 10), strict=True):
        here, _, _, cut, info = one.step(action)
        there, *_, more = two.step(another)
        assert (here["x"] == there["x"]).all()
        assert (info["oracle_labels"] == more["oracle_labels"]).all()
    assert cut


@settings(max_examples=10, deadline=None)
@given(turns=st.lists(st.booleans(), min_size=10, max_size=30))
def test_interleaved_streams_are_those_of_one_after_the_other(turns: list[bool]) -> None:
    alone = []
    for seed in (3, 4):
        env = gym.make(ID, horizon=30)
        env.reset(seed=seed)
        alone.append([env.step(action)[:2] for action in actions(seed, 30)])
    both = [gym.make(ID, horizon=30) for _ in range(2)]
    for env, seed in zip(both, (3, 4), strict=True):
        env.reset(seed=seed)
    done = [0, 0]
    for turn in turns:
        shown, reward, *_ = both[turn].step(actions((3, 4)[turn], 30)[done[turn]])
        expected, paid = alone[turn][done[turn]]
        assert all((shown[name] == expected[name]).all() for name in shown)
        assert reward == paid
        done[turn] += 1


@pytest.mark.parametrize("gamma", [0.6, 1.0])
def test_the_comparator_is_a_search_through_the_rules(gamma: float) -> None:
    """Play every rule, alone, on the same stream."""
    rules = linear_rules(4, 12)
    env = gym.make(ID, rules=rules, gamma=gamma, horizon=60)
    errors, violations = np.zeros(12), np.zeros(12, int)
    for n, rule in enumerate(rules):
        shown, info = env.reset(seed=8)
        for _ in range(60):
            action = (shown["x"] @ rule[:-1] + rule[-1] > 0).astype(float)
            shown, *_, info = env.step(action)
            errors[n] += info["oracle_loss"]
        violations[n] = env.unwrapped.get_state()["violations"]
    for rate in (0.0, 0.1, 1.0):
        found = env.unwrapped.comparator(rate)
        np.testing.assert_allclose(found.details["errors"], errors)
        assert found.details["violations"].tolist() == violations.tolist()
        assert found.loss == pytest.approx(errors[violations <= rate * 60].min())
        assert found.exact
    assert violations[:2].tolist() == [0, 0]  # everybody, nobody
    env = gym.make(ID, rules=[[9.0, 0, 0, 0, -4.5]], horizon=60)
    env.reset(seed=8)
    with pytest.raises(ValueError, match="^rate: 0, expected at least 0.[0-9]+, the least of any rule"):
        env.unwrapped.comparator(0)


def test_populations_travel_and_are_played() -> None:
    model = Population([1.0, -2.0, 3.0], 0.5, [[1.0, 0.5, 0.0], [0.2, 0.3, 0.0]])
    assert Population.from_dict(json.loads(model.to_json())).as_dict() == model.as_dict()
    env = gym.make(ID, d=3, auditors=2)
    env.reset(seed=0, options={"instance": model.as_dict()})
    assert env.unwrapped.instance.as_dict() == model.as_dict()
    assert "individual 3:" in env.unwrapped.describe()
    env.step(env.unwrapped.parse_action("1, 1 0.5 0"))
    assert env.unwrapped.feedback().startswith("Accepted: individual 0 has label")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"individuals": 1}, "^individuals: 1, expected an integer of at least 2"),
        ({"d": 1}, "^d: 1, expected an integer of at least 2"),
        ({"auditors": 0}, "^auditors: 0, expected an integer of at least 1"),
        ({"gamma": 1.5}, "^gamma: 1.5, expected a number from 0 to 1"),
        ({"gamma": 0}, "^gamma: 0, expected more"),
        ({"alpha": -0.1}, "^alpha: -0.1, expected a number from 0 to 1"),
        ({"penalty": np.nan}, "^penalty: nan, expected a number of at least 0"),
        ({"feedback": "none"}, "^feedback: 'none', expected one of 'one-sided', 'full'"),
        ({"rules": 1}, "^rules: 1, expected an integer of at least 2"),
        ({"rules": [[1.0, 2.0]]}, r"^rules: shape \(1, 2\), expected \(any, 5\)"),
        ({"rules": [[1, 2, np.nan, 4, 5]]}, r"^rules\[0\]\[2\]: nan, expected a number finite"),
        (
            {"instance": {"weights": [1.0] * 4, "bias": 0, "metrics": [[-1.0] * 4] * 5}},
            r"^instance: metrics\[0\]\[0\]: -1, expected a number from 0 to inf",
        ),
        ({"instance": {"weights": [1.0] * 4, "bias": np.inf, "metrics": [[1.0] * 4]}}, "^instance: bias: inf"),
        ({"instance": {"weights": [1.0] * 4, "bias": 0}}, "^instance: metrics: missing"),
        ({"instance": {"weights": [1.0] * 4, "bias": 0, "metrics": [[1.0] * 4]}}, "^instance: metrics: shape"),
    ],
)
def test_arguments_that_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gym.make(ID, **arguments)


def test_actions_that_are_refused() -> None:
    env = gym.make(ID)
    env.reset(seed=0)
    for bad in (np.full(4, np.nan), np.full(4, 1.5), np.zeros(3)):
        with pytest.raises(ValueError, match="^action"):
            env.unwrapped.step(bad)
    with pytest.raises(ValueError, match="^action: '0 1', expected 4 numbers from 0 to 1"):
        env.unwrapped.parse_action("0 1")
    with pytest.raises(ValueError, match="^action: '2', expected a number from 0 to 1"):
        env.unwrapped.parse_action("0 1 2 0")
