"""A text has to be typed and sent."""

from __future__ import annotations

from typing import Any

from ...layout import field, submit, title
from ...ops import COPY
from ...pools import NAMES
from ...program import EQ_VAR, Builder, Task, Text


def build(b: Builder) -> Task:
    names = b.distinct_texts("name", min(1 + b.knobs.distractors, 16), NAMES)
    target = names[0]
    typed, sent = b.var("typed"), b.var("sent")
    title(b, "Text")
    field(b, "Name", typed)
    submit(b, "Submit", [(COPY, sent, typed)])

    def solve(hand: Any) -> None:
        hand.click("Name", "textfield")
        hand.type(hand[target])
        hand.click("Submit")
        hand.complete()

    return b.task(
        [
            "Type {target} and submit.",
            "Enter the name {target} and press Submit.",
            "Write {target} into the field; send it.",
            "Fill in {target}, then submit.",
        ],
        {"target": target},
        [(EQ_VAR, sent, target)],
        solve,
        length=4,
        type=[Text(name) for name in names[1:]],
    )
