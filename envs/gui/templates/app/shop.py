"""The cheapest or dearest thing of a kind, and one known by its name, have to be bought."""

from __future__ import annotations

from typing import Any

from ...apps.parts import size
from ...apps.shop import shop
from ...ops import ADD, FIND, GET, MATCH, PICK, PUT, RANK, UNLESS_EQ, UNLESS_SAME
from ...pools import EXTREMES
from ...program import EQ_NUMBER, EQ_VARS, V_NONE, Builder, Task, Text
from ...words import NUMBER

CHEAPEST = EXTREMES[0]


def build(b: Builder) -> Task:
    items = size(b, 3, 12)
    found = shop(b, items=items)
    which, count = b.draw_text("which", EXTREMES), b.draw("count", NUMBER + 1, NUMBER + 3)
    kind, _ = b.picked("kind", found.kinds)
    target, other, thing, ranks = b.var("target"), b.var("other"), b.var("thing"), b.vars(items)
    want, one = b.vars(items, "want", NUMBER), b.var(start=NUMBER + 1)
    fits = b.vars(items)
    b.on_reset(
        (MATCH, fits[0], found.kinds[0], items, kind),
        (RANK, ranks[0], found.prices[0], fits[0], -items),
        (UNLESS_EQ, which, CHEAPEST, 1),
        (RANK, ranks[0], found.prices[0], fits[0], items),
        (FIND, target, ranks[0], items, V_NONE),
        (PICK, thing, found.names[0], items, other),
        (UNLESS_SAME, other, target, 4),  # if they are the same, take the next one
        (UNLESS_EQ, other, items - 1, 1),
        (ADD, other, -items, -1, items),
        (ADD, other, 1, 0, items),
        (GET, thing, found.names[0], other),
        (PUT, want[0], target, count),
        (PUT, want[0], other, one),
    )

    def solve(hand: Any) -> None:
        hand.click(hand[kind], "tab")
        hand.click("Cheapest" if hand[which] == CHEAPEST else "Dearest")
        hand.click(hand[found.names[hand[target]]])
        for _ in range(hand[count] - NUMBER):
            hand.click("Add to cart")
        hand.click("Back")
        hand.click("All")
        hand.click("Search")
        hand.type(hand[thing])
        hand.enter()
        hand.click(hand[thing], "list_item")
        hand.click("Add to cart")
        hand.click("Cart")
        hand.click("Check out")
        hand.complete()

    return b.task(
        ["Buy {count} of the {which} thing in {kind} and one {thing}; check out once.",
         "Order {count} times the {which} article in {kind}, together with one {thing}.",
         "Put one {thing} and {count} of the {which} article of the kind {kind} into the cart, then check out.",
         "One order, please: {thing} (one), and of all that is {kind} the {which} thing ({count})."],
        {"count": count, "which": which, "kind": kind, "thing": thing},
        [(EQ_VARS, found.bought[0], want[0], items), (EQ_NUMBER, found.orders, 1)],
        solve,
        length=16,
        type=[Text(name) for name in found.names],
    )  # fmt: skip
