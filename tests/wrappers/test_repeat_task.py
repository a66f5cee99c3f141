"""One task, several episodes: what is the same, what is shown, when it ends."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

import ige  # noqa: F401
from ige.wrappers import RepeatTask


def bandit(episodes: int = 3, horizon: int = 4) -> RepeatTask:
    return RepeatTask(gym.make("ige/TallyingBandit-v0", arms=3, horizon=horizon, memory=1), episodes)


def test_the_instance_stays_within_a_task_and_the_luck_changes() -> None:
    env = bandit()
    env.reset(seed=0)
    losses, rewards = [], []
    over = False
    while not over:
        losses.append(env.unwrapped.instance.losses)  # type: ignore[attr-defined]
        _, reward, terminated, over, _ = env.step(0)
        rewards.append(reward)
        assert not terminated
    assert len(rewards) == 12
    assert all((one == losses[0]).all() for one in losses)
    assert len(set(rewards)) == 12
    env.reset()
    assert (env.unwrapped.instance.losses != losses[0]).any()  # type: ignore[attr-defined]


def test_what_is_shown() -> None:
    env = bandit(episodes=2, horizon=2)
    shown, info = env.reset(seed=0)
    assert (shown["action"], shown["reward"].tolist(), shown["begun"]) == (0, [0.0], 1)
    assert info["inner_episode"] == 0
    episodes = []
    for action, begun in ((2, 0), (1, 1), (2, 0), (0, 0)):
        shown, reward, _, truncated, info = env.step(action)
        assert shown in env.observation_space
        assert (shown["action"], shown["begun"]) == (action, begun)
        assert shown["reward"] == np.float32(reward) != 0
        episodes.append(info["inner_episode"])
        assert ("ended_observation" in info) == ("ended_info" in info) == bool(begun)
    assert episodes == [0, 1, 1, 1]
    assert truncated


def test_the_mask_is_the_next_episodes() -> None:
    env = RepeatTask(gym.make("ige/PaymentRouting-v0", horizon=1), 5)
    env.reset(seed=0)
    for _ in range(4):
        shown, *_, info = env.step(0)
        assert (info["action_mask"] == shown["observation"]["action_mask"]).all()
        assert (info["ended_info"]["action_mask"] == info["ended_observation"]["action_mask"]).all()
        assert info["taken"] == -1  # nothing in that episode


def test_an_instance_given_as_an_option_is_the_task() -> None:
    env = RepeatTask(gym.make("ige/TSP-v0", n=5), 3)
    other = gym.make("ige/TSP-v0", n=5)
    other.reset(seed=8)
    given = other.unwrapped.instance  # type: ignore[attr-defined]
    env.reset(seed=0, options={"instance": given})
    over = False
    seen = 0
    while not over:
        seen += 1
        assert np.allclose(env.unwrapped.instance.points, given.points)  # type: ignore[attr-defined]
        legal = np.flatnonzero(env.get_wrapper_attr("action_masks")())
        _, _, terminated, truncated, _ = env.step(int(legal[0]))
        over = terminated or truncated
    assert terminated
    assert seen % 3 == 0


def test_others_get_the_same_seed_and_options_again(corridor: Any) -> None:
    env = RepeatTask(corridor, episodes=3)
    env.reset(seed=3, options={"cell": 7})
    rewards = [env.step(1)[1] for _ in range(3)]
    assert corridor.resets == [(3, {"cell": 7})] * 3
    assert len(set(rewards)) == 1  # the luck too, as documented
    env.reset()
    assert corridor.resets[-1][0] is not None
    assert corridor.resets[-1][1] is None
    drawn = corridor.resets[-1][0]
    env.reset()
    assert corridor.resets[-1][0] != drawn
    env.reset(seed=3)
    env.reset()
    assert corridor.resets[-1][0] == drawn  # the seeds that follow a seed come again too


def test_options_reach_a_suite_environment() -> None:
    env = bandit()
    with pytest.raises(ValueError, match="^options: unknown field 'colour'"):
        env.reset(options={"colour": 1})


def _by_state(env: Any) -> Any:
    twin = bandit()
    twin.reset(seed=77)
    twin.set_state(env.get_state())
    return twin


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env)), _by_state], ids=["copy", "pickle", "state"]
)
def test_snapshots_carry_the_task(copied: Any) -> None:
    env = bandit()
    env.reset(seed=1)
    for action in (0, 1, 2, 0, 1):
        env.step(action)
    saved, twin = env.get_state(), copied(env)

    def trace(env: Any) -> list[Any]:
        outcomes = [env.step(t % 3) for t in range(7)]
        losses = env.unwrapped.instance.losses.tolist()
        return [losses, [(o["begun"], int(o["action"]), r, end) for o, r, _, end, _ in outcomes]]

    first = trace(env)
    assert first[1][-1][-1]  # the task ends here
    assert trace(twin) == first
    env.set_state(saved)
    assert trace(env) == first


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        (spaces.Discrete(3, start=5), 5),
        (spaces.MultiDiscrete([2, 3]), [0, 0]),
        (spaces.Box(1, 2, (2,), np.float32), [1, 1]),
        (spaces.MultiBinary(2), [0, 0]),
    ],
)
def test_no_action_is_a_member_of_the_space(space: spaces.Space[Any], expected: Any, corridor: Any) -> None:
    corridor.action_space = space
    shown, _ = RepeatTask(corridor).reset(seed=0)
    assert shown["action"] in space
    assert np.all(shown["action"] == expected)


def test_bad_arguments_are_named(corridor: Any) -> None:
    with pytest.raises(ValueError, match="^episodes: 0, expected an integer of at least 1"):
        RepeatTask(corridor, 0)
    corridor.action_space = spaces.Text(3)
    with pytest.raises(ValueError, match="^env: actions of Text, expected Discrete, Box"):
        RepeatTask(corridor)
    with pytest.raises(ValueError, match="^state: found int, expected what get_state of RepeatTask gave"):
        bandit().set_state(3)
