"""Everything on a shopping list must go into a cart that does not show its content."""

from __future__ import annotations

from math import comb
from typing import Any

from ...apps import shelf as shelves
from ...apps.phone import Phone
from ...layout import label, title
from ...memory import many
from ...ops import GET, PUT
from ...pools import THINGS
from ...program import EQ_VARS, Builder, Task, Text

MOST = 6  # on the list


def build(b: Builder) -> Task:
    m = many(b, "memory_load", 2, MOST)
    n = m + many(b, "distractors", 1, 8)
    phone = Phone(b, {"Notes": 1, "Shop": shelves.PAGES}, late="Shop", near=2)
    things = b.distinct_texts("thing", n, THINGS)
    order, lines, wanted, one = b.shuffled("order", n), b.vars(m, "line"), b.vars(n, "wanted"), b.var(start=1)
    title(b, "Shopping list", phone["Notes"])
    for k, (place, line) in enumerate(zip(order, lines, strict=False)):
        b.on_reset((GET, line, things[0], place), (PUT, wanted[0], place, one))
        label(b, Text(line), k, phone["Notes"])
    cart = shelves.shelf(b, phone["Shop"], "Shop", things)

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Notes")
        texts = [f"line {k + 1}" for k in range(m)]
        hand.see(*texts)
        hand.click("Home", "icon")
        phone.open(hand, "Shop")
        for text, line in zip(texts, lines, strict=True):
            hand.scroll_to(hand[line])
            hand.use(text)
            hand.click(hand[line])
        hand.complete()

    def conceal(v: Any) -> None:
        listed, left_out = int(v[order[0]]), int(v[order[m]])
        v[order[0]], v[order[m]] = left_out, listed
        v[lines[0]] = v[things[left_out]]
        v[wanted[listed]], v[wanted[left_out]] = 0, 1

    return b.task(
        ["Put everything on the shopping list into the cart, once.", "Buy what the shopping list in the notes says, "
         "one of each.", "The notes have a shopping list: put one of each thing into the cart of the shop.",
         "Look at the shopping list, then put each thing on it into the cart, one of each."],
        {},
        [(EQ_VARS, cart[0], wanted[0], n)],
        solve,
        length=phone.start_steps + phone.steps("Notes", "Shop") + 2 + 3 * m,
        memory=True,
        memoryless=1 / comb(n, m),  # even if the progress is known
        conceal=conceal,
    )  # fmt: skip
