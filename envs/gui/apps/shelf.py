"""A small shop: a page of things. A click puts one into a cart that is never shown."""

from __future__ import annotations

from collections.abc import Sequence

from ..layout import FULL, GAP, MARGIN, ROW, button, title, top
from ..ops import ADD
from ..program import LABEL, Builder, Text, Var

PAGES = 1
PRICE = 104  # pixels


def shelf(b: Builder, page: int, name: str, things: range, prices: Sequence[Var] = ()) -> range:
    """Variables that count how often each thing was put into the cart. Each reset draws the order of the things."""
    n = len(things)
    cart, slots = b.vars(n, f"{name}: cart"), b.shuffled(f"{name}: slot", n)
    title(b, name, page)
    for k, (thing, slot) in enumerate(zip(things, slots, strict=True)):
        button(b, Text(thing), [(ADD, cart[k], 1, 0, 9)], 0, page, slot, n, FULL - (PRICE + 8) * bool(prices))
        if prices:
            b.widget(
                LABEL, MARGIN + FULL - PRICE, top(0), PRICE, ROW, Text(prices[k]), page=page, slot=slot, slots=n,
                step=(0, ROW + GAP),
            )  # fmt: skip
    return cart
