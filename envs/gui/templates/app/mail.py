"""A message has to be deleted or starred, another one forwarded or answered."""

from __future__ import annotations

from typing import Any

from ...apps.mail import mail
from ...apps.parts import size
from ...layout import scrolls
from ...ops import CHANCE, COPY, DISTINCT, GET, PUT, SET, SKIP, UNLESS_EQ
from ...pools import NAMES, PHRASES
from ...program import EQ_VARS, V_NONE, Builder, Task, Text
from ...words import code


def build(b: Builder) -> Task:
    messages = size(b, 5, 12)
    found = mail(b, messages=messages)
    places, (first, second), (is_delete, is_forward) = b.vars(2), b.vars(2, "subject"), b.vars(2)
    do_first, do_second, entry, one = b.var("first"), b.var("second"), b.var("entry"), b.var(start=1)
    person, phrase = b.draw_text("person", NAMES), b.draw_text("phrase", PHRASES)
    kept, starred = b.vars(messages, start=1), b.vars(messages)
    forwarded, replies = b.vars(messages), b.vars(messages)
    b.on_reset(
        (DISTINCT, places[0], 2, 0, messages - 1),
        (GET, first, found.subjects[0], places[0]),
        (GET, second, found.subjects[0], places[1]),
        (CHANCE, is_delete, 50),
        (CHANCE, is_forward, 50),
        (UNLESS_EQ, is_delete, 1, 3),
        (SET, do_first, code("Delete")),
        (PUT, kept[0], places[0], V_NONE),
        (SKIP, 2),
        (SET, do_first, code("Star")),
        (PUT, starred[0], places[0], one),
        (UNLESS_EQ, is_forward, 1, 4),
        (SET, do_second, code("forward it to")),
        (COPY, entry, person),
        (PUT, forwarded[0], places[1], entry),
        (SKIP, 3),
        (SET, do_second, code("reply with")),
        (COPY, entry, phrase),
        (PUT, replies[0], places[1], entry),
    )

    def solve(hand: Any) -> None:
        hand.scroll_to(hand[first])
        if hand[is_delete]:
            hand.click(hand[first])
            hand.click("Delete")
        else:
            hand.click_beside(hand[first], "Star")
        hand.scroll_to(hand[second])
        hand.click(hand[second])
        hand.click("Forward" if hand[is_forward] else "Reply")
        hand.fill("To" if hand[is_forward] else "Text", hand[entry])
        hand.click("Send")
        hand.complete()

    return b.task(
        ["{do} the message about {first}. Open the one about {second} and {then} {entry}.",
         "There is a message about {second}: open it and {then} {entry}. {do} the one about {first}.",
         "{do} the mail with the subject {first}; take the mail with the subject {second} and {then} {entry}.",
         "Two messages, {first} and {second}. {do} the first; take the second and {then} {entry}."],
        {"do": do_first, "first": first, "second": second, "then": do_second, "entry": entry},
        [(EQ_VARS, found.kept[0], kept[0], 2 * messages), (EQ_VARS, found.forwarded[0], forwarded[0], 2 * messages)],
        solve,
        length=8 + 3 * scrolls(messages),
        type=[Text(var) for var in found.senders],
    )  # fmt: skip
