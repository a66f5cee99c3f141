"""The tab to open has a name that is a synonym of a word in the goal."""

from __future__ import annotations

from ...program import Builder, Task
from ...synonyms import drawn
from .click_tab import length, opening

GOALS = (
    "Open the tab that means {target}.",
    "Switch to the tab whose name is another word for {target}.",
    "Click on the tab that says the same as {target}.",
    "Show what is under the synonym of {target}.",
)


def build(b: Builder) -> Task:
    told, shown = drawn(b, length(b))
    return opening(b, shown, told, GOALS)
