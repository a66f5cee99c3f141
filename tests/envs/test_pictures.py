"""Frames of every id: one size, they show the state and change nothing; tasks in words stand below."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.babyai import Level
from ige.render import CAPTION_HEIGHT, captioned

TASKS_IN_WORDS = ["BabyAI", "BabyAIText", "GUIWidget", "GUIApp", "GUIPhone"]


@pytest.mark.parametrize("name", TASKS_IN_WORDS)
def test_frames_say_what_is_to_be_done(name: str) -> None:
    env: Any = gym.make(f"ige/{name}-v0", render_mode="rgb_array")
    bare: Any = gym.make(f"ige/{name}-v0", render_mode="rgb_array", caption=False)
    for seed in range(5):
        (first, _), (second, _) = env.reset(seed=seed), bare.reset(seed=seed)
        face = env.unwrapped
        assert np.array_equal(bare.render(), face.frame())
        assert np.array_equal(env.render(), captioned(face.frame(), getattr(face, "mission", None) or face.goal))
        assert str(first) == str(second)


@pytest.mark.parametrize("view", ["rgb", "rgb_full"])
def test_images_of_babyai_have_no_caption(view: str) -> None:
    env = gym.make("ige/BabyAI-v0", view=view, tile_size=32, render_mode="rgb_array")
    observation, _ = env.reset(seed=0)
    height = env.unwrapped.frame().shape[0] if view == "rgb_full" else 7 * 32
    assert observation["image"].shape[0] == height


def test_images_of_screens_have_no_caption() -> None:
    env = gym.make("ige/GUIWidget-v0", obs_mode="rgb", scale=1, render_mode="rgb_array")
    observation, _ = env.reset(seed=0)
    assert np.array_equal(observation["image"], env.unwrapped.frame())
    assert np.array_equal(observation["image"], env.render()[:-CAPTION_HEIGHT])


def test_the_mouse_points_at_the_same_widgets_above_a_caption() -> None:
    env: Any = gym.make("ige/GUIWidget-v0", task="login", action_mode="text", render_mode="rgb_array")
    env.reset(seed=0)
    height, width, _ = env.render().shape
    face = env.unwrapped
    assert face.pointed(200, 90, 1) == "CLICK:(200,90)"
    assert face.pointed(width - 1, height - CAPTION_HEIGHT - 1, 1) == f"CLICK:({width - 1},639)"
    assert face.pointed(200, height - CAPTION_HEIGHT, 1) == "", "the caption is no part of the screen"


def sizes(name: str, **arguments: Any) -> set[tuple[int, ...]]:
    """Of the frames of twenty episodes."""
    env: Any = gym.make(f"ige/{name}-v0", render_mode="rgb_array", **arguments)
    found = set()
    for seed in range(20):
        env.reset(seed=seed)
        found.add(env.render().shape)
    return found


def a_level(name: str) -> Level:
    env: Any = gym.make("ige/BabyAI-v0", level=name)
    env.reset(seed=0)
    return env.unwrapped.level


def test_levels_of_several_sizes_have_frames_of_one() -> None:
    assert sizes("BabyAIText", task="mixed") == {(8 * 32 + CAPTION_HEIGHT, 15 * 32, 3)}
    worlds = [a_level(name) for name in ("PutNextS4N1", "GoToLocal")]
    assert {(world.width, world.height) for world in worlds} == {(7, 4), (8, 8)}
    assert sizes("BabyAI", worlds=worlds, caption=False) == {(8 * 32, 8 * 32, 3)}
    assert sizes("UedMaze", level=["G>", "....\nG..>"], size=6) == {(8 * 32, 8 * 32, 3)}
