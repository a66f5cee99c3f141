"""Payment routing as a picture: the payment's features, and the interventions available for it."""

from __future__ import annotations

import numpy as np

from ...render import (
    AXIS_WIDTH,
    BAR_LABELS,
    BAR_WIDTH,
    Frame,
    blank,
    draw_bars,
    draw_rectangle,
    draw_text,
    draw_text_centered,
    palette,
)

GAP, PLOT, BOX, FAR = 12, 100, 32, 3.0
MOST, LEAST = 24, 10  # most bars and boxes in a row, and least number that there is room for


def picture(row: np.void, horizon: int) -> Frame:
    """The state of `kernel_payment`: bars for features, a box for each intervention, the one taken last."""
    context, available = row["context"].tolist(), row["available"].tolist()
    shown, taken = context[:MOST], int(row["taken"])
    columns = max(LEAST, len(shown), min(len(available), MOST))
    rows = -(-len(available) // MOST)
    boxes = GAP + 40 + PLOT + BAR_LABELS + 2 * GAP + 14
    frame = blank(boxes + rows * (BOX + 18) + 34, AXIS_WIDTH + columns * BAR_WIDTH + 2 * GAP)

    over = row["t"] >= horizon
    head = f"{row['t']} payments, the last" if over else f"payment {row['t'] + 1} of {horizon}"
    draw_text(frame, GAP, GAP, f"{head}; {row['succeeded']} went through")
    more = f", the first {MOST} of {len(context)}" if len(context) > MOST else ""
    draw_text(frame, GAP + 20, GAP, f"features of the payment{more}", palette.MUTED)
    draw_bars(frame, GAP + 40, GAP, PLOT, shown, [f"x{k}" for k in range(len(shown))], -FAR, FAR)

    draw_text(frame, boxes - 16, GAP, "interventions: white ones are available", palette.MUTED)
    for action, free in enumerate(available):
        top = boxes + action // MOST * (BOX + 18)
        left = GAP + AXIS_WIDTH + action % MOST * BAR_WIDTH
        chosen = action == taken
        fill, ink = (palette.PANEL, palette.INK) if free else (palette.BACKGROUND, palette.BORDER)
        edge = palette.ACCENT if chosen else palette.BORDER
        draw_rectangle(frame, top, left + 1, BOX, BAR_WIDTH - 2, fill, edge, 3 if chosen else 1, radius=5)
        draw_text_centered(frame, top, left, BOX, BAR_WIDTH, str(action), ink, 2 if action < 100 else 1)
        if chosen:
            draw_text_centered(frame, top + BOX + 2, left, 12, BAR_WIDTH, "last", palette.ACCENT, 1)
    if taken >= 0:
        chance, best = 1 - float(row["oracle_loss"]), 1 - float(row["oracle_best"])
        told = f"last: {taken}, chance {chance:.2f}; the best had {best:.2f}"
        draw_text(frame, frame.shape[0] - 24, GAP, told, palette.ACCENT)
    return frame
