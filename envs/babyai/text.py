"""The words of BabyAI-Text: phrases for what the agent sees, and the description of the world for a language agent."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..grid.cells import COLORS
from .kernel_text import CARRIED, HALF, PHRASES, SEEN, SIZE, WALLS, phrases

MAX_LENGTH = 4096  # characters
_TYPES = ("key", "ball", "box")
_KINDS = (*(f"{{}} {kind}" for kind in _TYPES), *(f"{state} {{}} door" for state in ("open", "closed", "locked")))
RULES = (
    "You are in a maze of rooms, and see what is in front of you and to your sides up to six steps away. Actions: turn "
    "left, turn right, go forward (onto an empty cell or through an open door), pick up (the object in front of you; "
    "you can carry one), drop (onto the empty cell in front of you), toggle (open or close the door in front of you; a "
    "locked door needs the key of its colour in your hands; a box disappears and leaves what was in it)."
)


def _steps(n: int, where: str) -> str:
    return f"{n} step{'s' if n > 1 else ''} {where}"


def _phrases() -> list[str]:
    """All phrases, by number."""
    found = [""]
    found += [f"You carry a {color} {kind}" for kind in _TYPES for color in COLORS]
    assert len(found) == WALLS
    for where in ("forward", "left", "right"):
        found += [f"You see a wall {_steps(n, where)}" for n in range(1, SIZE)]
    assert len(found) == SEEN
    for kind in _KINDS:
        for color in COLORS:
            for across in range(-HALF, HALF + 1):
                for ahead in range(SIZE - 1, -1, -1):
                    places = [_steps(abs(across), "left" if across < 0 else "right")] if across else []
                    places += [_steps(ahead, "forward")] if ahead else []
                    found.append(f"You see a {kind.format(color)} {' and '.join(places)}")
    return found


PHRASE = _phrases()
assert CARRIED == 1


def written(codes: NDArray[np.uint16]) -> list[str]:
    """The phrases of each row of codes, (n, 52), joined by commas."""
    lengths = (codes != 0).sum(axis=1).tolist()
    words = [PHRASE[code] for code in codes[codes != 0].tolist()]
    texts, start = [], 0
    for length in lengths:
        texts.append(", ".join(words[start : start + length]))
        start += length
    return texts


def seen(image: NDArray[np.uint8], carried: int) -> list[str]:
    """The phrases for a view, (7, 7, 3), and what is carried (a cell)."""
    codes = np.zeros(PHRASES, np.uint16)
    phrases(image, carried, codes)
    return [PHRASE[code] for code in codes[codes != 0].tolist()]


def told(row: Any, mission: str, view: list[str]) -> str:
    """The state as a language agent reads it."""
    lines = [f"Goal: {mission}.", ". ".join(view) + "." if view else "You see nothing but empty floor."]
    if row["over"]:
        lines.append("The goal is reached." if row["is_success"] else "The episode is over.")
    return "\n".join(lines)
