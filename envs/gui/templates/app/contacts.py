"""A contact has to be added, and the number of another one changed."""

from __future__ import annotations

from typing import Any

from ...apps.contacts import contacts
from ...apps.parts import copies, size
from ...layout import scrolls
from ...ops import COPY, PUT
from ...program import EQ_VARS, Builder, Task, Text


def build(b: Builder) -> Task:
    known = size(b, 4, 11)
    found = contacts(b, known=known)
    room = len(found.names)
    names, numbers = b.vars(room), b.vars(room)
    new, number, changed = found.unused_names[0], *found.unused_numbers
    old, place = b.picked("old", found.names[:known])
    b.on_reset(*copies(names, found.names), (COPY, names[known], new))
    b.on_reset(*copies(numbers, found.numbers), (COPY, numbers[known], number), (PUT, numbers[0], place, changed))

    def solve(hand: Any) -> None:
        hand.click("Add")
        hand.fill("Name", hand[new])
        hand.fill("Number", hand[number])
        hand.click("Save")
        hand.scroll_to(hand[old])
        hand.click(hand[old])
        hand.click("Edit")
        hand.fill("Number", hand[changed])
        hand.click("Save")
        hand.complete()

    return b.task(
        ["Add {new} with the number {number}, and change the number of {old} to {changed}.",
         "{old} has a new number, {changed}. Save that, and a contact {new} with {number}.",
         "Save {new}, {number}, among the contacts; the number of {old} is {changed} from now on.",
         "Two numbers: {changed} for {old}, who is in the list already, {number} for {new}, who is not."],
        {"new": new, "number": number, "old": old, "changed": changed},
        [(EQ_VARS, found.names[0], names[0], room), (EQ_VARS, found.numbers[0], numbers[0], room)],
        solve,
        length=12 + scrolls(room),
        type=[Text(var) for var in (*found.names[:known], *found.unused_names[1:])],
    )  # fmt: skip
