"""All switches but one have to be on; some are already."""

from __future__ import annotations

from typing import Any

from ...layout import checkbox, scrolls, title
from ...ops import CHANCE, SET
from ...pools import THINGS
from ...program import EQ_VARS, TOGGLE, Builder, Task, Text


def build(b: Builder) -> Task:
    n = min(max(b.knobs.items, 1) + 1, 16)
    names = b.distinct_texts("name", n, THINGS)
    slots, states, wanted = b.shuffled("slot", n), b.vars(n, "on"), b.vars(n, "wanted", 1)
    b.on_reset((SET, wanted[0], 0), *((CHANCE, state, 40) for state in states))
    b.on_reset((SET, states[1], 0))  # so that there is something to do
    title(b, "Switches")
    for name, slot, state in zip(names, slots, states, strict=True):
        checkbox(b, Text(name), state, slot=slot, slots=n, type=TOGGLE)

    def solve(hand: Any) -> None:
        for k in sorted(range(n), key=lambda k: hand[slots[k]]):
            if hand[states[k]] != hand[wanted[k]]:
                hand.scroll_to(hand[names[k]])
                hand.click(hand[names[k]])
        hand.complete()

    return b.task(
        ["Switch everything on but {target}, which is to be off.", "All switches except {target} should be on.",
         "Only {target} should be off.", "Turn on all but {target}; that one has to be off."],
        {"target": names[0]},
        [(EQ_VARS, states[0], wanted[0], n)],
        solve,
        length=n + 1 + scrolls(n),
    )  # fmt: skip
