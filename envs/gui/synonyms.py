"""Words in goals, and synonyms on the screen, which comparing words does not find."""

from __future__ import annotations

from .ops import ADD, COPY
from .pools import PLAIN_WORDS, SYNONYMS
from .program import Builder, Var


def drawn(b: Builder, n: int) -> tuple[range, range]:
    """n different words for the goal, and their synonyms for the screen, in the same order."""
    told, shown = b.distinct_texts("word", n, PLAIN_WORDS), b.vars(n, "name")
    for name, word in zip(shown, told, strict=True):
        b.on_reset(*synonym(name, word, PLAIN_WORDS, SYNONYMS))
    return told, shown


def synonym(name: Var, word: Var, told: tuple[int, int], shown: tuple[int, int]) -> list[tuple[int, ...]]:
    """Rows that put the synonym of `word` into `name`: the text at the same place in the other pool."""
    return [(COPY, name, word), (ADD, name, shown[0] - told[0], shown[0], shown[0] + shown[1] - 1)]
