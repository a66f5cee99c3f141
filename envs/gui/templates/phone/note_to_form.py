"""A code (a phone number and a street too) has to be carried from one of several notes into a form."""

from __future__ import annotations

from typing import Any

from ...apps import form as forms
from ...apps import reader as readers
from ...apps.phone import Phone
from ...apps.reader import offers
from ...memory import exchanging, many
from ...ops import GET
from ...pools import NAMES, STREETS
from ...program import EQ_VARS, Builder, Task, Text
from ...words import NUMBER

KINDS = (("Code", (NUMBER + 100, 900)), ("Phone", (NUMBER + 1000, 9000)), ("Address", STREETS))


def build(b: Builder) -> Task:
    n = 1 + many(b, "distractors", 1, 8)
    kinds = KINDS[: many(b, "memory_load", 1, len(KINDS))]
    phone = Phone(b, {"Notes": readers.PAGES, "Form": forms.PAGES}, late="Form", near=3)
    names = b.distinct_texts("name", n, NAMES)
    values = [b.distinct_texts(label, n, pool) for label, pool in kinds]
    offered = [offers(b, one) for one in values]
    name, place = b.picked("target", names)
    wanted = b.vars(len(kinds), "wanted")
    b.on_reset(*((GET, want, of[0], place) for want, of in zip(wanted, values, strict=True)))
    labels = [label for label, _ in kinds]
    deleted = readers.reader(b, phone["Notes"], "Notes", names, labels, lambda k, j: values[j][k])
    saved = forms.form(b, phone["Form"], "Form", labels, "Send")

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Notes")
        hand.click(hand[name])
        hand.see(*labels)
        hand.click("Home", "icon")
        phone.open(hand, "Form")
        for label, want in zip(labels, wanted, strict=True):
            hand.click(label, "textfield")
            hand.use(label)
            hand.type(hand[want])
        hand.click("Send", "button")
        hand.complete()

    return b.task(
        ["Send the form with what the note about {name} says.", "Fill in the form for {name} from the notes.",
         "What is noted of {name} has to go into the form; send it.",
         "Open the note on {name}, then enter what it says into the form and send it."],
        {"name": name},
        [(EQ_VARS, saved[0], wanted[0], len(wanted))],
        solve,
        length=phone.start_steps + phone.steps("Notes", "Form") + 4 + 2 * len(kinds),
        protect=[deleted],
        type=[Text(var) for of in offered for var in of],
        memory=True,
        memoryless=1 / n ** len(kinds),  # what may be typed does not show what belongs together
        conceal=exchanging(values, place, wanted),
    )  # fmt: skip
