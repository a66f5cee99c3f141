"""Gridworld tiles as Minigrid draws them: the same objects, the same colours, identical to the pixel.

Colours and geometry are those of Minigrid 3.2 (Chevalier-Boisvert et al., 2023, https://minigrid.farama.org). A tile is
the unit square, x to the right and y down: 3 x 3 samples per pixel are filled shape after shape, brightened if the
cell is highlighted, then averaged. Non-integers are truncated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .painter import Frame
from .palette import Color

COLORS: dict[str, Color] = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "purple": (112, 39, 195),
    "yellow": (255, 255, 0),
    "grey": (100, 100, 100),
}
"""The colours of objects, in the order of Minigrid's colour indices."""

_LAVA: Color = (255, 128, 0)
_GRID_LINE = 0.031
_SAMPLES = 3  # per pixel and axis

_Axis = NDArray[np.float64]
_Shape = Callable[[_Axis, _Axis], NDArray[np.bool_]]
"""Whether the points (x, y) of the unit square are inside; x is a row and y a column."""


def _rectangle(left: float, right: float, top: float, bottom: float) -> _Shape:
    return lambda x, y: ((left <= x) & (x <= right)) & ((top <= y) & (y <= bottom))


def _disc(centre_x: float, centre_y: float, radius: float) -> _Shape:
    return lambda x, y: (x - centre_x) ** 2 + (y - centre_y) ** 2 <= radius**2


def _zigzag(corners: Sequence[tuple[float, float]], radius: float) -> _Shape:
    """The points within `radius` of the line through the (x, y) of `corners`."""

    def inside(x: _Axis, y: _Axis) -> NDArray[np.bool_]:
        mask = np.zeros(np.broadcast_shapes(x.shape, y.shape), np.bool_)
        for (x0, y0), (x1, y1) in pairwise(corners):
            dx, dy = x1 - x0, y1 - y0
            along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
            mask |= np.hypot(x - x0 - along * dx, y - y0 - along * dy) <= radius
        return mask

    return inside


def _agent(direction: int) -> _Shape:
    """An arrowhead that points right, turned clockwise by `direction` quarters."""
    return lambda x, y: np.rot90((x >= 0.12) & (0.75 * np.abs(y - 0.5) <= 0.31 * (0.87 - x)), -direction)


_WHOLE = _rectangle(0, 1, 0, 1)

# The shapes to fill, in this order, each with the share of the object's colour (0 is black).
_FILLS: dict[str, list[tuple[_Shape, float]]] = {
    "empty": [],
    "wall": [(_WHOLE, 1)],
    "floor": [(_rectangle(_GRID_LINE, 1, _GRID_LINE, 1), 0.5)],
    "door_open": [(_rectangle(0.88, 1, 0, 1), 1), (_rectangle(0.92, 0.96, 0.04, 0.96), 0)],
    "door_closed": [
        (_WHOLE, 1),
        (_rectangle(0.04, 0.96, 0.04, 0.96), 0),
        (_rectangle(0.08, 0.92, 0.08, 0.92), 1),
        (_rectangle(0.12, 0.88, 0.12, 0.88), 0),
        (_disc(0.75, 0.5, 0.08), 1),
    ],
    "door_locked": [
        (_WHOLE, 1),
        (_rectangle(0.06, 0.94, 0.06, 0.94), 0.45),
        (_rectangle(0.52, 0.75, 0.5, 0.56), 1),
    ],
    "key": [
        (_rectangle(0.5, 0.63, 0.31, 0.88), 1),
        (_rectangle(0.38, 0.5, 0.59, 0.66), 1),
        (_rectangle(0.38, 0.5, 0.81, 0.88), 1),
        (_disc(0.56, 0.28, 0.19), 1),
        (_disc(0.56, 0.28, 0.064), 0),
    ],
    "ball": [(_disc(0.5, 0.5, 0.31), 1)],
    "box": [
        (_rectangle(0.12, 0.88, 0.12, 0.88), 1),
        (_rectangle(0.18, 0.82, 0.18, 0.82), 0),
        (_rectangle(0.16, 0.84, 0.47, 0.53), 1),
    ],
    "goal": [(_WHOLE, 1)],
    "lava": [
        (_WHOLE, 1),
        *[
            (_zigzag([(0.1, y), (0.3, y + 0.1), (0.5, y), (0.7, y + 0.1), (0.9, y)], radius=0.03), 0.0)
            for y in (0.3, 0.5, 0.7)
        ],
    ],
}

KINDS = tuple(_FILLS)
"""The kinds of object that a cell may hold."""


@cache
def tile(
    kind: str, color: str = "grey", size: int = 32, agent: int | None = None, highlight: bool = False
) -> NDArray[np.uint8]:
    """The picture of one cell, read-only uint8[size, size, 3].

    `agent` is the direction of an agent on top: 0 right, 1 down, 2 left, 3 up. An empty cell and lava have fixed
    colours. ValueError for an unknown kind, colour or direction and for a size below 4 pixels.
    """
    if kind not in _FILLS:
        raise ValueError(f"kind: found {kind!r}, expected one of {', '.join(KINDS)}")
    if color not in COLORS:
        raise ValueError(f"color: found {color!r}, expected one of {', '.join(COLORS)}")
    if size < 4:
        raise ValueError(f"size: found {size}, expected at least 4 pixels")
    if agent not in (None, 0, 1, 2, 3):
        raise ValueError(f"agent: found {agent!r}, expected None or a direction from 0 to 3")
    n = size * _SAMPLES
    x = (np.arange(n)[None, :] + 0.5) / n
    y = x.T
    ink = np.array(_LAVA if kind == "lava" else COLORS[color])
    samples = np.zeros((n, n, 3), np.uint8)
    samples[(x <= _GRID_LINE) | (y <= _GRID_LINE)] = COLORS["grey"]
    for shape, shade in _FILLS[kind]:
        samples[shape(x, y)] = (ink * shade).astype(np.uint8)
    if agent is not None:
        samples[_agent(agent)(x, y)] = COLORS["red"]
    if highlight:
        samples = (samples + 0.3 * (255 - samples)).astype(np.uint8)
    # Columns first, then rows: where the means of means, in thirds, just miss an integer, truncation takes the lower.
    # That is rare, but a single mean of the nine samples would differ there.
    picture = samples.reshape(size, _SAMPLES, size, _SAMPLES, 3).mean(3).mean(1).astype(np.uint8)
    picture.flags.writeable = False
    return picture


def draw_grid(
    cells: Sequence[Sequence[tuple[str, str]]],
    agent: tuple[int, int, int] | None = None,
    highlight: NDArray[np.bool_] | None = None,
    size: int = 32,
) -> Frame:
    """A gridworld as a new frame, uint8[h * size, w * size, 3].

    `cells` are h rows of w pairs (kind, colour), `agent` is (x, y, direction), `highlight` is bool[h, w]: the cells
    that the agent sees. ValueError if these do not fit together, and as for `tile`.
    """
    widths = {len(row) for row in cells}
    if len(widths) != 1 or 0 in widths:
        raise ValueError(f"cells: found rows of {sorted(widths)} cells, expected rows of one length above 0")
    height, width = len(cells), widths.pop()
    lit = np.zeros((height, width), np.bool_) if highlight is None else highlight
    if lit.shape != (height, width):
        raise ValueError(f"highlight: found the shape {lit.shape}, expected {(height, width)}, that of the cells")
    rows = [
        [tile(kind, color, size, None, seen) for (kind, color), seen in zip(row, row_seen, strict=True)]
        for row, row_seen in zip(cells, lit.tolist(), strict=True)
    ]
    if agent is not None:
        x, y, direction = agent
        if not (0 <= x < width and 0 <= y < height):
            raise ValueError(f"agent: found the position {(x, y)}, expected x below {width} and y below {height}")
        rows[y][x] = tile(*cells[y][x], size, direction, bool(lit[y, x]))
    return np.vstack([np.hstack(row) for row in rows])
