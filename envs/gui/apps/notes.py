"""Notes: a list, in which a long press opens a note's menu, and pages to write and rename notes."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import Rows, Shown, button, dialog, field
from ..ops import ADD, BACK, COPY, NAV, PUT, RANK, SET
from ..pools import NOTES, PHRASES
from ..program import LIST_ITEM, V_NONE, Builder, Text
from .parts import Cell, bar, entry, facts

PAGES = 4
LISTED, NOTE, NEW, RENAME = range(PAGES)


class Notes(NamedTuple):
    """Lists have an entry for each note, and empty ones for new notes."""

    titles: range
    texts: range
    exists: range
    unused: range  # titles that no note has


def notes(b: Builder, page: int = 0, written: int = 9, new: int = 2, name: str = "Notes") -> Notes:
    room = written + new
    titles, texts, exists = (b.vars(room, f"{name}: {what}") for what in ("title", "text", "exists"))
    drawn, said = b.distinct_texts("", room, NOTES), b.distinct_texts("", written, PHRASES)
    count, order, places, one = b.var(f"{name}: count", written), b.shuffled("", room), b.vars(room), b.var(start=1)
    for k in range(written):
        b.on_reset((COPY, titles[k], drawn[k]), (COPY, texts[k], said[k]), (SET, exists[k], 1))
    tidy = (RANK, places[0], order[0], exists[0], room)
    b.on_reset(tidy)

    at, title, text, typed_title, typed_text, is_open = (b.var() for _ in range(6))
    blank = [(SET, typed_title, 0), (SET, typed_text, 0)]
    bar(b, name, page, "New", [*blank, (NAV, page + NEW)], back=page > 0)
    for k in range(room):
        look = [(SET, at, k), (COPY, title, titles[k]), (COPY, text, texts[k])]
        cells = [Cell(LIST_ITEM, Text(titles[k]), 328, [*look, (NAV, page + NOTE)], held=[*look, (SET, is_open, 1)])]
        entry(b, cells, places[k], room, 0, page, (exists[k], 1))
    close = (SET, is_open, 0)
    acts: list[tuple[Shown, Rows]] = [
        ("Rename", [close, (SET, typed_title, 0), (NAV, page + RENAME)]),
        ("Delete", [close, (PUT, exists[0], at, V_NONE), tidy]),
        ("Cancel", [close]),
    ]
    dialog(b, (is_open, 1), [Text(title)], acts, page)

    bar(b, Text(title), page + NOTE)
    facts(b, [("Text", Text(text))], page + NOTE)

    bar(b, "New note", page + NEW)
    field(b, "Title", typed_title, 0, page + NEW)
    field(b, "Text", typed_text, 1, page + NEW)
    create = [
        (COPY, at, count), (ADD, count, 1, 0, room - 1), (PUT, titles[0], at, typed_title),
        (PUT, texts[0], at, typed_text), (PUT, exists[0], at, one), tidy, (BACK,),
    ]  # fmt: skip
    button(b, "Save", create, 2, page + NEW)

    bar(b, "Rename", page + RENAME)
    facts(b, [("Old title", Text(title))], page + RENAME)
    field(b, "New title", typed_title, 1, page + RENAME)
    button(b, "Save", [(PUT, titles[0], at, typed_title), (BACK,)], 2, page + RENAME)
    return Notes(titles, texts, exists, drawn[written:])
