"""A line or two of text below a picture: the task shown in it."""

from __future__ import annotations

import numpy as np

from .painter import Frame, blank, draw_text_centered
from .palette import INK, WHITE
from .text import fitted

CAPTION_HEIGHT = 56  # pixels: two lines of large letters, or four of small ones
_MARGIN = 6


def captioned(frame: Frame, text: str) -> Frame:
    """The frame above a strip that says `text`.

    The strip has the same height for all texts, so that all frames of a video have one shape. Letters are large if two
    lines suffice and small if four do; a longer text ends in "...". The frame's own pixels are unchanged.
    """
    width = frame.shape[1]
    lines, scale = fitted(text, CAPTION_HEIGHT - 2 * _MARGIN, width - 2 * _MARGIN, 2)
    strip = blank(CAPTION_HEIGHT, width, INK)
    draw_text_centered(strip, 0, 0, CAPTION_HEIGHT, width, "\n".join(lines), WHITE, scale)
    return np.concatenate([frame, strip])
