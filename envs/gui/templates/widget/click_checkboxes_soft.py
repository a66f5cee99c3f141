"""The boxes to check are synonyms of the words in the goal."""

from __future__ import annotations

from ...program import Builder, Task
from ...synonyms import drawn
from .click_checkboxes import boxes, length

GOALS = (
    "Check what means {first}, {second} or {third}.",
    "Select the boxes with words like {first}, {second} and {third}, and no others.",
    "Tick the words that are similar to {first}, {second}, {third}.",
    "Mark only the synonyms of {first}, {second} and {third}.",
)


def build(b: Builder) -> Task:
    told, shown = drawn(b, length(b))
    return boxes(b, shown, told, GOALS)
