"""The fixed mazes by the numbers that the literature's bitmaps have, and the kinds that are drawn."""

from __future__ import annotations

from itertools import product
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ige.envs.ued import generate
from ige.envs.ued.buffer import path_lengths, sample_levels
from ige.envs.ued.level import Level
from ige.envs.ued.levels import FIXED, NAMES

# walls, tiles on a shortest path, actions with turns, as breadth-first search finds them
MEASURED = {
    "SixteenRooms": (46, 20, 26), "SixteenRooms2": (53, 22, 28), "Labyrinth": (72, 96, 113),
    "LabyrinthFlipped": (72, 96, 113), "Labyrinth2": (72, 96, 113), "StandardMaze": (73, 40, 54),
    "StandardMaze2": (72, 56, 73), "StandardMaze3": (71, 39, 54), "NineRooms": (36, 20, 24),
    "NineRooms2": (39, 34, 42),
}  # fmt: skip


def draw(kind: int, seed: int, size: int, most: int = 0, n: int = 50) -> list[Level]:
    rng = np.random.default_rng(seed)
    return [Level.from_record(record) for record in sample_levels(n, rng, size, (most, most), kind)]


def slow_path(level: Level) -> int | None:
    """Breadth-first search as a dictionary of tiles."""
    seen, edge, length = {level.start}, [level.start], 0
    while edge:
        length += 1
        found = []
        for (x, y), (dx, dy) in product(edge, ((1, 0), (-1, 0), (0, 1), (0, -1))):
            tile = (x + dx, y + dy)
            inside = 0 <= tile[0] < level.width and 0 <= tile[1] < level.height
            if inside and not level.walls[tile[1], tile[0]] and tile not in seen:
                if tile == level.goal:
                    return length
                seen.add(tile)
                found.append(tile)
        edge = found
    return None


@pytest.mark.parametrize("name", MEASURED)
def test_fixed_mazes(name: str) -> None:
    [level] = FIXED[name].levels()
    assert (level.blocks, level.path_length, len(level.plan() or [])) == MEASURED[name]
    assert level.path_length == slow_path(level)


def test_flipped_is_the_mirror() -> None:
    [one], [other] = FIXED["Labyrinth"].levels(), FIXED["LabyrinthFlipped"].levels()
    assert (one.walls[:, ::-1] == other.walls).all()
    assert (one.direction, other.direction) == (0, 2)


@pytest.mark.parametrize(
    ("name", "goals", "walls", "size"), [("SmallCorridor", 10, 71, 13), ("LargeCorridor", 16, 161, 19)]
)
def test_corridors(name: str, goals: int, walls: int, size: int) -> None:
    levels = FIXED[name].levels()
    assert {level.walls.shape for level in levels} == {(size, size)}
    assert len({level.goal for level in levels}) == goals
    assert all(level.blocks == walls and level.solvable for level in levels)


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_solves_every_named_level(name: str) -> None:
    env: Any = gym.make("ige/UedMaze-v0", level=name, size=None)
    for seed in range(3):
        env.reset(seed=seed)
        level = env.unwrapped.level
        plan = level.plan()
        if plan is None:
            assert name == "Uniform"
            assert slow_path(level) is None
            continue
        for action in plan:
            _, reward, terminated, _, info = env.step(action)
        assert terminated
        assert info["is_success"]
        assert reward == pytest.approx(1 - 0.9 * len(plan) / env.unwrapped.limit)


@given(st.integers(0, 2**32 - 1), st.integers(3, 13), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_paths_are_shortest(seed: int, size: int, blocks: int) -> None:
    for level in draw(generate.UNIFORM, seed, size, blocks, 3):
        assert level.path_length == slow_path(level)
        assert level.solvable == (level.plan() is not None)
        assert level.blocks <= blocks


def test_plans_are_shortest_among_all_of_their_length() -> None:
    """Every shorter sequence of actions fails, on small grids."""
    for level in draw(generate.UNIFORM, 5, 3, 2, 12):
        plan = level.plan()
        if plan is None or len(plan) > 6:
            continue
        env: Any = gym.make("ige/UedMaze-v0", level=level)
        for actions in product(range(3), repeat=len(plan) - 1):
            env.reset()
            ends = [env.step(action)[2] for action in actions if not env.unwrapped.get_state()["over"]]
            assert not any(ends)


@pytest.mark.parametrize("size", [3, 7, 13, 19])
def test_perfect_mazes_are_spanning_trees(size: int) -> None:
    side = (size + 1) // 2
    corners = {(0, 0), (0, size - 1), (size - 1, 0), (size - 1, size - 1)}
    for level in draw(generate.PERFECT, 1, size):
        assert (~level.walls[::2, ::2]).all()
        assert level.walls[1::2, 1::2].all()
        assert (~level.walls).sum() == side * side + side * side - 1  # nodes and the edges of a tree
        assert {level.start, level.goal} <= corners
        free = {(int(x), int(y)) for y, x in np.argwhere(~level.walls)}
        reached = [level.start]
        for x, y in reached:
            near = {(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)} & free
            reached += sorted(near - set(reached))
        assert len(reached) == len(free)


def test_all_spanning_trees_of_the_smallest_maze_come() -> None:
    """Four nodes in a square have four spanning trees."""
    trees = [level.walls.tobytes() for level in draw(generate.PERFECT, 2, 3, n=400)]
    counts = [trees.count(tree) for tree in set(trees)]
    assert len(counts) == 4
    assert min(counts) > 60


@pytest.mark.parametrize("size", [5, 7, 17])
def test_four_rooms(size: int) -> None:
    middle = size // 2
    doors = set()
    for level in draw(generate.FOUR_ROOMS, 3, size, n=200):
        across, down = level.walls[middle], level.walls[:, middle]
        for wall in (across[:middle], across[middle + 1 :], down[:middle], down[middle + 1 :]):
            assert (~wall).sum() == 1
        assert level.blocks == 2 * size - 1 - 4
        assert level.solvable
        doors.add(int(np.flatnonzero(~across[:middle])[0]))
    assert doors == set(range(middle))


@pytest.mark.parametrize(("size", "lines"), [(9, 5), (9, 8), (9, 0), (7, 3)])
def test_crossings(size: int, lines: int) -> None:
    possible = {size * lines - rows * (lines - rows) - lines for rows in range(lines + 1)}
    for level in draw(generate.CROSSING, 4, size, lines, 200):
        assert (level.start, level.direction, level.goal) == ((0, 0), 0, (size - 1, size - 1))
        assert level.solvable
        assert not level.walls[::2, ::2].any()
        assert level.blocks in possible  # whole lines that cross each other, with an opening each


def test_uniform_levels_are_what_a_uniform_editor_builds() -> None:
    """The same chances: numbers of walls, solvable share and path lengths of both agree."""
    levels = sample_levels(4000, np.random.default_rng(7), 7, 14)
    editor: Any = gym.make_vec(
        "ige/UedMazeEditor-v0", 4000, "vector_entry_point", size=7, blocks=14, autoreset_mode="Disabled", noise=1
    )
    editor.reset(seed=9)
    rng = np.random.default_rng(8)
    for _ in range(16):
        editor.step(rng.integers(0, 49, 4000))
    built = editor.levels()
    ours, theirs = path_lengths(levels), path_lengths(built)
    assert abs(levels["walls"].sum((1, 2)).mean() - built["walls"].sum((1, 2)).mean()) < 0.15
    assert abs((ours > 0).mean() - (theirs > 0).mean()) < 0.03
    assert abs(ours[ours > 0].mean() - theirs[theirs > 0].mean()) < 0.25
    assert set(levels["direction"].tolist()) == {0, 1, 2, 3}


def test_walls_from_fewest_to_most() -> None:
    levels = sample_levels(500, np.random.default_rng(0), 13, (0, 60))
    blocks = levels["walls"].sum((1, 2))
    assert blocks.min() < 5
    assert blocks.max() > 40
