"""Buttons that look the same and show nothing have to be pressed, each as often as the goal says."""

from __future__ import annotations

from itertools import product
from typing import Any

from ...apps.phone import Phone, notices, pass_notices
from ...layout import title
from ...memory import listed, many, pressing
from ...ops import ADD, DRAW
from ...program import BUTTON, EQ_VAR, Builder, Task
from ...words import number

SIDE, STEP, COLUMNS = 96, (112, 112), 3
MOST = 8  # buttons
OFTEN = 2  # the most presses that a button needs


def build(b: Builder) -> Task:
    m = many(b, "memory_load", 3, MOST)
    phone = Phone(b, {"Remote": 1})
    pressed, wanted = b.vars(m, "pressed", number(0)), b.vars(m, "wanted")
    b.on_reset(*((DRAW, var, number(1), number(OFTEN)) for var in wanted))
    gap = b.knobs.memory_gap  # filled with notices only: nothing else lies between two presses
    wait = notices(b, phone.take(), gap, ())
    page = phone["Remote"]
    title(b, "Remote", page)
    for k, var in enumerate(pressed):
        x, y = 16 + STEP[0] * (k % COLUMNS), 96 + STEP[1] * (k // COLUMNS)
        press = [(ADD, var, 1, number(0), number(OFTEN + 1)), *wait]
        b.widget(BUTTON, x, y, SIDE, SIDE, page=page, do=press)

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Remote")
        seen: list[str] = []
        for _ in range(OFTEN):
            for k in range(m):  # in turns: the second press is of another button than the first
                if hand[pressed[k]] < hand[wanted[k]]:
                    hand.use(*seen)
                    hand.click(0, "button", k)
                    seen.append(f"press {len(seen) + 1}")
                    hand.see(seen[-1])
                    pass_notices(hand)
        hand.complete()

    fields = {f"n{k + 1}": var for k, var in enumerate(wanted)}
    counts = listed(list(fields))
    return b.task(
        [f"Press the buttons of the remote {counts} times, counted row by row.",
         f"Open the remote and press its buttons, row by row, {counts} times, no more and no less.",
         f"The buttons of the remote, from the top left to the bottom right, have to be pressed {counts} times.",
         f"Row by row, the remote's buttons want to be pressed {counts} times."],
        fields,
        [(EQ_VAR, var, want) for var, want in zip(pressed, wanted, strict=True)],
        solve,
        length=phone.start_steps + 2 + OFTEN * m * (1 + gap),
        memory=True,
        memoryless=sum(map(pressing, product(range(1, OFTEN + 1), repeat=m))) / OFTEN**m,
    )  # fmt: skip
