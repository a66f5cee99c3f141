"""What a policy believes of its arms, as numbers and as a picture, while it plays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...render import Frame, blank, draw_circle, draw_line, draw_rectangle, draw_text, palette

if TYPE_CHECKING:
    from ..core.fused import Policy

ROW, LEFT, WIDTH, RIGHT, TOP = 22, 70, 360, 110, 30


@dataclass(frozen=True, eq=False)
class Belief:
    """Of each arm, float64 (arms,): its cost with an interval, NaN where nothing is believed; and its pulls, int64."""

    pulls: NDArray[np.int64]
    cost: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def belief(pulls: ArrayLike, cost: ArrayLike, low: ArrayLike | None = None, high: ArrayLike | None = None) -> Belief:
    """A `Belief` of arms that were pulled; of the others nothing is believed."""
    counts = np.array(pulls, np.int64)
    values = [np.where(counts > 0, cost if v is None else v, np.nan) for v in (cost, low, high)]
    return Belief(counts, *values)


def beliefs(policy: Policy, row: int = 0) -> Belief:
    """What a policy believes now; `ValueError` for one that keeps weights or a list of arms instead of beliefs."""
    module: Any = policy.module
    if not hasattr(module, "believes"):
        raise ValueError(f"policy: {policy.name} has no beliefs about single arms")
    found: Belief = module.believes(policy.state[row], policy.settings)
    return found


def draw(found: Belief, truth: ArrayLike | None = None, title: str = "") -> Frame:
    """A line for each arm: its interval, its mean, how often it was pulled; `truth`: marks at the true costs."""
    arms = len(found.pulls)
    frame = blank(TOP + arms * ROW + 24, LEFT + WIDTH + RIGHT)
    draw_text(frame, 10, 10, title, palette.INK)

    def place(cost: float) -> float:
        return LEFT + WIDTH * float(np.clip(cost, 0, 1))

    draw_rectangle(frame, TOP, LEFT, arms * ROW, WIDTH, palette.PANEL, palette.BORDER)
    for arm in range(arms):
        y = TOP + arm * ROW + ROW // 2
        draw_text(frame, y - 4, 10, f"arm {arm}", palette.INK)
        draw_text(frame, y - 4, LEFT + WIDTH + 10, f"{found.pulls[arm]} pulls", palette.MUTED)
        if np.isfinite(found.low[arm]):
            draw_line(frame, (y, place(found.low[arm])), (y, place(found.high[arm])), palette.SKY, 5)
        if np.isfinite(found.cost[arm]):
            draw_circle(frame, y, place(found.cost[arm]), 4, palette.BLUE)
        if truth is not None:
            x = place(np.asarray(truth)[arm])
            draw_line(frame, (y - 8, x), (y + 8, x), palette.VERMILION, 2)
    for cost in (0.0, 0.5, 1.0):
        draw_text(frame, TOP + arms * ROW + 8, int(place(cost)) - 8, f"{cost:g}", palette.MUTED)
    return frame
