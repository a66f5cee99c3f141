"""The level of a maze, compiled: its record, its place in a state, and placing walls, goal and agent.

A level has interior tiles only, from (0, 0) at the top left. A state adds a border of walls: its `cells`, `x` and
`y` count from the border and so are one larger.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype
from ..core.rng import randint
from ..grid.cells import EMPTY, GOAL, GREEN, GREY_WALL

ROOMS = (13, 19, 49, 99)  # interior sides that records have room for: few, since each is compiled separately
GREEN_GOAL = GOAL | GREEN << 4


def room_for(side: int) -> int:
    """The least room for this many interior tiles per side. ValueError if there is none."""
    for room in ROOMS:
        if side <= room:
            return room
    raise ValueError(f"size: {side}, expected at most {ROOMS[-1]} interior tiles a side")


def level_dtype(room: int) -> np.dtype:
    """A level in a buffer, in interior tiles throughout; a smaller level lies at the top left of the walls."""
    return record_dtype(
        [
            ("width", np.int64),
            ("height", np.int64),
            ("x", np.int64),
            ("y", np.int64),
            ("direction", np.int64),
            ("goal_x", np.int64),
            ("goal_y", np.int64),
            ("walls", np.uint8, (room, room)),
        ]
    )


def maze_fields(room: int) -> list[tuple]:
    """A level as part of a state, with its border; `goal_x` and `start_x` are 0 while unset."""
    return [
        ("width", np.int64),
        ("height", np.int64),
        ("start_x", np.int64),
        ("start_y", np.int64),
        ("start_direction", np.int64),
        ("goal_x", np.int64),
        ("goal_y", np.int64),
        ("cells", np.uint16, (room + 2, room + 2)),
        ("scratch", np.int16, (room * room,)),  # for generators and searches, which leave it zero
    ]


@inner
def clear(state, width, height):
    """Make an empty room of this many interior tiles, without goal and agent."""
    state.width, state.height = width + 2, height + 2
    state.start_x = state.start_y = state.goal_x = state.goal_y = state.start_direction = 0
    rows, columns = state.cells.shape
    for y in range(rows):
        for x in range(columns):
            inside = 1 <= y <= height and 1 <= x <= width
            state.cells[y, x] = EMPTY if inside else GREY_WALL if y < height + 2 and x < width + 2 else 0


@inner
def load(state, level):
    """Put a level into a state."""
    clear(state, level.width, level.height)
    for y in range(level.height):
        for x in range(level.width):
            if level.walls[y, x]:
                state.cells[y + 1, x + 1] = GREY_WALL
    state.goal_x, state.goal_y = level.goal_x + 1, level.goal_y + 1
    state.cells[state.goal_y, state.goal_x] = GREEN_GOAL
    state.start_x, state.start_y, state.start_direction = level.x + 1, level.y + 1, level.direction


def levels_of(states: NDArray[Any]) -> NDArray[np.void]:
    """The levels of states, (n,), as records."""
    room = states.dtype["cells"].shape[0] - 2
    levels = np.zeros(len(states), level_dtype(room))
    levels["width"], levels["height"] = states["width"] - 2, states["height"] - 2
    levels["x"], levels["y"], levels["direction"] = (
        states["start_x"] - 1,
        states["start_y"] - 1,
        states["start_direction"],
    )
    levels["goal_x"], levels["goal_y"] = states["goal_x"] - 1, states["goal_y"] - 1
    levels["walls"] = inside(levels) & (states["cells"][:, 1:-1, 1:-1] == GREY_WALL)
    return levels


def inside(levels: NDArray[np.void]) -> NDArray[np.bool_]:
    """Which tiles of the rooms belong to the levels, (n, room, room)."""
    within = np.arange(levels.dtype["walls"].shape[0])
    return (within < levels["height"][:, None])[:, :, None] & (within < levels["width"][:, None])[:, None, :]


@inner
def is_taken(state, x, y):
    """Whether the goal or the agent is on the tile."""
    return (x == state.goal_x and y == state.goal_y) or (x == state.start_x and y == state.start_y)


@inner
def free_tile(state):
    """A uniform tile without wall, goal and agent, (x, y); if there is none, one without goal and agent."""
    width, height = state.width - 2, state.height - 2
    for through_walls in range(2):
        count = 0
        for tile in range(width * height):
            x, y = tile % width + 1, tile // width + 1
            count += not is_taken(state, x, y) and (through_walls or state.cells[y, x] == EMPTY)
        if count == 0:
            continue
        k = randint(state.rng, count)
        for tile in range(width * height):
            x, y = tile % width + 1, tile // width + 1
            if not is_taken(state, x, y) and (through_walls or state.cells[y, x] == EMPTY):
                if k == 0:
                    return x, y
                k -= 1
    return 0, 0  # only for a grid of one tile, which never occurs


@inner
def put_wall(state, x, y):
    """Put a wall; an occupied tile stays as it is."""
    if state.cells[y, x] == EMPTY and not is_taken(state, x, y):
        state.cells[y, x] = GREY_WALL


@inner
def put_goal(state, x, y):
    """Put the goal; it replaces a wall, and goes to a random free tile if the agent is there."""
    if x == state.start_x and y == state.start_y:
        x, y = free_tile(state)
    state.goal_x, state.goal_y = x, y
    state.cells[y, x] = GREEN_GOAL


@inner
def put_agent(state, x, y):
    """Put the agent, facing anywhere; it replaces a wall, and goes to a random free tile if the goal is there."""
    if x == state.goal_x and y == state.goal_y:
        x, y = free_tile(state)
    state.start_x, state.start_y = x, y
    state.start_direction = randint(state.rng, 4)
    state.cells[y, x] = EMPTY
