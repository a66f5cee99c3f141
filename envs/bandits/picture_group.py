"""Regression for groups as a picture: an individual's features and groups, and the error of the last prediction."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...render import (
    AXIS_WIDTH,
    BAR_LABELS,
    BAR_WIDTH,
    CELL_WIDTH,
    Frame,
    blank,
    draw_bars,
    draw_circle,
    draw_line,
    draw_rectangle,
    draw_text,
    draw_text_centered,
    palette,
)

GAP, PLOT, CHIP, LINE = 12, 100, 20, 24
MOST, LEAST = 24, 12  # most features that are shown, and least number that there is room for
LONGEST = 20  # characters of a group's name


def picture(row: np.void, features: int, groups: Sequence[str], horizon: int) -> Frame:
    """The state of `kernel_group`: bars for features, chips for groups (those that hold are lit), the last label."""
    shown = row["x"][: min(features, MOST)].tolist()
    width = AXIS_WIDTH + max(LEAST, len(shown)) * BAR_WIDTH + 2 * GAP
    chips = _chips(groups, width)
    first = GAP + 40 + PLOT + BAR_LABELS + GAP
    axis = first + 20 + chips[-1][0] + CHIP + 2 * GAP
    frame = blank(axis + 66, width)

    over = row["t"] >= horizon
    draw_text(frame, GAP, GAP, f"over after {row['t']} rounds" if over else f"round {row['t'] + 1} of {horizon}")
    more = f", the first {MOST} of {features}" if features > MOST else ""
    draw_text(frame, GAP + 20, GAP, f"features of the individual{more}", palette.MUTED)
    draw_bars(frame, GAP + 40, GAP, PLOT, shown, [f"x{k}" for k in range(len(shown))], 0.0, 1.0)

    draw_text(frame, first, GAP, "groups: filled ones hold", palette.MUTED)
    for (top, left, wide, name), holds in zip(chips, row["groups"].tolist(), strict=True):
        fill, ink = (palette.ACCENT, palette.WHITE) if holds else (palette.BACKGROUND, palette.MUTED)
        draw_rectangle(frame, first + 18 + top, left, CHIP, wide, fill, palette.BORDER, 1, radius=6)
        draw_text_centered(frame, first + 18 + top, left, CHIP, wide, name, ink, 1)

    error = math.sqrt(row["oracle_loss"])
    told = f"last label {row['previous']:.3f}, prediction off by {error:.3f}" if row["t"] else "no label was shown yet"
    draw_text(frame, axis, GAP, told, palette.INK if row["t"] else palette.MUTED)
    left, wide, y = GAP + AXIS_WIDTH, width - 2 * GAP - 2 * AXIS_WIDTH, axis + LINE + 6

    def place(number: float) -> float:
        return left + wide * min(max(number, 0.0), 1.0)

    draw_line(frame, (y, left), (y, left + wide), palette.BORDER, 2)
    for mark in (0.0, 0.5, 1.0):
        draw_line(frame, (y - 4, place(mark)), (y + 4, place(mark)), palette.BORDER, 2)
        draw_text_centered(frame, y + 10, round(place(mark)) - 20, 12, 40, f"{mark:g}", palette.MUTED, 1)
    if row["t"]:  # the state does not keep whether the prediction was above or below
        label = float(row["previous"])
        draw_line(frame, (y, place(label - error)), (y, place(label + error)), palette.ORANGE, 5)
        draw_circle(frame, y, place(label), 5, palette.ACCENT)
    return frame


def _chips(groups: Sequence[str], width: int) -> list[tuple[int, int, int, str]]:
    """Top, left, width and text of each group, in rows."""
    found, top, left = [], 0, GAP
    for group in groups:
        name = group if len(group) <= LONGEST else group[: LONGEST - 3] + "..."
        wide = CELL_WIDTH * len(name) + 14
        if left > GAP and left + wide > width - GAP:
            top, left = top + CHIP + 4, GAP
        found.append((top, left, wide, name))
        left += wide + 6
    return found
