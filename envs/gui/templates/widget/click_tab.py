"""One of several tabs has to be opened."""

from __future__ import annotations

from typing import Any

from ...layout import label, tabs, title
from ...ops import GET
from ...pools import TOPICS
from ...program import EQ_VAR, Builder, Task, Text

NONE = -1
LINES = ("Nothing here yet.", "Come back tomorrow.", "Updated today.")  # the content of each tab
GOALS = (
    "Open the tab {target}.",
    "Switch to the {target} tab.",
    "Click on the tab labelled {target}.",
    "Show what is under {target}.",
)


def build(b: Builder) -> Task:
    names = b.distinct_texts("name", length(b), TOPICS)
    return opening(b, names, names, GOALS)


def length(b: Builder) -> int:
    """The number of tabs."""
    return min(1 + max(b.knobs.distractors, 1), len(LINES))


def opening(b: Builder, shown: range, told: range, goals: tuple[str, ...]) -> Task:
    """A task with tabs, a random one of which is the target. None is open at first: that would leave fewer choices."""
    (target, place), wanted, current = b.picked("target", told), b.var("wanted"), b.var("current", NONE)
    b.on_reset((GET, wanted, shown[0], place))
    title(b, "Tabs")
    label(b, "No tab is open.", 1, show=(current, NONE))
    tabs(b, [Text(name) for name in shown], current)
    for k, name in enumerate(shown):
        label(b, Text(name), 1, show=(current, k))
        label(b, LINES[k], 2, show=(current, k))

    def solve(hand: Any) -> None:
        hand.click(hand[wanted], "tab")
        hand.complete()

    return b.task(goals, {"target": target}, [(EQ_VAR, current, place)], solve, length=2)
