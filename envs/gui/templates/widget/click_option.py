"""One of several radio buttons has to be chosen."""

from __future__ import annotations

from typing import Any

from ...layout import radio, scrolls, title
from ...pools import TOPICS
from ...program import EQ_NUMBER, Builder, Task, Text


def build(b: Builder) -> Task:
    n = min(1 + b.knobs.distractors, 16)
    names = b.distinct_texts("name", n, TOPICS)
    slots = b.shuffled("slot", n)
    chosen = b.var("chosen")
    title(b, "Options")
    for k, (name, slot) in enumerate(zip(names, slots, strict=True)):
        radio(b, Text(name), chosen, k + 1, slot=slot, slots=n)
    target = names[0]  # somewhere on the screen

    def solve(hand: Any) -> None:
        hand.scroll_to(hand[target])
        hand.click(hand[target])
        hand.complete()

    return b.task(
        [
            "Choose the option {target}.",
            "Select {target}.",
            "Of the options, pick {target}.",
            "Mark {target} as chosen.",
        ],
        {"target": target},
        [(EQ_NUMBER, chosen, 1)],
        solve,
        length=2 + scrolls(n),
    )
