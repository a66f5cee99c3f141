from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

import ige  # noqa: F401
from ige.envs.core import KernelEnv
from ige.envs.registry import ids
from ige.envs.ued.matrix import UedMatrix
from ige.wrappers import CountBudget, TextFace

PUZZLE = {"instance": (4, 9, 10, 13)}


def test_a_game_in_words() -> None:
    env = TextFace(gym.make("ige/GameOf24-v0"))
    text, info = env.reset(seed=0, options=PUZZLE)
    assert text.splitlines()[0] == "Numbers: 4 9 10 13. Target: 24."
    assert text in env.observation_space
    assert "make 24" in info["goal"]
    assert "13 - 9" in info["admissible_commands"]
    for command in ("13 - 9", "10 - 4", "4 * 6"):
        assert command in info["admissible_commands"]
        text, reward, terminated, truncated, info = env.step(command)
        assert text in env.observation_space
        assert "goal" not in info
    assert (text.splitlines()[-1], reward, terminated, truncated) == ("Solved.", 1.0, True, False)
    assert info["admissible_commands"] == []


def test_commands_and_indices_are_the_same_actions() -> None:
    words, numbers = TextFace(gym.make("ige/GameOf24-v0")), TextFace(gym.make("ige/GameOf24-v0"))
    _, info = words.reset(seed=0, options={"instance": (2, 3, 8, 12)})
    for index, command in zip(np.flatnonzero(info["action_mask"]), info["admissible_commands"], strict=True):
        outcomes = []
        for env, action in ((words, command), (numbers, index)):
            env.reset(seed=0, options={"instance": (2, 3, 8, 12)})
            outcomes.append(env.step(action)[:4])
        assert outcomes[0] == outcomes[1]


def test_equal_numbers_make_one_command() -> None:
    _, info = TextFace(gym.make("ige/GameOf24-v0")).reset(seed=0, options={"instance": (6, 6, 6, 6)})
    assert info["admissible_commands"] == ["6 + 6", "6 - 6", "6 * 6", "6 / 6"]
    assert info["action_mask"].sum() == 24


def test_symbolic_observations_stay(corridor: Any) -> None:
    env = TextFace(corridor, obs="symbolic")
    observation, info = env.reset(options={"cell": 3})
    assert observation["cell"] == 3
    assert info["admissible_commands"] == ["left", "right"]
    assert env.step("right")[0]["cell"] == 4
    assert env.observation_space is corridor.observation_space


def test_a_bad_command_raises() -> None:
    env = TextFace(gym.make("ige/GameOf24-v0"))
    env.reset(seed=0, options=PUZZLE)
    with pytest.raises(ValueError, match="expected two of the numbers and a sign"):
        env.step("win the game")
    with pytest.raises(ValueError, match="no operation on 4 9 10 13"):
        env.step("5 + 5")
    with pytest.raises(ValueError, match="from 0 to 23"):
        env.step(24)


@pytest.mark.parametrize("obs", ["text", "symbolic"])
def test_a_bad_command_can_do_nothing(obs: str, corridor: Any) -> None:
    env = TextFace(corridor, obs=obs, unparsed="noop")
    env.reset(seed=1, options={"cell": 3})
    shown, *_ = env.step("left")
    state = corridor.get_state()
    observation, reward, terminated, truncated, info = env.step("dance")
    assert observation == shown
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert info["parse_error"] == "action: 'dance', expected 'left' or 'right'"
    assert info["admissible_commands"] == ["left", "right"]
    assert (info["trace"], corridor.taken, corridor.get_state()) == (2, [0], state)
    assert "parse_error" not in env.step("left")[-1]


def test_doing_nothing_needs_an_episode(corridor: Any) -> None:
    env = TextFace(corridor, unparsed="noop")
    with pytest.raises(ResetNeeded):
        env.step("dance")
    env.reset(options={"cell": 7})
    state = corridor.get_state()
    assert env.step("right")[2]
    with pytest.raises(ResetNeeded):
        env.step("dance")
    CountBudget(env).set_state(state)
    assert env.step("dance")[-1]["parse_error"]


def test_an_illegal_command_keeps_its_meaning() -> None:
    env = TextFace(gym.make("ige/GameOf24-v0"), unparsed="noop")
    env.reset(seed=0, options=PUZZLE)
    text, _, terminated, _, info = env.step("9 / 4")
    assert terminated
    assert info["illegal"]
    assert "not possible" in text


def test_unusual_characters(corridor: Any) -> None:
    corridor.describe = lambda: "4 × 6 − 3 → π “é” ■\n"
    text, _ = TextFace(corridor).reset()
    assert text in TextFace(corridor).observation_space
    corridor.describe = lambda: "a\N{SNOWMAN}"
    with pytest.raises(ValueError, match=r"^charset: .*\u2603"):
        TextFace(corridor).reset()
    env = TextFace(corridor, charset="a\N{SNOWMAN}")
    assert env.reset()[0] in env.observation_space
    with pytest.raises(ValueError, match=r"^max_length: 1, found a description of 2"):
        TextFace(corridor, max_length=1).reset()


SETTINGS = [(id, {}) for id in ids()] + [
    ("ige/GUIWidget-v1", {"action_mode": "xy"}),
    ("ige/GUIWidget-v1", {"action_mode": "text"}),
    ("ige/TextWorld-v0", {"obs_mode": "symbolic"}),
]


@pytest.mark.parametrize(("id", "arguments"), SETTINGS)
@pytest.mark.parametrize("unparsed", ["raise", "noop"])
def test_every_id_works_or_is_refused_at_once(id: str, arguments: dict[str, Any], unparsed: str) -> None:
    inner = gym.make(id, **arguments)
    try:
        env = TextFace(inner, unparsed=unparsed)
    except TypeError:
        return
    text, info = env.reset(seed=0)
    assert text in env.observation_space
    assert info["goal"]
    assert ("admissible_commands" in info) or not isinstance(env.action_space, gym.spaces.Discrete)
    command = info.get("admissible_commands", [inner.unwrapped.action_text(env.action_space.sample())])[0]
    text, *_, info = env.step(command)
    assert text in env.observation_space
    assert "parse_error" not in info


def test_a_method_that_says_there_is_none_is_none(corridor: Any) -> None:
    """Our base class has `describe` and `rules` only to say that a family has written none."""

    class Silent(UedMatrix):
        describe, rules = KernelEnv.describe, KernelEnv.rules

    class Brief(UedMatrix):
        rules = KernelEnv.rules

    with pytest.raises(TypeError, match="^env: Silent has no describe, which text needs"):
        TextFace(Silent())
    assert "goal" not in TextFace(Brief()).reset(seed=0)[1]


def test_what_it_cannot_wrap() -> None:
    with pytest.raises(TypeError, match=r"^env: FrozenLakeEnv has no describe, action_text, parse_action"):
        TextFace(gym.make("FrozenLake-v1"))
    env = gym.make("ige/GameOf24-v0")
    with pytest.raises(ValueError, match=r"^obs: found 'sound'"):
        TextFace(env, obs="sound")
    with pytest.raises(ValueError, match=r"^unparsed: found 'ignore'"):
        TextFace(env, unparsed="ignore")
