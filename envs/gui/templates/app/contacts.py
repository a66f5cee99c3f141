"""A contact has to be added, and the number of another one changed."""

from __future__ import annotations

from typing import Any

from ...apps.contacts import contacts
from ...apps.parts import copies
from ...ops import COPY, PUT
from ...program import EQ_VARS, Builder, Task, Text

KNOWN = 9


def build(b: Builder) -> Task:
    found = contacts(b, known=KNOWN)
    room = len(found.names)
    names, numbers = b.vars(room), b.vars(room)
    new, number, changed = found.unused_names[0], *found.unused_numbers
    old, place = b.picked("old", found.names[:KNOWN])
    b.on_reset(*copies(names, found.names), (COPY, names[KNOWN], new))
    b.on_reset(*copies(numbers, found.numbers), (COPY, numbers[KNOWN], number), (PUT, numbers[0], place, changed))

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
        length=13,
        type=[Text(var) for var in (*found.names[:KNOWN], *found.unused_names[1:])],
    )  # fmt: skip
