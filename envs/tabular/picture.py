"""A tabular MDP as a picture: the current state, each action's reward, and its transition probabilities."""

from __future__ import annotations

import numpy as np

from ...render import (
    Color,
    Frame,
    blank,
    draw_circle,
    draw_line,
    draw_rectangle,
    draw_text,
    draw_text_centered,
    palette,
)

GAP, CELL, HEIGHT, NAME, PAYS, BASELINE, SCALE = 12, 40, 30, 62, 84, 66, 74
MOST, MOST_ACTIONS = 16, 12  # most states and actions that are shown


def picture(row: np.void, horizon: int) -> Frame:
    """The state of `kernel` or `kernel_conservative`: states in a row, below them the probabilities for each action."""
    tables, states, actions = row["rewards"].shape
    at, state = min(int(row["t"]), horizon - 1), int(row["state"])
    table = at if tables > 1 else 0
    first = min(max(0, state - MOST // 2), max(0, states - MOST))  # the states around where one is
    shown = range(first, min(first + MOST, states))
    rows = min(actions, MOST_ACTIONS)
    safe = "baseline_policy" in (row.dtype.names or ())
    left = GAP + NAME + PAYS + (BASELINE if safe else 0)
    top = GAP + 80
    width = left + max(len(shown) * CELL, 156) + GAP
    frame = blank(top + rows * HEIGHT + GAP + (SCALE if safe else 0), width)

    over = bool(row["over"])
    draw_text(frame, GAP, GAP, f"over after {row['t']} steps" if over else f"step {row['t'] + 1} of {horizon}")
    parts = (len(shown), states, "states"), (rows, actions, "actions")
    hidden = [f"{few} of {many} {what}" for few, many, what in parts if few < many]
    draw_text(frame, GAP, GAP + 150, ", ".join(hidden), palette.MUTED)
    draw_text(frame, GAP + 26, GAP, "ended in" if over else "state", palette.MUTED)
    if not over:
        draw_text(frame, GAP + 62, GAP + NAME, "pays", palette.MUTED)
        draw_text(frame, GAP + 62, GAP + NAME + PAYS, "baseline" if safe else "", palette.MUTED)
        draw_text(frame, GAP + 62, left, "leads to, with a chance of", palette.MUTED)
    for k, other in enumerate(shown):
        here = other == state
        y, x = GAP + 32, left + k * CELL + CELL // 2
        fill, ink = (palette.ACCENT, palette.WHITE) if here else (palette.PANEL, palette.INK)
        draw_circle(frame, y, x, 15, fill, palette.ACCENT if here else palette.BORDER, 2)
        draw_text_centered(frame, y - 15, x - 15, 31, 31, str(other), ink, 2 if other < 100 else 1)
    for action in range(0 if over else rows):
        y = top + action * HEIGHT
        draw_text_centered(frame, y, GAP, HEIGHT - 4, NAME - 8, f"action {action}", palette.INK, 1)
        pays = float(row["rewards"][table, state, action])
        _share(frame, y, GAP + NAME, PAYS - 12, pays, f"{pays:.3f}", palette.GREEN)
        if safe:
            chance = float(row["baseline_policy"][at, state, action])
            _share(frame, y, GAP + NAME + PAYS, BASELINE - 12, chance, f"{chance:.2f}", palette.ORANGE)
        for k, other in enumerate(shown):
            chance = float(row["transitions"][table, state, action, other])
            box = y, left + k * CELL + 1, HEIGHT - 4, CELL - 2
            draw_rectangle(frame, *box, _mixed(palette.PANEL, palette.SKY, chance), palette.BORDER)
            if chance >= 0.005:
                draw_text_centered(frame, *box, f"{chance:.2f}".removeprefix("0"), palette.INK, 1)
    if safe:
        _values(frame, top + rows * HEIGHT + GAP, row)
    return frame


def _share(frame: Frame, top: int, left: int, width: int, share: float, text: str, colour: Color) -> None:
    draw_rectangle(frame, top, left, HEIGHT - 4, width, palette.PANEL, palette.BORDER)
    pale = _mixed(palette.PANEL, colour, 0.5)
    draw_rectangle(frame, top + 1, left + 1, HEIGHT - 6, round(share * (width - 2)), pale)
    draw_text_centered(frame, top, left, HEIGHT - 4, width, text, palette.INK, 1)


def _values(frame: Frame, top: int, row: np.void) -> None:
    """A line from 0 to the best value, with the baseline's and the least that is allowed."""
    best, baseline, least = (
        float(row[name]) for name in ("oracle_best_value", "oracle_baseline_value", "gamma_c")
    )
    left, width = GAP, frame.shape[1] - 2 * GAP
    draw_text(frame, top, left, "value of a policy", palette.MUTED)
    y = top + 22
    ends = [round(width * min(1.0, value / max(best, 1e-300))) for value in (least, best)]
    draw_rectangle(frame, y, left, 10, ends[1], _mixed(palette.PANEL, palette.GREEN, 0.5))
    draw_rectangle(frame, y, left, 10, ends[0], _mixed(palette.PANEL, palette.BAD, 0.5))
    draw_rectangle(frame, y, left, 10, width, None, palette.BORDER)
    x = left + width * min(1.0, baseline / max(best, 1e-300))
    draw_line(frame, (y - 3, x), (y + 12, x), palette.INK, 2)
    told = f"allowed from {least:.2f}, baseline {baseline:.2f}, best {best:.2f}"
    draw_text(frame, y + 18, left, told, palette.INK)


def _mixed(ground: Color, colour: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(ground, colour, strict=True))
    return red, green, blue
