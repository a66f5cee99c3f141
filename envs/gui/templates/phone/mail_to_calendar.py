"""The date and time of a meeting (and its place) have to be carried from a mail into the calendar."""

from __future__ import annotations

from typing import Any

from ...apps import form as forms
from ...apps import reader as readers
from ...apps.phone import Phone
from ...apps.reader import offers
from ...memory import exchanging, many
from ...ops import GET
from ...pools import CITIES, NAMES
from ...program import EQ_VARS, Builder, Task, Text
from ...words import DATE, DAYS, TIME

MAY = DATE + 4 * DAYS
KINDS = (("Date", (MAY, DAYS)), ("Time", (TIME + 96, 132)), ("Place", CITIES))  # from 8 to 19 o'clock


def build(b: Builder) -> Task:
    n = 1 + many(b, "distractors", 1, 8)
    kinds = KINDS[: many(b, "memory_load", 2, len(KINDS))]
    phone = Phone(b, {"Mail": readers.PAGES, "Calendar": forms.PAGES}, late="Calendar", near=3)
    senders = b.distinct_texts("sender", n, NAMES)
    values = [b.distinct_texts(label, n, pool) for label, pool in kinds]
    offered = [offers(b, one) for one in values]
    sender, place = b.picked("target", senders)
    wanted = b.vars(len(kinds), "wanted")
    b.on_reset(*((GET, want, of[0], place) for want, of in zip(wanted, values, strict=True)))
    labels = [label for label, _ in kinds]
    deleted = readers.reader(b, phone["Mail"], "Mail", senders, labels, lambda k, j: values[j][k])
    saved = forms.form(b, phone["Calendar"], "Calendar", labels)

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Mail")
        hand.click(hand[sender])
        hand.see(*labels)
        hand.click("Home", "icon")
        phone.open(hand, "Calendar")
        for label, want in zip(labels, wanted, strict=True):
            hand.click(label, "textfield")
            hand.use(label)
            hand.type(hand[want])
        hand.click("Save", "button")
        hand.complete()

    return b.task(
        ["Put the meeting that {sender} wrote of into the calendar.", "{sender} proposes a meeting by mail: save it in "
         "the calendar.", "Save an event for when {sender} wants to meet, see the mail.",
         "Read the mail of {sender} and enter the meeting into the calendar."],
        {"sender": sender},
        [(EQ_VARS, saved[0], wanted[0], len(wanted))],
        solve,
        length=phone.start_steps + phone.steps("Mail", "Calendar") + 4 + 2 * len(kinds),
        protect=[deleted],
        type=[Text(var) for of in offered for var in of],
        memory=True,
        memoryless=1 / n ** len(kinds),  # what may be typed does not show what belongs together
        conceal=exchanging(values, place, wanted),
    )  # fmt: skip
