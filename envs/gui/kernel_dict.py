"""Screens in numbers, words and pixels at once."""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype
from .kernel_rgb import picture
from .kernel_table import observe_table
from .program import FIELDS
from .raster import paint
from .screen import seen


def everything(factor: int, history: int, past: int) -> np.dtype:
    numbers = seen(history, past)
    fields = [(name, *(numbers[name].subdtype or (numbers[name],))) for name in numbers.names or ()]
    more = [("image", np.uint8, picture(factor)), ("instruction", np.int16, (2 + FIELDS,))]
    # The tree comes first, because Numba treats a record that begins like another one as the same type.
    return record_dtype([("tree", numbers), *fields, *more])


@inner
def observe_dict(state, params, out):
    observe_table(state, params, out)
    observe_table(state, params, out.tree)
    paint(out.table, params.letters, params.glyphs, params.colors, out.image)
    for k in range(out.goal.shape[0]):
        out.instruction[k] = out.goal[k]
