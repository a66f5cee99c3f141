"""Procedural generation and mutation of levels, compiled. All random numbers are from the state's own generator."""

from __future__ import annotations

from ..core.inner import inner
from ..core.rng import randint
from ..grid.cells import EMPTY, GREY_WALL
from .layout import GREEN_GOAL, clear, free_tile, is_taken, put_agent, put_goal, put_wall

UNIFORM, PERFECT, FOUR_ROOMS, CROSSING = range(4)
FLIP, TILES = range(2)  # kinds of mutations


@inner
def tile(state):
    """A uniform interior tile, (x, y)."""
    k = randint(state.rng, (state.width - 2) * (state.height - 2))
    return k % (state.width - 2) + 1, k // (state.width - 2) + 1


@inner
def uniform(state, size, fewest, most):
    """Put agent, goal and walls on uniform tiles, like an editor that chooses uniformly (domain randomisation).

    As there, a wall on an occupied tile is dropped. The number of draws is uniform from `fewest` to `most`.
    """
    clear(state, size, size)
    x, y = tile(state)
    put_agent(state, x, y)
    x, y = tile(state)
    put_goal(state, x, y)
    for _ in range(fewest + randint(state.rng, most - fewest + 1)):
        x, y = tile(state)
        put_wall(state, x, y)


@inner
def place_anywhere(state):
    """Put goal and agent on free tiles."""
    x, y = free_tile(state)
    put_goal(state, x, y)
    x, y = free_tile(state)
    put_agent(state, x, y)


@inner
def root(parents, k):
    """The representative of a set, with path halving."""
    while parents[k] != k:
        parents[k] = parents[parents[k]]
        k = parents[k]
    return k


@inner
def perfect(state, size):
    """A spanning tree over the tiles at even places, by Kruskal's algorithm on shuffled edges; two corners.

    `size` is odd.
    """
    clear(state, size, size)
    side = (size + 1) // 2
    nodes, edges = side * side, 2 * side * (side - 1)
    parents, order = state.scratch[:nodes], state.scratch[nodes : nodes + edges]
    for y in range(size):
        for x in range(size):
            if x % 2 or y % 2:
                state.cells[y + 1, x + 1] = GREY_WALL
    for node in range(nodes):
        parents[node] = node
    for edge in range(edges):  # inside-out shuffle
        k = randint(state.rng, edge + 1)
        order[edge] = order[k]
        order[k] = edge
    for i in range(edges):
        edge = int(order[i])
        down = edge >= edges // 2  # the first half of the edges lead to the right
        k = edge - edges // 2 if down else edge
        x, y = (k % side, k // side) if down else (k % (side - 1), k // (side - 1))
        here, there = root(parents, y * side + x), root(parents, y * side + x + (side if down else 1))
        if here != there:
            parents[here] = there
            state.cells[2 * y + 1 + down, 2 * x + 2 - down] = EMPTY
    for k in range(nodes + edges):
        state.scratch[k] = 0
    corner = randint(state.rng, 4)
    other = (corner + 1 + randint(state.rng, 3)) & 3
    put_goal(state, 1 + (size - 1) * (corner & 1), 1 + (size - 1) * (corner >> 1))
    put_agent(state, 1 + (size - 1) * (other & 1), 1 + (size - 1) * (other >> 1))


@inner
def four_rooms(state, size):
    """Walls across the middle with a door in each of the four arms; goal and agent anywhere."""
    clear(state, size, size)
    middle = size // 2
    for k in range(size):
        state.cells[middle + 1, k + 1] = GREY_WALL
        state.cells[k + 1, middle + 1] = GREY_WALL
    for arm in range(2):
        first, count = (0, middle) if arm == 0 else (middle + 1, size - middle - 1)
        state.cells[middle + 1, first + randint(state.rng, count) + 1] = EMPTY
        state.cells[first + randint(state.rng, count) + 1, middle + 1] = EMPTY
    place_anywhere(state)


@inner
def crossing(state, size, lines):
    """`lines` walls from side to side at odd places, with openings along one random path that never turns back.

    The agent starts at the top left, facing right; the goal is at the bottom right. `size` is odd.
    """
    clear(state, size, size)
    half = (size - 1) // 2  # possible lines per axis: 2 k + 1 for k < half, down first, then across
    chosen = state.scratch[: 2 * half]
    left, needed = 2 * half, lines
    downs = 0
    for k in range(2 * half):  # every choice of `lines` of them is equally likely
        if randint(state.rng, left) < needed:
            chosen[k] = 1
            needed -= 1
            downs += k < half
        left -= 1
    for k in range(2 * half):
        if chosen[k]:
            for along in range(size):
                if k < half:
                    state.cells[along + 1, 2 * k + 2] = GREY_WALL
                else:
                    state.cells[2 * (k - half) + 2, along + 1] = GREY_WALL
    x = y = 0  # the room's first tile
    rights, left = downs, lines
    for _ in range(lines):
        right, below = size, size  # the walls that end this room, or the border
        for k in range(half - 1, -1, -1):
            if chosen[k] and 2 * k + 1 > x:
                right = 2 * k + 1
            if chosen[half + k] and 2 * k + 1 > y:
                below = 2 * k + 1
        if randint(state.rng, left) < rights:
            state.cells[y + randint(state.rng, below - y) + 1, right + 1] = EMPTY
            x = right + 1
            rights -= 1
        else:
            state.cells[below + 1, x + randint(state.rng, right - x) + 1] = EMPTY
            y = below + 1
        left -= 1
    for k in range(2 * half):
        chosen[k] = 0
    put_goal(state, size, size)
    put_agent(state, 1, 1)
    state.start_direction = 0


@inner
def draw(state, kind, size, fewest, most):
    """A level of that kind; `most` is the number of walls if uniform (at least `fewest`), or of lines if crossing."""
    if kind == UNIFORM:
        uniform(state, size, fewest, most)
    elif kind == PERFECT:
        perfect(state, size)
    elif kind == FOUR_ROOMS:
        four_rooms(state, size)
    else:
        crossing(state, size, most)


@inner
def mutate(state, kind, edits):
    """Edit the level at random, `edits` times.

    FLIP: each edit does nothing, flips a tile between wall and floor, or moves the goal to a free tile (as in minimax).
    TILES: each edit makes a tile wall, floor or goal; a lost goal or agent is put on a free tile at the end (as in
    ACCEL's first code).
    """
    for _ in range(edits):
        what = randint(state.rng, 3)
        x, y = tile(state)
        if kind == FLIP:
            if what == 1 and not is_taken(state, x, y):
                state.cells[y, x] = EMPTY if state.cells[y, x] == GREY_WALL else GREY_WALL
            elif what == 2:
                move_goal(state)
            continue
        if x == state.goal_x and y == state.goal_y:
            state.goal_x = state.goal_y = 0
        if what and x == state.start_x and y == state.start_y:
            state.start_x = state.start_y = 0
        state.cells[y, x] = GREY_WALL if what == 1 else EMPTY
        if what == 2:
            if state.goal_x:
                state.cells[state.goal_y, state.goal_x] = EMPTY
            state.goal_x, state.goal_y = x, y
            state.cells[y, x] = GREEN_GOAL
    if not state.goal_x:
        x, y = free_tile(state)
        put_goal(state, x, y)
    if not state.start_x:
        x, y = free_tile(state)
        put_agent(state, x, y)


@inner
def move_goal(state):
    x, y = free_tile(state)
    state.cells[state.goal_y, state.goal_x] = EMPTY
    put_goal(state, x, y)
