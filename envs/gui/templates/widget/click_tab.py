"""Another tab has to be opened."""

from __future__ import annotations

from typing import Any

from ...layout import label, tabs, title
from ...ops import ADD
from ...pools import TOPICS
from ...program import EQ_VAR, Builder, Task, Text

LINES = ("Nothing here yet.", "Come back tomorrow.", "Updated today.")  # of each tab's content


def build(b: Builder) -> Task:
    n = min(1 + max(b.knobs.distractors, 1), len(LINES))
    names = b.distinct_texts("name", n, TOPICS)
    target, place = b.picked("target", names[1:])  # the first one is open
    b.on_reset((ADD, place, 1, 1, n - 1))
    current = b.var("current")
    title(b, "Tabs")
    tabs(b, [Text(name) for name in names], current)
    for k, name in enumerate(names):
        label(b, Text(name), 1, show=(current, k))
        label(b, LINES[k], 2, show=(current, k))

    def solve(hand: Any) -> None:
        hand.click(hand[target], "tab")
        hand.complete()

    return b.task(
        [
            "Open the tab {target}.",
            "Switch to the {target} tab.",
            "Click on the tab labelled {target}.",
            "Show what is under {target}.",
        ],
        {"target": target},
        [(EQ_VAR, current, place)],
        solve,
        length=2,
    )
