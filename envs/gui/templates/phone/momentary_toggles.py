"""Each of several buttons that look the same and show nothing has to be pressed once."""

from __future__ import annotations

from typing import Any

from ...apps.phone import Phone, notices, pass_notices
from ...layout import title
from ...memory import many, pressing_once
from ...ops import ADD
from ...program import BUTTON, EQ_NUMBER, Builder, Task

SIDE, STEP, COLUMNS = 96, (112, 112), 3
MOST = 8


def build(b: Builder) -> Task:
    m = many(b, "memory_load", 3, MOST)
    phone = Phone(b, {"Remote": 1})
    pressed = b.vars(m, "pressed")
    gap = b.knobs.memory_gap  # all of it notices: nothing else lies between two presses
    wait = notices(b, phone.take(), gap, ())
    page = phone["Remote"]
    title(b, "Remote", page)
    for k, var in enumerate(pressed):
        x, y = 16 + STEP[0] * (k % COLUMNS), 96 + STEP[1] * (k // COLUMNS)
        b.widget(BUTTON, x, y, SIDE, SIDE, page=page, do=[(ADD, var, 1, 0, 2), *wait])

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Remote")
        for k, var in enumerate(pressed):
            if not hand[var]:
                hand.use(*(f"button {j + 1}" for j in range(k)))
                hand.click(0, "button", k)
                hand.see(f"button {k + 1}")
                pass_notices(hand)
        hand.complete()

    return b.task(
        ["Press each button of the remote once.", "Open the remote and press all its buttons, none of them twice.",
         "Every button of the remote has to be pressed exactly once.",
         "Use each of the remote's buttons one single time."],
        {},
        [(EQ_NUMBER, var, 1) for var in pressed],
        solve,
        length=phone.start_steps + 2 + m * (1 + gap),
        memory=True,
        memoryless=pressing_once(m),
    )  # fmt: skip
