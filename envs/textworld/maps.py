"""Shared by the generators: maps, the facts that describe them, names of rooms, and checks of settings.

A map is `exits`, one row per room: the rooms to its north, south, east and west, or -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.compile import compiled
from ..core.rng import randint, words
from .game import Entity
from .grammar import Fact

DIRECTIONS = ("north", "south", "east", "west")  # the opposite of direction d is d ^ 1
GO = tuple(f"go {direction}" for direction in DIRECTIONS)

_ROOMS = (
    "attic", "ballroom", "basement", "bathroom", "bedroom", "cellar", "chapel", "classroom", "cloakroom",
    "conservatory", "corridor", "den", "dining room", "dressing room", "foyer", "gallery", "garage", "greenhouse",
    "guest room", "gym",
    "hall", "kitchen", "laboratory", "larder", "laundry", "library", "lounge", "music room", "nursery", "observatory",
    "office", "pantry", "parlour", "playroom", "porch", "sauna", "scullery", "storeroom", "studio", "study",
    "sunroom", "tower", "vault", "vestibule", "wardrobe", "washroom", "wine cellar", "workshop",
)  # fmt: skip
_LOOKS = ("bright", "chilly", "cosy", "dim", "dusty", "grand", "quiet", "shabby", "tidy", "vast")
_ALL_ROOMS = (*_ROOMS, *(f"{look} {room}" for look in _LOOKS for room in _ROOMS))

entity = lru_cache(1 << 16)(Entity)  # all games share the same few thousand


def room_names(rng: np.random.Generator, n: int) -> list[str]:
    """Distinct names for `n` rooms, plain ones as long as there are any."""
    pool = _ROOMS if n <= len(_ROOMS) else _ALL_ROOMS
    return [pool[i] for i in rng.permutation(len(pool))[:n].tolist()]


def people_and_rooms(names: Sequence[str]) -> dict[str, Entity]:
    """The player, the inventory, and rooms with these names."""
    found = {"P": entity("P", "P", ""), "I": entity("I", "I", "")}
    for id, name in zip(room_ids(len(names)), names, strict=True):
        found[id] = entity(id, "r", name)
    return found


@lru_cache(None)
def room_ids(n: int) -> tuple[str, ...]:
    """`r_0`, `r_1`, ..."""
    return tuple(f"r_{i}" for i in range(n))


@lru_cache(1 << 16)
def direction_fact(room: int, direction: int, to: int) -> Fact:
    """One connection as a fact. Facts only say what lies north or west; rules derive the other two directions."""
    name = "north_of" if direction < 2 else "west_of"
    return (name, f"r_{to}", f"r_{room}") if direction in (0, 3) else (name, f"r_{room}", f"r_{to}")


@lru_cache(1 << 16)
def free_facts(room: int, to: int) -> tuple[Fact, Fact]:
    """The facts of a free passage between two rooms, both ways."""
    a, b = f"r_{room}", f"r_{to}"
    return ("free", a, b), ("free", b, a)


def connections(exits: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    """Each connection once: (room, direction, room beyond), the lower room first."""
    rows = exits.tolist()
    return [(i, d, j) for i, row in enumerate(rows) for d, j in enumerate(row) if j > i]


def door_facts(door: str, room: int, to: int, state: str) -> list[Fact]:
    """The facts of a door between two rooms that is open, closed or locked."""
    a, b = f"r_{room}", f"r_{to}"
    facts: list[Fact] = [("link", a, door, b), ("link", b, door, a), (state, door)]
    return [*facts, *free_facts(room, to)] if state == "open" else facts


def shortest_path(exits: Sequence[Sequence[int]], start: int, goal: int) -> list[int]:
    """Directions from one room to another, ignoring doors."""
    came = {start: (start, -1)}
    queue = [start]
    for room in queue:
        if room == goal:
            break
        for direction, to in enumerate(exits[room]):
            if to >= 0 and to not in came:
                came[to] = (room, direction)
                queue.append(to)
    path = []
    while goal != start:
        goal, direction = came[goal]
        path.append(direction)
    return path[::-1]


def articulation_points(exits: Sequence[Sequence[int]]) -> set[int]:
    """Rooms whose removal would disconnect the map (which is connected)."""

    def reached(start: int, without: int) -> int:
        seen = {start, without}
        queue = [start]
        for room in queue:
            for to in exits[room]:
                if to >= 0 and to not in seen:
                    seen.add(to)
                    queue.append(to)
        return len(queue)

    n = len(exits)
    return {room for room in range(n) if n > 2 and reached(0 if room else 1, room) < n - 1}


def stream(rng: np.random.Generator) -> NDArray[np.uint64]:
    """A kernel's generator words, drawn from a NumPy generator."""
    return words(rng.integers(0, 1 << 64, 1, np.uint64))[0]


@compiled
def _beside(cell: int, direction: int, side: int) -> int:
    """The next cell of a square grid in a direction, or -1 beyond its edge."""
    row, column = cell // side, cell % side
    if direction == 0:
        row -= 1
    elif direction == 1:
        row += 1
    elif direction == 2:
        column += 1
    else:
        column -= 1
    return row * side + column if 0 <= row < side and 0 <= column < side else -1


@compiled
def random_walk(rng: NDArray[np.uint64], n: int, side: int) -> NDArray[np.int64]:
    """The map (n, 4) of a random walk over a square grid that has visited n cells."""
    exits = np.full((n, 4), -1, np.int64)
    at = np.full(side * side, -1, np.int64)
    cell = randint(rng, side * side)
    at[cell] = 0
    count = 1
    while count < n:
        direction = randint(rng, 4)
        to = _beside(cell, direction, side)
        if to < 0:
            continue
        if at[to] < 0:
            at[to] = count
            count += 1
        exits[at[cell], direction] = at[to]
        exits[at[to], direction ^ 1] = at[cell]
        cell = to
    return exits


PATIENCE = 200  # steps after which a walk starts over


@compiled
def grown(
    rng: NDArray[np.uint64], adjacent: NDArray[np.bool_], groups: NDArray[np.int64], n: int, side: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A map of named rooms on a square grid, grown from name 0 by one walk for each group of names.

    Args:
        adjacent: bool (names, names), which names may be connected.
        groups: names as bits, one number a group, (groups,).

    Returns:
        The rooms' names (n,) and exits (n, 4).
    """
    names = np.zeros(n, np.int64)
    exits = np.empty((n, 4), np.int64)
    at = np.empty(side * side, np.int64)
    count_and_steps = np.empty(2, np.int64)
    while True:
        exits[:] = -1
        at[:] = -1
        start = randint(rng, side * side)
        at[start] = 0
        count_and_steps[0] = 1
        done = True
        for group in groups:
            count_and_steps[1] = 0
            done = done and _walk(rng, adjacent, side, names, exits, at, count_and_steps, start, group)
        if done:
            return names, exits


@compiled
def _walk(
    rng: NDArray[np.uint64],
    adjacent: NDArray[np.bool_],
    side: int,
    names: NDArray[np.int64],
    exits: NDArray[np.int64],
    at: NDArray[np.int64],
    count_and_steps: NDArray[np.int64],
    cell: int,
    left: int,
) -> bool:
    """Walk on from a cell until all names are placed, backtracking where needed; return whether that succeeded."""
    if left == 0:
        return True
    count_and_steps[1] += 1
    if count_and_steps[1] > PATIENCE:
        return False
    here = at[cell]
    for direction in _shuffled(rng, 4):
        to = _beside(cell, direction, side)
        if to < 0:
            continue
        there = at[to]
        if there >= 0:
            if not adjacent[names[here], names[there]]:
                continue
            before, behind = exits[here, direction], exits[there, direction ^ 1]
            exits[here, direction], exits[there, direction ^ 1] = there, here
            if _walk(rng, adjacent, side, names, exits, at, count_and_steps, to, left):
                return True
            exits[here, direction], exits[there, direction ^ 1] = before, behind
            continue
        for name in _shuffled(rng, len(adjacent)):
            if not (left >> name & 1 and adjacent[names[here], name]):
                continue
            there = count_and_steps[0]
            count_and_steps[0] += 1
            at[to], names[there] = there, name
            exits[here, direction], exits[there, direction ^ 1] = there, here
            if _walk(rng, adjacent, side, names, exits, at, count_and_steps, to, left & ~(1 << name)):
                return True
            exits[here, direction], exits[there, direction ^ 1] = -1, -1
            at[to] = -1
            count_and_steps[0] -= 1
    return False


@compiled
def _shuffled(rng: NDArray[np.uint64], n: int) -> NDArray[np.int64]:
    """0 to n - 1 in random order."""
    order = np.arange(n)
    for i in range(n - 1, 0, -1):
        j = randint(rng, i + 1)
        order[i], order[j] = order[j], order[i]
    return order


# --- settings ---------------------------------------------------------------------------------------------------------


def whole(field: str, value: Any, low: int, high: int) -> int:
    """A whole number within the range, or `ValueError`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not low <= value <= high:
        raise ValueError(f"{field}: found {value!r}, expected a whole number from {low} to {high}")
    return int(value)


def flag(field: str, value: Any) -> bool:
    """True or false, or `ValueError`."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{field}: found {value!r}, expected True or False")
    return bool(value)


def one_of(field: str, value: Any, choices: Sequence[Any]) -> Any:
    """One of the choices, or `ValueError`."""
    if isinstance(value, bool) or value not in choices:
        raise ValueError(f"{field}: found {value!r}, expected one of {', '.join(map(repr, choices))}")
    return value
