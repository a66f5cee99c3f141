"""The date and time of a meeting (and its place) have to be copied from a mail into the calendar."""

from __future__ import annotations

from ...apps.carry import carry
from ...pools import CITIES
from ...program import Builder, Task
from ...words import DATE, DAYS, TIME

MAY = DATE + 4 * DAYS
KINDS = (("Date", (MAY, DAYS)), ("Time", (TIME + 96, 132)), ("Place", CITIES))  # from 8 to 19 o'clock


def build(b: Builder) -> Task:
    goals = [
        "Put the meeting that {sender} wrote of into the calendar.",
        "{sender} proposes a meeting by mail: save it in the calendar.",
        "Save an event for when {sender} wants to meet, see the mail.",
        "Read the mail of {sender} and enter the meeting into the calendar.",
    ]
    return carry(b, KINDS, 2, "Mail", "Calendar", "sender", "Save", goals)
