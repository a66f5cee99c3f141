"""The link to click is a synonym of a word in the goal."""

from __future__ import annotations

from ...program import Builder, Task
from ...synonyms import drawn
from .click_link import length, links

GOALS = (
    "Click the link that means {target}.",
    "Follow the link whose name is another word for {target}.",
    "Open what says the same as {target}.",
    "Go where the synonym of {target} links to.",
)


def build(b: Builder) -> Task:
    told, shown = drawn(b, length(b))
    return links(b, shown, told, GOALS)
