"""One link of several, at the ends of lines of text, has to be clicked."""

from __future__ import annotations

from typing import Any

from ...layout import FULL, GAP, MARGIN, ROW, scrolls, title, top
from ...ops import COPY, GET
from ...pools import TOPICS
from ...program import EQ_VAR, LABEL, LINK, Builder, Task, Text

LINES = ("Read more about", "See also", "News on", "Questions about")
WIDTH = 200  # pixels: width of a line's text
GOALS = (
    "Click the link {target}.",
    "Follow the link to {target}.",
    "Open {target}.",
    "Go where {target} links to.",
)


def build(b: Builder) -> Task:
    names = b.distinct_texts("name", length(b), TOPICS)
    return links(b, names, names, GOALS)


def length(b: Builder) -> int:
    """The number of links."""
    return min(1 + b.knobs.distractors, 16)


def links(b: Builder, shown: range, told: range, goals: tuple[str, ...]) -> Task:
    """A task with links, a random one of which is the target."""
    n = len(shown)
    slots, (target, place) = b.shuffled("slot", n), b.picked("target", told)
    wanted, clicked = b.var("wanted"), b.var("clicked")
    b.on_reset((GET, wanted, shown[0], place))
    title(b, "Links")
    for k, (name, slot) in enumerate(zip(shown, slots, strict=True)):
        step = (0, ROW + GAP)
        b.widget(LABEL, MARGIN, top(0), WIDTH, ROW, LINES[k % len(LINES)], slot=slot, slots=n, step=step)
        b.widget(
            LINK, MARGIN + WIDTH, top(0), FULL - WIDTH, ROW, Text(name), do=[(COPY, clicked, name)], slot=slot, slots=n,
            step=step,
        )  # fmt: skip

    def solve(hand: Any) -> None:
        hand.scroll_to(hand[wanted], "link")
        hand.click(hand[wanted], "link")
        hand.complete()

    return b.task(goals, {"target": target}, [(EQ_VAR, clicked, wanted)], solve, length=2 + scrolls(n))
