"""LinUCB and LinTS beside plain NumPy, on actions that come and go; payments solved by name."""

from __future__ import annotations

import json
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import ige  # noqa: F401
from ige.solvers.bandits.contextual import make_linear, names, solve_payment
from ige.solvers.core import one_thread


@pytest.fixture
def env() -> Any:
    return gym.make("ige/PaymentRouting-v0", disable_env_checker=True)


def test_linucb_in_plain_numpy(env: Any) -> None:
    policy = make_linear("linucb", env, alpha=0.5, ridge=2.0)
    observation, info = env.reset(seed=1)
    matrices, targets = np.stack([2.0 * np.eye(9)] * 6), np.zeros((6, 9))
    for _ in range(120):
        x = np.append(observation["context"].astype(float), 1)
        inverse = np.linalg.inv(matrices)
        score = (inverse @ targets[:, :, None])[:, :, 0] @ x + 0.5 * np.sqrt(np.einsum("i,aij,j->a", x, inverse, x))
        expected = int(np.where(info["action_mask"] > 0, score, -np.inf).argmax())
        action = policy.act(observation, info["action_mask"])
        assert action == expected
        observation, reward, _, _, info = env.step(action)
        policy.update(action, reward, observation)
        matrices[action] += np.outer(x, x)
        targets[action] += reward * x
    assert policy.state["inverse"][0] == pytest.approx(np.linalg.inv(matrices))


@pytest.mark.parametrize("name", ["linucb", "lints"])
def test_fused_as_live_and_better_than_chance(name: str, env: Any) -> None:
    policy = make_linear(name, env, seed=4)
    played = policy.play([2], policy_seed=4)
    observation, info = env.reset(seed=2)
    lost = best = chance = 0.0
    over = False
    while not over:
        mask = info["action_mask"]
        chance += (1 - env.unwrapped.instance.success(observation["context"]))[mask > 0].mean()
        action = policy.act(observation, mask)
        assert mask[action]
        observation, reward, _, over, info = env.step(action)
        policy.update(action, reward, observation)
        lost, best = lost + info["oracle_loss"], best + info["oracle_best"]
    assert lost == pytest.approx(played.loss[0, -1])
    assert best == pytest.approx(played.best[0, -1])
    assert lost - best < 0.6 * (chance - best)


def test_lints_samples() -> None:
    env = gym.make("ige/PaymentRouting-v0", disable_env_checker=True, availability=1.0)
    observation, info = env.reset(seed=0)
    first = {make_linear("lints", env, seed).act(observation, info["action_mask"]) for seed in range(40)}
    assert len(first) > 3
    assert make_linear("linucb", env).act(observation, info["action_mask"]) == 0


@pytest.mark.parametrize("name", names())
def test_every_policy_routes_payments(name: str) -> None:
    env = gym.make("ige/PaymentRouting-v0", horizon=2000)
    with one_thread():
        found = solve_payment(env, name, seed=3)
    assert json.loads(json.dumps(found.as_dict()))["payments"] == 2000
    assert str(found).startswith(f"{name}: 2,000 payments, ")
    assert 0 <= found.regret < (0.5 if name == "uniform" else 0.2)


def test_mistakes(env: Any) -> None:
    with pytest.raises(ValueError, match=r"^policy: 'ucb1', expected one of 'linucb', 'lints', 'squarecb', "):
        solve_payment(env, "ucb1")
    with pytest.raises(ValueError, match=r"^env: TallyingBandit has no contexts, expected ige/PaymentRouting-v0$"):
        make_linear("linucb", gym.make("ige/TallyingBandit-v0"))
    with pytest.raises(ValueError, match=r"^alpha: -1, expected a number of at least 0$"):
        make_linear("linucb", env, alpha=-1)
