"""All rows with a certain city or thing have to be deleted."""

from __future__ import annotations

from typing import Any

from ...apps.parts import size
from ...apps.records import REPEATS, records
from ...layout import scrolls
from ...ops import CHANCE, COPY, MATCH, SET, SKIP, TOGGLE, UNLESS_EQ
from ...program import EQ_VARS, Builder, Task
from ...words import code


def build(b: Builder) -> Task:
    rows = size(b, 7, 12)
    found = records(b, rows=rows)
    (city, _), (thing, _) = b.picked("city", found.cities), b.picked("thing", found.things)
    is_city, column, value, kept = b.var(), b.var("column"), b.var("value"), b.vars(rows)
    b.on_reset(
        (CHANCE, is_city, 50),
        (UNLESS_EQ, is_city, 1, 4),
        (SET, column, code("City")),
        (COPY, value, city),
        (MATCH, kept[0], found.cities[0], rows, value),
        (SKIP, 3),
        (SET, column, code("Thing")),
        (COPY, value, thing),
        (MATCH, kept[0], found.things[0], rows, value),
        *((TOGGLE, var) for var in kept),
    )

    def solve(hand: Any) -> None:
        hand.click(hand[column], "tab")
        rest = [hand[found.people[k]] for k in range(rows) if not hand[kept[k]]]
        while rest:
            person = next((one for one in rest if hand.shows(one)), rest[0])
            hand.scroll_to(person)
            hand.click(person)
            hand.click("Delete")
            rest.remove(person)
        hand.complete()

    return b.task(
        ["Delete every row in which {column} is {value}.", "{column} must not be {value}: delete such rows.",
         "Remove all orders whose entry under {column} reads {value}.",
         "Clean up: rows with {value} as {column} have to go, the others stay."],
        {"column": column, "value": value},
        [(EQ_VARS, found.kept[0], kept[0], rows)],
        solve,
        length=2 * REPEATS + 2 + 2 * scrolls(rows + 1),
    )  # fmt: skip
