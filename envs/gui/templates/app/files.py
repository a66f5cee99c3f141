"""A file has to be renamed, another one moved to a different folder."""

from __future__ import annotations

from typing import Any

from ...apps.files import files
from ...apps.parts import copies, size
from ...layout import scrolls
from ...ops import DISTINCT, GET, PUT
from ...program import EQ_VARS, Builder, Task, Text

DRAWERS = 4


def build(b: Builder) -> Task:
    stored = size(b, 7, 13)
    found = files(b, stored=stored, drawers=DRAWERS)
    places, drawers = b.vars(2), b.vars(2)  # of the files to rename and to move; source and destination
    (old, moved), (first, source, target), new = b.vars(2, "file"), b.vars(3, "folder"), found.unused[0]
    names, where = b.vars(stored), b.vars(stored)
    b.on_reset(
        (DISTINCT, places[0], 2, 0, stored - 1),
        (DISTINCT, drawers[0], 2, 0, DRAWERS - 1),
        (GET, source, found.folders[0], drawers[0]),
        (GET, target, found.folders[0], drawers[1]),
        (PUT, found.where[0], places[1], source),
        (GET, first, found.where[0], places[0]),
        (GET, old, found.names[0], places[0]),
        (GET, moved, found.names[0], places[1]),
        *copies(names, found.names),
        (PUT, names[0], places[0], new),
        *copies(where, found.where),
        (PUT, where[0], places[1], target),
    )

    def solve(hand: Any) -> None:
        hand.click(hand[first])
        hand.scroll_to(hand[old])
        hand.click(hand[old])
        hand.click("Rename")
        hand.fill("New name", hand[new])
        hand.click("Save")
        hand.click("Back")
        if hand[first] != hand[source]:
            hand.click("Back")
            hand.click(hand[source])
        hand.scroll_to(hand[moved])
        hand.click(hand[moved])
        hand.click("Move")
        hand.click(hand[target])
        hand.complete()

    return b.task(
        ["Rename {old} in {first} to {new}, and move {moved} from {source} to {target}.",
         "Move {moved} ({source}) to {target}; {old} ({first}) is to be called {new}.",
         "In {first}, give {old} the name {new}. In {source} there is {moved}: put it into {target}.",
         "{moved} belongs in {target}, not in {source}. And {old}, in {first}, should be named {new}."],
        {"old": old, "first": first, "new": new, "moved": moved, "source": source, "target": target},
        [(EQ_VARS, found.names[0], names[0], stored), (EQ_VARS, found.where[0], where[0], stored)],
        solve,
        length=13 + 3 * scrolls(stored),
        type=[Text(var) for var in found.names],
    )  # fmt: skip
