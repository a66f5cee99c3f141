"""A value of a table has to be looked up, typed and sent."""

from __future__ import annotations

from typing import Any

from ...layout import field, submit, table, title
from ...ops import COPY, GET, SET, SUM, UNLESS_EQ
from ...pools import CITIES, NAMES
from ...program import EQ_VAR, Builder, Task, Text
from ...words import code, number


def build(b: Builder) -> Task:
    n = min(max(b.knobs.items, 2), 7)
    names = b.distinct_texts("name", n, NAMES)
    name, _ = b.picked("asked", names)
    cells = b.vars(2 * n, "cell")  # first all cities, then all ages
    for k in range(n):
        b.on_reset((COPY, cells[k], b.draw_text("", CITIES)), (COPY, cells[n + k], b.draw("", number(18), number(80))))
    place, column, wanted = b.vars(2), b.var("column"), b.var("wanted")
    b.on_reset((COPY, place[1], name + 1), (COPY, place[0], b.draw("", 0, 1)), (SET, column, code("City")))
    b.on_reset((UNLESS_EQ, place[0], 1, 2), (SET, place[0], n), (SET, column, code("Age")))
    b.on_reset((SUM, wanted, place[0], 2), (GET, wanted, cells[0], wanted))
    typed, sent = b.var("typed"), b.var("sent")
    title(b, "Table")
    lines = [[Text(names[k]), Text(cells[k]), Text(cells[n + k])] for k in range(n)]
    table(b, [["Name", "City", "Age"], *lines])
    field(b, "Answer", typed, n + 1)
    submit(b, "Submit", [(COPY, sent, typed)])

    def solve(hand: Any) -> None:
        hand.click("Answer", "textfield")
        hand.type(hand[wanted])
        hand.click("Submit")
        hand.complete()

    return b.task(
        [
            "Type the {column} of {name} and submit.",
            "Enter what the table says under {column} for {name}; submit it.",
            "{name}: {column}? Write it into the field and submit.",
            "Look up the {column} of {name} and submit that.",
        ],
        {"name": name, "column": column},
        [(EQ_VAR, sent, wanted)],
        solve,
        length=4,
        type=[Text(cell) for cell in cells],
    )
