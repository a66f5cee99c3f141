"""Boxes have to be checked that mean the same as the words that the goal says."""

from __future__ import annotations

from ...ops import ADD, COPY
from ...pools import PLAIN_WORDS, SYNONYMS
from ...program import Builder, Task
from .click_checkboxes import boxes, length

GOALS = (
    "Check what means {first}, {second} or {third}.",
    "Select the boxes with words like {first}, {second} and {third}, and no others.",
    "Tick the words that are similar to {first}, {second}, {third}.",
    "Mark only the synonyms of {first}, {second} and {third}.",
)


def build(b: Builder) -> Task:
    told = b.distinct_texts("word", length(b), PLAIN_WORDS)
    shown = b.vars(len(told), "name")
    for name, word in zip(shown, told, strict=True):
        b.on_reset((COPY, name, word), (ADD, name, SYNONYMS[0] - PLAIN_WORDS[0], 0, sum(SYNONYMS)))
    return boxes(b, shown, told, GOALS)
