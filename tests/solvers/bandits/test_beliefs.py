"""What policies believe of their arms."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.solvers.bandits import make_policy
from ige.solvers.bandits.beliefs import beliefs

KNOWING = ("ucb1", "kl-ucb", "thompson", "epsilon-greedy", "explore-then-commit")


@pytest.mark.parametrize("name", KNOWING)
def test_means_are_what_was_paid(name: str) -> None:
    env: Any = gym.make("ige/TallyingBandit-v0", memory=1, noise="bernoulli", kind="constant", horizon=400)
    policy = make_policy(name, env)
    observation, _ = env.reset(seed=1)
    assert np.isnan(beliefs(policy).cost).all()
    for _ in range(60):
        action = policy.act(observation)
        observation, reward, *_ = env.step(action)
        policy.update(action, reward, observation)
    found = beliefs(policy)
    row = env.unwrapped.get_state()
    assert found.pulls.tolist() == row["pulls"].tolist()
    pulled = found.pulls > 0
    paid = row["paid"][pulled] / row["pulls"][pulled]
    if name == "thompson":  # with its prior
        paid = (1 + row["paid"][pulled]) / (2 + row["pulls"][pulled])
    assert found.cost[pulled] == pytest.approx(paid)
    inside = ~np.isnan(found.low)
    assert (found.low[inside] <= found.cost[inside]).all()
    assert (found.high[inside] >= found.cost[inside]).all()
    assert np.isnan(found.cost[~pulled]).all()


def test_weights_are_no_beliefs() -> None:
    with pytest.raises(ValueError, match="^policy: exp3 has no beliefs about single arms$"):
        beliefs(make_policy("exp3", gym.make("ige/TallyingBandit-v0")))
