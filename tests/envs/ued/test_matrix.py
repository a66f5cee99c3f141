"""The game of decision rules: payoffs and regret against NumPy, who chooses theta, mistakes in one line."""

from __future__ import annotations

import math
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import ige  # noqa: F401
from ige.wrappers import TextFace


def make(**arguments: Any) -> Any:
    return gym.make("ige/UedMatrix-v0", disable_env_checker=True, **arguments).unwrapped


@settings(max_examples=30, deadline=None)
@given(arrays(float, st.tuples(st.integers(2, 4), st.integers(1, 5)), elements=st.floats(-1e6, 1e6)), st.data())
def test_an_episode_is_an_entry_of_the_matrix(payoffs: np.ndarray, data: st.DataObject) -> None:
    env = make(payoffs=payoffs)
    theta, action = data.draw(st.integers(0, payoffs.shape[1] - 1)), data.draw(st.integers(0, len(payoffs) - 1))
    observation, info = env.reset(options={"theta": theta})
    assert (observation, info) == (0, {"oracle_theta": theta, "oracle_regret": 0})
    observation, reward, terminated, truncated, info = env.step(action)
    regret = payoffs[:, theta].max() - payoffs[action, theta]
    assert (observation, reward, terminated, truncated) == (0, payoffs[action, theta], True, False)
    assert info == {"oracle_theta": theta, "oracle_regret": regret}


def test_the_default_is_the_claim() -> None:
    for theta in range(5):
        env = make(theta=theta)
        for action, payoff in ((0, 75), (1, 0 if theta == 0 else 100)):
            env.reset()
            assert env.step(action)[1] == payoff


def test_theta_is_drawn_uniformly_and_stays_hidden() -> None:
    envs = gym.make_vec("ige/UedMatrix-v0", 5000)
    observation, info = envs.reset(seed=0)
    assert (observation == 0).all()
    assert np.bincount(info["oracle_theta"], minlength=5) / 5000 == pytest.approx(0.2, abs=0.025)
    _, reward, *_ = envs.step(np.ones(5000, np.int64))
    assert reward.mean() == pytest.approx(80, abs=2.5)
    _, info = envs.reset(options={"theta": 3})
    assert (info["oracle_theta"] == 3).all()


def test_options_go_before_the_argument_for_one_episode() -> None:
    env = make(theta=2)
    assert env.reset(options={"theta": 4})[1]["oracle_theta"] == 4
    assert env.reset()[1]["oracle_theta"] == 2


def test_the_text_face() -> None:
    env: Any = TextFace(gym.make("ige/UedMatrix-v0"))
    text, info = env.reset(options={"theta": 0})
    assert info["admissible_commands"] == ["policy 0", "policy 1"]
    assert "hidden" in text
    text, reward, terminated, *_ = env.step("Policy 1")
    assert (reward, terminated) == (0, True)
    assert text == "Policy 1 earned 0 on level 0; the best there earns 75."
    rules = env.unwrapped.rules()
    assert "policy 1: 0, 100, 100, 100, 100" in rules
    assert [env.unwrapped.parse_action(env.unwrapped.action_text(a)) for a in range(2)] == [0, 1]
    with pytest.raises(ValueError, match=r"^action: 'policy 2', expected 'policy NUMBER' with a number from 0 to 1$"):
        env.unwrapped.parse_action("policy 2")


@pytest.mark.parametrize(
    ("payoffs", "message"),
    [
        (((1, 2), (1,)), r"^payoffs\[1\]: 1 thetas, expected 2 as in payoffs\[0\]$"),
        (((1, 2), (1, math.nan)), r"^payoffs\[1\]\[1\]: nan, expected a number finite$"),
        (((1, math.inf), (1, 2)), r"^payoffs\[0\]\[1\]: inf, expected a number finite$"),
        (((1, 2),), r"^payoffs: 1 policies, expected at least 2 rows: policies$"),
        ((), r"^payoffs: 0 policies, expected at least 2"),
        (((), ()), r"^payoffs\[0\]: \(\), expected a payoff for each theta$"),
        ((1, 2), r"^payoffs\[0\]: 1, expected a payoff for each theta$"),
        (7, r"^payoffs: 7, expected at least 2"),
        ((("a", "b"), (1, 2)), r"^payoffs: .*, expected numbers$"),
        ((((1,), (2,)), ((3,), (4,))), r"^payoffs: shape \(2, 2, 1\), expected \(any, any\)$"),
    ],
)
def test_mistakes_in_payoffs(payoffs: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(payoffs=payoffs)


@pytest.mark.parametrize("theta", [-1, 5, 0.5, True, "1"])
def test_mistakes_in_theta(theta: Any) -> None:
    with pytest.raises(
        ValueError, match=r"^theta: .*, expected an integer from 0 to 4$|^theta: .*, expected an integer"
    ):
        make(theta=theta)
    with pytest.raises(ValueError, match=r"^options: theta: .*, expected an integer"):
        make().reset(options={"theta": theta})
    with pytest.raises(ValueError, match=r"^options: unknown field 'level', expected: 'theta'$"):
        make().reset(options={"level": theta})
