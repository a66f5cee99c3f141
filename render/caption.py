"""A line or two of words below a picture: what is to be done in it."""

from __future__ import annotations

import numpy as np

from .glyphs import CELL_HEIGHT, CELL_WIDTH
from .painter import Frame, blank, draw_text_centered
from .palette import INK, WHITE
from .text import wrap

CAPTION_HEIGHT = 56  # pixels: two lines of large letters, or four of small ones
_MARGIN = 6


def captioned(frame: Frame, text: str) -> Frame:
    """The frame above a strip that says `text`.

    The strip has one height for all texts, so that all frames of a video have one shape. Letters are large where two
    lines suffice and small where four do; a longer text ends in "...". Pixels of the frame stay where they are.
    """
    width = frame.shape[1]
    for scale in (2, 1):
        columns = max(1, (width - 2 * _MARGIN) // (CELL_WIDTH * scale))
        lines = wrap(text, columns)
        most = (CAPTION_HEIGHT - 2 * _MARGIN) // (CELL_HEIGHT * scale)
        if len(lines) <= most and not (scale > 1 and any(len(word) > columns for word in text.split())):
            break
    else:
        lines = [*lines[: most - 1], _shortened(lines[most - 1], columns)]
    strip = blank(CAPTION_HEIGHT, width, INK)
    draw_text_centered(strip, 0, 0, CAPTION_HEIGHT, width, "\n".join(lines), WHITE, scale)
    return np.concatenate([frame, strip])


def _shortened(line: str, columns: int) -> str:
    """The line with "..." for its end, at a blank if it has one."""
    kept = line[: max(0, columns - 3)]
    if len(kept) < len(line) and " " in kept:
        kept = kept[: kept.rindex(" ")]
    return (kept.rstrip(" ,.") + "...")[:columns]
