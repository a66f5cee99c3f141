"""A day has to be found in a calendar that may show another month at first."""

from __future__ import annotations

from typing import Any

from ...layout import FULL, MARGIN, ROW, calendar, draw_date, label, submit, title, top
from ...ops import ADD, BACK, COPY, NAV, UNLESS_EQ
from ...pools import MONTHS
from ...program import DROPDOWN, EQ_VAR, Builder, Task
from ...words import DATE, DAYS, number

AWAY = 2  # months, at most


def build(b: Builder) -> Task:
    target, wanted_month, wanted_before = draw_date(b, "target")
    month, before, shift = b.var("month"), b.var("before"), b.draw("shift", 0, 2 * AWAY)
    b.on_reset((COPY, month, wanted_month), (COPY, before, wanted_before))
    for k in range(-AWAY, AWAY + 1):
        b.on_reset(
            (UNLESS_EQ, shift, k + AWAY, 2),
            (ADD, month, k, MONTHS[0], MONTHS[0] + 11),
            (ADD, before, k * DAYS, DATE - 1, DATE - 1 + 11 * DAYS),
        )
    chosen, sent = b.var("chosen"), b.var("sent")
    title(b, "Date")
    label(b, "Day", 0, width=112)
    b.widget(DROPDOWN, MARGIN + 120, top(0), FULL - 120, ROW, "Day", value=chosen, on=-1, do=[(NAV, 1)])
    submit(b, "Submit", [(COPY, sent, chosen)])
    title(b, "Choose a day", page=1)
    calendar(b, chosen, month, before, page=1, then=[(BACK,)])

    def solve(hand: Any) -> None:
        hand.click("Day", "dropdown")
        while hand[month] != hand[wanted_month]:
            hand.click(">" if hand[month] < hand[wanted_month] else "<")
        hand.click(number(hand[target] - hand[before]), "date_cell")
        hand.click("Submit")
        hand.complete()

    return b.task(
        [
            "Choose the {target} and submit.",
            "Set the day to {target} and press Submit.",
            "Pick {target} in the calendar, then submit.",
            "Submit {target} as the day.",
        ],
        {"target": target},
        [(EQ_VAR, sent, target)],
        solve,
        length=4 + AWAY,
    )
