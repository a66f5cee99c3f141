"""TextWorld in text: the numbers from which `text` writes what the player reads."""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype

GAME, LAST, OUTCOME, END = range(4)
FACTS = 4  # the first of the fact words
WON, LOST = 1, 2


def observation(n_words: int) -> np.dtype:
    return record_dtype([("text", np.uint64, (FACTS + n_words,))])


@inner
def observe(state, params, out):
    out.text[GAME] = state.game
    out.text[LAST] = state.last + 1
    out.text[OUTCOME] = state.outcome
    out.text[END] = LOST if state.lost else WON if state.won else 0
    for i in range(state.facts.shape[0]):
        out.text[FACTS + i] = state.facts[i]
