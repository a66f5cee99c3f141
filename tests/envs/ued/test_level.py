"""A level as a value: forms, mutations, and what is refused."""

from __future__ import annotations

import json
import pickle
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ige.envs.ued import generate
from ige.envs.ued.buffer import are_levels, mutate_levels, sample_levels
from ige.envs.ued.layout import level_dtype
from ige.envs.ued.level import Level
from ige.envs.ued.levels import FIXED

SMALL = "..#\n>#G\n..."


@given(st.integers(0, 2**32 - 1), st.integers(3, 13), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_forms(seed: int, size: int, blocks: int) -> None:
    level = Level.sample(np.random.default_rng(seed), size, blocks)
    for again in (
        Level.from_text(level.to_text()),
        Level.from_json(level.to_json()),
        Level.from_record(level.record),
        Level.from_record(level.in_room(19)),
        pickle.loads(pickle.dumps(level)),
    ):
        assert again == level
        assert hash(again) == hash(level)
        assert again.record.tobytes() == level.record.tobytes()


def test_text() -> None:
    level = Level.from_text(SMALL)
    assert (level.start, level.direction, level.goal, level.blocks) == ((0, 1), 0, (2, 1), 2)
    assert level.path_length == 4
    assert level.plan() == [1, 2, 0, 2, 2, 0, 2]
    assert level.to_text() == SMALL
    assert Level.from_text(SMALL.replace("\n", "\r\n") + "\r\n") == level


def test_a_level_cannot_be_changed() -> None:
    level = Level.from_text(SMALL)
    with pytest.raises(ValueError, match="read-only"):
        level.walls[0, 0] = True
    with pytest.raises(AttributeError):
        level.start = (1, 1)  # type: ignore[misc]


@pytest.mark.parametrize(("kind", "edits"), [("flip", 20), ("tiles", 5)])
def test_mutations_are_levels(kind: str, edits: int) -> None:
    rng = np.random.default_rng(0)
    parents = sample_levels(300, rng, 7, 14)
    children = mutate_levels(parents, rng, edits, kind)
    assert {Level.from_record(child).walls.shape for child in children} == {(7, 7)}  # checks starts and goals too
    changed = (parents["walls"] != children["walls"]).sum((1, 2))
    assert 0 < changed.mean() < edits
    assert changed.max() <= edits + 2
    moved = (parents["goal_x"] != children["goal_x"]) | (parents["goal_y"] != children["goal_y"])
    assert 0.3 < moved.mean() <= 1
    stayed = (parents["x"] == children["x"]) & (parents["y"] == children["y"])
    assert stayed.all() if kind == "flip" else 0.5 < stayed.mean() < 1


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_which_records_are_levels(data: st.DataObject) -> None:
    """Those that can be read as a level."""
    record = np.zeros(1, level_dtype(13))
    record["width"], record["height"], record["goal_x"] = 3, 2, 1
    for name in ("width", "height", "x", "y", "direction", "goal_x", "goal_y"):
        if data.draw(st.booleans()):
            record[name] = data.draw(st.integers(-1, 4) | st.sampled_from([13, 14, 10**12]))
    for x, y in data.draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), max_size=2)):
        record["walls"][0, y, x] = 1
    try:
        Level.from_record(record[0])
        good = True
    except ValueError:
        good = False
    assert are_levels(record).tolist() == [good]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": -1}, "n: -1, expected an integer of at least 0"),
        ({"size": 2}, "size: 2, expected an integer from 3 to 99"),
        ({"size": 7.5}, "size: 7.5, expected an integer"),
        ({"blocks": -1}, "blocks: -1, expected an integer of at least 0"),
        ({"blocks": (3, 1)}, "blocks: most: 1, expected an integer of at least 3"),
        ({"kind": 4}, "kind: 4, expected an integer from 0 to 3"),
        ({"kind": generate.PERFECT, "size": 8}, "size: 8, expected an odd number"),
        ({"kind": generate.CROSSING, "size": 7, "blocks": 7}, "blocks: 7, expected at most 6 lines across 7 x 7 tiles"),
    ],
)
def test_refused_samples(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        sample_levels(**{"n": 1, "rng": np.random.default_rng(0), **arguments})


def test_no_edit_changes_nothing() -> None:
    parents = sample_levels(20, np.random.default_rng(0), 7, 14)
    assert (mutate_levels(parents, np.random.default_rng(1), 0) == parents).all()


def test_mutations_of_one_level() -> None:
    level = FIXED["SixteenRooms"].levels()[0]
    rng = np.random.default_rng(0)
    assert len({level.mutate(rng) for _ in range(20)}) == 20


def test_crowded_levels_mutate() -> None:
    """Where everything is wall but start and goal, what is moved takes a wall's place."""
    walls = np.ones((3, 3), np.bool_)
    walls[0, :2] = False
    level = Level(walls, (0, 0), 0, (1, 0))
    rng = np.random.default_rng(0)
    for kind in ("flip", "tiles"):
        for _ in range(100):
            level.mutate(rng, 10, kind)


GRID = [[0, 0, 1], [0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("walls", "start", "direction", "goal", "message"),
    [
        ([[0, 0], [0]], (0, 0), 0, (1, 0), "level: walls: row 1: 1 tiles, expected 2 as in row 0"),
        ([[0, 2], [0, 0]], (0, 0), 0, (1, 1), "level: walls: tile (1, 0): 2, expected 0 or 1"),
        ([["0", "0"]], (0, 0), 0, (1, 0), "level: walls: tile (0, 0): '0', expected 0 or 1"),
        (7, (0, 0), 0, (1, 0), "level: walls: 7, expected rows of tiles"),
        ([[[0], [0]]], (0, 0), 0, (1, 0), "level: walls: tile (0, 0): [0], expected 0 or 1"),
        (np.zeros((100, 3)), (0, 0), 0, (1, 0), "level: walls: shape (100, 3), expected 2 tiles to 99 x 99"),
        (GRID, (3, 0), 0, (0, 0), "level: start: tile (3, 0) is outside the grid of 3 x 3 tiles"),
        (GRID, (0, 0), 0, (0, -1), "level: goal: tile (0, -1) is outside the grid of 3 x 3 tiles"),
        (GRID, (2, 0), 0, (0, 0), "level: start: there is a wall at tile (2, 0)"),
        (GRID, (0, 0), 0, (1, 1), "level: goal: there is a wall at tile (1, 1)"),
        (GRID, (0, 0), 0, (0, 0), "level: goal: tile (0, 0) is the start, expected another"),
        (GRID, None, 0, (0, 0), "level: start: None, expected a tile (x, y)"),
        (GRID, (0, 0), 4, (0, 1), "level: direction: 4, expected an integer from 0 to 3"),
    ],
)
def test_refused(walls: Any, start: Any, direction: Any, goal: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Level(walls, start, direction, goal)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("..\n.", "level: line 2: 1 tiles, expected 2 as in line 1"),
        (".x\n>G", "level: line 1, column 2: 'x', expected one of # . G >v<^"),
        (">G\n.>", "level: line 2, column 2: a second start, expected one"),
        (">.\n..", "level: goal: none found, expected G"),
        ("G.\n..", "level: start: none found, expected one of >v<^"),
    ],
)
def test_refused_texts(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Level.from_text(text)


def test_refused_json() -> None:
    good = json.loads(Level.from_text(SMALL).to_json())
    for text, message in (
        ("{", "level: line 1, column 2: Expecting property name enclosed in double quotes, expected JSON"),
        ("[]", "level: found a JSON list, expected an object"),
        (json.dumps({k: v for k, v in good.items() if k != "goal"}), "level: goal: missing, expected walls, start, "
         "direction, goal"),
        (json.dumps({**good, "end": 1}), "level: end: no such field, expected walls, start, direction, goal"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            Level.from_json(text)


def test_a_level_too_large_for_a_room() -> None:
    with pytest.raises(ValueError, match="level: found 19 x 19 tiles, expected at most 13 x 13"):
        FIXED["LargeCorridor"].levels()[0].in_room(13)
