"""`ige/UedMazeEditor-v0` beside a slow editor in dictionaries, and what it hands over."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from hypothesis import given, settings
from hypothesis import strategies as st

from ige.envs.ued.buffer import path_lengths
from ige.envs.ued.kernel_editor import put
from ige.envs.ued.level import Level

SIZE, BLOCKS = 5, 8


class Slow:
    """The rules as the papers' code has them."""

    def __init__(self, order: str) -> None:
        walls = ["wall"] * BLOCKS
        self.objects = ["agent", "goal", *walls] if order == "agent-first" else [*walls, "goal", "agent"]
        self.at: dict[str, tuple[int, int]] = {}
        self.walls: set[tuple[int, int]] = set()

    def place(self, tile: int, found: Level | None) -> None:
        """`found`: the level so far, to learn where chance put what was put on an occupied tile."""
        what, place = self.objects.pop(0), (tile % SIZE, tile // SIZE)
        if what == "wall":
            if place not in self.at.values():
                self.walls.add(place)
            return
        if place in self.at.values():
            assert found is not None
            place = found.goal if what == "goal" else found.start
            assert place not in self.walls
            assert place not in self.at.values()
        self.walls.discard(place)
        self.at[what] = place


@pytest.mark.parametrize("order", ["agent-first", "goal-last"])
@given(seed=st.integers(0, 2**32 - 1), tiles=st.lists(st.integers(0, SIZE**2 - 1), min_size=10, max_size=10))
@settings(max_examples=60, deadline=None)
def test_beside_a_slow_editor(order: str, seed: int, tiles: list[int]) -> None:
    env: Any = gym.make("ige/UedMazeEditor-v0", size=SIZE, blocks=BLOCKS, order=order, noise=1)
    env.reset(seed=seed)
    slow = Slow(order)
    for k, tile in enumerate(tiles):
        observation, reward, terminated, _, info = env.step(tile)
        both = k >= 1 if order == "agent-first" else k == BLOCKS + 1
        level = env.unwrapped.level if both else None
        if not both and tile in tiles[:k] and k >= BLOCKS:
            assert order == "goal-last"  # the goal took a wall's place
        slow.place(tile, level)
        grid = observation["grid"][1:-1, 1:-1]
        assert {(int(x), int(y)) for x, y in np.argwhere(grid[..., 0] == 2)} == slow.walls
        for code, name in ((8, "goal"), (10, "agent")):
            assert [tuple(map(int, t)) for t in np.argwhere(grid[..., 0] == code)] == [
                place for what, place in slow.at.items() if what == name
            ]
        assert observation["time"] == k + 1
        assert terminated is (k == BLOCKS + 1)
    assert level is not None
    assert (level.start, level.goal) == (slow.at["agent"], slow.at["goal"])
    assert reward == info["path_length"] == (level.path_length or 0)
    assert info["is_success"] is level.solvable


def test_fewer_walls_come_of_duplicates() -> None:
    env: Any = gym.make("ige/UedMazeEditor-v0", size=5, blocks=3, noise=1)
    env.reset(seed=0)
    for tile in (0, 24, 7, 7, 0):
        env.step(tile)
    assert env.unwrapped.level.blocks == 1


def test_where_the_second_goes_that_is_put_on_the_first() -> None:
    """Anywhere free, by chance."""
    places = set()
    for seed in range(200):
        env: Any = gym.make("ige/UedMazeEditor-v0", size=3, blocks=1, noise=1)
        env.reset(seed=seed)
        for tile in (4, 4, 0):
            env.step(tile)
        places.add(env.unwrapped.level.goal)
    assert places == {(x, y) for x in range(3) for y in range(3)} - {(1, 1)}


def test_directions_and_noise_are_random() -> None:
    env: Any = gym.make_vec("ige/UedMazeEditor-v0", 200, "vector_entry_point", autoreset_mode="Disabled", noise=4)
    first, _ = env.reset(seed=0)
    second = env.step(np.zeros(200, np.int64))[0]
    assert set(env.get_state()["start_direction"].tolist()) == {0, 1, 2, 3}
    noise = np.concatenate([first["noise"], second["noise"]])
    assert len(np.unique(noise)) > 1500
    assert abs(noise.mean() - 0.5) < 0.03


@pytest.mark.parametrize("mode", ["Disabled", "NextStep", "SameStep"])
def test_a_vector_hands_over_its_levels(mode: str) -> None:
    env: Any = gym.make_vec(
        "ige/UedMazeEditor-v0", 64, "vector_entry_point", size=SIZE, blocks=BLOCKS, noise=1, autoreset_mode=mode
    )
    env.reset(seed=0)
    if mode == "SameStep":
        with pytest.raises(ValueError, match="levels: row 0 has not finished one yet"):
            env.levels()
    rng = np.random.default_rng(0)
    for k in range(BLOCKS + 2):
        _, rewards, terminated, _, infos = env.step(rng.integers(0, SIZE**2, 64))
        assert terminated.all() == (k == BLOCKS + 1)
    levels = env.levels()
    assert (path_lengths(levels) == rewards).all()
    assert (rewards == (infos["final_info"] if mode == "SameStep" else infos)["path_length"]).all()
    maze: Any = gym.make_vec("ige/UedMaze-v0", 64, "vector_entry_point", size=SIZE)
    maze.reset(options={"level": levels})
    assert (maze.levels() == levels).all()
    if mode == "Disabled":
        with pytest.raises(ResetNeeded):
            env.step(rng.integers(0, SIZE**2, 64))


def test_what_comes_after_the_last_object_does_nothing() -> None:
    env: Any = gym.make("ige/UedMazeEditor-v0", size=SIZE, blocks=BLOCKS, noise=1)
    env.reset(seed=0)
    for k in range(BLOCKS + 2):
        env.step(k)
    rows = np.array([env.unwrapped.get_state()])
    before = rows.tobytes()
    for order in (0, 1):
        for tile in range(SIZE**2):
            put(rows[0:1].view(np.recarray)[0], BLOCKS + 2, tile, BLOCKS, order)
    assert rows.tobytes() == before


def test_no_objective() -> None:
    env: Any = gym.make("ige/UedMazeEditor-v0", size=SIZE, blocks=0, objective="none")
    env.reset(seed=0)
    env.step(0)
    _, reward, terminated, _, info = env.step(24)
    assert (reward, terminated, info["path_length"]) == (0.0, True, 8)


def test_text() -> None:
    env: Any = gym.make("ige/UedMazeEditor-v0", size=3, blocks=1, render_mode="ansi")
    env.reset(seed=0)
    core = env.unwrapped
    assert core.describe().splitlines() == ["...", "...", "...", "Next: the agent (1 of 3)."]
    for text in ("0 0", "2,2", "1 1"):
        env.step(core.parse_action(text))
    assert env.render().splitlines()[1:] == [".#.", "..G", "The way to the goal has 4 tiles."]
    assert core.action_text(5) == "2 1"
    with pytest.raises(ValueError, match="action: '3 0', expected column and row from 0 to 2, such as '3 5'"):
        core.parse_action("3 0")
    env = gym.make("ige/UedMazeEditor-v0", size=3, blocks=1, order="goal-last")
    env.reset(seed=0)
    assert "1 walls, the goal and the agent" in env.unwrapped.rules()
    with pytest.raises(ValueError, match="level: start: tile"):
        assert env.unwrapped.level


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"size": 2}, "size: 2, expected an integer from 3 to 99"),
        ({"blocks": -1}, "blocks: -1, expected an integer of at least 0"),
        ({"noise": 0}, "noise: 0, expected an integer of at least 1"),
        ({"order": "walls"}, "order: 'walls', expected one of 'agent-first', 'goal-last'"),
        ({"objective": "regret"}, "objective: 'regret', expected one of 'none', 'path'"),
    ],
)
def test_refused_arguments(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        gym.make("ige/UedMazeEditor-v0", **kwargs)
