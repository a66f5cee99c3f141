"""Drawing on frames: uint8[height, width, 3] arrays, changed in place.

Positions follow the array: rows first, then columns, from the top left corner. Whatever lies outside a frame is
clipped, so a slice of a frame (`frame[10:50, 20:90]`) is a clipped region with its own origin. Round and slanted
edges are anti-aliased; rectangles and text are exact to the pixel.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .glyphs import CELL_HEIGHT, CELL_WIDTH, bitmap
from .palette import BACKGROUND, INK, Color

Frame = NDArray[np.uint8]


def blank(height: int, width: int, color: Color = BACKGROUND) -> Frame:
    """A new frame, uint8[height, width, 3], all of one colour."""
    frame = np.empty((height, width, 3), np.uint8)
    frame[:] = color
    return frame


def draw_rectangle(
    frame: Frame,
    top: int,
    left: int,
    height: int,
    width: int,
    fill: Color | None = None,
    outline: Color | None = None,
    thickness: int = 1,
    radius: float = 0,
) -> None:
    """Fill a rectangle, outline it on the inside, or both; a radius in pixels rounds the corners (up to a disc)."""
    rows, columns = _visible(frame, top, top + height, left, left + width)
    region = frame[rows, columns]
    # Distances of the pixels' centres from the rectangle's centre.
    y = np.abs(_pixels(rows) - top + 0.5 - height / 2)[:, None]
    x = np.abs(_pixels(columns) - left + 0.5 - width / 2)
    radius = max(0, min(radius, height / 2, width / 2))
    if fill is not None:
        if radius == 0:
            region[:] = fill
        else:
            _blend(region, _rounded(y, x, height / 2, width / 2, radius), fill)
    if outline is not None:
        outer = _rounded(y, x, height / 2, width / 2, radius)
        inner = _rounded(y, x, height / 2 - thickness, width / 2 - thickness, max(0, radius - thickness))
        _blend(region, outer - inner, outline)


def draw_circle(
    frame: Frame, y: float, x: float, radius: float, color: Color, outline: Color | None = None, thickness: float = 1
) -> None:
    """Fill a circle around the centre of pixel (y, x), with an optional outline on the inside."""
    rows, columns = _visible(frame, y - radius, y + radius + 1, x - radius, x + radius + 1)
    distance = np.hypot((_pixels(rows) - y)[:, None], _pixels(columns) - x)
    disc = _coverage(distance - radius)
    _blend(frame[rows, columns], disc, color)
    if outline is not None:
        _blend(frame[rows, columns], disc - _coverage(distance - (radius - thickness)), outline)


def draw_line(
    frame: Frame, start: tuple[float, float], end: tuple[float, float], color: Color, thickness: float = 1
) -> None:
    """Join the centres of the pixels `start` and `end`, both (y, x), by a line with round ends.

    An even thickness is centred on the pixels too, so that its two edges are half covered.
    """
    (y0, x0), (y1, x1) = start, end
    half = thickness / 2
    rows, columns = _visible(
        frame, min(y0, y1) - half, max(y0, y1) + half + 1, min(x0, x1) - half, max(x0, x1) + half + 1
    )
    y = (_pixels(rows) - y0)[:, None]
    x = _pixels(columns) - x0
    dy, dx = y1 - y0, x1 - x0
    # The position along the line, from 0 to 1, of its point nearest to each pixel.
    along = np.clip((y * dy + x * dx) / ((dy * dy + dx * dx) or 1), 0, 1)
    _blend(frame[rows, columns], _coverage(np.hypot(y - along * dy, x - along * dx) - half), color)


def measure_text(text: str, scale: int = 1) -> tuple[int, int]:
    """The height and width in pixels of the cells that `text` takes, one line for each newline-separated part."""
    lines = text.split("\n")
    return len(lines) * CELL_HEIGHT * scale, max(map(len, lines)) * CELL_WIDTH * scale


def draw_text(frame: Frame, top: int, left: int, text: str, color: Color = INK, scale: int = 1) -> None:
    """Write `text` from (top, left) on; `measure_text` gives its size. ValueError for a scale below 1."""
    if scale < 1:
        raise ValueError(f"scale: found {scale}, expected an integer of at least 1")
    height, width = measure_text(text, scale)
    rows, columns = _visible(frame, top, top + height, left, left + width)
    y = (np.arange(rows.start, rows.stop) - top) // scale
    x = (np.arange(columns.start, columns.stop) - left) // scale
    frame[rows, columns][bitmap(text)[np.ix_(y, x)] == 1] = color


def draw_text_centered(
    frame: Frame,
    top: int,
    left: int,
    height: int,
    width: int,
    text: str,
    color: Color = INK,
    scale: int | None = None,
) -> None:
    """Write `text`, each line centred, in the middle of a box; without a scale, as large as fits (at least 1).

    Text that is larger than the box overflows it evenly.
    """
    if scale is None:
        text_height, text_width = measure_text(text)
        scale = max(1, min(height // text_height, width // max(1, text_width)))
    lines = text.split("\n")
    y = top + (height - len(lines) * CELL_HEIGHT * scale) // 2
    for row, line in enumerate(lines):
        # The last column of a cell is a gap: the ink is centred without it.
        x = left + (width - (len(line) * CELL_WIDTH - 1) * scale) // 2
        draw_text(frame, y + row * CELL_HEIGHT * scale, x, line, color, scale)


def blit(frame: Frame, top: int, left: int, tile: Frame, mask: NDArray[np.bool_] | None = None) -> None:
    """Copy `tile`, uint8[h, w, 3], to (top, left); with a mask, bool[h, w], only where it is true."""
    height, width = tile.shape[:2]
    rows, columns = _visible(frame, top, top + height, left, left + width)
    part = np.s_[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    np.copyto(frame[rows, columns], tile[part], where=True if mask is None else mask[part][..., None])


def centred(frame: Frame, height: int, width: int) -> Frame:
    """The frame in the middle of a larger one; unchanged if it is already as large, or larger."""
    height, width = max(height, frame.shape[0]), max(width, frame.shape[1])
    if (height, width) == frame.shape[:2]:
        return frame
    canvas = blank(height, width)
    blit(canvas, (height - frame.shape[0]) // 2, (width - frame.shape[1]) // 2, frame)
    return canvas


def _visible(frame: Frame, top: float, bottom: float, left: float, right: float) -> tuple[slice, slice]:
    """The rows and columns of `frame` that touch [top, bottom) x [left, right)."""

    def clip(start: float, stop: float, size: int) -> slice:
        first = min(max(math.floor(start), 0), size)
        return slice(first, max(first, min(math.ceil(stop), size)))

    return clip(top, bottom, frame.shape[0]), clip(left, right, frame.shape[1])


def _pixels(visible: slice) -> NDArray[np.float64]:
    return np.arange(visible.start, visible.stop, dtype=np.float64)


def _rounded(
    y: NDArray[np.float64], x: NDArray[np.float64], half_height: float, half_width: float, radius: float
) -> NDArray[np.float64]:
    """Coverage of pixels (|y|, |x|) away from the centre of a rectangle with rounded corners."""
    y = y - (half_height - radius)
    x = x - (half_width - radius)
    return _coverage(np.hypot(np.maximum(y, 0), np.maximum(x, 0)) + np.minimum(np.maximum(y, x), 0) - radius)


def _coverage(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The covered share of a pixel if the shape's edge is `distance` away (negative: the centre is inside)."""
    return np.clip(0.5 - distance, 0, 1)


def _blend(region: Frame, coverage: NDArray[np.float64], color: Color) -> None:
    ink = np.array(color, np.uint8).astype(np.float64)
    region[:] = np.rint(region + (ink - region) * coverage[..., None])
