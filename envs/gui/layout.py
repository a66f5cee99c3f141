"""Building blocks of pages, shared by templates: the same look everywhere, at integer pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import program as p
from .ops import ADD, COPY, DRAW, GET, MATCH, PICK, RANK, SET, SUM, TOGGLE, UNLESS_EQ
from .pools import MONTHS
from .program import Builder, Text, Var
from .words import DATE, DAYS, code, number

MARGIN, ROW, GAP = 16, 44, 12  # pixels: side margin, height of a row, gap between rows
FULL = p.WIDTH - 2 * MARGIN
NAME = 112  # pixels: width of the name beside a field
SCROLL = 240  # pixels that one scroll moves
OVER, ABOVE = 1, 8  # z of open lists and of dialogs

Shown = str | int | Text
Rows = Sequence[tuple[int, ...]]
When = tuple[Var, int]


def top(row: int) -> int:
    """The y at which a page's row begins."""
    return p.TOP + GAP + row * (ROW + GAP)


def scrolls(rows: int, jitter: int = p.MAX_JITTER) -> int:
    """The most times that a page of `rows` rows can be scrolled."""
    return max(0, -(-(top(rows) - GAP + jitter - p.BOTTOM) // SCROLL))


def put(var: Var, text: Shown) -> tuple[int, ...]:
    """The program row that sets a variable to a text."""
    if isinstance(text, Text):
        return (COPY, var, text.var)
    return (SET, var, code(text) if isinstance(text, str) else text)


def title(b: Builder, text: Shown, page: int = 0) -> int:
    """A bar at the top that does not scroll."""
    return b.widget(p.LABEL, 0, 0, p.WIDTH, p.TOP, text, page=page, fixed=True)


def label(
    b: Builder,
    text: Shown,
    row: int = 0,
    page: int = 0,
    width: int = FULL,
    x: int = MARGIN,
    show: When | None = None,
    group: int = 0,
    slot: Var = -1,
    slots: int = 12,
) -> int:
    return b.widget(
        p.LABEL, x, top(row), width, ROW, text, page=page, show=show, group=group, slot=slot, slots=slots,
        step=(0, ROW + GAP),
    )  # fmt: skip


def button(
    b: Builder,
    text: Shown,
    do: Rows,
    row: int = 0,
    page: int = 0,
    slot: Var = -1,
    slots: int = 12,
    width: int = FULL,
    x: int = MARGIN,
    show: When | None = None,
    group: int = 0,
) -> int:
    """A button in a row; with `slot`, that variable holds the row, counted from `row`, among `slots`."""
    return b.widget(
        p.BUTTON, x, top(row), width, ROW, text, page=page, do=do, slot=slot, slots=slots,
        step=(0, ROW + GAP), show=show, group=group,
    )  # fmt: skip


def field(
    b: Builder,
    name: Shown,
    value: Var,
    row: int = 0,
    page: int = 0,
    type: int = p.TEXTFIELD,
    enter: Rows = (),
    show: When | None = None,
    slot: Var = -1,
    slots: int = 12,
) -> int:
    """A label and, beside it, a field for text."""
    label(b, name, row, page, NAME, show=show, slot=slot, slots=slots)
    return b.widget(
        type, MARGIN + 120, top(row), FULL - 120, ROW, name, page=page, value=value, do_long=enter, show=show,
        slot=slot, slots=slots, step=(0, ROW + GAP),
    )  # fmt: skip


def submit(b: Builder, text: Shown, do: Rows, page: int = 0, show: When | None = None) -> int:
    """A button fixed at the bottom, where lists cannot reach it."""
    y = p.BOTTOM + (p.HEIGHT - p.BOTTOM - ROW) // 2
    return b.widget(p.BUTTON, MARGIN, y, FULL, ROW, text, page=page, do=do, fixed=True, show=show)


# --- lists ------------------------------------------------------------------------------------------------------------


def item(
    b: Builder,
    type: int,
    text: Shown,
    do: Rows = (),
    row: int = 0,
    page: int = 0,
    slot: Var = -1,
    slots: int = 12,
    value: Var = -1,
    on: int = 1,
    show: When | None = None,
    group: int = 0,
) -> int:
    """A row of a list, of any type: a link, a card, an entry."""
    return b.widget(
        type, MARGIN, top(row), FULL, ROW, text, page=page, do=do, slot=slot, slots=slots,
        step=(0, ROW + GAP), value=value, on=on, show=show, group=group,
    )  # fmt: skip


def checkbox(
    b: Builder,
    text: Shown,
    value: Var,
    row: int = 0,
    page: int = 0,
    slot: Var = -1,
    slots: int = 12,
    type: int = p.CHECKBOX,
) -> int:
    """A checkbox (or toggle); `value` is 1 while it is checked."""
    return item(b, type, text, [(TOGGLE, value)], row, page, slot, slots, value)


def radio(
    b: Builder,
    text: Shown,
    value: Var,
    on: int,
    row: int = 0,
    page: int = 0,
    slot: Var = -1,
    slots: int = 12,
) -> int:
    """One of several radio buttons that share `value`, which is `on` while this one is chosen."""
    return item(b, p.RADIO, text, [(SET, value, on)], row, page, slot, slots, value, on)


def results(
    b: Builder,
    titles: Sequence[Shown],
    keys: range,
    order: range,
    query: Var,
    do: Callable[[int, Var], Rows],
    row: int = 0,
    page: int = 0,
) -> tuple[range, range, Rows]:
    """Search results: entries whose key equals `query` (all if that is empty), by ascending numbers of `order`.

    `do` gets the index of an entry among `titles` and the variable with its place in the list, from 0. Returns the
    flags of the shown entries (none at first), their places in the list, and the search program.
    """
    n = len(titles)
    flags, places = b.vars(n), b.vars(n)
    for k, text in enumerate(titles):
        item(b, p.LIST_ITEM, text, do(k, places[k]), row, page, places[k], n, show=(flags[k], 1))
    return flags, places, [(MATCH, flags[0], keys[0], n, query), (RANK, places[0], order[0], flags[0], n)]


def table(b: Builder, lines: Sequence[Sequence[Shown]], row: int = 0, page: int = 0) -> None:
    """Lines of texts in columns of equal width; usually the first line holds the column names."""
    width = FULL // len(lines[0])
    for k, line in enumerate(lines):
        for j, text in enumerate(line):
            label(b, text, row + k, page, width - 4, MARGIN + j * width, group=k + 1)


# --- one of several ---------------------------------------------------------------------------------------------------


def tabs(
    b: Builder, names: Sequence[Shown], current: Var, row: int = 0, page: int = 0, show: When | None = None
) -> None:
    """Tabs beside each other, or the numbers of result pages: `current` is the index of the open one."""
    width = FULL // len(names)
    for k, text in enumerate(names):
        b.widget(
            p.TAB, MARGIN + k * width, top(row), width - 4, ROW, text, page=page, value=current, on=k,
            do=[(SET, current, k)], show=show,
        )  # fmt: skip


def dropdown(
    b: Builder,
    name: Shown,
    value: Var,
    choices: Sequence[Shown],
    row: int = 0,
    page: int = 0,
    show: When | None = None,
    slot: Var = -1,
    slots: int = 12,
) -> Var:
    """A label and, beside it, a drop-down list of choices; `value` gets the text of the chosen one.

    Like a field, the widget has the name as its text and the choice as its value. Returns the variable that is 1 while
    the list is open.
    """
    is_open = b.var()
    x, width = MARGIN + 120, FULL - 120
    step = (0, ROW + GAP)
    label(b, name, row, page, NAME, show=show, slot=slot, slots=slots)
    b.widget(
        p.DROPDOWN, x, top(row), width, ROW, name, page=page, value=value, on=-1, do=[(TOGGLE, is_open)], show=show,
        slot=slot, slots=slots, step=step,
    )  # fmt: skip
    for k, choice in enumerate(choices):
        pick = [put(value, choice), (SET, is_open, 0)]
        y = top(row) + (k + 1) * ROW
        b.widget(
            p.OPTION, x, y, width, ROW, choice, page=page, do=pick, z=OVER, show=(is_open, 1), slot=slot, slots=slots,
            step=step,
        )  # fmt: skip
    return is_open


def spinner(
    b: Builder,
    name: Shown,
    value: Var,
    low: int,
    high: int,
    row: int = 0,
    page: int = 0,
    slot: Var = -1,
    slots: int = 12,
) -> None:
    """A name, and a number between a minus and a plus button; `value` has the code of the number, `words.number`."""
    group = row + 1
    label(b, name, row, page, 148, group=group, slot=slot, slots=slots)
    label(b, Text(value), row, page, 64, MARGIN + 208, group=group, slot=slot, slots=slots)
    for text, by, x in (("-", -1, MARGIN + 152), ("+", 1, MARGIN + 280)):
        press = [(ADD, value, by, number(low), number(high))]
        button(b, text, press, row, page, slot, slots, width=48, x=x, group=group)


# --- in front of everything -------------------------------------------------------------------------------------------


def dialog(
    b: Builder, when: When, lines: Sequence[Shown], choices: Sequence[tuple[Shown, Rows]], page: int = 0
) -> None:
    """Lines of text above buttons, and behind them an overlay that keeps clicks from the page (-1: every page).

    Shown while `when` holds; the buttons' programs have to end that condition.
    """
    columns = len(choices) if len(choices) <= 2 else 1  # more columns would be too narrow for words
    height = GAP + len(lines) * ROW + -(-len(choices) // max(columns, 1)) * (ROW + GAP)
    x, y = 32, (p.HEIGHT - height) // 2
    inner = p.WIDTH - 2 * x - 2 * GAP

    def put_in(z: int, type: int, x: int, y: int, w: int, h: int, text: Shown, do: Rows = ()) -> None:
        b.widget(type, x, y, w, h, text, page=page, do=do, z=ABOVE + z, show=when, fixed=True)

    put_in(0, p.DIALOG, 0, 0, p.WIDTH, p.HEIGHT, 0)
    put_in(1, p.DIALOG, x, y, p.WIDTH - 2 * x, height, 0)
    for k, line in enumerate(lines):
        put_in(2, p.LABEL, x + GAP, y + GAP // 2 + k * ROW, inner, ROW, line)
    width, below = (inner + GAP) // max(columns, 1), y + GAP + len(lines) * ROW
    for k, (text, do) in enumerate(choices):
        across, down = k % columns * width, k // columns * (ROW + GAP)
        put_in(2, p.BUTTON, x + GAP + across, below + down, width - GAP, ROW, text, do)


# --- dates ------------------------------------------------------------------------------------------------------------


def draw_date(b: Builder, name: str, first_day: int = 1, last_day: int = 28) -> tuple[Var, Var, Var]:
    """A date that a reset draws, the name of its month, and the code of the day before that month's first."""
    firsts = b.vars(12)
    b.on_reset(*((SET, var, DATE - 1 + k * DAYS) for k, var in enumerate(firsts)))
    parts, month, date = b.vars(2), b.var(f"{name}.month"), b.var(name)
    b.on_reset(
        (PICK, parts[0], firsts[0], 12, month),
        (DRAW, parts[1], first_day, last_day),
        (SUM, date, parts[0], 2),
        (ADD, month, MONTHS[0], MONTHS[0], MONTHS[0] + 11),
    )
    return date, month, parts[0]


def calendar(b: Builder, value: Var, month: Var, before: Var, row: int = 0, page: int = 0, then: Rows = ()) -> None:
    """A month with its days, and buttons to the previous and next month; a click on a day puts the date into `value`.

    It takes five rows. `month` and `before` say which month is shown, like those of `draw_date`; `then` runs after a
    day is chosen. To open and close the calendar, give it a page of its own and leave that with BACK.
    """
    without_30, without_31, index = b.vars(3)
    short = b.vars(12)
    b.on_reset(*((SET, short[k], 1) for k in (1, 3, 5, 8, 10)))
    ends: list[tuple[int, ...]] = [
        (SET, without_30, 0),
        (UNLESS_EQ, month, MONTHS[0] + 1, 1),
        (SET, without_30, 1),
        (COPY, index, month),
        (ADD, index, -MONTHS[0], 0, 11),
        (GET, without_31, short[0], index),
    ]
    b.on_reset(*ends)

    def turn(by: int) -> Rows:
        least, most = DATE - 1, DATE - 1 + 11 * DAYS
        return [(ADD, month, by, MONTHS[0], MONTHS[0] + 11), (ADD, before, by * DAYS, least, most), *ends]

    button(b, "<", turn(-1), row, page, width=48)
    label(b, Text(month), row, page, FULL - 112, MARGIN + 56)
    button(b, ">", turn(1), row, page, width=48, x=p.WIDTH - MARGIN - 48)
    width = FULL // 7
    for k in range(DAYS):
        pick = [(COPY, value, before), (ADD, value, k + 1, DATE, DATE + 12 * DAYS - 1), *then]
        b.widget(
            p.DATE_CELL, MARGIN + k % 7 * width, top(row + 1) + k // 7 * ROW, width - 4, ROW - 4, number(k + 1),
            page=page, do=pick, show=(without_30, 0) if k == 29 else (without_31, 0) if k == 30 else None,
        )  # fmt: skip
