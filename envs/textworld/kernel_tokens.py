"""TextWorld in tokens: the goal, and the words of every changing fact that the player sees; zeros at the end."""

from __future__ import annotations

import numpy as np

from ..core.inner import inner
from ..core.kernel import record_dtype
from .kernel import HEAD, PHRASES, PHRASES_END, see

LENGTH = 512  # tokens of the visible facts
GOAL = 128


def observation(n_words: int) -> np.dtype:
    """The observation's dtype; `facts` is for the kernel's own use."""
    return record_dtype(
        [("tokens", np.int32, (LENGTH,)), ("goal", np.int32, (GOAL,)), ("facts", np.int8, (64 * n_words,))]
    )


@inner
def observe(state, params, out):
    table = params.table
    see(state, table, out.facts)
    phrases = table[state.game * HEAD + PHRASES]
    n = 0
    for word in range(state.facts.shape[0]):
        if not state.facts[word]:
            continue
        for fact in range(64 * word, 64 * word + 64):
            if out.facts[fact]:
                for i in range(table[phrases + fact], table[phrases + fact + 1]):
                    if n < LENGTH:
                        out.tokens[n] = table[i]
                        n += 1
    out.tokens[n:] = 0
    last = table[state.game * HEAD + PHRASES_END] - 2  # the goal comes after the facts
    start = table[last]
    for i in range(GOAL):
        out.goal[i] = table[start + i] if start + i < table[last + 1] else 0
