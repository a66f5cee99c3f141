"""Files: folders, a list of the files in each, a page for a file, and two pages to rename and to move it."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import button, field, item
from ..ops import BACK, COPY, MATCH, NAV, PICK, PUT, RANK, SET
from ..pools import FILES, FOLDERS
from ..program import CARD, LIST_ITEM, Builder, Text
from .parts import Cell, bar, entry, facts

PAGES = 5
ROOT, FOLDER, FILE, RENAME, MOVE = range(PAGES)


class Files(NamedTuple):
    names: range  # the names of the files
    where: range  # the names of the folders that hold them
    folders: range  # the names of the folders
    unused: range  # names that no file has


def files(b: Builder, page: int = 0, stored: int = 12, drawers: int = 4, new: int = 1, name: str = "Files") -> Files:
    drawn, folders = b.distinct_texts("", stored + new, FILES), b.distinct_texts(f"{name}: folder", drawers, FOLDERS)
    names, where = b.vars(stored, f"{name}: file"), b.vars(stored, f"{name}: where")
    nowhere, here, at, file, typed = (b.var() for _ in range(5))
    for k in range(stored):
        b.on_reset((COPY, names[k], drawn[k]), (PICK, where[k], folders[0], drawers, nowhere))
    inside, places, order = b.vars(stored), b.vars(stored), b.shuffled("", stored)
    tidy = [(MATCH, inside[0], where[0], stored, here), (RANK, places[0], order[0], inside[0], stored)]

    bar(b, name, page, back=page > 0)
    for k, folder in enumerate(folders):
        item(b, CARD, Text(folder), [(COPY, here, folder), *tidy, (NAV, page + FOLDER)], k, page)

    bar(b, Text(here), page + FOLDER)
    for k in range(stored):
        look = [(SET, at, k), (COPY, file, names[k]), (NAV, page + FILE)]
        entry(b, [Cell(LIST_ITEM, Text(names[k]), 328, look)], places[k], stored, 0, page + FOLDER, (inside[k], 1))

    bar(b, Text(file), page + FILE)
    button(b, "Rename", [(SET, typed, 0), (NAV, page + RENAME)], 0, page + FILE)
    button(b, "Move", [(NAV, page + MOVE)], 1, page + FILE)

    bar(b, "Rename", page + RENAME)
    facts(b, [("Old name", Text(file))], page + RENAME)
    field(b, "New name", typed, 1, page + RENAME)
    button(b, "Save", [(PUT, names[0], at, typed), (COPY, file, typed), (BACK,)], 2, page + RENAME)

    bar(b, "Move to", page + MOVE)
    for k, folder in enumerate(folders):
        item(b, CARD, Text(folder), [(PUT, where[0], at, folder), *tidy, (BACK,)], k, page + MOVE)
    return Files(names, where, folders, drawn[stored:])
