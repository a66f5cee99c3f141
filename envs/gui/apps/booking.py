"""Booking: a search by city and extra, its unsorted results, a page for each place to stay, and a form."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import button, field, label
from ..ops import ADD, BOTH, COPY, MATCH, NAV, PICK, RANK, SET
from ..pools import CITIES, EXTRAS, HOTELS
from ..program import LABEL, LIST_ITEM, Builder, Text, Var
from ..words import PRICE
from .parts import Cell, bar, choices, entry, facts

PAGES = 5
SEARCH, RESULTS, STAY, FORM, DONE = range(PAGES)


class Booking(NamedTuple):
    """Lists have an entry for each place to stay."""

    names: range
    cities: range
    extras: range
    prices: range
    offered: range  # the cities that there are
    bookings: Var  # the number of bookings, and the place and guest of the last one
    booked: Var
    guest: Var


def booking(b: Builder, page: int = 0, stays: int = 12, name: str = "Booking") -> Booking:
    names = b.distinct_texts(f"{name}: name", stays, HOTELS)
    prices = b.distinct_texts(f"{name}: price", stays, (PRICE + 20, 400))
    cities, extras = b.vars(stays, f"{name}: city"), b.vars(stays, f"{name}: extra")
    towns, kinds = b.distinct_texts("", 2, CITIES), b.distinct_texts("", 2, EXTRAS)
    nowhere, city, extra, chosen, stay, its_city, its_extra, price, guest = (b.var() for _ in range(9))
    bookings, booked, for_whom = (b.var(f"{name}: {what}") for what in ("bookings", "booked", "guest"))
    for k in range(stays):
        b.on_reset((PICK, cities[k], towns[0], 2, nowhere), (PICK, extras[k], kinds[0], 2, nowhere))

    in_city, with_extra, found, places, order = *(b.vars(stays) for _ in range(4)), b.shuffled("", stays)
    search = [
        (MATCH, in_city[0], cities[0], stays, city), (MATCH, with_extra[0], extras[0], stays, extra),
        (BOTH, found[0], in_city[0], with_extra[0], stays), (RANK, places[0], order[0], found[0], stays),
    ]  # fmt: skip
    bar(b, name, page, back=page > 0)
    field(b, "City", city, 0, page)
    choices(b, [("Any", [(SET, extra, 0)]), *((Text(one), [(COPY, extra, one)]) for one in kinds)], chosen, 1, page)
    button(b, "Search", [*search, (NAV, page + RESULTS)], 2, page)

    bar(b, "Results", page + RESULTS)
    for k in range(stays):
        look = [
            (COPY, stay, names[k]), (COPY, price, prices[k]), (COPY, its_city, cities[k]), (COPY, its_extra, extras[k]),
            (NAV, page + STAY),
        ]  # fmt: skip
        cells = [Cell(LIST_ITEM, Text(names[k]), 240, look), Cell(LABEL, Text(prices[k]), 80)]
        entry(b, cells, places[k], stays, 0, page + RESULTS, (found[k], 1))

    bar(b, Text(stay), page + STAY, "Book", [(SET, guest, 0), (NAV, page + FORM)])
    facts(b, [("In", Text(its_city)), ("With", Text(its_extra)), ("A night", Text(price))], page + STAY)

    bar(b, "Your booking", page + FORM)
    facts(b, [("Place", Text(stay)), ("A night", Text(price))], page + FORM)
    field(b, "Guest", guest, 2, page + FORM)
    book = [(COPY, booked, stay), (COPY, for_whom, guest), (ADD, bookings, 1, 0, 99), (NAV, page + DONE)]
    button(b, "Confirm", book, 3, page + FORM)

    bar(b, "Booked", page + DONE)
    label(b, Text(booked), 0, page + DONE)
    return Booking(names, cities, extras, prices, towns, bookings, booked, for_whom)
