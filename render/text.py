"""Frames of text: lines in a grid of cells, as on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from .glyphs import CELL_HEIGHT, CELL_WIDTH
from .painter import Frame, blank, draw_text
from .palette import BACKGROUND, INK, Color


def wrap(text: str, columns: int) -> list[str]:
    """Break `text` at blanks into lines of at most `columns` characters.

    Newlines and empty lines are kept; only words longer than a line are broken.
    """
    return [
        line
        for paragraph in text.split("\n")
        for line in textwrap.wrap(paragraph, columns, break_on_hyphens=False) or [""]
    ]


def fitted(text: str, height: int, width: int, largest: int) -> tuple[list[str], int]:
    """Lines and a scale, as large as possible up to `largest`, at which `text` fits into a box of pixels.

    Only at a scale of 1 are words broken, and only there does a text that is too long end in "...".
    """
    for scale in range(largest, 1, -1):
        columns, most = width // (CELL_WIDTH * scale), height // (CELL_HEIGHT * scale)
        if max(map(len, text.split()), default=0) <= columns and len(lines := wrap(text, max(1, columns))) <= most:
            return lines, scale
    columns, most = max(1, width // CELL_WIDTH), max(1, height // CELL_HEIGHT)
    lines = wrap(text, columns)
    return lines if len(lines) <= most else [*lines[: most - 1], _shortened(lines[most - 1], columns)], 1


def _shortened(line: str, columns: int) -> str:
    """The line with its end replaced by "...", at a blank if it has one."""
    kept = line[: max(0, columns - 3)]
    if len(kept) < len(line) and " " in kept:
        kept = kept[: kept.rindex(" ")]
    return (kept.rstrip(" ,.") + "...")[:columns]


def text_grid(
    lines: Sequence[str],
    rows: int | None = None,
    columns: int | None = None,
    colors: Sequence[Color] | None = None,
    background: Color = BACKGROUND,
    scale: int = 2,
    margin: int = 8,
) -> Frame:
    """Lines of text as a frame, uint8[rows * CELL_HEIGHT * scale + 2 * margin, columns * CELL_WIDTH * scale + ..., 3].

    Give `rows` and `columns` if all frames must have one shape: whatever does not fit is cut off. By default everything
    fits. `colors` has one colour per line (default: INK). ValueError if their number differs from that of the lines.
    """
    if colors is not None and len(colors) != len(lines):
        raise ValueError(f"colors: found {len(colors)}, expected one for each of the {len(lines)} lines")
    rows = len(lines) if rows is None else rows
    columns = max(map(len, lines), default=0) if columns is None else columns
    height, width = rows * CELL_HEIGHT * scale, columns * CELL_WIDTH * scale
    frame = blank(height + 2 * margin, width + 2 * margin, background)
    page = frame[margin : margin + height, margin : margin + width]
    for row, line in enumerate(lines):
        draw_text(page, row * CELL_HEIGHT * scale, 0, line, INK if colors is None else colors[row], scale)
    return frame
