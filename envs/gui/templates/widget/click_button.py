"""One button of several has to be clicked."""

from __future__ import annotations

from typing import Any

from ...layout import button, scrolls, title
from ...ops import COPY
from ...pools import VERBS
from ...program import EQ_VAR, Builder, Task, Text


def build(b: Builder) -> Task:
    n = min(1 + b.knobs.distractors, 16)
    names = b.distinct_texts("name", n, VERBS)
    slots = b.shuffled("slot", n)
    target, _ = b.picked("target", names)
    clicked = b.var("clicked")
    title(b, "Buttons")
    for name, slot in zip(names, slots, strict=True):
        button(b, Text(name), [(COPY, clicked, name)], slot=slot, slots=n)

    def solve(hand: Any) -> None:
        hand.scroll_to(hand[target])
        hand.click(hand[target])
        hand.complete()

    return b.task(
        ["Click the {target} button.", "Press the button labelled {target}.", "Push {target}."],
        {"target": target},
        [(EQ_VAR, clicked, target)],
        solve,
        length=2 + scrolls(n),
    )
