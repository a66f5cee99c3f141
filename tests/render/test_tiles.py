import gymnasium as gym
import minigrid  # noqa: F401  (registers the BabyAI levels)
import numpy as np
import pytest
from minigrid.core.grid import Grid
from minigrid.core.world_object import Ball, Box, Door, Floor, Goal, Key, Lava, Wall

from ige.render import draw_grid, tile
from ige.render.tiles import COLORS, KINDS

MINIGRID = {
    "empty": lambda color: None,
    "wall": Wall,
    "floor": Floor,
    "door_open": lambda color: Door(color, is_open=True),
    "door_closed": Door,
    "door_locked": lambda color: Door(color, is_locked=True),
    "key": Key,
    "ball": Ball,
    "box": Box,
    "goal": Goal,
    "lava": lambda color: Lava(),
}
DIRECTIONS = (0, 1, 2, 3)


def cell(thing):
    """The pair (kind, colour) of what lies in a cell of Minigrid."""
    if thing is None:
        return "empty", "grey"
    if isinstance(thing, Door):
        return f"door_{'open' if thing.is_open else 'locked' if thing.is_locked else 'closed'}", thing.color
    return thing.type, thing.color


def seen(env):
    """Which cells the agent sees, bool[height, width]."""
    mask = env.gen_obs_grid()[1]
    lit = np.zeros((env.height, env.width), bool)
    for y, x in np.ndindex(lit.shape):
        place = env.relative_coords(x, y)
        lit[y, x] = place is not None and mask[place]
    return lit


@pytest.mark.parametrize("highlight", [False, True])
@pytest.mark.parametrize("size", [8, 16, 32])
@pytest.mark.parametrize("kind", KINDS)
def test_tiles_are_those_of_minigrid(kind, size, highlight):
    # Minigrid takes some fifty milliseconds for a large tile with an agent: there, one colour per direction has to do.
    variants = [(color, None) for color in COLORS]
    if size == 8:
        variants += [(color, agent) for color in COLORS for agent in DIRECTIONS]
    else:
        variants += zip(["green", "blue", "purple", "grey"], DIRECTIONS, strict=True)
    for color, agent in variants:
        expected = Grid.render_tile(MINIGRID[kind](color), agent, highlight, size).astype(np.uint8)
        np.testing.assert_array_equal(tile(kind, color, size, agent, highlight), expected, f"{color} {agent}")


@pytest.mark.parametrize("size", [4, 5, 7, 9, 13, 25])
@pytest.mark.parametrize("kind", KINDS)
def test_odd_sizes_are_those_of_minigrid(kind, size):
    expected = Grid.render_tile(MINIGRID[kind]("purple"), None, True, size).astype(np.uint8)
    np.testing.assert_array_equal(tile(kind, "purple", size, None, True), expected)


def test_a_mean_of_means_is_cut_as_in_minigrid():
    # A rare tile in which the means of three, averaged, miss an integer that the mean of nine is.
    expected = Grid.render_tile(Ball("purple"), 0, False, 6).astype(np.uint8)
    np.testing.assert_array_equal(tile("ball", "purple", 6, agent=0), expected)


@pytest.mark.parametrize("level", ["BabyAI-GoToLocal-v0", "BabyAI-BossLevel-v0", "BabyAI-KeyCorridorS3R2-v0"])
def test_frames_are_those_of_minigrid(level):
    env = gym.make(level).unwrapped
    env.reset(seed=7)
    doors = [thing for thing in env.grid.grid if isinstance(thing, Door)]
    for state, door in enumerate(doors):
        door.is_open, door.is_locked = state % 3 == 0, state % 3 == 2
    assert len(doors) >= 3 or level == "BabyAI-GoToLocal-v0"
    env.action_space.seed(7)
    for _ in range(20):
        cells = [[cell(env.grid.get(x, y)) for x in range(env.width)] for y in range(env.height)]
        agent = (*map(int, env.agent_pos), int(env.agent_dir))
        np.testing.assert_array_equal(draw_grid(cells, agent, seen(env)), env.get_frame(highlight=True, tile_size=32))
        np.testing.assert_array_equal(draw_grid(cells, agent, size=16), env.get_frame(highlight=False, tile_size=16))
        env.step(env.action_space.sample())


def test_a_grid_is_its_tiles():
    cells = [
        [("wall", "grey"), ("ball", "red"), ("key", "blue")],
        [("lava", "red"), ("goal", "green"), ("box", "grey")],
    ]
    frame = draw_grid(cells, (2, 0, 3), np.array([[False, True, True], [False, False, True]]), size=8)
    assert frame.shape == (16, 24, 3)
    np.testing.assert_array_equal(frame[:8, :8], tile("wall", "grey", 8))
    np.testing.assert_array_equal(frame[:8, 8:16], tile("ball", "red", 8, highlight=True))
    np.testing.assert_array_equal(frame[:8, 16:], tile("key", "blue", 8, agent=3, highlight=True))
    np.testing.assert_array_equal(frame[8:, 8:16], tile("goal", "green", 8))


def test_a_tile_is_drawn_once_and_cannot_be_changed():
    picture = tile("key", "red")
    assert tile("key", "red") is picture
    with pytest.raises(ValueError, match="read-only"):
        picture[0, 0] = 255


def test_a_frame_is_the_callers_own():
    frame = draw_grid([[("ball", "red")]])
    frame[:] = 0
    np.testing.assert_array_equal(draw_grid([[("ball", "red")]]), tile("ball", "red"))


@pytest.mark.parametrize("kind", ["empty", "lava"])
def test_some_kinds_have_no_choice_of_colour(kind):
    for color in COLORS:
        np.testing.assert_array_equal(tile(kind, color), tile(kind))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "cat"}, "kind: found 'cat', expected one of empty, wall, floor, "),
        ({"color": "pink"}, "color: found 'pink', expected one of red, green, blue, purple, yellow, grey"),
        ({"size": 3}, "size: found 3, expected at least 4 pixels"),
        ({"agent": 4}, "agent: found 4, expected None or a direction from 0 to 3"),
    ],
)
def test_unknown_tiles_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        tile(**{"kind": "ball"} | arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cells": []}, r"cells: found rows of \[\] cells, expected rows of one length above 0"),
        ({"cells": [[]]}, r"cells: found rows of \[0\] cells, expected"),
        ({"cells": [[("wall", "red")], []]}, r"cells: found rows of \[0, 1\] cells, expected"),
        ({"cells": [[("wall", "pink")]]}, "color: found 'pink', expected"),
        ({"agent": (-1, 0, 0)}, r"agent: found the position \(-1, 0\), expected x below 2 and y below 1"),
        ({"agent": (0, 1, 0)}, r"agent: found the position \(0, 1\), expected x below 2 and y below 1"),
        ({"highlight": np.ones((2, 1), bool)}, r"highlight: found the shape \(2, 1\), expected \(1, 2\)"),
    ],
)
def test_grids_that_do_not_fit_together_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_grid(**{"cells": [[("wall", "red"), ("ball", "red")]]} | arguments)
