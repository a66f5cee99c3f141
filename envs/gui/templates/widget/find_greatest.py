"""Of several cards, the one with the greatest number has to be chosen and sent."""

from __future__ import annotations

from typing import Any

from ...layout import FULL, GAP, MARGIN, ROW, submit, title, top
from ...ops import COPY, DISTINCT, FIND, GET, RANK, SET
from ...program import CARD, EQ_VAR, V_NONE, Builder, Task, Text
from ...words import number

COLUMNS = 3


def build(b: Builder) -> Task:
    n = min(1 + max(b.knobs.distractors, 1), 18)
    numbers, ranks = b.vars(n, "number"), b.vars(n, "rank")
    place, greatest = b.var("place"), b.var("greatest")
    b.on_reset(
        (DISTINCT, numbers[0], n, number(1), number(99)),
        (RANK, ranks[0], numbers[0], -1, -n),
        (FIND, place, ranks[0], n, V_NONE),
        (GET, greatest, numbers[0], place),
    )
    marked, chosen, sent = b.var("marked"), b.var("chosen"), b.var("sent")
    title(b, "Cards")
    width = FULL // COLUMNS
    for k, text in enumerate(numbers):
        x, y = MARGIN + k % COLUMNS * width, top(0) + k // COLUMNS * 2 * ROW
        press = [(COPY, chosen, text), (SET, marked, k + 1)]
        b.widget(CARD, x, y, width - GAP, 2 * ROW - GAP, Text(text), value=marked, on=k + 1, do=press)
    submit(b, "Submit", [(COPY, sent, chosen)])

    def solve(hand: Any) -> None:
        hand.click(hand[greatest], "card")
        hand.click("Submit")
        hand.complete()

    return b.task(
        [
            "Choose the card with the greatest number and submit.",
            "Pick the highest card, then press Submit.",
            "Which number is the largest? Click on it and submit.",
            "Submit the card whose number beats all others.",
        ],
        {},
        [(EQ_VAR, sent, greatest)],
        solve,
        length=3,
    )
