"""One of several sliders has to be moved to a number."""

from __future__ import annotations

from typing import Any

from ...kernel import SCROLL_LEFT, SCROLL_RIGHT
from ...layout import FULL, GAP, MARGIN, ROW, title, top
from ...ops import ADD, COPY, DISTINCT, DRAW
from ...pools import SLIDERS
from ...program import EQ_VAR, LABEL, SLIDER, Builder, Task, Text
from ...words import NUMBER

HIGHEST = 10


def build(b: Builder) -> Task:
    n = min(1 + b.knobs.distractors, 4)
    names = b.distinct_texts("name", n, SLIDERS)
    slots = b.shuffled("slot", n)
    wanted, *values = b.vars(1 + n, "value")  # the values begin with the first slider, which is the target
    b.on_reset((DISTINCT, wanted, 2, 0, HIGHEST), *((DRAW, value, 0, HIGHEST) for value in values[1:]))
    told = b.var("told")
    b.on_reset((COPY, told, wanted), (ADD, told, NUMBER, NUMBER, NUMBER + HIGHEST))
    title(b, "Sliders")
    for name, slot, value in zip(names, slots, values, strict=True):
        step = (0, 2 * (ROW + GAP))
        b.widget(LABEL, MARGIN, top(0), FULL, ROW, Text(name), slot=slot, slots=n, step=step)
        b.widget(
            SLIDER, MARGIN, top(1), FULL, ROW, Text(name), value=value, bounds=(0, HIGHEST), slot=slot, slots=n,
            step=step,
        )  # fmt: skip

    def solve(hand: Any) -> None:
        hand.click(hand[names[0]], "slider")
        for _ in range(abs(hand[wanted] - hand[values[0]])):
            hand.do(SCROLL_RIGHT if hand[wanted] > hand[values[0]] else SCROLL_LEFT)
        hand.complete()

    return b.task(
        [
            "Set {name} to {number}.",
            "Move the slider {name} to {number}.",
            "{name} should be {number}.",
            "Slide {name} until it shows {number}; leave the others alone.",
        ],
        {"name": names[0], "number": told},
        [(EQ_VAR, values[0], wanted)],
        solve,
        length=2 + HIGHEST // 2,
        protect=values[1:],
    )
