"""The fixed test mazes of the UED papers, and the kinds of generated levels.

Interior bitmaps: one hexadecimal number for each row, top row first, its highest bit the leftmost tile, 1 = wall
(facts from Apache-2.0 code, minimax and its predecessors; lengths in `tests/envs/ued` were found by search).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import generate
from .level import Level


class Fixed(NamedTuple):
    """A maze that is the same in every episode, except for the goal if there are several to draw from."""

    rows: str
    start: tuple[int, int]
    goals: tuple[tuple[int, int], ...]
    direction: int = 0
    size: int = 13

    def levels(self) -> list[Level]:
        """One for each goal."""
        walls = np.array([[int(bit) for bit in f"{int(row, 16):0{self.size}b}"] for row in self.rows.split()], np.bool_)
        return [Level(walls, self.start, self.direction, goal) for goal in self.goals]


class Drawn(NamedTuple):
    """A kind of level that is generated anew in every episode."""

    kind: int
    size: int = 13
    lines: int = 0  # number of lines to cross
    odd: bool = False  # whether its size must be odd


def _corridor(rows: str, start_y: int, size: int) -> Fixed:
    goals = tuple((x, y) for y in (start_y - 1, start_y + 1) for x in range(2, size - 1, 2))
    return Fixed(rows, (0, start_y), goals, 0, size)


_END = ((11, 11),)
FIXED = {
    "SixteenRooms": Fixed("0248 0008 0240 176e 0200 0048 1add 0208 0240 0f6b 0248 0040 0208", (1, 1), _END),
    "SixteenRooms2": Fixed("0208 0048 0248 1edd 0240 0048 17df 0248 0200 1b6f 0248 0040 0248", (1, 1), _END),
    "Labyrinth": Fixed("0000 0ffe 0802 0bfa 0a0a 0aea 0aaa 0aaa 088a 0ffa 0082 1ebe 0080", (0, 12), ((6, 6),)),
    "LabyrinthFlipped": Fixed(
        "0000 0ffe 0802 0bfa 0a0a 0aea 0aaa 0aaa 0a22 0bfe 0820 0faf 0020", (12, 12), ((6, 6),), 2
    ),
    "Labyrinth2": Fixed("0800 0bfe 0a02 0afa 0a8a 02aa 1eaa 02ea 0a0a 0bfa 0802 0ffe 0000", (0, 0), ((6, 6),)),
    "StandardMaze": Fixed("0084 0ef6 0800 0ff7 0010 1fbe 0120 0c6f 0522 15ba 1488 16ee 0228", (6, 0), ((6, 12),)),
    "StandardMaze2": Fixed("0284 0af1 0804 0ff7 0254 1ad4 0a16 0b72 093a 0daa 08aa 0aaa 0220", (0, 6), ((12, 4),)),
    "StandardMaze3": Fixed("0140 0f5e 0850 03d5 1a14 02d6 0a92 0abb 08a8 0eae 08a2 0baa 0888", (3, 0), ((12, 6),)),
    "NineRooms": Fixed("0010 0100 0110 0110 177e 0100 0010 0110 1ddb 0110 0010 0100 0110", (1, 1), _END),
    "NineRooms2": Fixed("0110 0100 0110 0110 177e 0110 0010 0110 1dbb 0110 0010 0110 0110", (1, 1), _END),
    "SmallCorridor": _corridor(" ".join(["0", *["aaa"] * 5, "ffe", *["aaa"] * 5, "0"]), 6, 13),
    "LargeCorridor": _corridor(" ".join(["0", *["2aaaa"] * 8, "3fffe", *["2aaaa"] * 8, "0"]), 9, 19),
}
DRAWN = {
    "Uniform": Drawn(generate.UNIFORM),
    "PerfectMaze": Drawn(generate.PERFECT, odd=True),
    "FourRooms": Drawn(generate.FOUR_ROOMS, size=17),
    "SimpleCrossing": Drawn(generate.CROSSING, size=9, lines=5, odd=True),
}
NAMES = (*DRAWN, *FIXED)
