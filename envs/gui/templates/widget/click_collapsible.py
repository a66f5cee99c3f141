"""A link has to be found in one of several sections, only one of which is open at a time."""

from __future__ import annotations

from typing import Any

from ...layout import item, title
from ...ops import COPY, SET, SKIP, UNLESS_EQ
from ...pools import THINGS, TOPICS
from ...program import EQ_VAR, LINK, LIST_ITEM, Builder, Task, Text

LINKS = 3  # in each section


def build(b: Builder) -> Task:
    n = min(max(b.knobs.items, 2), 6)
    sections = b.distinct_texts("section", n, TOPICS)
    names = b.distinct_texts("name", n * LINKS, THINGS)
    target, _ = b.picked("target", names)
    opened, clicked = b.var("open"), b.var("clicked")
    slots = b.vars(n, "slot")
    closed = [(SET, slot, k) for k, slot in enumerate(slots)]
    b.on_reset(*closed)
    title(b, "Sections")
    for k, section in enumerate(sections):
        moved = [(SET, slot, j + LINKS * (j > k)) for j, slot in enumerate(slots)]  # the sections below make room
        shut = [(SET, opened, 0), *closed, (SKIP, n + 1)]
        press = [(UNLESS_EQ, opened, k + 1, len(shut)), *shut, (SET, opened, k + 1), *moved]
        item(b, LIST_ITEM, Text(section), press, slot=slots[k], slots=n + LINKS, value=opened, on=k + 1)
        for j, name in enumerate(names[k * LINKS : (k + 1) * LINKS]):
            item(b, LINK, Text(name), [(COPY, clicked, name)], k + 1 + j, show=(opened, k + 1))

    def solve(hand: Any) -> None:
        for section in sections:
            if not hand.shows(hand[target], "link"):
                hand.click(hand[section], "list_item")
        hand.click(hand[target], "link")
        hand.complete()

    return b.task(
        [
            "Click the link {target}, which is in one of the sections.",
            "Open the sections until you find {target}; click it.",
            "Find {target} in a section and follow the link.",
            "One section hides the link {target}: click on that.",
        ],
        {"target": target},
        [(EQ_VAR, clicked, target)],
        solve,
        length=n + 2,
    )
