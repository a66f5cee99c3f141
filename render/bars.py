"""Bars upwards and downwards from zero, with an axis, and a name and a number for each bar."""

from __future__ import annotations

from collections.abc import Sequence

from . import palette
from .glyphs import CELL_HEIGHT, CELL_WIDTH
from .painter import Frame, draw_line, draw_rectangle, draw_text, draw_text_centered
from .palette import Color

BAR_WIDTH = 36  # one bar with its name and number below it
AXIS_WIDTH = 24  # space for the numbers at the axis
BAR_LABELS = 2 * CELL_HEIGHT + 8  # height of names and numbers


def draw_bars(
    frame: Frame,
    top: int,
    left: int,
    height: int,
    values: Sequence[float],
    names: Sequence[str],
    low: float,
    high: float,
    colors: tuple[Color, Color] = (palette.ACCENT, palette.ORANGE),
) -> None:
    """Draw a bar for each value in `height` pixels; names and values take another `BAR_LABELS` pixels below.

    Args:
        top, left: position of the axis, whose numbers take `AXIS_WIDTH`.
        low, high: ends of the axis; bars are cut off there, their numbers are not.
        colors: colour of values from zero upwards, and of those below zero.
    """
    left += AXIS_WIDTH

    def row(value: float) -> int:
        return top + round((high - min(max(value, low), high)) / (high - low) * height)

    draw_rectangle(frame, top, left, height + 1, len(values) * BAR_WIDTH, palette.PANEL, palette.BORDER)
    for mark in sorted({low, 0.0, high}):
        if low <= mark <= high:
            text = f"{mark:g}"
            draw_line(frame, (row(mark), left), (row(mark), left + len(values) * BAR_WIDTH - 1), palette.BORDER)
            draw_text(frame, row(mark) - 6, left - 4 - CELL_WIDTH * len(text), text, palette.MUTED)
    for k, (value, name) in enumerate(zip(values, names, strict=True)):
        x = left + k * BAR_WIDTH
        start, end = sorted((row(0.0), row(value)))
        draw_rectangle(frame, start, x + 6, max(1, end - start), BAR_WIDTH - 12, colors[value < 0])
        draw_text_centered(frame, top + height + 4, x, CELL_HEIGHT, BAR_WIDTH, name, palette.INK, 1)
        number = f"{value:.2f}" if abs(value) < 9.995 else f"{value:.0f}"
        draw_text_centered(frame, top + height + 6 + CELL_HEIGHT, x, CELL_HEIGHT, BAR_WIDTH, number, palette.MUTED, 1)
