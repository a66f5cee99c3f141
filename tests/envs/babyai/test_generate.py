"""Level generation: properties of every world of a level, and the same probabilities as Minigrid's."""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from typing import Any

import gymnasium as gym
import minigrid  # noqa: F401  (registers the levels)
import numpy as np
import pytest
from scipy.stats import chi2_contingency

import ige  # noqa: F401
from ige.envs.babyai import NAMES, Level, Recipe
from ige.envs.babyai import generate as g
from ige.envs.babyai.env import BabyAI
from ige.envs.babyai.levels import agent, choose, clause, door, go_to, level, most_objects, scatter, thing
from ige.envs.babyai.words import OBJECTS

IDS = {id.removeprefix("BabyAI-").rpartition("-v")[0]: id for id in gym.registry if id.startswith("BabyAI-")}
# Where the recipes follow BabyAI's intention, see `levels`.
OTHERWISE = {"Unlock", "GoToImpUnlock"}
ROWS = 2_000


def features(row: np.void) -> dict[str, Any]:
    """The features of a world that are compared."""
    cells = row["cells"][: row["height"], : row["width"]]
    kinds = cells & 15
    words = row["mission"]
    y, x = np.nonzero((kinds >= 5) & (kinds <= 7))
    nearest = np.abs(y - row["y"]) + np.abs(x - row["x"])
    return {
        "objects": len(y),
        "doors": int(np.isin(kinds, (4, 11, 12)).sum()),
        "locked": int((kinds == 12).sum()),
        "order": int(words[0]),
        "kind": int(words[1]),
        "type": int(words[2]),
        "colour": int(words[3]),
        "place": int(words[4]),
        "several": int(words[5]),
        "limit": int(row["max_steps"]),
        "direction": int(row["direction"]),
        "carries": bool(row["carried"]),
        "nearest": min(int(nearest.min(initial=99)), 5),
        "column": int(row["x"]) * 4 // int(row["width"]),
    }


def ours(name: str, rows: int) -> list[dict[str, Any]]:
    vector = gym.make_vec("ige/BabyAI-v0", num_envs=rows, level=name)
    vector.reset(seed=0)
    return [features(row) for row in vector.get_state()]  # type: ignore[attr-defined]


def theirs(name: str, worlds: int) -> list[dict[str, Any]]:
    env: Any = gym.make(IDS[name], disable_env_checker=True).unwrapped
    found = []
    for seed in range(worlds):
        with contextlib.redirect_stdout(io.StringIO()):
            env.reset(seed=seed)
        found.append(features(Level.from_minigrid(env).record))
    return found


def check_same_chances(name: str, worlds: int) -> None:
    """For each feature, a chi-square test of both samples; the false alarm rate is one in ten million."""
    a, b = ours(name, ROWS), theirs(name, worlds)
    for feature in a[0]:
        if name in OTHERWISE and feature in ("objects", "nearest"):
            continue
        first, second = Counter(row[feature] for row in a), Counter(row[feature] for row in b)
        values = sorted(set(first) | set(second))
        if len(values) == 1:
            continue
        table = np.array([[first[v] for v in values], [second[v] for v in values]])
        rare = table.sum(axis=0) < 40  # pooled, because chi-square is not valid for rare values
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
        table = table[:, table.sum(axis=0) > 0]
        if table.shape[1] > 1:
            assert chi2_contingency(table).pvalue > 1e-7, f"{name}: {feature}: ours {first}, Minigrid's {second}"


@pytest.mark.parametrize(
    "name", ["GoToLocal", "KeyCorridorS3R2", "PutNextS5N2Carrying", "MiniBossLevel", "OpenDoorsOrderN4"]
)
def test_chances_are_minigrids(name: str) -> None:
    check_same_chances(name, 150)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_chances_of_every_level_are_minigrids(name: str) -> None:
    check_same_chances(name, 400)


@pytest.mark.parametrize("name", NAMES)
def test_worlds_are_sound(name: str) -> None:
    """Each object has one place, the record knows it, and nothing of the generator's working state is left."""
    env = BabyAI(level=name)
    for seed in range(20):
        env.reset(seed=seed)
        row = env.get_state()
        named = row["cells"] >> 8
        for k in range(int(row["count"])):
            places = np.argwhere(named == k + 1)
            carried, boxed = row["carried"] >> 8 == k + 1, (row["inside"] >> 8 == k + 1).any()
            assert len(places) + carried + boxed == 1
            if len(places):
                assert row["place"][k] == places[0, 0] * 25 + places[0, 1]
        assert (named <= row["count"]).all()
        assert row["cells"][row["y"], row["x"]] == 1
        assert not row["cells"][row["height"] :].any()
        assert not row["cells"][:, row["width"] :].any()
        for scratch in ("bits", "label", "group", "register", "palette", "locked_rooms", "locked_room", "merged"):
            assert not row[scratch].any(), scratch
        assert row["max_steps"] > 0
        assert most_objects(level(name)) <= OBJECTS


def test_locked_rooms_never_hold_their_own_key() -> None:
    for name in ("Unlock", "GoToImpUnlock"):
        env = BabyAI(level=name)
        for seed in range(200):
            env.reset(seed=seed)
            cells = env.get_state()["cells"]
            ((y, x),) = np.argwhere(cells & 15 == 12)
            color = int(cells[y, x]) >> 4 & 7
            keys = [tuple(key) for key in np.argwhere(cells & 127 == 5 | color << 4)]
            # The locked room is the one next to the door that has no other door.
            sides = [(y, x - 1), (y, x + 1)] if x % 7 == 0 else [(y - 1, x), (y + 1, x)]
            rooms = [(a // 7, b // 7) for a, b in sides]
            doors = Counter(room for room in rooms for place in np.argwhere(np.isin(cells & 15, (11, 12)))
                            if _touches(room, *place))  # fmt: skip
            sealed = [room for room in rooms if doors[room] == 1]
            assert sealed
            assert any((a // 7, b // 7) not in sealed or len(sealed) == 2 for a, b in keys)


def _touches(room: tuple[int, int], y: int, x: int) -> bool:
    """Whether a door is in the walls of a room of size 8."""
    top, left = 7 * room[0], 7 * room[1]
    return top <= y <= top + 7 and left <= x <= left + 7


def test_an_own_recipe() -> None:
    recipe = Recipe((door(0, 0), agent(0), thing(1, types=2), scatter(2), choose(0), clause(go_to)), 6, 1, 2)
    env = BabyAI(level=recipe)
    observation, _ = env.reset(seed=0)
    row = env.get_state()
    assert (row["width"], row["height"], row["count"]) == (11, 6, 4)
    assert observation["mission"].startswith("go to ")
    assert row["x"] <= 5


def test_larger_mazes() -> None:
    env = BabyAI(level="BossLevel", rows=2, columns=4, room_size=6)
    env.reset(seed=0)
    row = env.get_state()
    assert (row["width"], row["height"]) == (21, 11)
    assert row["max_steps"] % (36 * 8) == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"room_size": 3}, "room_size: 3, expected larger rooms: 1 x 1 of this size have 1 free cells, .* need 9"),
        ({"level": "GoTo", "room_size": 3}, "room_size: 3, expected larger rooms: 3 x 3 of this size have 9 free"),
        ({"room_size": 0}, "room_size: 0, expected an integer of at least 3"),
        ({"rows": 0}, "rows: 0, expected an integer of at least 1"),
    ],
)
def test_mazes_that_are_too_small_are_refused(arguments: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        BabyAI(**arguments)


# Rooms with enough cells for the objects, but never at a distance from the agent or all different; a locked door
# without a second room; a recipe that allows none of its objects.
HOPELESS: list[dict[str, Any]] = [
    {"room_size": 5},
    {"level": "Unlock", "rows": 1, "columns": 1},
    {"level": "PutNextLocal", "room_size": 5},
    {"level": Recipe((agent(), scatter(19, different=True), choose(0), clause(go_to)), 20, 1, 1)},
    {"level": Recipe((agent(), thing(allowed=0), choose(0), clause(go_to)), 8, 1, 1)},
    {"level": Recipe((door(0, 0), agent(), scatter(1), choose(0), clause(go_to)), 8, 1, 1)},
]


@pytest.mark.parametrize("arguments", HOPELESS)
def test_worlds_that_cannot_be_drawn_are_given_up(arguments: dict[str, Any]) -> None:
    env = BabyAI(**arguments)
    for _ in range(2):
        with pytest.raises(ValueError, match="room_size: .*, rows: .* attempts drew no world of the level"):
            env.reset(seed=0)
        with pytest.raises(gym.error.ResetNeeded):
            env.step(0)
        with pytest.raises(gym.error.ResetNeeded):
            env.observe()


@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_vectors_give_up_too(mode: str) -> None:
    """At once if no row can begin, and otherwise in the step in which a new episode would begin."""
    hopeless = gym.make_vec("ige/BabyAI-v0", num_envs=1_000, room_size=5)
    with pytest.raises(ValueError, match="room_size: 5"):
        hopeless.reset(seed=0)
    with pytest.raises(gym.error.ResetNeeded):
        hopeless.step(np.zeros(1_000, np.int64))

    vector: Any = gym.make_vec("ige/BabyAI-v0", num_envs=2, room_size=5, autoreset_mode=mode)
    small = BabyAI(level="GoToLocalS5N2", max_steps=2)
    small.reset(seed=0)
    vector.reset(seed=0, options={"instance": small.level})
    vector.step(np.zeros(2, np.int64))
    if mode == "NextStep":
        vector.step(np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="room_size: 5"):
        vector.step(np.zeros(2, np.int64))
    with pytest.raises(gym.error.ResetNeeded):
        vector.step(np.zeros(2, np.int64))


@pytest.mark.parametrize("name", NAMES)
def test_the_instructions_of_every_level_are_known(name: str) -> None:
    level(name).check_instructions()


@pytest.mark.parametrize(
    "wrong", [(g.PLACE_AGENT, 9), (g.ADD_OBJECT, 0, 8), (g.CHOOSE, 8, 1), (99,), (g.CLAUSE, 4, 2), (g.PAINT, 1, 2.5)]
)
def test_instructions_that_would_leave_the_record_are_refused(wrong: tuple[Any, ...]) -> None:
    recipe = Recipe((agent(), wrong))
    with pytest.raises(ValueError, match=r"^level: recipe\[1\]: .*, expected an instruction of `babyai.generate`$"):
        gym.make("ige/BabyAI-v0", level=recipe)


@pytest.mark.parametrize("name", ["OpenTwoDoors", "OpenDoorsOrderN4", "MoveTwoAcrossS5N2", "OpenRedBlueDoors"])
def test_the_second_part_of_a_mission_may_come_first_as_in_minigrid(name: str) -> None:
    """It is then ignored; only a strict order, which no level has, would fail the mission."""
    env: Any = gym.make("ige/BabyAI-v0", level=name).unwrapped
    for seed in range(8):
        env.reset(seed=seed)
        assert not env.get_state()["strict_order"]
