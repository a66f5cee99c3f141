"""Arms as slot machines: each one's mean cost so far, and its share of the memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...render import Frame, blank, draw_circle, draw_line, draw_rectangle, draw_text, draw_text_centered, palette

HEIGHT, WIDTH, GAP, REEL, BAR = 150, 82, 12, 40, 10
MOST = 12  # per row


def machines(
    pulls: NDArray[np.int64], paid: NDArray[np.float64], share: NDArray[np.float64], last: int, cost: float
) -> Frame:
    """One machine for each arm.

    Args:
        pulls, paid: number of pulls and total cost of each arm so far.
        share: share of the memory for each arm, from 0 to 1.
        last: arm that was pulled last, or -1.
        cost: cost of that pull.
    """
    arms = len(pulls)
    rows, columns = -(-arms // MOST), min(arms, MOST)
    frame = blank(rows * (HEIGHT + GAP) + GAP, columns * (WIDTH + GAP) + GAP)
    for arm in range(arms):
        top = GAP + arm // MOST * (HEIGHT + GAP)
        left = GAP + arm % MOST * (WIDTH + GAP)
        _machine(
            frame[top : top + HEIGHT, left : left + WIDTH],
            arm,
            int(pulls[arm]),
            float(paid[arm]) / pulls[arm] if pulls[arm] else None,
            float(share[arm]),
            cost if arm == last else None,
        )
    return frame


def _machine(frame: Frame, arm: int, pulls: int, mean: float | None, share: float, cost: float | None) -> None:
    body = WIDTH - 12
    colour = palette.BORDER if cost is None else palette.ACCENT
    draw_rectangle(frame, 0, 0, HEIGHT, body, palette.PANEL, colour, 2, radius=8)
    draw_text(frame, 11, 6, "arm", palette.MUTED)
    draw_text_centered(frame, 6, 8, 22, body - 8, str(arm), palette.INK, 2 if arm < 100 else 1)
    draw_rectangle(frame, 28, 8, REEL, body - 16, palette.BACKGROUND, palette.BORDER)
    shown = "-" if cost is None else f"cost\n{cost:.2f}"
    draw_text_centered(frame, 28, 8, REEL, body - 16, shown, palette.MUTED if cost is None else palette.INK, 1)
    draw_text_centered(frame, 76, 0, 12, body, "" if mean is None else f"mean {mean:.2f}", palette.INK, 1)
    draw_text_centered(frame, 92, 0, 12, body, f"{pulls} pulls", palette.MUTED, 1)
    draw_rectangle(frame, 112, 8, BAR, body - 16, palette.BACKGROUND, palette.BORDER)
    draw_rectangle(frame, 112, 8, BAR, round(share * (body - 16)), palette.ORANGE)
    draw_text_centered(frame, 126, 0, 12, body, "memory", palette.MUTED, 1)
    # The lever is down on the machine that was pulled.
    end = 70 if cost is not None else 34
    draw_line(frame, (52, body - 1), (end, WIDTH - 5), palette.MUTED, 3)
    draw_circle(frame, end, WIDTH - 5, 4, palette.BAD)
