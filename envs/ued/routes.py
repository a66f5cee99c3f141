"""Shortest paths to the goal, compiled: in tiles, and in actions including turns."""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..grid.cells import DX, DY, GREY_WALL
from ..grid.moves import FORWARD, TURN_LEFT, TURN_RIGHT

_SEEN = 1 << 15  # a bit of a cell that nothing else uses


@inner
def path_length(state):
    """The number of tiles walked on a shortest path from start to goal; 0 if there is none, or no goal or agent yet.

    The queue is in `state.scratch`, which is zero before and after.
    """
    if not state.goal_x or not state.start_x:
        return 0
    queue, cells, width = state.scratch, state.cells, state.width - 2
    goal = (state.goal_y - 1) * width + state.goal_x - 1
    queue[0] = (state.start_y - 1) * width + state.start_x - 1
    cells[state.start_y, state.start_x] |= _SEEN
    head, tail, length, found = 0, 1, 0, 0
    while head < tail and not found:
        length += 1
        for _ in range(tail - head):  # all tiles at the same distance
            x, y = queue[head] % width + 1, queue[head] // width + 1
            head += 1
            for direction in range(4):
                to_x, to_y = x + DX[direction], y + DY[direction]
                if cells[to_y, to_x] & _SEEN or cells[to_y, to_x] == GREY_WALL:
                    continue
                cells[to_y, to_x] |= _SEEN
                queue[tail] = (to_y - 1) * width + to_x - 1
                if queue[tail] == goal:
                    found = length
                tail += 1
    for k in range(tail):
        x, y = queue[k] % width + 1, queue[k] // width + 1
        cells[y, x] &= ~np.uint16(_SEEN)
        queue[k] = 0
    return found


@inner
def fewest_actions(walls, x, y, direction, goal_x, goal_y):
    """A shortest plan of turns and steps, int64 (n,); empty if the goal cannot be reached.

    `walls`: bool (height, width); all coordinates in interior tiles.
    """
    height, width = walls.shape
    before = np.full(height * width * 4, -1, np.int64)  # 4 * the pose before + the action
    queue = np.empty(height * width * 4, np.int64)
    start = (y * width + x) * 4 + direction
    goal = goal_y * width + goal_x
    queue[0], head, tail = start, 0, 1
    before[start] = 0
    while head < tail:
        pose = queue[head]
        head += 1
        tile, facing = pose // 4, pose % 4
        if tile == goal:
            length, back = 0, pose
            while back != start:
                length += 1
                back = before[back] // 4
            plan = np.empty(length, np.int64)
            while pose != start:
                length -= 1
                plan[length] = before[pose] % 4
                pose = before[pose] // 4
            return plan
        to_x, to_y = tile % width + DX[facing], tile // width + DY[facing]
        for action in range(3):
            if action == FORWARD:
                if not (0 <= to_x < width and 0 <= to_y < height) or walls[to_y, to_x]:
                    continue
                other = (to_y * width + to_x) * 4 + facing
            else:
                turn = 3 if action == TURN_LEFT else 1
                other = tile * 4 + (facing + turn) % 4
            if before[other] < 0 and other != start:
                before[other] = 4 * pose + action
                queue[tail] = other
                tail += 1
    return np.empty(0, np.int64)


assert (TURN_LEFT, TURN_RIGHT, FORWARD) == (0, 1, 2)
