"""Policies: fused and live alike, each against a plain re-implementation or what theory says of it."""

from __future__ import annotations

import math
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.bandits.tallying import Arms
from ige.solvers.bandits import POLICIES, make_policy, ucb

EASY = Arms(np.repeat([[0.7], [0.2], [0.6], [0.7], [0.7], [0.7], [0.7], [0.7], [0.7], [0.7]], 2, axis=1))


def make(**arguments: Any) -> Any:
    return gym.make("ige/TallyingBandit-v0", disable_env_checker=True, **arguments)


@pytest.mark.parametrize("name", POLICIES)
def test_a_fused_roll_out_is_what_happens_beside_a_live_environment(name: str) -> None:
    env = make(horizon=300, memory=20 if "elimination" in name else 1)  # only it minds; each is compiled for 1 anyway
    policy = make_policy(name, env, seed=11)
    played = policy.play([5], [100, 300], policy_seed=11)
    observation, _ = env.reset(seed=5)
    lost = least = got = 0.0
    for t in range(300):
        if t == 100:
            assert (lost, got) == (played.loss[0, 0], played.reward[0, 0])
        action = policy.act(observation)
        observation, reward, _, truncated, info = env.step(action)
        policy.update(action, reward, observation)
        lost, least, got = lost + info["oracle_loss"], least + info["oracle_best"], got + reward
    assert truncated
    assert (lost, least, got) == (played.loss[0, 1], played.best[0, 1], played.reward[0, 1])
    assert policy.state[0].tobytes() == played.policy[0].tobytes()


def test_rows_of_a_vector_environment_are_policies_of_their_own() -> None:
    envs = gym.make_vec("ige/TallyingBandit-v0", 3, memory=1, horizon=60, autoreset_mode="Disabled")
    policy = make_policy("thompson", envs, seed=7)
    played = policy.play([1, 2, 3], policy_seed=7)
    observation, _ = envs.reset(seed=1)
    total = np.zeros(3)
    for _ in range(60):
        actions = policy.act(observation)
        observation, reward, *_ = envs.step(actions)
        policy.update(actions, reward, observation)
        total += reward
    assert total.tolist() == played.reward[:, -1].tolist()


def test_ucb1_in_plain_python() -> None:
    env = make(memory=1, noise="bernoulli", kind="constant", horizon=400)
    played = make_policy("ucb1", env).play([3])
    env.reset(seed=3)
    pulls, gains, lost = np.zeros(10), np.zeros(10), 0.0
    for t in range(400):
        bonus = np.sqrt(2 * math.log(t + 1) / np.maximum(pulls, 1))
        action = t if t < 10 else int(np.argmax(gains / np.maximum(pulls, 1) + bonus))
        _, reward, _, _, info = env.step(action)
        pulls[action] += 1
        gains[action] += 1 + reward
        lost += info["oracle_loss"]
    assert played.loss[0, -1] == pytest.approx(lost)


@pytest.mark.parametrize(("mean", "level"), [(0.3, 0.1), (0.0, 0.5), (0.999, 0.01), (0.5, 1e-6), (0.2, 3.0)])
def test_the_index_of_kl_ucb_is_the_root_of_the_divergence(mean: float, level: float) -> None:
    q = ucb.upper(mean, level)
    assert q >= mean
    assert ucb.divergence(mean, q) == pytest.approx(level, rel=1e-4, abs=1e-8)


@pytest.mark.parametrize(
    ("name", "most"),
    [("ucb1", 250), ("tuned-ucb1", 60), ("kl-ucb", 150), ("thompson", 40), ("exp3", 350), ("elimination", 150),
     ("epsilon-greedy", 200), ("explore-then-commit", 250)],
)  # fmt: skip
def test_each_learns_which_arm_is_best(name: str, most: float) -> None:
    """Uniform play would lose 0.44 in each of 5,000 rounds: 2,200."""
    env = make(instance=EASY, memory=1, horizon=5000)
    assert make_policy(name, env).play(range(10)).regret.mean() < most


@pytest.mark.parametrize("noise", ["bernoulli", "gaussian"])
def test_thompson_sampling_has_logarithmic_regret(noise: str) -> None:
    env = make(instance=EASY, memory=1, horizon=20_000, noise=noise)
    regret = make_policy("thompson", env).play(range(10), [5000, 20_000]).regret.mean(0)
    assert regret[1] - regret[0] < regret[0]


def test_elimination_ends_with_the_practised_arm_and_the_ablation_loses_it() -> None:
    env = make(memory=100, horizon=20_000)
    kept = make_policy("elimination", env).play(range(8))
    best = kept.state["losses"][:, :, -1].argmin(1)
    assert (kept.policy["count"] == 1).all()
    assert (kept.policy["left"][:, 0] == best).all()
    without = make_policy("elimination-without-dropping", env).play(range(8))
    assert (without.policy["left"][:, 0] != best).mean() > 0.5
    assert without.regret.mean() > 2 * kept.regret.mean()


def test_mini_batches_hold_an_arm() -> None:
    env = make(horizon=64)
    policy = make_policy("exp3", env, batch=8)
    observation, _ = env.reset(seed=0)
    actions = []
    for _ in range(64):
        action = policy.act(observation)
        observation, reward, *_ = env.step(action)
        policy.update(action, reward, observation)
        actions.append(action)
    assert (np.array(actions).reshape(8, 8) == np.array(actions[::8])[:, None]).all()


def test_mistakes() -> None:
    env = make()
    with pytest.raises(ValueError, match=r"^policy: 'ucb9', expected one of 'ucb1', "):
        make_policy("ucb9", env)
    with pytest.raises(ValueError, match=r"^epsilon: ucb1 has no such setting, expected scale$"):
        make_policy("ucb1", env, epsilon=0.1)
    with pytest.raises(ValueError, match=r"^env: GameOf24 has no arms, expected a bandit"):
        make_policy("ucb1", gym.make("ige/GameOf24-v0"))
    with pytest.raises(ValueError, match=r"^bound: 5, expected an integer from 20 to 2147483647$"):
        make_policy("elimination", env, bound=5)
    for name, setting in (("elimination", "bound"), ("exp3", "batch"), ("explore-then-commit", "pulls")):
        with pytest.raises(ValueError, match=f"^{setting}: 1000000.*, expected an integer from "):
            make_policy(name, env, **{setting: 10**30})
    with pytest.raises(ValueError, match=r"^rounds: \[5, 5\], expected ascending numbers from 1 to the horizon 1000$"):
        make_policy("ucb1", env).play([0], [5, 5])
