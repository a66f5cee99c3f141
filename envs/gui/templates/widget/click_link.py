"""One link of several, at the ends of lines of text, has to be clicked."""

from __future__ import annotations

from typing import Any

from ...layout import FULL, GAP, MARGIN, ROW, scrolls, title, top
from ...ops import COPY
from ...pools import TOPICS
from ...program import EQ_VAR, LABEL, LINK, Builder, Task, Text

LINES = ("Read more about", "See also", "News on", "Questions about")
WIDTH = 200  # of a line's text


def build(b: Builder) -> Task:
    n = min(1 + b.knobs.distractors, 16)
    names = b.distinct_texts("name", n, TOPICS)
    slots = b.shuffled("slot", n)
    target, _ = b.picked("target", names)
    clicked = b.var("clicked")
    title(b, "Links")
    for k, (name, slot) in enumerate(zip(names, slots, strict=True)):
        step = (0, ROW + GAP)
        b.widget(LABEL, MARGIN, top(0), WIDTH, ROW, LINES[k % len(LINES)], slot=slot, slots=n, step=step)
        b.widget(
            LINK, MARGIN + WIDTH, top(0), FULL - WIDTH, ROW, Text(name), do=[(COPY, clicked, name)], slot=slot, slots=n,
            step=step,
        )  # fmt: skip

    def solve(hand: Any) -> None:
        hand.scroll_to(hand[target], "link")
        hand.click(hand[target], "link")
        hand.complete()

    return b.task(
        ["Click the link {target}.", "Follow the link to {target}.", "Open {target}.", "Go where {target} links to."],
        {"target": target},
        [(EQ_VAR, clicked, target)],
        solve,
        length=2 + scrolls(n),
    )
