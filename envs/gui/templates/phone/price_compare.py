"""Several shops sell the same thing, and finding the cheapest requires remembering the other prices."""

from __future__ import annotations

from typing import Any

from ...apps import shelf as shelves
from ...apps.phone import Phone
from ...memory import many
from ...ops import COPY, DISTINCT, RANK, SET, SUM, UNLESS_EQ
from ...pools import SHOPS, THINGS
from ...program import EQ_VARS, Builder, Task
from ...words import PRICE, text

SPREAD = 60  # dollars between the prices of the thing, at most
LOW, HIGH = 100, 9000  # so wide a range that a single price hardly tells whether it is the lower one


def build(b: Builder) -> Task:
    n = many(b, "memory_load", 2, 4)
    others = many(b, "distractors", 0, 5)
    shops = [text(SHOPS[0] + k) for k in range(n)]
    phone = Phone(b, dict.fromkeys(shops, shelves.PAGES), late=shops[-1], near=2)
    things = b.distinct_texts("thing", others + 1, THINGS)  # the first is the wanted one
    level, parts = b.draw("level", PRICE + LOW, PRICE + HIGH), b.vars(2)
    prices, ranks, differences = b.vars(n, "price"), b.vars(n), b.vars(n)
    b.on_reset((DISTINCT, differences[0], n, 0, SPREAD))
    for price, difference in zip(prices, differences, strict=True):
        b.on_reset((COPY, parts[0], level), (COPY, parts[1], difference), (SUM, price, parts[0], 2))
    b.on_reset((RANK, ranks[0], prices[0], -1, n))
    wanted, carts, spoilt = b.vars(n, "wanted"), [], []
    for name, price, rank, want in zip(shops, prices, ranks, wanted, strict=True):
        b.on_reset((UNLESS_EQ, rank, 0, 1), (SET, want, 1))
        rest = [b.draw("", PRICE + LOW, PRICE + HIGH) for _ in range(others)]
        cart = shelves.shelf(b, phone[name], name, things, [price, *rest])
        carts.append(cart[0])
        spoilt += list(cart[1:])

    def solve(hand: Any) -> None:
        phone.start(hand)
        for name in shops:
            phone.open(hand, name)
            hand.see(name)
            if name != shops[-1]:
                hand.click("Home", "icon")
        best = min(range(n), key=lambda k: hand[prices[k]])
        hand.use(*shops[:-1])
        if best < n - 1:
            hand.click("Home", "icon")
            phone.open(hand, shops[best])
        hand.click(hand[things[0]])
        hand.complete()

    def conceal(v: Any) -> None:
        here = int(v[prices[-1]])  # what the last shop shows
        if v[ranks[-1]] == 0:
            v[prices[0]] = here - 1
        else:
            for price in prices[:-1]:
                v[price] = max(int(v[price]), 2 * here - int(v[price]))
        order = sorted(range(n), key=lambda k: int(v[prices[k]]))
        for k in range(n):
            v[ranks[k]], v[wanted[k]] = order.index(k), order[0] == k

    return b.task(
        ["Put one {thing} into the cart of the shop where it costs least.", "Buy {thing} once, where it is cheapest.",
         "Compare what {thing} costs in the shops, and take one where the price is lowest.",
         "Find out which shop is cheapest for {thing}; put one into the cart there."],
        {"thing": things[0]},
        [(EQ_VARS, cart, want, 1) for cart, want in zip(carts, wanted, strict=True)],
        solve,
        length=phone.start_steps + phone.steps(*shops) + n + 3,
        protect=spoilt,
        memory=True,
        memoryless=0.5 + SPREAD / (HIGH - LOW),  # one of the two cheapest; a price near the range's ends tells
        conceal=conceal,
    )  # fmt: skip
