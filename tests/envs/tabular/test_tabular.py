"""Tabular MDPs: exact values against brute force and sampling, the drawn tables, mistakes in one line."""

from __future__ import annotations

from itertools import product
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ige  # noqa: F401
from ige.envs.tabular import oracle
from ige.envs.tabular.mdp import MDP, SafeMDP


def make(name: str = "TabularMDP", **arguments: Any) -> Any:
    return gym.make(f"ige/{name}-v0", disable_env_checker=True, **arguments).unwrapped


def drawn(seed: int, tables: int = 1, states: int = 2, actions: int = 2) -> MDP:
    rng = np.random.default_rng(seed)
    return MDP(
        rng.dirichlet(np.full(states, 0.5), (tables, states, actions)),
        rng.random((tables, states, actions)),
        rng.dirichlet(np.ones(states)),
    )


def plainly(mdp: MDP, policy: np.ndarray) -> float:
    """The value of a policy by following the distribution over states."""
    chances, total = mdp.initial, 0.0
    for h in range(len(policy)):
        table = h if len(mdp.rewards) > 1 else 0
        joint = chances[:, None] * policy[h]
        total += (joint * mdp.rewards[table]).sum()
        chances = np.einsum("sa,sat->t", joint, mdp.transitions[table])
    return float(total)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.sampled_from([1, 3]))
def test_the_optimum_is_that_of_all_policies(seed: int, tables: int) -> None:
    mdp, horizon = drawn(seed, tables), 3
    policies = [np.eye(2)[np.array(choice).reshape(horizon, 2)] for choice in product(range(2), repeat=2 * horizon)]
    values = [plainly(mdp, policy) for policy in policies]
    assert oracle.optimal_value(mdp, horizon) == pytest.approx(max(values), abs=1e-12)
    assert oracle.value(mdp, oracle.optimal_policy(mdp, horizon)) == pytest.approx(max(values), abs=1e-12)
    mixed = np.random.default_rng(seed).dirichlet(np.ones(2), (horizon, 2))
    assert oracle.value(mdp, mixed) == pytest.approx(plainly(mdp, mixed), abs=1e-12)
    assert oracle.occupancy(mdp, mixed).sum(1) == pytest.approx(1)


def test_episodes_are_worth_what_the_oracle_says() -> None:
    envs = gym.make_vec("ige/TabularMDP-v0", 4000, autoreset_mode="Disabled")
    single = make()
    single.reset(seed=3)
    mdp = single.instance
    observation, _ = envs.reset(seed=1, options={"instance": mdp})
    policy = oracle.optimal_policy(mdp, 5)
    total = np.zeros(4000)
    for h in range(5):
        assert (observation["step"] == h).all()
        observation, reward, over, cut, _ = envs.step(policy[h, observation["state"]].argmax(-1))
        total += reward
    assert over.all()
    assert not cut.any()
    error = 4 * total.std() / np.sqrt(4000)
    assert total.mean() == pytest.approx(-single.comparator().loss, abs=error)


def test_transitions_have_their_chances() -> None:
    chances = np.array([[[0.2, 0.5, 0.3]], [[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]]]).repeat(2, 1)
    mdp = MDP(chances, np.zeros((3, 2)))
    envs = gym.make_vec("ige/TabularMDP-v0", 8000, instance=mdp, horizon=2)
    envs.reset(seed=0)
    observation, *_ = envs.step(np.zeros(8000, np.int64))
    found = np.bincount(observation["state"], minlength=3) / 8000
    assert found == pytest.approx([0.2, 0.5, 0.3], abs=0.025)


@pytest.mark.parametrize(("kind", "best"), [("chain", 0), ("riverswim", 1)])
def test_far_rewards_are_worth_the_way(kind: str, best: int) -> None:
    env = make(kind=kind, states=5, horizon=30)
    env.reset(seed=0)
    mdp = env.instance
    assert len(mdp.rewards) == 1
    assert oracle.action_values(mdp, 30)[0, 0].argmax() == best
    near = np.zeros((30, 5, 2))
    near[:, :, 1 - best] = 1
    assert oracle.value(mdp, near) < 0.7 * oracle.optimal_value(mdp, 30)


def test_a_conservative_mdp_has_a_safe_baseline_and_something_to_undercut() -> None:
    env = make("ConservativeMDP")
    for seed in range(10):
        _, info = env.reset(seed=seed)
        best = oracle.optimal_value(env.instance, 5)
        safe = oracle.value(env.instance, info["baseline_policy"])
        assert safe == pytest.approx(0.8 * best)
        assert info["gamma_c"] == pytest.approx(0.9 * safe)
        assert info["oracle_best_value"] == pytest.approx(best)
        assert info["oracle_baseline_value"] == pytest.approx(safe)
        assert oracle.value(env.instance, np.full((5, 5, 3), 1 / 3)) < info["gamma_c"]
    assert "baseline_policy" not in env.step(0)[4]


def test_the_baseline_is_told_when_an_episode_begins() -> None:
    envs = gym.make_vec("ige/ConservativeMDP-v0", 3, horizon=2)
    _, info = envs.reset(seed=0)
    assert info["baseline_policy"].shape == (3, 2, 5, 3)
    for t in range(3):
        *_, info = envs.step(np.zeros(3, np.int64))
        assert ("gamma_c" in info) == (t == 2)


def test_the_same_mdp_again() -> None:
    env = make("ConservativeMDP")
    env.reset(seed=0)
    mdp = env.instance
    env.reset(seed=1, options={"instance": SafeMDP.from_json(mdp.to_json())})
    assert (env.instance.transitions == mdp.transitions).all()
    assert env.instance.gamma_c == mdp.gamma_c


FAIR = [[[0.5, 0.5], [1, 0]], [[0, 1], [0.5, 0.5]]]
NONE = [[0, 0], [0, 1]]


@pytest.mark.parametrize(
    ("instance", "message"),
    [
        ({"transitions": FAIR}, r"^instance: rewards: missing, expected all of transitions, rewards, initial$"),
        ({"transitions": [[[0.5, 0.4], [1, 0]], FAIR[1]], "rewards": NONE},
         r"^instance: transitions\[0\]\[0\]\[0\]: adds up to 0.9, expected 1$"),
        ({"transitions": FAIR, "rewards": [[0, 2], [0, 0]]}, r"^instance: rewards\[0\]\[0\]\[1\]: 2"),
        ({"transitions": FAIR, "rewards": [[0, float("nan")], [0, 0]]}, r"^instance: rewards\[0\]\[0\]\[1\]: nan"),
        ({"transitions": FAIR, "rewards": [[0, 1, 0]]}, r"^instance: rewards: shape \(1, 1, 3\)"),
        ({"transitions": [[0.5, 0.5]], "rewards": NONE}, r"^instance: transitions: shape \(1, 2\)"),
        ({"transitions": FAIR, "rewards": NONE, "initial": [0.5, 0.4]}, r"^instance: initial: adds up to 0.9"),
    ],
)  # fmt: skip
def test_mistakes_in_an_instance(instance: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(instance=instance)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "maze"}, r"^kind: 'maze', expected one of 'random', 'chain', 'riverswim'$"),
        ({"kind": "chain", "actions": 3}, r"^actions: 3, expected 2 of kind 'chain'$"),
        ({"horizon": 0}, r"^horizon: 0, expected an integer of at least 1$"),
        ({"states": 1}, r"^states: 1, expected an integer of at least 2$"),
    ],
)
def test_mistakes(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**arguments)


def test_mistakes_in_a_baseline() -> None:
    half = np.full((3, 2, 2), 0.5)
    worth = oracle.value(MDP(FAIR, NONE), half)
    with pytest.raises(ValueError, match=r"^gamma_c: 3, expected from 0 to the baseline's value "):
        SafeMDP(FAIR, NONE, baseline_policy=half, gamma_c=3)
    with pytest.raises(ValueError, match=r"^baseline_policy\[0\]\[0\]: adds up to 0.8, expected 1$"):
        SafeMDP(FAIR, NONE, baseline_policy=0.8 * half, gamma_c=0)
    assert SafeMDP(FAIR, NONE, baseline_policy=half, gamma_c=worth).gamma_c == worth


@pytest.mark.parametrize("gamma_c", [float("nan"), None, "much", -1])
def test_the_least_value_is_a_number(gamma_c: Any) -> None:
    with pytest.raises(ValueError, match=r"^gamma_c: .*, expected a number of at least 0$"):
        SafeMDP(FAIR, NONE, baseline_policy=np.full((3, 2, 2), 0.5), gamma_c=gamma_c)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (np.full((2, 5, 3), 1 / 3), r"^policy: shape \(2, 5, 3\), expected \(5, 5, 3\)$"),
        (np.ones((5, 5, 3)), r"^policy\[0\]\[0\]: adds up to 3, expected 1$"),
        (np.full((5, 5, 3), np.nan), r"^policy\[0\]\[0\]\[0\]: nan, expected a number from 0 to 1$"),
    ],
)
def test_only_a_policy_of_this_mdp_has_a_value(policy: np.ndarray, message: str) -> None:
    env = make()
    env.reset(seed=0)
    with pytest.raises(ValueError, match=message):
        env.value(policy)
    assert env.value(np.full((5, 5, 3), 1 / 3, np.float32)) > 0


def test_words() -> None:
    env = make()
    env.reset(seed=0)
    assert env.describe() == "Step 0 of 5, state 0."
    assert env.parse_action(env.action_text(2)) == 2
    with pytest.raises(ValueError, match=r"^action: '3', expected 'action NUMBER' with a number from 0 to 2$"):
        env.parse_action("3")
