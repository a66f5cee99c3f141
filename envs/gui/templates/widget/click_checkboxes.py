"""Three of several boxes have to be checked, and no others."""

from __future__ import annotations

from typing import Any

from ...layout import checkbox, scrolls, title
from ...pools import THINGS
from ...program import EQ_NUMBER, Builder, Task, Text

WANTED = 3
GOALS = (
    "Check {first}, {second} and {third}.",
    "Select the boxes {first}, {second} and {third}, and no others.",
    "Tick {first}, {second}, {third}.",
    "Of the boxes, mark only {first}, {second} and {third}.",
)


def build(b: Builder) -> Task:
    names = b.distinct_texts("name", length(b), THINGS)
    return boxes(b, names, names, GOALS)


def length(b: Builder) -> int:
    """The number of boxes."""
    return min(WANTED + b.knobs.distractors, 16)


def boxes(b: Builder, shown: range, told: range, goals: tuple[str, ...]) -> Task:
    """A task with boxes at random places on the screen; the first ones in these lists have to be checked."""
    n = len(shown)
    slots, checks = b.shuffled("slot", n), b.vars(n, "checked")
    title(b, "Boxes")
    for name, slot, check in zip(shown, slots, checks, strict=True):
        checkbox(b, Text(name), check, slot=slot, slots=n)

    def solve(hand: Any) -> None:
        for k in sorted(range(WANTED), key=lambda k: hand[slots[k]]):
            hand.scroll_to(hand[shown[k]])
            hand.click(hand[shown[k]])
        hand.complete()

    return b.task(
        goals,
        dict(zip(("first", "second", "third"), told, strict=False)),
        [(EQ_NUMBER, check, 1) for check in checks[:WANTED]],
        solve,
        length=WANTED + 1 + scrolls(n),
        protect=checks[WANTED:],
    )
