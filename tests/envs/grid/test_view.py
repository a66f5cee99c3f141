"""The window: hand-drawn worlds for all four directions, and Minigrid's rule of sight on random ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from minigrid.core.grid import Grid
from minigrid.core.world_object import Ball, Door, Wall

from ige.envs.grid.cells import BALL, DOOR_CLOSED, DOOR_OPEN, EMPTY, GREEN, GREY_WALL, RED
from ige.envs.grid.text import from_text
from ige.envs.grid.view import view, visible

WORLD = """
WEWEWEWEWEWEWE
WE  AR      WE
WE      KG  WE
WE    >>  BBWE
WE          WE
WE  OY    LPWE
WEWEWEWEWEWEWE
"""


def window(direction: int, size: int = 5, world: str = WORLD) -> np.ndarray:
    cells, agent = from_text(world)
    assert agent is not None
    image = np.zeros((size, size, 3), np.uint8)
    view(cells, cells.shape[1], cells.shape[0], agent[0], agent[1], direction, 0, False, image)
    return image


def found_at(image: np.ndarray, what: int) -> tuple[int, int] | None:
    """How far to the right and ahead of the agent an object is seen."""
    places = np.argwhere(image[:, :, 0] == what)
    size = len(image)
    return None if not len(places) else (int(places[0, 0]) - size // 2, size - 1 - int(places[0, 1]))


# From (3, 3): the ball (2, 1), the key (4, 2), the box (5, 3), the open door (2, 5), the locked door (5, 5).
@pytest.mark.parametrize(
    ("direction", "ball", "key", "box"),
    [
        (0, None, (-1, 1), (0, 2)),  # right
        (1, None, None, (-2, 0)),  # down
        (2, (2, 1), None, None),  # left
        (3, (-1, 2), (1, 1), (2, 0)),  # up
    ],
)
def test_left_and_right_are_the_agents(
    direction: int, ball: tuple[int, int] | None, key: tuple[int, int] | None, box: tuple[int, int] | None
) -> None:
    image = window(direction)
    assert (found_at(image, 6), found_at(image, 5), found_at(image, 7)) == (ball, key, box)


def test_doors_show_their_state() -> None:
    image = window(1)  # down
    assert image[5 // 2 + 1, 2].tolist() == [4, 4, 0]  # the open yellow door, one to the right and two ahead
    assert image[5 // 2 - 2, 2].tolist() == [4, 3, 2]  # the locked purple door


def test_the_agents_place_shows_what_it_carries() -> None:
    cells, _ = from_text(WORLD)
    image = np.zeros((5, 5, 3), np.uint8)
    view(cells, 7, 7, 3, 3, 0, BALL | GREEN << 4, False, image)
    assert image[2, 4].tolist() == [6, 1, 0]
    view(cells, 7, 7, 3, 3, 0, 0, False, image)
    assert image[2, 4].tolist() == [1, 0, 0]


CODES = {
    EMPTY: lambda: None,
    GREY_WALL: Wall,
    BALL | RED << 4: lambda: Ball("red"),
    DOOR_CLOSED | RED << 4: lambda: Door("red"),
    DOOR_OPEN | RED << 4: lambda: Door("red", is_open=True),
}


@given(
    st.sampled_from([3, 5, 7, 9, 13]),
    st.integers(0, 3),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.1, 0.3, 0.5]),
)
def test_sight_is_minigrids(size: int, direction: int, seed: int, density: float) -> None:
    """Worlds full of walls, doors and balls, seen from anywhere, also beyond their edges."""
    rng = np.random.default_rng(seed)
    width, height = rng.integers(3, 12, 2).tolist()
    chances = [1 - density, *[density / 4] * 4]
    cells = rng.choice(list(CODES), (height, width), p=chances).astype(np.uint16)
    x, y = int(rng.integers(width)), int(rng.integers(height))
    image = np.zeros((size, size, 3), np.uint8)
    view(cells, width, height, x, y, direction, 0, False, image)

    grid = Grid(width, height)
    for (row, column), code in np.ndenumerate(cells):
        grid.set(column, row, CODES[int(code)]())
    half = size // 2
    corner = [(x, y - half), (x - half, y), (x - size + 1, y - half), (x - half, y - size + 1)][direction]
    seen = grid.slice(*corner, size, size)
    for _ in range(direction + 1):
        seen = seen.rotate_left()
    mask = seen.process_vis((half, size - 1))
    seen.set(half, size - 1, None)
    assert np.array_equal(image, seen.encode(mask))

    lit = np.zeros((height, width), np.uint8)
    visible(cells, width, height, x, y, direction, size, False, lit)
    inside = [(i, j) for i, j in np.argwhere(mask).tolist() if _is_inside(corner, size, direction, i, j, width, height)]
    assert lit.sum() == len(inside)


def _is_inside(corner: tuple[int, int], size: int, direction: int, i: int, j: int, width: int, height: int) -> bool:
    """Whether cell [i, j] of a window lies in the world."""
    for _ in range(direction + 1):
        i, j = size - 1 - j, i
    return 0 <= corner[0] + i < width and 0 <= corner[1] + j < height
