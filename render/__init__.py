"""Drawing data into uint8[height, width, 3] frames with NumPy alone: shapes, text, tiles, PNG files."""

from . import palette, tiles
from .bars import AXIS_WIDTH, BAR_LABELS, BAR_WIDTH, draw_bars
from .caption import CAPTION_HEIGHT, captioned
from .gif import save_gif
from .glyphs import CELL_HEIGHT, CELL_WIDTH
from .intervals import intervals
from .painter import (
    Frame,
    blank,
    blit,
    centred,
    draw_circle,
    draw_line,
    draw_rectangle,
    draw_text,
    draw_text_centered,
    measure_text,
)
from .palette import Color
from .png import save_png
from .text import fitted, text_grid, wrap
from .tiles import draw_grid, tile

__all__ = [
    "AXIS_WIDTH",
    "BAR_LABELS",
    "BAR_WIDTH",
    "CAPTION_HEIGHT",
    "CELL_HEIGHT",
    "CELL_WIDTH",
    "Color",
    "Frame",
    "blank",
    "blit",
    "captioned",
    "centred",
    "draw_bars",
    "draw_circle",
    "draw_grid",
    "draw_line",
    "draw_rectangle",
    "draw_text",
    "draw_text_centered",
    "fitted",
    "intervals",
    "measure_text",
    "palette",
    "save_gif",
    "save_png",
    "text_grid",
    "tile",
    "tiles",
    "wrap",
]
