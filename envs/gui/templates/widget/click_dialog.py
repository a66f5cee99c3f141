"""A dialog asks a question; the page behind it has buttons with the same names."""

from __future__ import annotations

from typing import Any

from ...layout import button, dialog, title
from ...ops import COPY, SET
from ...pools import TOPICS, VERBS
from ...program import EQ_VAR, Builder, Task, Text

CHOICES = 3


def build(b: Builder) -> Task:
    names = b.distinct_texts("name", CHOICES, VERBS)
    behind = b.shuffled("slot", CHOICES)
    topic = b.draw_text("topic", TOPICS)
    target, _ = b.picked("target", names)
    is_open, clicked, pressed = b.var("open", 1), b.var("clicked"), b.var("pressed")
    title(b, "Page")
    for name, slot in zip(names, behind, strict=True):
        button(b, Text(name), [(COPY, pressed, name)], slot=slot, slots=CHOICES)
    choices = [(Text(name), [(COPY, clicked, name), (SET, is_open, 0)]) for name in names]
    dialog(b, (is_open, 1), [Text(topic), "What now?"], choices)

    def solve(hand: Any) -> None:
        hand.click(hand[target], "button")
        hand.complete()

    return b.task(
        [
            "Answer the dialog with {target}.",
            "Click {target} in the dialog.",
            "Close the dialog by {target}.",
            "Choose {target} when the dialog asks, and press nothing else.",
        ],
        {"target": target},
        [(EQ_VAR, clicked, target)],
        solve,
        length=2,
        protect=[pressed],
    )
