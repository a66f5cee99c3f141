"""Levels by the thousand: arrays of level records, (n,), that are drawn, mutated, measured and compared.

A trainer's level buffer is such an array; `Level` is one of them as a value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.recfunctions import repack_fields
from numpy.typing import NDArray

from ..core.check import integer, one_of
from ..core.compile import compiled
from ..core.rng import words
from . import generate, kernel
from .layout import levels_of, load, room_for
from .routes import path_length

Levels = NDArray[np.void]
MUTATIONS = ("flip", "tiles")  # in the order of generate.FLIP, TILES


def sample_levels(
    n: int, rng: np.random.Generator, size: int = 13, blocks: int | tuple[int, int] = 25, kind: int = generate.UNIFORM
) -> Levels:
    """Random levels, records (n,): agent, goal and `blocks` walls on uniform tiles (see `ige/UedMaze-v0`)."""
    fewest, most = (blocks, blocks) if isinstance(blocks, int) else blocks
    states = _states(n, room_for(size), rng)
    _sample(states, kind, size, fewest, most)
    return levels_of(states)


def mutate_levels(levels: Levels, rng: np.random.Generator, edits: int = 20, kind: str = "flip") -> Levels:
    """Children, one for each level, by random edits.

    "flip": each edit is nothing, a tile flipped between wall and floor, or the goal moved (minimax, 20 edits).
    "tiles": each a tile made wall, floor or goal, what is lost put elsewhere (ACCEL's first code, 5 edits).
    """
    style = one_of("kind", kind, MUTATIONS)
    states = _states(len(levels), _room(levels), rng)
    _mutate(states, levels, style, integer("edits", edits, 0))
    return levels_of(states)


def path_lengths(levels: Levels) -> NDArray[np.int64]:
    """Tiles walked from start to goal on a shortest way, int64 (n,); 0 where the goal cannot be reached."""
    lengths = np.zeros(len(levels), np.int64)
    _measure(np.zeros(1, kernel.record(_room(levels))), levels, lengths)
    return lengths


def fingerprints(levels: Levels) -> list[bytes]:
    """Equal for equal levels: what a buffer that keeps each level once looks it up by."""
    packed = repack_fields(levels)  # without the bytes between fields, which may hold anything
    return packed.view(f"V{packed.itemsize}").tolist()


def enter_levels(states: NDArray[Any], levels: Levels, chosen: NDArray[np.bool_]) -> None:
    """Put levels, one for each row, into the chosen rows of states; each plays it as soon as it is reset."""
    _enter(states, levels, chosen)


def _room(levels: Levels) -> int:
    return int(levels.dtype["walls"].shape[0])


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


def _measure(states, levels, lengths):  # type: ignore[no-untyped-def]
    for i in range(levels.shape[0]):
        load(states[0], levels[i])
        lengths[i] = path_length(states[0])


def _enter(states, levels, chosen):  # type: ignore[no-untyped-def]
    for i in range(levels.shape[0]):
        if chosen[i]:
            load(states[i], levels[i])


_sample, _mutate = compiled(_sample), compiled(_mutate)
_measure, _enter = compiled(_measure), compiled(_enter)
