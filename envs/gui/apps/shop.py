"""A shop: a list to search, filter and sort, a page for each thing, a cart, and a checkout."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import MARGIN, button, label, top
from ..ops import ADD, BOTH, COPY, MATCH, NAV, PICK, PUT, RANK, SET, UNLESS_EQ
from ..pools import KINDS, THINGS
from ..program import BUTTON, LABEL, LIST_ITEM, TEXTFIELD, Builder, Text, Var
from ..words import NUMBER, PRICE
from .parts import Cell, bar, choices, entry, facts

PAGES = 4
LISTED, THING, CART, THANKS = range(PAGES)


class Shop(NamedTuple):
    """Lists have an entry for each thing on sale."""

    names: range
    kinds: range
    prices: range
    amounts: range  # in the cart, as codes of numbers
    bought: range  # the amounts at the last order
    orders: Var  # the number of orders
    offered: range  # the kinds that there are


def shop(b: Builder, page: int = 0, items: int = 8, name: str = "Shop") -> Shop:
    names = b.distinct_texts(f"{name}: name", items, THINGS)
    prices = b.distinct_texts(f"{name}: price", items, (PRICE + 1, 99))
    offered = b.distinct_texts(f"{name}: offered", 3, KINDS)
    kinds = b.vars(items, f"{name}: kind")
    amounts, bought = (b.vars(items, f"{name}: {what}", NUMBER) for what in ("amount", "bought"))
    one, orders, nowhere = b.var(start=1), b.var(f"{name}: orders"), b.var()
    b.on_reset(*((PICK, kind, offered[0], len(offered), nowhere) for kind in kinds))

    # The list: what matches the search and the kind comes first and is shown.
    query, kind, chosen, order = b.var(f"{name}: search"), b.var(), b.var(), b.var()
    found, fits, shown, ranks = (b.vars(items) for _ in range(4))
    arrange = [
        (MATCH, found[0], names[0], items, query),
        (MATCH, fits[0], kinds[0], items, kind),
        (BOTH, shown[0], found[0], fits[0], items),
        (UNLESS_EQ, order, 0, 1),
        (RANK, ranks[0], names[0], shown[0], items),
        (UNLESS_EQ, order, 1, 1),
        (RANK, ranks[0], prices[0], shown[0], items),
        (UNLESS_EQ, order, 2, 1),
        (RANK, ranks[0], prices[0], shown[0], -items),
    ]
    b.on_reset(*arrange)
    in_cart, places = b.vars(items), b.vars(items)
    tidy = (RANK, places[0], names[0], in_cart[0], items)
    bar(b, name, page, "Cart", [tidy, (NAV, page + CART)], back=page > 0)
    b.widget(TEXTFIELD, MARGIN, top(0), 328, 44, "Search", page=page, value=query, do_long=arrange)
    by_kind = [(Text(one_of), [(COPY, kind, one_of), *arrange]) for one_of in offered]
    choices(b, [("All", [(SET, kind, 0), *arrange]), *by_kind], chosen, 1, page)
    choices(b, [("By name", arrange), ("Cheapest", arrange), ("Dearest", arrange)], order, 2, page)
    at, its_name, its_price, its_kind, amount = (b.var() for _ in range(5))
    for k in range(items):
        look = [
            (SET, at, k), (COPY, its_name, names[k]), (COPY, its_price, prices[k]), (COPY, its_kind, kinds[k]),
            (COPY, amount, amounts[k]), (NAV, page + THING),
        ]  # fmt: skip
        cells = [Cell(LIST_ITEM, Text(names[k]), 240, look), Cell(LABEL, Text(prices[k]), 80)]
        entry(b, cells, ranks[k], items, 3, page, (shown[k], 1))

    bar(b, Text(its_name), page + THING, "Cart", [tidy, (NAV, page + CART)])
    known = [("Price", Text(its_price)), ("Kind", Text(its_kind)), ("In cart", Text(amount))]
    facts(b, known, page + THING)
    more = [(ADD, amount, 1, NUMBER, NUMBER + 9), (PUT, amounts[0], at, amount), (PUT, in_cart[0], at, one)]
    button(b, "Add to cart", more, 3, page + THING)

    bar(b, "Cart", page + CART)
    pay = [*((COPY, of, n) for of, n in zip(bought, amounts, strict=True)), (ADD, orders, 1, 0, 99)]
    button(b, "Check out", [*pay, (NAV, page + THANKS)], 0, page + CART)
    for k in range(items):
        drop = Cell(BUTTON, "Remove", 112, [(SET, amounts[k], NUMBER), (SET, in_cart[k], 0), tidy])
        cells = [Cell(LABEL, Text(names[k]), 160), Cell(LABEL, Text(amounts[k]), 40), drop]
        entry(b, cells, places[k], items, 1, page + CART, (in_cart[k], 1))

    bar(b, "Thank you", page + THANKS)
    label(b, "Your order is on its way", 0, page + THANKS)
    return Shop(names, kinds, prices, amounts, bought, orders, offered)
