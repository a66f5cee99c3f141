"""An entry of a drop-down list has to be chosen and sent."""

from __future__ import annotations

from typing import Any

from ...layout import dropdown, scrolls, submit, title
from ...ops import COPY
from ...pools import CITIES
from ...program import EQ_VAR, Builder, Task, Text


def build(b: Builder) -> Task:
    n = min(1 + b.knobs.distractors, 16)
    names = b.distinct_texts("name", n, CITIES)
    target, _ = b.picked("target", names)
    chosen, sent = b.var("chosen"), b.var("sent")
    title(b, "Drop-down list")
    dropdown(b, "City", chosen, [Text(name) for name in names])
    submit(b, "Submit", [(COPY, sent, chosen)])

    def solve(hand: Any) -> None:
        hand.click("City", "dropdown")
        hand.scroll_to(hand[target], "option")
        hand.click(hand[target], "option")
        hand.click("Submit")
        hand.complete()

    return b.task(
        [
            "Choose {target} from the list and submit.",
            "Set the city to {target} and press Submit.",
            "Open the list, pick {target}, send it.",
            "Submit {target} as the city.",
        ],
        {"target": target},
        [(EQ_VAR, sent, target)],
        solve,
        length=4 + scrolls(1 + n),
    )
