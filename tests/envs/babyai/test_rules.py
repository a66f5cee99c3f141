"""Missions in hand-made worlds: when they are fulfilled, and when they fail."""

from __future__ import annotations

from typing import Any

import pytest

from ige.envs.babyai import Level
from ige.envs.babyai.env import BabyAI

LEFT, RIGHT, FORWARD, PICK, DROP, TOGGLE, DONE = range(7)
CORRIDOR = """\
WEWEWEWEWEWEWE
WE>>AR      WE
WEWEWEWEWEBGWE
WEWEWEWEWEWEWE"""
DOORS = """\
WEWEWEWEWE
WE>>DR  WE
WELB    WE
WEWEWEWEWE"""


def outcome(level: Level, *actions: int, **kwargs: Any) -> list[str]:
    """What each action led to: "" to go on, "won" or "lost"; nothing after an end."""
    env = BabyAI(**kwargs)
    env.reset(options={"instance": level})
    found = []
    for action in actions:
        _, reward, terminated, _, info = env.step(action)
        found.append("" if not terminated else "won" if info["is_success"] else "lost")
        assert (reward > 0) == info["is_success"]
        if terminated:
            break
    return found


def test_an_object_that_was_picked_up_is_still_gone_to_in_minigrid() -> None:
    level = Level.from_text(CORRIDOR, "pick up the red ball, then go to the red ball")
    assert outcome(level, PICK) == ["won"]
    assert outcome(level, PICK, DONE, DROP, legacy_goto=False) == ["", "", "won"]


def test_a_toggled_box_is_still_gone_to_in_minigrid() -> None:
    grid = DOORS.replace("LB", "BB")
    level = Level.from_text(grid, "open the red door, then go to the blue box")
    actions = (RIGHT, TOGGLE, LEFT, TOGGLE, RIGHT)
    assert outcome(level, *actions) == ["", "", "", "", "won"]
    assert outcome(level, *actions, legacy_goto=False) == [""] * 5
    assert outcome(level, RIGHT, TOGGLE, DROP, LEFT, TOGGLE, RIGHT) == [""] * 6  # even an empty drop updates it


def test_put_next_needs_the_object_in_hand() -> None:
    level = Level.from_text(CORRIDOR, "put the red ball next to the green box")
    walk = (PICK, FORWARD, FORWARD, FORWARD)
    assert outcome(level, *walk, DROP) == ["", "", "", "", "won"]
    assert outcome(level, PICK, FORWARD, DROP, PICK, FORWARD, FORWARD, DROP)[-1] == "won"


def test_order() -> None:
    first = Level.from_text(DOORS, "open the red door, then go to the blue door")
    assert outcome(first, RIGHT, LEFT, TOGGLE, RIGHT) == ["", "", "", "won"]
    after = Level.from_text(DOORS, "open the red door after you go to the blue door")
    assert outcome(after, TOGGLE, RIGHT, LEFT, TOGGLE, TOGGLE) == ["", "", "", "", "won"]
    both = Level.from_text(DOORS, "go to the blue door and open the red door")
    assert outcome(both, TOGGLE, RIGHT) == ["", "won"]


def test_a_locked_door_needs_its_key() -> None:
    level = Level.from_text(DOORS, "open the blue door")
    assert outcome(level, RIGHT, TOGGLE, TOGGLE) == ["", "", ""]
    assert outcome(Level.from_text(DOORS, "open the blue door", carrying="red key"), RIGHT, TOGGLE) == ["", ""]
    assert outcome(Level.from_text(DOORS, "open the blue door", carrying="blue key"), RIGHT, TOGGLE) == ["", "won"]


@pytest.mark.parametrize(
    ("name", "actions", "end"),
    [("OpenDoorDebug", (TOGGLE,), "lost"), ("OpenDoor", (TOGGLE,), "")],
)
def test_strict_missions_are_spoilt_by_the_wrong_door(name: str, actions: tuple[int, ...], end: str) -> None:
    """In some seed, walking straight ahead from the start ends in front of a wrong door."""
    found = set()
    for seed in range(40):
        env = BabyAI(level=name)
        env.reset(seed=seed)
        for _ in range(7):
            env.step(FORWARD)
        row = env.get_state()
        cell = int(row["cells"][row["y"] + (0, 1, 0, -1)[row["direction"]], row["x"] + (1, 0, -1, 0)[row["direction"]]])
        meant = cell >> 8 and int(row["sets"][0, 0]) >> (cell >> 8) - 1 & 1
        if cell & 15 in (4, 11) and not meant:
            _, reward, terminated, _, info = env.step(TOGGLE)
            found.add((terminated, info["is_success"], reward))
    assert found == {(end == "lost", False, 0.0)}


def test_the_limit_depends_on_the_mission() -> None:
    env = BabyAI(level="BossLevel")
    limits = {env.reset(seed=seed) and int(env.get_state()["max_steps"]) for seed in range(60)}
    assert limits <= {576 * trips for trips in range(1, 9)}
    assert len(limits) > 3
    short = BabyAI(level="GoToLocal", max_steps=5)
    short.reset(seed=3)
    assert [short.step(DONE)[3] for _ in range(5)] == [False] * 4 + [True]
