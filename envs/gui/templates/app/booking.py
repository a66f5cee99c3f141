"""The cheapest or dearest place to stay in a city, with something special, has to be booked."""

from __future__ import annotations

from typing import Any

from ...apps.booking import booking
from ...apps.parts import size
from ...layout import scrolls
from ...ops import BOTH, FIND, GET, MATCH, RANK, UNLESS_EQ
from ...pools import EXTREMES, NAMES
from ...program import EQ_NUMBER, EQ_VAR, V_NONE, Builder, Task, Text


def build(b: Builder) -> Task:
    stays = size(b, 7, 12)
    found = booking(b, stays=stays)
    which, guests = b.draw_text("which", EXTREMES), b.distinct_texts("guest", 4, NAMES)
    city, place = b.picked("city", found.cities)
    extra, best, ranks = b.var("extra"), b.var("best"), b.vars(stays)
    in_city, with_extra, fits = b.vars(stays), b.vars(stays), b.vars(stays)
    b.on_reset(
        (GET, extra, found.extras[0], place),
        (MATCH, in_city[0], found.cities[0], stays, city),
        (MATCH, with_extra[0], found.extras[0], stays, extra),
        (BOTH, fits[0], in_city[0], with_extra[0], stays),
        (RANK, ranks[0], found.prices[0], fits[0], -stays),
        (UNLESS_EQ, which, EXTREMES[0], 1),
        (RANK, ranks[0], found.prices[0], fits[0], stays),
        (FIND, place, ranks[0], stays, V_NONE),
        (GET, best, found.names[0], place),
    )

    def solve(hand: Any) -> None:
        hand.fill("City", hand[city])
        hand.click(hand[extra], "tab")
        hand.click("Search")
        hand.scroll_to(hand[best])
        hand.click(hand[best])
        hand.click("Book")
        hand.fill("Guest", hand[guests[0]])
        hand.click("Confirm")
        hand.complete()

    return b.task(
        ["Book the {which} place in {city} with {extra} for {guest}.",
         "{guest} is going to {city} and wants {extra}: book the {which} room there.",
         "In {city}, of all rooms with {extra}, book the {which} one. The guest is {guest}.",
         "Find {guest} the {which} place to stay in {city} that has {extra}, and book it."],
        {"which": which, "city": city, "extra": extra, "guest": guests[0]},
        [(EQ_NUMBER, found.bookings, 1), (EQ_VAR, found.booked, best), (EQ_VAR, found.guest, guests[0])],
        solve,
        length=10 + scrolls(stays),
        type=[Text(var) for var in (*found.offered, *guests[1:])],
    )  # fmt: skip
