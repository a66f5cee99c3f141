"""The game of decision rules as a picture: the payoff of every policy on every level, and what was played."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...render import Frame, blank, draw_rectangle, draw_text, draw_text_centered, palette

GAP, CELL, HEIGHT, NAME, MOST = 12, 54, 34, 66, 12


def picture(payoffs: NDArray[np.float64], theta: int, played: int) -> Frame:
    """A matrix; level and payoff are marked once a policy was played (-1: none yet, and nothing is revealed)."""
    policies, thetas = payoffs.shape
    rows, columns = _around(played, policies), _around(theta if played >= 0 else 0, thetas)
    top, left = GAP + 40, GAP + NAME
    frame = blank(top + len(rows) * HEIGHT + 2 * GAP + 12, max(left + len(columns) * CELL + GAP, 300))
    is_part = len(rows) < policies or len(columns) < thetas
    part = f" ({len(rows)} x {len(columns)} of {policies} x {thetas})" if is_part else ""
    draw_text(frame, GAP, GAP, f"what a policy earns on a level{part}", palette.MUTED)
    for k, level in enumerate(columns):
        ink = palette.ACCENT if played >= 0 and level == theta else palette.INK
        draw_text_centered(frame, GAP + 20, left + k * CELL, 16, CELL, f"level {level}", ink, 1)
    for i, policy in enumerate(rows):
        y = top + i * HEIGHT
        draw_text_centered(frame, y, GAP, HEIGHT - 4, NAME - 6, f"policy {policy}", palette.INK, 1)
        for k, level in enumerate(columns):
            lit = played >= 0 and level == theta
            here = lit and policy == played
            box = y, left + k * CELL + 2, HEIGHT - 4, CELL - 4
            fill = palette.YELLOW if here else palette.PANEL if lit or played < 0 else palette.BACKGROUND
            draw_rectangle(frame, *box, fill, palette.ACCENT if lit else palette.BORDER, 3 if here else 1, radius=4)
            draw_text_centered(frame, *box, f"{payoffs[policy, level]:.4g}", palette.INK, 1)
    told = "the level is hidden"
    if played >= 0:
        told = f"earned {payoffs[played, theta]:.4g}, regret {payoffs[:, theta].max() - payoffs[played, theta]:.4g}"
    draw_text(frame, frame.shape[0] - 22, GAP, told, palette.INK if played >= 0 else palette.MUTED)
    return frame


def _around(place: int, count: int) -> range:
    """At most MOST consecutive numbers below `count`, including `place`."""
    first = min(max(0, place - MOST // 2), max(0, count - MOST))
    return range(first, min(first + MOST, count))
