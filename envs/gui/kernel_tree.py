"""Screens in words: the numbers from which `text.tree` writes them."""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype
from .kernel_table import observe_table
from .screen import seen


def tree(history: int, past: int) -> np.dtype:
    return record_dtype([("tree", seen(history, past))])


@inner
def observe_tree(state, params, out):
    observe_table(state, params, out.tree)
