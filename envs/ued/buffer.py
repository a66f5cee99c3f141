"""Levels in bulk: arrays of level records, (n,), that are generated, mutated, measured and compared.

A trainer's level buffer is such an array; `Level` is one level as a value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.check import array, integer, one_of
from ..core.compile import compiled
from ..core.rng import words
from . import generate, kernel
from .layout import ROOMS, inside, level_dtype, levels_of, load, room_for
from .routes import path_length

Levels = NDArray[np.void]
MUTATIONS = ("flip", "tiles")  # in the order of generate.FLIP, TILES


def sample_levels(
    n: int, rng: np.random.Generator, size: int = 13, blocks: int | tuple[int, int] = 25, kind: int = generate.UNIFORM
) -> Levels:
    """Random levels, records (n,), of a kind of `generate`: by default agent, goal and `blocks` walls on uniform tiles.

    `blocks` may be a pair, the fewest and the most. For CROSSING it is the number of lines.
    """
    n, size, kind = integer("n", n, 0), integer("size", size, 3, ROOMS[-1]), integer("kind", kind, 0, generate.CROSSING)
    fewest, most = checked_blocks(blocks)
    if kind in (generate.PERFECT, generate.CROSSING) and size % 2 == 0:
        raise ValueError(f"size: {size}, expected an odd number")
    if kind == generate.CROSSING and most > size - 1:
        raise ValueError(f"blocks: {most}, expected at most {size - 1} lines across {size} x {size} tiles")
    states = _states(n, room_for(size), rng)
    _sample(states, kind, size, fewest, most)
    return levels_of(states)


def mutate_levels(levels: Levels, rng: np.random.Generator, edits: int = 20, kind: str = "flip") -> Levels:
    """Children, one for each level, by random edits.

    "flip": each edit does nothing, flips a tile between wall and floor, or moves the goal (minimax, 20 edits).
    "tiles": each edit makes a tile wall, floor or goal; lost objects are put elsewhere (ACCEL's first code, 5 edits).
    """
    style = one_of("kind", kind, MUTATIONS)
    wrong = np.flatnonzero(~are_levels(levels))
    if wrong.size:
        raise ValueError(f"levels: row {wrong[0]} holds no level: start and goal are two free tiles of its grid")
    states = _states(len(levels), _room(levels), rng)
    _mutate(states, levels, style, integer("edits", edits, 0))
    return levels_of(states)


def path_lengths(levels: Levels) -> NDArray[np.int64]:
    """Number of tiles walked on a shortest path from start to goal, int64 (n,); 0 if there is none, or no level."""
    good = are_levels(levels)
    lengths = np.zeros(len(good), np.int64)
    _measure(np.zeros(1, kernel.record(_room(levels))), levels, good, lengths)
    return lengths


def are_levels(levels: Levels) -> NDArray[np.bool_]:
    """Which records hold a level, (n,): all walls inside its grid, start and goal on two different free tiles of it."""
    good, rows, walls = _in_bounds(levels), np.arange(len(levels)), levels["walls"]
    good &= (walls <= inside(levels)).all((1, 2))
    places = _places(levels)
    for x, y in places:
        good &= walls[rows, np.where(good, y, 0), np.where(good, x, 0)] == 0
    (x, y), (goal_x, goal_y) = places
    return good & ((x != goal_x) | (y != goal_y))


def _in_bounds(levels: Levels) -> NDArray[np.bool_]:
    """Which records refer only to tiles that they have, (n,), as compiled code requires."""
    room = _room(levels)
    good = (levels["width"] <= room) & (levels["height"] <= room)
    good &= (levels["direction"] >= 0) & (levels["direction"] < 4)
    for x, y in _places(levels):
        good &= (x >= 0) & (x < levels["width"]) & (y >= 0) & (y < levels["height"])
    return good


def _places(levels: Levels) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Columns and rows of starts and goals."""
    return [(levels[x], levels[y]) for x, y in (("x", "y"), ("goal_x", "goal_y"))]


def checked_blocks(blocks: Any) -> tuple[int, int]:
    """The fewest and the most walls."""
    if isinstance(blocks, tuple | list):
        if len(blocks) != 2:
            raise ValueError(f"blocks: {blocks!r}, expected a number, or the fewest and the most")
        fewest = integer("blocks: fewest", blocks[0], 0)
        return fewest, integer("blocks: most", blocks[1], fewest)
    return (number := integer("blocks", blocks, 0)), number


def enter_levels(states: NDArray[Any], levels: Levels, chosen: NDArray[np.bool_]) -> None:
    """Put one level per row into the chosen rows of the states; each row plays it as soon as it is reset."""
    room, count = states.dtype["cells"].shape[0] - 2, len(states)
    if _room(levels) != room or len(levels) != count:
        raise ValueError(f"levels: {len(levels)} of room {_room(levels)}, expected {count} of room {room}")
    chosen = array("chosen", np.asarray(chosen, np.int8), (count,), np.int8, 0, 1).astype(np.bool_)
    wrong = np.flatnonzero(chosen & ~_in_bounds(levels))
    if wrong.size:
        raise ValueError(f"levels: row {wrong[0]} holds no level: start and goal are two free tiles of its grid")
    _enter(states, levels, chosen)


def _room(levels: Levels) -> int:
    """The room of level records; `ValueError` for anything else."""
    dtype: Any = getattr(levels, "dtype", np.dtype(np.float64))
    room = dtype["walls"].shape[:1] if dtype.names and "walls" in dtype.names else ()
    if not room or np.ndim(levels) != 1 or dtype != level_dtype(room[0]):
        raise ValueError(f"levels: {type(levels).__name__}, expected an array (n,) of level records")
    return int(room[0])


def _states(n: int, room: int, rng: np.random.Generator) -> NDArray[Any]:
    states = np.zeros(n, kernel.record(room))
    states["rng"] = words(rng.integers(2**64, size=n, dtype=np.uint64))
    return states


def _sample(states, kind, size, fewest, most):  # type: ignore[no-untyped-def]
    for i in range(states.shape[0]):
        generate.draw(states[i], kind, size, fewest, most)


def _mutate(states, levels, kind, edits):  # type: ignore[no-untyped-def]
    for i in range(levels.shape[0]):
        load(states[i], levels[i])
        generate.mutate(states[i], kind, edits)


def _measure(states, levels, good, lengths):  # type: ignore[no-untyped-def]
    for i in range(levels.shape[0]):
        if good[i]:
            load(states[0], levels[i])
            lengths[i] = path_length(states[0])


def _enter(states, levels, chosen):  # type: ignore[no-untyped-def]
    for i in range(levels.shape[0]):
        if chosen[i]:
            load(states[i], levels[i])


_sample, _mutate = compiled(_sample), compiled(_mutate)
_measure, _enter = compiled(_measure), compiled(_enter)
