"""A code (and a phone number and a street) has to be copied from one of several notes into a form."""

from __future__ import annotations

from ...apps.carry import carry
from ...pools import STREETS
from ...program import Builder, Task
from ...words import NUMBER

KINDS = (("Code", (NUMBER + 100, 900)), ("Phone", (NUMBER + 1000, 9000)), ("Address", STREETS))


def build(b: Builder) -> Task:
    goals = [
        "Send the form with what the note about {name} says.",
        "Fill in the form for {name} from the notes.",
        "What is noted of {name} has to go into the form; send it.",
        "Open the note on {name}, then enter what it says into the form and send it.",
    ]
    return carry(b, KINDS, 1, "Notes", "Form", "name", "Send", goals)
