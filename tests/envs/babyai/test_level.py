"""Worlds as values, from text, JSON and Minigrid; and everything that is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import minigrid
import numpy as np
import pytest

import ige  # noqa: F401
from ige.envs.babyai import NAMES, Level
from ige.envs.babyai.env import BabyAI
from ige.envs.babyai.level import _FIELDS, side_for

ROOM = """\
WEWEWEWEWE
WE>>  ARWE
WE    AGWE
WEBB    WE
WEWEWEWEWE"""


def play(level: Level, *actions: int, **kwargs: Any) -> tuple[float, bool, bool]:
    """Reward, terminated and success of the last of some actions."""
    env = BabyAI(**kwargs)
    env.reset(options={"instance": level})
    for action in actions:
        _, reward, terminated, _, info = env.step(action)
    return reward, terminated, info["is_success"]


def test_text_becomes_the_world_that_it_shows() -> None:
    level = Level.from_text(ROOM, "go to the red ball")
    assert level.to_text() == ROOM
    assert level.mission == "go to the red ball"
    assert (level.width, level.height) == (5, 5)
    assert int(level.record["max_steps"]) == 25
    assert play(level, 2) == (1 - 0.9 / 25, True, True)


def test_what_is_carried_and_what_boxes_hold() -> None:
    level = Level.from_text(ROOM, "pick up the green ball", carrying="blue key", boxes={(1, 3): "red key"})
    env = BabyAI()
    observation, _ = env.reset(options={"instance": level})
    assert observation["image"][3, 6].tolist() == [5, 2, 0]
    env.step(1)
    observation, *_ = env.step(2)
    assert observation["image"][3, 5].tolist() == [7, 2, 0]
    observation, *_ = env.step(5)  # the box is gone, its key lies there
    assert observation["image"][3, 5].tolist() == [5, 0, 0]


def test_json_there_and_back() -> None:
    for name in NAMES[::7]:
        env = BabyAI(level=name)
        env.reset(seed=1)
        for action in (2, 3, 1, 2, 4):
            env.step(action)
        level = env.level
        again = Level.from_json(level.to_json())
        assert again == level
        assert again.record.tobytes() != b""
        fresh = BabyAI(level=name)
        fresh.reset(options={"instance": level.to_json()})
        assert fresh.level == level


def test_pools_are_drawn_from() -> None:
    worlds = [Level.from_text(ROOM, f"go to the {color} ball") for color in ("red", "green")]
    env = BabyAI(worlds=worlds, view="full")
    seen = {env.reset(seed=seed)[0]["mission"] for seed in range(20)}
    assert seen == {"go to the red ball", "go to the green ball"}


def test_large_grids_take_a_larger_square() -> None:
    assert side_for(25, 3) == 25
    assert side_for(26, 3) == 64
    env = BabyAI(level="GoToObjMaze", room_size=10, rows=3, columns=5)
    observation, _ = env.reset(seed=0)
    assert env.level.width == 46
    assert observation["mission"].startswith("go to the ")
    small = Level.from_text(ROOM, "go to the red ball")
    env.reset(options={"instance": small})
    assert env.step(2)[1:3] == (1 - 0.9 / 25, True)


@pytest.mark.parametrize(
    ("kwargs", "complaint"),
    [
        ({"level": "GoToLocall"}, "level: 'GoToLocall' is unknown; did you mean GoToLocal"),
        ({"level": "BossLvl"}, "did you mean BossLevel"),
        ({"level": "GoToDoor", "rows": 2}, "names particular rooms"),
        ({"level": "GoTo", "rows": 9, "columns": 9}, "81 rooms"),
        ({"level": "GoTo", "rows": 6, "columns": 6}, "78 objects"),
        ({"level": "GoTo", "room_size": 40}, "expected at most 64 x 64"),
        ({"room_size": 2}, "room_size: 2"),
        ({"view": "top"}, "view: 'top'"),
        ({"view_size": 4}, "view_size: 4, expected an odd number"),
        ({"obs_mode": "words"}, "obs_mode: 'words'"),
        ({"max_steps": -1}, "max_steps: -1"),
        ({"level": 3}, "level: found int"),
        ({"worlds": [3]}, r"worlds\[0\]: found int"),
    ],
)
def test_bad_arguments(kwargs: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        BabyAI(**kwargs)


@pytest.mark.parametrize(
    ("change", "mission", "kwargs", "complaint"),
    [
        (("AR", "VR"), "go to the green ball", {}, "grid: line 2, cell 4: found a red lava"),
        (("WE>>", "WR>>"), "go to the red ball", {}, "grid: line 3, cell 1|line 2, cell 1: found a red wall"),
        (("BB    WE", "BB    "), "go to the red ball", {}, "grid: line 4: found 8 characters, expected 10"),
        ((">>", "  "), "go to the red ball", {}, "agent: found none"),
        ((">>", "  "), "go to the red ball", {"agent": (3, 1, 0)}, r"agent: found at \(3, 1\)"),
        ((">>", "  "), "go to the red ball", {"agent": (1, 1, 7)}, "agent: direction 7"),
        (("WEBB", "  BB"), "go to the red ball", {}, "outer wall"),
        (("", ""), "go to the red key", {}, "no object is meant"),
        (("", ""), "put the red ball next to the green ball", {}, "done already"),
        (("", ""), "fetch the red ball", {}, "mission: 'fetch the red ball'"),
        (("", ""), "go to the red ball", {"carrying": "red door"}, "carrying: 'red door'"),
        (("", ""), "go to the red ball", {"boxes": {(2, 2): "red key"}}, r"boxes: there is no box at \(2, 2\)"),
    ],
)
def test_bad_text(change: tuple[str, str], mission: str, kwargs: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Level.from_text(ROOM.replace(*change), mission, **kwargs)


def test_bad_json() -> None:
    values = json.loads(Level.from_text(ROOM, "go to the red ball").to_json())
    for change, complaint in [
        ({"x": "far"}, "level: x: 'far'"),
        ({"mission": [1, 2]}, r"level: mission: found shape \(2,\)"),
        ({"width": 99}, "level: width: 99"),
        ({"extra": 1}, "found the fields"),
        ({"x": 0}, "agent: found at"),
    ]:
        with pytest.raises(ValueError, match=complaint):
            Level.from_json(json.dumps({**values, **change}))
    with pytest.raises(ValueError, match="level: line 1, column 2: .*, expected JSON"):
        Level.from_json("{")


def test_bad_instances() -> None:
    level = Level.from_text(ROOM, "go to the red ball")
    with pytest.raises(ValueError, match="options: instance: found int"):
        BabyAI().reset(options={"instance": 3})
    with pytest.raises(ValueError, match="expected 8 x 8 as in the observation"):
        BabyAI(view="full").reset(options={"instance": level})
    large = BabyAI(level="OneRoomS20", room_size=40)
    large.reset(seed=0)
    with pytest.raises(ValueError, match="found a grid of 40 x 40 cells, expected at most 25"):
        BabyAI().reset(options={"instance": large.level})


def test_minigrid_environments_that_are_no_babyai() -> None:
    env = gym.make("MiniGrid-Empty-5x5-v0")
    env.reset(seed=0)
    with pytest.raises(ValueError, match="found EmptyEnv without 'instrs'"):
        Level.from_minigrid(env)
    env = gym.make("BabyAI-GoToLocal-v0", disable_env_checker=True)
    env.reset(seed=0)
    grid: Any = env.unwrapped
    free = next((x, y) for x in range(8) for y in range(8) if grid.grid.get(x, y) is None and (x, y) != grid.agent_pos)
    grid.grid.set(*free, minigrid.core.world_object.Lava())
    with pytest.raises(ValueError, match=rf"from_minigrid: found a red lava at \({free[0]}, {free[1]}\)"):
        Level.from_minigrid(env)


def test_levels_are_values() -> None:
    first, second = (Level.from_text(ROOM, "go to the red ball") for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != Level.from_text(ROOM, "go to the green ball")
    with pytest.raises(ValueError, match="read-only"):
        first.record["x"] = 2
    assert np.array_equal(first.record["cells"], second.record["cells"])


def _leaves(value: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    if isinstance(value, list):
        for i, part in enumerate(value):
            yield from _leaves(part, (*path, i))
    else:
        yield path


@pytest.mark.parametrize("field", _FIELDS)
def test_a_damaged_level_is_refused_or_plays(field: str) -> None:
    """Change any number in a level's JSON. (`make test-long` runs this with every index of compiled code checked.)"""
    env: Any = gym.make("ige/BabyAIText-v0").unwrapped
    env.reset(seed=3)
    whole, rng = json.loads(env.level.to_json()), np.random.default_rng(0)
    places = list(_leaves(whole[field]))
    for place in [places[i] for i in rng.permutation(len(places))[:6]]:
        for wrong in (-1, 1, 7, 13, 64, 255, 65535, 10**6, 2**31, -(2**31)):
            values = json.loads(json.dumps(whole))
            holder: Any = values
            for key in (field, *place)[:-1]:
                holder = holder[key]
            holder[(field, *place)[-1]] = wrong
            try:
                level = Level.from_json(json.dumps(values))
            except ValueError:
                continue
            env.reset(seed=0, options={"instance": level})
            for action in rng.integers(0, 6, 12).tolist():
                env.describe()
                if any(env.step(action)[2:4]):
                    break
