"""A line or two of words below a picture: what is to be done in it."""

from __future__ import annotations

import numpy as np

from .painter import Frame, blank, draw_text_centered
from .palette import INK, WHITE
from .text import fitted

CAPTION_HEIGHT = 56  # pixels: two lines of large letters, or four of small ones
_MARGIN = 6


def captioned(frame: Frame, text: str) -> Frame:
    """The frame above a strip that says `text`.

    The strip has one height for all texts, so that all frames of a video have one shape. Letters are large where two
    lines suffice and small where four do; a longer text ends in "...". Pixels of the frame stay where they are.
    """
    width = frame.shape[1]
    lines, scale = fitted(text, CAPTION_HEIGHT - 2 * _MARGIN, width - 2 * _MARGIN, 2)
    strip = blank(CAPTION_HEIGHT, width, INK)
    draw_text_centered(strip, 0, 0, CAPTION_HEIGHT, width, "\n".join(lines), WHITE, scale)
    return np.concatenate([frame, strip])
