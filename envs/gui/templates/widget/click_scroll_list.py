"""An entry of a list that is longer than the screen has to be chosen and sent."""

from __future__ import annotations

from typing import Any

from ...layout import item, scrolls, submit, title
from ...ops import COPY, SET
from ...pools import THINGS
from ...program import EQ_NUMBER, LIST_ITEM, Builder, Task, Text

FITS = 10  # entries that almost fit on a screen


def build(b: Builder) -> Task:
    n = min(FITS + max(b.knobs.items, 1), 24)
    names = b.distinct_texts("name", n, THINGS)
    slots = b.shuffled("slot", n)
    chosen, sent = b.var("chosen"), b.var("sent")
    title(b, "List")
    for k, (name, slot) in enumerate(zip(names, slots, strict=True)):
        item(b, LIST_ITEM, Text(name), [(SET, chosen, k + 1)], slot=slot, slots=n, value=chosen, on=k + 1)
    submit(b, "Submit", [(COPY, sent, chosen)])
    target = names[0]  # somewhere in the list

    def solve(hand: Any) -> None:
        hand.scroll_to(hand[target], "list_item")
        hand.click(hand[target], "list_item")
        hand.click("Submit")
        hand.complete()

    return b.task(
        [
            "Choose {target} from the list and submit.",
            "Select {target} in the list, then press Submit.",
            "Find {target}, mark it and send.",
            "Scroll to {target}, click on it and submit your choice.",
        ],
        {"target": target},
        [(EQ_NUMBER, sent, 1)],
        solve,
        length=3 + scrolls(n),
    )
