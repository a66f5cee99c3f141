"""A text field has to get the focus."""

from __future__ import annotations

from typing import Any

from ...layout import FULL, MARGIN, NAME, ROW, label, title, top
from ...ops import COPY
from ...pools import FIELD_NAMES
from ...program import EQ_VAR, TEXTFIELD, Builder, Task, Text


def build(b: Builder) -> Task:
    names = b.distinct_texts("name", min(1 + b.knobs.distractors, 9), FIELD_NAMES)
    target, _ = b.picked("target", names)
    focused = b.var("focused")
    title(b, "Fields")
    for row, (name, typed) in enumerate(zip(names, b.vars(len(names), "typed"), strict=True)):
        label(b, Text(name), row, width=NAME)
        note = [(COPY, focused, name)]
        b.widget(TEXTFIELD, MARGIN + 120, top(row), FULL - 120, ROW, Text(name), value=typed, do=note)

    def solve(hand: Any) -> None:
        hand.click(hand[target], "textfield")
        hand.complete()

    return b.task(
        [
            "Put the cursor into the field {target}.",
            "Focus the text field {target}.",
            "Click into {target}.",
            "Make the field for {target} the active one.",
        ],
        {"target": target},
        [(EQ_VAR, focused, target)],
        solve,
        length=2,
    )
