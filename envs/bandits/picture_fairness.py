"""One-sided feedback as a picture: the individuals to be decided on, and what the previous round showed."""

from __future__ import annotations

import numpy as np

from ...render import Frame, blank, draw_circle, draw_line, draw_rectangle, draw_text, draw_text_centered, palette

GAP, ROW, CELL, NAME, BEFORE = 12, 26, 56, 24, 168
MOST_ROWS, MOST_COLUMNS = 20, 16


def picture(row: np.void, horizon: int) -> Frame:
    """The state of `kernel_fairness`: features as bars, the proxy as a dot, shown labels, the reported pair."""
    x, seen = row["x"][:MOST_ROWS], row["seen"][:MOST_ROWS].tolist()
    many, d = row["x"].shape
    features = [*range(min(d, MOST_COLUMNS) - 1), d - 1]
    table, top = GAP + NAME, GAP + 42
    before = table + len(features) * CELL + 2 * GAP
    frame = blank(top + len(x) * ROW + GAP, before + BEFORE + GAP)

    over = row["t"] >= horizon
    head = f"over after {row['t']} rounds" if over else f"round {row['t'] + 1} of {horizon}"
    draw_text(frame, GAP, GAP, f"{head}, auditors reported {row['violations']}")
    if len(x) < many or len(features) < d:
        draw_text(frame, GAP, before, f"{len(x)} of {many}, {len(features)} of {d} features", palette.MUTED)
    for k, f in enumerate(features):
        draw_text_centered(frame, GAP + 24, table + k * CELL, 12, CELL, "proxy" if f == d - 1 else f"x{f}")
    draw_text(frame, GAP + 24, before, "the round before", palette.INK)
    for i, values in enumerate(x.tolist()):
        y = top + i * ROW
        draw_text_centered(frame, y, GAP, ROW, NAME - 4, str(i), palette.INK, 1)
        for k, f in enumerate(features):
            _cell(frame, y + 3, table + k * CELL + 2, values[f], f == d - 1)
        if row["t"]:
            _label(frame, y, before, i, seen[i])
    left, right = row["pair"].tolist()
    if 0 <= left < len(x) and 0 <= right < len(x):
        edge = before + BEFORE - 8
        start, end = (top + one * ROW + ROW // 2 for one in (left, right))
        for y in (start, end):
            draw_line(frame, (y, edge - 22), (y, edge), palette.BAD, 2)
        draw_line(frame, (start, edge), (end, edge), palette.BAD, 2)
        draw_circle(frame, start, edge - 22, 4, palette.BAD)  # who was accepted with too much probability
    return frame


def _cell(frame: Frame, top: int, left: int, value: float, is_proxy: bool) -> None:
    height, width = ROW - 6, CELL - 4
    draw_rectangle(frame, top, left, height, width, palette.PANEL, palette.BORDER)
    if is_proxy:
        fill = palette.PURPLE if value else palette.PANEL
        draw_circle(frame, top + height // 2, left + width // 2, 6, fill, palette.PURPLE, 1.5)
        return
    draw_rectangle(frame, top + 1, left + 1, height - 2, round(value * (width - 2)), palette.SKY)
    draw_text_centered(frame, top, left, height, width, f"{value:.2f}", palette.INK, 1)


def _label(frame: Frame, top: int, left: int, i: int, label: int) -> None:
    told, colour = {1: ("label 1", palette.GOOD), 0: ("label 0", palette.BAD)}.get(label, ("not shown", palette.MUTED))
    draw_text_centered(frame, top, left, ROW, 18, str(i), palette.INK, 1)
    draw_circle(frame, top + ROW // 2, left + 30, 6, palette.PANEL if label < 0 else colour, colour, 1.5)
    draw_text(frame, top + 8, left + 46, told, colour)
