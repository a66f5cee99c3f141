"""One of several numbers has to be changed with its minus and plus buttons."""

from __future__ import annotations

from typing import Any

from ...layout import spinner, title
from ...ops import COPY, DISTINCT, PUT
from ...pools import THINGS
from ...program import EQ_VARS, Builder, Task, Text
from ...words import number

HIGHEST = 6


def build(b: Builder) -> Task:
    n = min(1 + b.knobs.distractors, 6)
    names = b.distinct_texts("name", n, THINGS)
    name, place = b.picked("target", names)
    start, told = b.vars(2, "start and number")
    b.on_reset((DISTINCT, start, 2, number(0), number(HIGHEST)))
    values, wanted = b.vars(n, "value"), b.vars(n, "wanted")
    b.on_reset(*((COPY, var, start) for var in (*values, *wanted)), (PUT, wanted[0], place, told))
    title(b, "Amounts")
    for row, (text, value) in enumerate(zip(names, values, strict=True)):
        spinner(b, Text(text), value, 0, HIGHEST, row)

    def solve(hand: Any) -> None:
        for _ in range(abs(hand[told] - hand[start])):
            hand.click("+" if hand[told] > hand[start] else "-", "button", nth=hand[place])
        hand.complete()

    return b.task(
        [
            "Set {name} to {number}.",
            "Change the amount of {name} to {number}.",
            "Make it {number} {name}, and no others.",
            "Press + or - until {name} is at {number}.",
        ],
        {"name": name, "number": told},
        [(EQ_VARS, values[0], wanted[0], n)],
        solve,
        length=1 + HIGHEST,
    )
