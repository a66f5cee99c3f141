"""Mail: an inbox, a page for each message, and a page each for forwarding and for replies."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import button, field, label
from ..ops import BACK, COPY, NAV, PUT, RANK, SET, TOGGLE
from ..pools import NAMES, PHRASES, TOPICS
from ..program import ICON, LABEL, LIST_ITEM, V_NONE, Builder, Text
from .parts import Cell, bar, entry, facts

PAGES = 4
INBOX, MESSAGE, FORWARD, REPLY = range(PAGES)


class Mail(NamedTuple):
    """Lists have an entry for each message."""

    subjects: range
    senders: range
    bodies: range
    kept: range  # 0 when deleted; the stars come right after them
    starred: range
    forwarded: range  # the recipient, 0 for nobody; the replies come right after them
    replies: range  # the answer, 0 for none


def mail(b: Builder, page: int = 0, messages: int = 10, name: str = "Mail") -> Mail:
    subjects = b.distinct_texts(f"{name}: subject", messages, TOPICS)
    senders = b.distinct_texts(f"{name}: sender", messages, NAMES)
    bodies = b.distinct_texts(f"{name}: body", messages, PHRASES)
    kept = b.vars(messages, f"{name}: kept", 1)
    starred, forwarded, replies = (b.vars(messages, f"{name}: {what}") for what in ("star", "forwarded", "reply"))
    order, places = b.shuffled("", messages), b.vars(messages)
    tidy = (RANK, places[0], order[0], kept[0], messages)
    b.on_reset(tidy)

    at, subject, sender, body, text = (b.var() for _ in range(5))
    bar(b, name, page, back=page > 0)
    for k in range(messages):
        look = [
            (SET, at, k), (COPY, subject, subjects[k]), (COPY, sender, senders[k]), (COPY, body, bodies[k]),
            (NAV, page + MESSAGE),
        ]  # fmt: skip
        star = Cell(ICON, "Star", 64, [(TOGGLE, starred[k])], starred[k])
        cells = [Cell(LIST_ITEM, Text(subjects[k]), 160, look), Cell(LABEL, Text(senders[k]), 88), star]
        entry(b, cells, places[k], messages, 0, page, (kept[k], 1))

    bar(b, Text(subject), page + MESSAGE, "Delete", [(PUT, kept[0], at, V_NONE), tidy, (BACK,)])
    facts(b, [("From", Text(sender)), ("Message", Text(body))], page + MESSAGE)
    for row, (what, there) in enumerate([("Forward", FORWARD), ("Reply", REPLY)], 2):
        button(b, what, [(SET, text, 0), (NAV, page + there)], row, page + MESSAGE)
    for there, what, to in [(FORWARD, "To", forwarded), (REPLY, "Text", replies)]:
        bar(b, ("Forward", "Reply")[there - FORWARD], page + there, "Send", [(PUT, to[0], at, text), (BACK,)])
        label(b, Text(subject), 0, page + there)
        field(b, what, text, 1, page + there)
    return Mail(subjects, senders, bodies, kept, starred, forwarded, replies)
