"""The answer is how many cards of one kind there are."""

from __future__ import annotations

from typing import Any

from ...layout import FULL, GAP, MARGIN, ROW, title, top
from ...ops import ADD, COPY, PUT, SKIP, UNLESS_EQ
from ...pools import THINGS
from ...program import ANSWER_VAR, CARD, Builder, Task, Text
from ...words import NUMBER, number

COLUMNS = 2


def build(b: Builder) -> Task:
    n = COLUMNS * min(b.knobs.items + 2, 8)  # columns times lines
    kinds = b.distinct_texts("kind", 3, THINGS)
    target = kinds[0]
    # All counts are equally likely, so that none can be guessed without counting.
    cards, order, count, left = b.vars(n, "card"), b.shuffled("order", n), b.draw("count", 0, n), b.var()
    for card in cards:
        b.on_reset((COPY, card, b.picked("", kinds[1:])[0]))
    b.on_reset((COPY, left, count), (ADD, count, NUMBER, NUMBER, number(n)))
    for place in order:
        put = [(PUT, cards[0], place, target), (ADD, left, -1, 0, n)]
        b.on_reset((UNLESS_EQ, left, 0, 1), (SKIP, len(put)), *put)
    title(b, "Stock")
    width = FULL // COLUMNS
    for k, card in enumerate(cards):
        x, y = MARGIN + k % COLUMNS * width, top(k // COLUMNS)
        b.widget(CARD, x, y, width - GAP, ROW, Text(card))

    def solve(hand: Any) -> None:
        hand.answer(hand[count])

    return b.task(
        [
            "How many cards say {target}?",
            "Count {target} and answer with the number.",
            "Answer: how often is {target} there?",
            "What is the number of {target}?",
        ],
        {"target": target},
        [(ANSWER_VAR, count)],
        solve,
        length=1,
        type=[number(k) for k in range(n + 1)],
    )
