"""Every level compared with Minigrid's own: with the same worlds and actions, everything is the same at every step."""

from __future__ import annotations

import contextlib
import io
import zlib
from typing import Any

import gymnasium as gym
import minigrid  # noqa: F401  (registers the levels)
import numpy as np
import pytest
from minigrid.wrappers import FullyObsWrapper, RGBImgObsWrapper, RGBImgPartialObsWrapper

import ige  # noqa: F401
from ige.envs.babyai import NAMES, Level
from ige.envs.babyai.env import BabyAI
from ige.envs.babyai.oracle import actions

IDS = {id.removeprefix("BabyAI-").rpartition("-v")[0]: id for id in gym.registry if id.startswith("BabyAI-")}
STEPS = 150


def started(name: str, seed: int, wrapper: Any = None) -> Any:
    """A Minigrid level after reset. It prints when it rejects a world."""
    env: Any = gym.make(IDS[name], disable_env_checker=True)
    with contextlib.redirect_stdout(io.StringIO()):
        env.unwrapped.reset(seed=seed)
    return wrapper(env) if wrapper else env.unwrapped


def check_same(theirs: Any, ours: BabyAI, expected: dict[str, Any], observation: dict[str, Any], where: str) -> None:
    assert np.array_equal(observation["image"], expected["image"]), f"{where}: image"
    assert observation["direction"] == expected["direction"], f"{where}: direction"
    assert observation["mission"] == expected["mission"], f"{where}: mission"
    carried = int(ours.get_state()["carried"])
    if theirs.carrying is None:
        assert carried == 0, f"{where}: carried"
    else:
        assert (carried & 15, carried >> 4 & 7) == theirs.carrying.encode()[:2], f"{where}: carried"


def follow(name: str, seed: int, ours: BabyAI) -> bool:
    """Play both until the episode ends, by the bot, at random, or alternately; return whether the mission was
    fulfilled.

    Half of the time, ours is reloaded from Minigrid's state in the middle.
    """
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    theirs = started(name, seed)
    observation, _ = ours.reset(options={"instance": Level.from_minigrid(theirs)})
    check_same(theirs, ours, theirs.gen_obs(), observation, f"{name}, seed {seed}, reset")
    guided = (0.0, 0.3, 0.7, 0.95)[seed % 4]
    for step in range(STEPS):
        action = int(actions(ours.get_state()[None])[0]) if rng.random() < guided else int(rng.integers(7))
        seen, *expected, _ = theirs.step(action)
        observation, *found, info = ours.step(action)
        where = f"{name}, seed {seed}, step {step}, action {action}"
        check_same(theirs, ours, seen, observation, where)
        assert found == expected, f"{where}: reward, terminated, truncated"
        assert info["is_success"] == (expected[0] > 0), f"{where}: success"
        if expected[1] or expected[2]:
            return bool(info["is_success"])
        if rng.random() < 0.02:
            observation, _ = ours.reset(options={"instance": Level.from_minigrid(theirs)})
            check_same(theirs, ours, seen, observation, f"{where}, loaded anew")
    return False


def test_all_of_minigrids_levels_are_here() -> None:
    assert sorted(IDS) == sorted(NAMES)
    assert len(NAMES) == 96


@pytest.mark.parametrize("name", NAMES)
def test_level_moves_as_minigrids(name: str) -> None:
    ours = BabyAI()
    won = [follow(name, seed, ours) for seed in range(4)]
    assert any(won), "no mission was fulfilled: the test compares too little"


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_two_hundred_worlds_of_a_level_move_as_minigrids(name: str) -> None:
    ours = BabyAI()
    assert sum(follow(name, seed, ours) for seed in range(200)) >= 20


@pytest.mark.parametrize("name", ["GoToLocal", "BossLevel", "KeyCorridorS3R2"])
@pytest.mark.parametrize(
    ("view", "wrapper"),
    [("full", FullyObsWrapper), ("rgb", RGBImgPartialObsWrapper), ("rgb_full", RGBImgObsWrapper)],
)
def test_other_views_equal_minigrids_wrappers(name: str, view: str, wrapper: Any) -> None:
    ours = BabyAI(level=name, view=view)
    for seed in range(2):
        theirs = started(name, seed, wrapper)
        rng = np.random.default_rng(seed)
        found, _ = ours.reset(options={"instance": Level.from_minigrid(theirs)})
        for _ in range(30):
            expected = theirs.observation(theirs.unwrapped.gen_obs())
            assert np.array_equal(found["image"], expected["image"])
            action = int(rng.integers(7))
            theirs.unwrapped.step(action)
            found, _, terminated, truncated, _ = ours.step(action)
            if terminated or truncated:
                break


def test_frame_equals_minigrids() -> None:
    ours = BabyAI(level="BossLevel")
    theirs = started("BossLevel", 0)
    ours.reset(options={"instance": Level.from_minigrid(theirs)})
    assert np.array_equal(ours.frame(), theirs.get_frame(highlight=True, tile_size=32))


@pytest.mark.parametrize("size", [3, 5, 9, 11])
@pytest.mark.parametrize("see_through", [False, True])
def test_windows_of_other_sizes_equal_minigrids(size: int, see_through: bool) -> None:
    ours = BabyAI(level="GoTo", view_size=size, see_through_walls=see_through)
    theirs = started("GoTo", 0)
    theirs.agent_view_size, theirs.see_through_walls = size, see_through
    found, _ = ours.reset(options={"instance": Level.from_minigrid(theirs)})
    rng = np.random.default_rng(0)
    for _ in range(200):
        assert np.array_equal(found["image"], theirs.gen_obs()["image"])
        action = int(rng.choice([0, 1, 2, 2, 2, 5]))
        theirs.step(action)
        found, _, terminated, truncated, _ = ours.step(action)
        if terminated or truncated:
            break
