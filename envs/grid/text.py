"""Grids as text: two characters a cell, as Minigrid prints them, but an open door keeps its colour ("OR").

WE wall, DR door, OR open door, LR locked door, KR key, AR ball, BR box, FR floor, GR goal, VR lava, two spaces for an
empty cell; the second letter is the colour (R, G, B, P, Y; grey is E). The agent is >> VV << ^^.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .cells import (
    BALL,
    BOX,
    COLORS,
    DOOR_CLOSED,
    DOOR_LOCKED,
    DOOR_OPEN,
    EMPTY,
    FLOOR,
    GOAL,
    KEY,
    LAVA,
    WALL,
)

_KINDS = {
    "W": WALL, "D": DOOR_CLOSED, "O": DOOR_OPEN, "L": DOOR_LOCKED, "K": KEY, "A": BALL, "B": BOX, "F": FLOOR,
    "G": GOAL, "V": LAVA,
}  # fmt: skip
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}
_COLOR_LETTERS = "RGBPYE"
_AGENTS = (">>", "VV", "<<", "^^")
assert len(_COLOR_LETTERS) == len(COLORS)


def to_text(cells: NDArray[np.uint16], agent: tuple[int, int, int] | None = None) -> str:
    """Cells, (height, width), as lines; the agent, (x, y, direction), covers its cell unless that is an open door."""
    rows = [[_cell_text(int(cell)) for cell in row] for row in cells]
    if agent is not None and cells[agent[1], agent[0]] & 15 == EMPTY:
        rows[agent[1]][agent[0]] = _AGENTS[agent[2]]
    return "\n".join("".join(row) for row in rows)


def _cell_text(cell: int) -> str:
    letter = _LETTERS.get(cell & 15)
    return f"{letter}{_COLOR_LETTERS[cell >> 4 & 7]}" if letter else "  "


def from_text(text: str) -> tuple[NDArray[np.uint16], tuple[int, int, int] | None]:
    """The cells, uint16 (height, width), of such lines, and the agent if it is drawn.

    ValueError where the lines differ in length, a cell is unknown or there are two agents, naming line and column.
    """
    lines = text.strip("\n").split("\n")
    cells = np.full((len(lines), max(map(len, lines)) // 2), EMPTY, np.uint16)
    agent = None
    for y, line in enumerate(lines):
        if len(line) != len(lines[0]) or len(line) % 2:
            raise ValueError(
                f"grid: line {y + 1}: found {len(line)} characters, expected {len(lines[0]) // 2 * 2} as in line 1: "
                "two for each cell"
            )
        for x in range(len(line) // 2):
            pair = line[2 * x : 2 * x + 2]
            if pair in _AGENTS:
                if agent is not None:
                    raise ValueError(f"grid: line {y + 1}, cell {x + 1}: found a second agent {pair!r}, expected one")
                agent = (x, y, _AGENTS.index(pair))
            elif pair != "  ":
                if pair[0] not in _KINDS or pair[1] not in _COLOR_LETTERS:
                    raise ValueError(
                        f"grid: line {y + 1}, cell {x + 1}: found {pair!r}, expected two spaces, an agent or a letter "
                        f"of {''.join(_KINDS)} followed by one of {_COLOR_LETTERS}"
                    )
                cells[y, x] = _KINDS[pair[0]] | _COLOR_LETTERS.index(pair[1]) << 4
    return cells, agent
