"""A calendar: the coming events, a page for each, a page to write a new one, and a page to pick its date."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import MARGIN, button, draw_date, field, label
from ..layout import calendar as month_view
from ..ops import ADD, BACK, COPY, DRAW, NAV, PICK, PUT, RANK, SET, SUM
from ..pools import EVENTS
from ..program import LABEL, LIST_ITEM, Builder, Text, Var
from ..words import DATE, DAYS, TIME
from .parts import Cell, bar, entry, facts

PAGES = 4
COMING, EVENT, NEW, PICKER = range(PAGES)
FIRST_TIME, LAST_TIME = TIME + 8 * 12, TIME + 20 * 12  # from 8 to 20 o'clock


class Calendar(NamedTuple):
    """Lists have an entry for each event, and empty ones for new events."""

    titles: range
    dates: range
    times: range
    exists: range
    unused: range  # titles that no event has
    month: Var  # what the picker shows first: a month's name, and the code of the day before that month
    before: Var


def calendar(b: Builder, page: int = 0, known: int = 9, new: int = 2, name: str = "Calendar") -> Calendar:
    room = known + new
    titles, dates, times, exists = (b.vars(room, f"{name}: {what}") for what in ("title", "date", "time", "exists"))
    drawn, count, places, one = b.distinct_texts("", room, EVENTS), b.var(start=known), b.vars(room), b.var(start=1)
    _, month, before = draw_date(b, f"{name}: today")
    at, firsts, parts = b.var(), b.vars(12), b.vars(2)  # a month, the days before months, such a one and a day
    b.on_reset(*((SET, var, DATE - 1 + k * DAYS) for k, var in enumerate(firsts)))
    for k in range(known):
        b.on_reset(
            (COPY, titles[k], drawn[k]),
            (PICK, parts[0], firsts[0], 12, at),
            (DRAW, parts[1], 1, 28),
            (SUM, dates[k], parts[0], 2),
            (DRAW, times[k], FIRST_TIME, LAST_TIME),
            (SET, exists[k], 1),
        )
    tidy = (RANK, places[0], dates[0], exists[0], room)
    b.on_reset(tidy)

    title, date, time, typed_title, typed_date, typed_time = (b.var() for _ in range(6))
    blank = [(SET, typed_title, 0), (SET, typed_date, 0), (SET, typed_time, 0)]
    bar(b, name, page, "New", [*blank, (NAV, page + NEW)], back=page > 0)
    for k in range(room):
        look = [(COPY, title, titles[k]), (COPY, date, dates[k]), (COPY, time, times[k]), (NAV, page + EVENT)]
        cells = [Cell(LIST_ITEM, Text(titles[k]), 172, look), Cell(LABEL, Text(dates[k]), 148)]
        entry(b, cells, places[k], room, 0, page, (exists[k], 1))

    bar(b, Text(title), page + EVENT)
    facts(b, [("Date", Text(date)), ("Time", Text(time))], page + EVENT)

    bar(b, "New event", page + NEW)
    field(b, "Title", typed_title, 0, page + NEW)
    field(b, "Time", typed_time, 1, page + NEW)
    label(b, Text(typed_date), 2, page + NEW, 200, MARGIN + 120)
    button(b, "Date", [(NAV, page + PICKER)], 2, page + NEW, width=112)
    create = [
        (COPY, at, count), (ADD, count, 1, 0, room - 1), (PUT, titles[0], at, typed_title),
        (PUT, dates[0], at, typed_date), (PUT, times[0], at, typed_time), (PUT, exists[0], at, one), tidy, (BACK,),
    ]  # fmt: skip
    button(b, "Save", create, 3, page + NEW)

    bar(b, "Date", page + PICKER)
    month_view(b, typed_date, month, before, 0, page + PICKER, [(BACK,)])
    return Calendar(titles, dates, times, exists, drawn[known:], month, before)
