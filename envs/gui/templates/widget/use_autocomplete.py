"""The first letters of a word bring up suggestions, one of which has to be chosen and sent."""

from __future__ import annotations

from typing import Any

from ...layout import FULL, MARGIN, OVER, ROW, field, submit, title, top
from ...ops import ADD, COPY, GET, SET
from ...pools import COUNTRIES
from ...program import EQ_VAR, OPTION, Builder, Task
from ...words import code, text

WORDS = [text(COUNTRIES[0] + k) for k in range(COUNTRIES[1])]
FIRST, LAST = 2, 3  # letters


def build(b: Builder) -> Task:
    n = len(WORDS)
    starts, ends = b.vars(n), b.vars(n)
    b.on_reset(*((SET, var, code(word[:FIRST])) for var, word in zip(starts, WORDS, strict=True)))
    b.on_reset(*((SET, var, code(word[-LAST:])) for var, word in zip(ends, WORDS, strict=True)))
    place, start, end, target = b.draw("place", 0, n - 1), b.var("start"), b.var("end"), b.var("target")
    b.on_reset((GET, start, starts[0], place), (GET, end, ends[0], place))
    b.on_reset((COPY, target, place), (ADD, target, COUNTRIES[0], 0, sum(COUNTRIES)))
    typed, sent = b.var("typed"), b.var("sent")
    title(b, "Suggestions")
    field(b, "Country", typed)
    prefixes = sorted({word[:FIRST] for word in WORDS})
    for prefix in prefixes:
        for k, word in enumerate(word for word in WORDS if word.startswith(prefix)):
            b.widget(
                OPTION, MARGIN + 120, top(0) + (k + 1) * ROW, FULL - 120, ROW, word, do=[(SET, typed, code(word))],
                z=OVER, show=(typed, code(prefix)),
            )  # fmt: skip
    submit(b, "Submit", [(COPY, sent, typed)])

    def solve(hand: Any) -> None:
        hand.click("Country", "textfield")
        hand.type(hand[start])
        hand.click(hand[target], "option")
        hand.click("Submit")
        hand.complete()

    return b.task(
        [
            "Enter the country that begins with {start} and ends with {end}, and submit.",
            "Type {start} and choose the country that ends with {end}; then submit.",
            "Submit a country: its first letters are {start}, its last ones {end}.",
            "Which country starts with {start} and has {end} at its end? Submit that.",
        ],
        {"start": start, "end": end},
        [(EQ_VAR, sent, target)],
        solve,
        length=5,
        type=[code(prefix) for prefix in prefixes],
    )
