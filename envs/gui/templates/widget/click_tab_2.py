"""A link has to be found under one of several tabs."""

from __future__ import annotations

from typing import Any

from ...layout import item, tabs, title
from ...ops import COPY
from ...pools import THINGS
from ...program import EQ_VAR, LINK, Builder, Task, Text

TABS = ("Tab A", "Tab B", "Tab C")


def build(b: Builder) -> Task:
    links = min(b.knobs.items, 7)  # under each tab
    names = b.distinct_texts("name", len(TABS) * links, THINGS)
    target, _ = b.picked("target", names)
    clicked, current = b.var("clicked"), b.var("current")
    title(b, "Tabs with links")
    tabs(b, TABS, current)
    for k, name in enumerate(names):
        item(b, LINK, Text(name), [(COPY, clicked, name)], 1 + k % links, show=(current, k // links))

    def solve(hand: Any) -> None:
        for tab in TABS[1:]:
            if not hand.shows(hand[target], "link"):
                hand.click(tab, "tab")
        hand.click(hand[target], "link")
        hand.complete()

    return b.task(
        [
            "Find the link {target} under one of the tabs and click it.",
            "Click the link {target}; look under all tabs.",
            "One of the tabs has a link called {target}: follow it.",
            "Search the tabs for {target} and open it.",
        ],
        {"target": target},
        [(EQ_VAR, clicked, target)],
        solve,
        length=len(TABS) + 1,
    )
