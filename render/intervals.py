"""Intervals as lines, one below the other: an estimate for each of several things, such as a bandit's arms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import palette
from .painter import Frame, blank, draw_circle, draw_line, draw_rectangle, draw_text

ROW, LEFT, WIDTH, RIGHT, TOP = 22, 70, 360, 110, 30


def intervals(
    value: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    notes: Sequence[str],
    truth: ArrayLike | None = None,
    title: str = "",
    name: str = "arm",
) -> Frame:
    """A line for each thing: its interval between 0 and 1, its value, a note.

    Args:
        value, low, high: float64 (things,); NaN where there is no estimate.
        notes: text behind each line.
        truth: (things,), true values to mark.
        title: text above the lines.
        name: name of a thing; its number follows.
    """
    things = len(value)
    frame = blank(TOP + things * ROW + 24, LEFT + WIDTH + RIGHT)
    draw_text(frame, 10, 10, title, palette.INK)

    def place(number: float) -> float:
        return LEFT + WIDTH * float(np.clip(number, 0, 1))

    draw_rectangle(frame, TOP, LEFT, things * ROW, WIDTH, palette.PANEL, palette.BORDER)
    for k in range(things):
        y = TOP + k * ROW + ROW // 2
        draw_text(frame, y - 4, 10, f"{name} {k}", palette.INK)
        draw_text(frame, y - 4, LEFT + WIDTH + 10, notes[k], palette.MUTED)
        if np.isfinite(low[k]):
            draw_line(frame, (y, place(low[k])), (y, place(high[k])), palette.SKY, 5)
        if np.isfinite(value[k]):
            draw_circle(frame, y, place(value[k]), 4, palette.BLUE)
        if truth is not None:
            x = place(np.asarray(truth)[k])
            draw_line(frame, (y - 8, x), (y + 8, x), palette.VERMILION, 2)
    for number in (0.0, 0.5, 1.0):
        draw_text(frame, TOP + things * ROW + 8, int(place(number)) - 8, f"{number:g}", palette.MUTED)
    return frame
