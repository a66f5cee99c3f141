"""An event has to be entered, its date picked from the pages of a calendar."""

from __future__ import annotations

from typing import Any

from ...apps.calendar import FIRST_TIME, LAST_TIME, calendar
from ...apps.parts import copies, size
from ...ops import ADD, COPY, DRAW, PICK, SET, SUM
from ...pools import MONTHS
from ...program import EQ_VARS, Builder, Task, Text
from ...words import DATE, DAYS, number

TURNS = 2  # the most months that have to be turned


def build(b: Builder) -> Task:
    known = size(b, 4, 10)
    found = calendar(b, known=known)
    room = len(found.titles)
    titles, dates, times = b.vars(room), b.vars(room), b.vars(room)
    title, time, date = found.unused[0], b.draw("time", FIRST_TIME, LAST_TIME), b.var("date")
    shifts, shown, picked, nowhere = b.vars(2 * TURNS + 1), b.vars(2), b.vars(2), b.var()
    b.on_reset(
        *((SET, var, (k - TURNS) * DAYS) for k, var in enumerate(shifts)),
        (COPY, shown[0], found.before),
        (PICK, shown[1], shifts[0], len(shifts), nowhere),
        (SUM, picked[0], shown[0], 2),
        (ADD, picked[0], 0, DATE - 1, DATE - 1 + 11 * DAYS),
        (DRAW, picked[1], 1, 28),
        (SUM, date, picked[0], 2),
        *copies(titles, found.titles),
        *copies(dates, found.dates),
        *copies(times, found.times),
        *((COPY, of[known], what) for of, what in ((titles, title), (dates, date), (times, time))),
    )

    def solve(hand: Any) -> None:
        hand.click("New")
        hand.fill("Title", hand[title])
        hand.fill("Time", hand[time])
        hand.click("Date")
        month, day = divmod(hand[date] - DATE, DAYS)
        turns = month - (hand[found.month] - MONTHS[0])
        for _ in range(abs(turns)):
            hand.click(">" if turns > 0 else "<")
        hand.click(number(day + 1))
        hand.click("Save")
        hand.complete()

    return b.task(
        ["Enter {title} on {date} at {time}.", "Make a new event: {title}, {date}, {time}.",
         "On {date} at {time} there is {title}; put it into the calendar.",
         "Note {title} in the calendar, for {time} on {date}."],
        {"title": title, "date": date, "time": time},
        [(EQ_VARS, found.titles[0], titles[0], room), (EQ_VARS, found.dates[0], dates[0], room),
         (EQ_VARS, found.times[0], times[0], room)],
        solve,
        length=9 + TURNS,
        type=[Text(var) for var in (*found.titles[:known], *found.times[:known])],
    )  # fmt: skip
