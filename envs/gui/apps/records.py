"""Records: rows of people, cities and things, to be sorted by any of them, and a page for each row."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import button
from ..ops import BACK, COPY, NAV, PUT, RANK, SET, UNLESS_EQ
from ..pools import CITIES, NAMES, THINGS
from ..program import LABEL, LIST_ITEM, V_NONE, Builder, Text
from .parts import Cell, bar, choices, entry, facts

PAGES = 2
ROWS, ROW = range(PAGES)
CITIES_IN_IT, REPEATS = 5, 3  # the second is how often a thing occurs


class Records(NamedTuple):
    """Lists have an entry for each row."""

    people: range
    cities: range
    things: range
    kept: range  # 0 when deleted


def records(b: Builder, page: int = 0, rows: int = 12, name: str = "Orders") -> Records:
    people = b.distinct_texts(f"{name}: person", rows, NAMES)
    towns, wares = b.distinct_texts("", CITIES_IN_IT, CITIES), b.distinct_texts("", -(-rows // REPEATS), THINGS)
    cities, things = b.vars(rows, f"{name}: city"), b.vars(rows, f"{name}: thing")
    kept, places, sort, at, person, city, thing = (
        b.vars(rows, f"{name}: kept", 1), b.vars(rows), *(b.var() for _ in range(5)),
    )  # fmt: skip
    for k in range(rows):  # all equally often, so that a task about one of them is bounded
        b.on_reset((COPY, cities[k], towns[k % CITIES_IN_IT]), (COPY, things[k], wares[k // REPEATS]))
    columns = [("Person", people), ("City", cities), ("Thing", things)]
    tidy = [
        row
        for k, (_, keys) in enumerate(columns)
        for row in ((UNLESS_EQ, sort, k, 1), (RANK, places[0], keys[0], kept[0], rows))
    ]
    b.on_reset(*tidy)

    bar(b, name, page, back=page > 0)
    choices(b, [(title, [(RANK, places[0], keys[0], kept[0], rows)]) for title, keys in columns], sort, 0, page)
    for k in range(rows):
        look = [
            (SET, at, k), (COPY, person, people[k]), (COPY, city, cities[k]), (COPY, thing, things[k]),
            (NAV, page + ROW),
        ]  # fmt: skip
        cells = [
            Cell(LIST_ITEM, Text(people[k]), 104, look),
            *(Cell(LABEL, Text(of[k]), 104) for of in (cities, things)),
        ]
        entry(b, cells, places[k], rows, 1, page, (kept[k], 1))

    bar(b, Text(person), page + ROW)
    facts(b, [("City", Text(city)), ("Thing", Text(thing))], page + ROW)
    button(b, "Delete", [(PUT, kept[0], at, V_NONE), *tidy, (BACK,)], 2, page + ROW)
    return Records(people, cities, things, kept)
