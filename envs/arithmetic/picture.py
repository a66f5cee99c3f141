"""Game of 24 as a picture: a row of cards above the target."""

from __future__ import annotations

from ...render import Frame, blank, draw_rectangle, draw_text_centered, palette

CARD_HEIGHT, CARD_WIDTH, GAP, BAR = 112, 88, 16, 44


def draw(numbers: tuple[int, ...], n: int, target: int, ended: str) -> Frame:
    """The cards left of `n`, and the target; `ended` is "solved", "over" or empty."""
    frame = blank(CARD_HEIGHT + BAR + 3 * GAP, n * (CARD_WIDTH + GAP) + GAP)
    colour = {"solved": palette.GOOD, "over": palette.BAD}.get(ended, palette.INK)
    for place in range(n):
        left = GAP + place * (CARD_WIDTH + GAP)
        if place < len(numbers):
            draw_rectangle(frame, GAP, left, CARD_HEIGHT, CARD_WIDTH, palette.PANEL, colour, 2, radius=8)
            text = str(numbers[place])
            if 6 * len(text) > CARD_WIDTH - 16:
                text = f"{numbers[place]:.2e}"
            scale = max(1, min(4, (CARD_WIDTH - 16) // (6 * len(text))))
            draw_text_centered(frame, GAP, left, CARD_HEIGHT, CARD_WIDTH, text, colour, scale)
        else:
            draw_rectangle(frame, GAP, left, CARD_HEIGHT, CARD_WIDTH, None, palette.BORDER, 2, radius=8)
    words = f"make {target}" + (f": {ended}" if ended else "")
    draw_text_centered(frame, CARD_HEIGHT + 2 * GAP, 0, BAR, frame.shape[1], words, colour, 3)
    return frame
