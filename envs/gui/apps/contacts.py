"""Contacts: a list by name, a page for each, and one to edit or add."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import button, field
from ..ops import ADD, BACK, COPY, NAV, PUT, RANK, SET
from ..pools import NAMES
from ..program import LABEL, LIST_ITEM, Builder, Text
from ..words import NUMBER
from .parts import Cell, bar, entry, facts

PAGES = 4
LISTED, CARD, EDIT, ADDED = range(PAGES)


class Contacts(NamedTuple):
    """Lists have an entry for each contact, and empty ones for new contacts."""

    names: range
    numbers: range
    exists: range
    unused_names: range  # names that nobody has
    unused_numbers: range


def contacts(b: Builder, page: int = 0, known: int = 9, new: int = 2, name: str = "Contacts") -> Contacts:
    room = known + new
    names, numbers, exists = (b.vars(room, f"{name}: {what}") for what in ("name", "number", "exists"))
    drawn, dialed = b.distinct_texts("", room, NAMES), b.distinct_texts("", room, (NUMBER + 1000, 9000))
    count, places, one = b.var(f"{name}: count", known), b.vars(room), b.var(start=1)
    for k in range(known):
        b.on_reset((COPY, names[k], drawn[k]), (COPY, numbers[k], dialed[k]), (SET, exists[k], 1))
    tidy = (RANK, places[0], names[0], exists[0], room)
    b.on_reset(tidy)

    at, its_name, its_number, typed_name, typed_number = (b.var() for _ in range(5))
    blank = [(SET, typed_name, 0), (SET, typed_number, 0)]
    bar(b, name, page, "Add", [*blank, (NAV, page + ADDED)], back=page > 0)
    for k in range(room):
        look = [(SET, at, k), (COPY, its_name, names[k]), (COPY, its_number, numbers[k]), (NAV, page + CARD)]
        cells = [Cell(LIST_ITEM, Text(names[k]), 200, look), Cell(LABEL, Text(numbers[k]), 120)]
        entry(b, cells, places[k], room, 0, page, (exists[k], 1))

    edit = [(COPY, typed_name, its_name), (COPY, typed_number, its_number), (NAV, page + EDIT)]
    bar(b, Text(its_name), page + CARD, "Edit", edit)
    facts(b, [("Name", Text(its_name)), ("Number", Text(its_number))], page + CARD)

    save = [(PUT, names[0], at, typed_name), (PUT, numbers[0], at, typed_number), (PUT, exists[0], at, one), tidy]
    change = [*save, (COPY, its_name, typed_name), (COPY, its_number, typed_number), (BACK,)]
    create = [(COPY, at, count), (ADD, count, 1, 0, room - 1), *save, (BACK,)]
    for there, title, do in [(EDIT, "Edit contact", change), (ADDED, "New contact", create)]:
        bar(b, title, page + there)
        field(b, "Name", typed_name, 0, page + there)
        field(b, "Number", typed_number, 1, page + there)
        button(b, "Save", do, 2, page + there)
    return Contacts(names, numbers, exists, drawn[known:], dialed[known:])
