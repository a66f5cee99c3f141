"""Screens in pixels."""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype
from .program import FIELDS, HEIGHT, WIDTH
from .raster import paint
from .screen import look, shown, tell, told


def picture(factor: int) -> tuple[int, int, int]:
    """The shape of an image whose pixels are `factor` logical pixels wide."""
    return HEIGHT // factor, WIDTH // factor, 3


def rgb(factor: int, history: int, past: int) -> np.dtype:
    fields = [("image", np.uint8, picture(factor)), ("instruction", np.int16, (2 + FIELDS,))]
    return record_dtype([*fields, *told(history, past)])


@inner
def observe_rgb(state, params, out):
    look(state, params)
    paint(shown(state, params), params.letters, params.glyphs, params.colors, out.image)
    tell(state, params, out)
    for k in range(out.goal.shape[0]):
        out.instruction[k] = out.goal[k]
