"""Levels as pictures: a gallery of many small ones, and the paths that students took."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ...render import blank, blit, draw_circle, draw_grid, draw_line
from ...render.painter import Frame
from ..grid.cells import COLORS, GREEN, GREY
from .level import Level

Path = Sequence[tuple[int, int]]
_WALL, _FLOOR, _GOAL = ("wall", COLORS[GREY]), ("empty", COLORS[GREY]), ("goal", COLORS[GREEN])
_INK = (255, 200, 60)


def picture(level: Level, path: Path = (), tile: int = 12) -> Frame:
    """A level with its border, uint8 ((height + 2) * tile, (width + 2) * tile, 3), and a path of (x, y) through it."""
    wall_row = [_WALL] * (level.width + 2)
    rows = [[_WALL, *(_WALL if wall else _FLOOR for wall in row), _WALL] for row in level.walls.tolist()]
    rows[level.goal[1]][level.goal[0] + 1] = _GOAL
    agent = (level.start[0] + 1, level.start[1] + 1, level.direction)
    frame = draw_grid([wall_row, *rows, wall_row], agent, None, tile)
    points = [((y + 1.5) * tile - 0.5, (x + 1.5) * tile - 0.5) for x, y in path]
    for start, end in pairwise(points):
        draw_line(frame, start, end, _INK, max(1.0, tile / 8))
    if points:
        draw_circle(frame, *points[-1], tile / 5, _INK)
    return frame


def gallery(rows: Sequence[Sequence[Level]], paths: Sequence[Sequence[Path]] = (), tile: int = 12) -> Frame:
    """Rows of levels, side by side in one frame, with their `paths` where given."""
    if not rows or not any(rows):
        raise ValueError("rows: found no level, expected at least one")
    drawn = [
        [picture(level, paths[i][k] if paths else (), tile) for k, level in enumerate(row)]
        for i, row in enumerate(rows)
    ]
    heights = [max(frame.shape[0] for frame in row) for row in drawn]
    width = max(sum(frame.shape[1] + tile for frame in row) for row in drawn) + tile
    canvas = blank(sum(heights) + tile * (len(drawn) + 1), width)
    top = tile
    for row, height in zip(drawn, heights, strict=True):
        left = tile
        for frame in row:
            blit(canvas, top, left, frame)
            left += frame.shape[1] + tile
        top += height + tile
    return canvas
