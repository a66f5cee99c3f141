"""Frames of every id: one size, they show the state and change nothing; tasks in words stand below."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pettingzoo
import pytest

from ige.envs import registry
from ige.envs.babyai import Level
from ige.render import CAPTION_HEIGHT, captioned

SHORT = {  # so that episodes end
    **{f"ige/{name}-v0": {"horizon": 5} for name in ("TallyingBandit", "PaymentRouting", "GroupRegression")},
    "ige/OneSidedFairness-v0": {"horizon": 5},
    "ige/UedMaze-v0": {"max_steps": 20},
    "ige/UedMazeEditor-v0": {"size": 3, "blocks": 3},
    "ige/BabyAI-v0": {"max_steps": 20},
    "ige/BabyAIText-v0": {"max_steps": 20},
}
TASKS_IN_WORDS = ["BabyAI", "BabyAIText", "GUIWidget", "GUIApp", "GUIPhone"]


@pytest.mark.parametrize("name", registry.ids())
def test_frames_of_an_id_have_one_size_and_show_its_state(name: str) -> None:
    env: Any = gym.make(name, render_mode="rgb_array", **SHORT.get(name, {}))
    core, sizes, differ, ends = env.unwrapped, set(), 0, 0
    env.action_space.seed(0)
    for seed in range(3):
        env.reset(seed=seed)
        frames = [env.render()]
        over = False
        while not over and len(frames) < 40:
            mask = core.action_masks() if core.kernel.n_masked else None
            action = env.action_space.sample(None if mask is None else mask.astype(np.int8))
            _, _, terminated, truncated, _ = env.step(action)
            before = core.get_state().tobytes()
            frames.append(env.render())
            over = terminated or truncated
            assert np.array_equal(env.render(), frames[-1])
            assert core.get_state().tobytes() == before
        sizes |= {(frame.shape, frame.dtype.name) for frame in frames}
        differ += len({frame.tobytes() for frame in frames}) > 1
        ends += over
    assert len(sizes) == 1
    assert differ, "no frame changes with the state"
    assert ends or name.startswith(("ige/GUI", "ige/TextWorld"))


@pytest.mark.parametrize("name", registry.multi_agent_ids())
def test_frames_of_several_agents(name: str) -> None:
    env: Any = pettingzoo.make("parallel", name, render_mode="rgb_array")
    env.reset(seed=0)
    frames = [env.render()]
    for _ in range(5):
        env.step({agent: env.action_space(agent).sample() for agent in env.agents})
        frames.append(env.render())
    assert len({(frame.shape, frame.dtype.name) for frame in frames}) == 1
    assert len({frame.tobytes() for frame in frames}) > 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("PaymentRouting", {"features": 1, "actions": 1}),
        ("PaymentRouting", {"features": 60, "actions": 60}),
        ("GroupRegression", {"d": 1, "groups": [[1]]}),
        ("GroupRegression", {"d": 60, "groups": [[1 / 60] * 60] * 2}),
        ("OneSidedFairness", {"individuals": 2, "d": 2}),
        ("OneSidedFairness", {"individuals": 60, "d": 60}),
        ("TallyingBandit", {"arms": 130}),
        ("TabularMDP", {"states": 2, "actions": 2, "horizon": 1}),
        ("TabularMDP", {"states": 60, "actions": 60, "stationary": True}),
        ("ConservativeMDP", {"states": 2, "actions": 2, "horizon": 2}),
        ("UedMatrix", {"payoffs": [[1], [2]]}),
        ("UedMatrix", {"payoffs": np.arange(3600.0).reshape(60, 60) / 7}),
    ],
    ids=str,
)
@pytest.mark.long
def test_pictures_of_few_and_of_many_things(name: str, arguments: dict[str, Any]) -> None:
    """Whatever the sizes, a picture is neither empty nor larger than a screen."""
    env: Any = gym.make(f"ige/{name}-v0", render_mode="rgb_array", **arguments)
    env.reset(seed=0)
    first = env.render()
    env.step(env.action_space.sample())
    second = env.render()
    assert first.shape == second.shape
    assert 100 <= min(first.shape[:2]) <= max(first.shape[:2]) <= 2000
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("name", TASKS_IN_WORDS)
def test_frames_say_what_is_to_be_done(name: str) -> None:
    id = registry.resolve(name)
    env: Any = gym.make(id, render_mode="rgb_array")
    bare: Any = gym.make(id, render_mode="rgb_array", caption=False)
    for seed in range(5):
        (first, _), (second, _) = env.reset(seed=seed), bare.reset(seed=seed)
        core = env.unwrapped
        assert np.array_equal(bare.render(), core.frame())
        assert np.array_equal(env.render(), captioned(core.frame(), getattr(core, "mission", None) or core.goal))
        assert str(first) == str(second)


@pytest.mark.parametrize("view", ["rgb", "rgb_full"])
def test_images_of_babyai_have_no_caption(view: str) -> None:
    env = gym.make("ige/BabyAI-v0", view=view, tile_size=32, render_mode="rgb_array")
    observation, _ = env.reset(seed=0)
    height = env.unwrapped.frame().shape[0] if view == "rgb_full" else 7 * 32
    assert observation["image"].shape[0] == height


def test_images_of_screens_have_no_caption() -> None:
    env = gym.make("ige/GUIWidget-v1", obs_mode="rgb", scale=1, render_mode="rgb_array")
    observation, _ = env.reset(seed=0)
    assert np.array_equal(observation["image"], env.unwrapped.frame())
    assert np.array_equal(observation["image"], env.render()[:-CAPTION_HEIGHT])


def test_the_mouse_points_at_the_same_widgets_above_a_caption() -> None:
    env: Any = gym.make("ige/GUIWidget-v1", task="login", action_mode="text", render_mode="rgb_array")
    env.reset(seed=0)
    height, width, _ = env.render().shape
    core = env.unwrapped
    assert core.pointed(200, 90, 1) == "CLICK:(200,90)"
    assert core.pointed(width - 1, height - CAPTION_HEIGHT - 1, 1) == f"CLICK:({width - 1},639)"
    assert core.pointed(200, height - CAPTION_HEIGHT, 1) == "", "the caption is no part of the screen"


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
