"""The sum of somebody's receipts, shown one at a time, has to be entered as an expense."""

from __future__ import annotations

from typing import Any

from ...apps import form as forms
from ...apps import reader as readers
from ...apps.phone import Phone
from ...apps.reader import offers
from ...memory import exchanging, many
from ...ops import ADD, COPY, DRAW, GET, SET, SUM
from ...pools import NAMES
from ...program import EQ_VAR, Builder, Task, Text
from ...words import PRICE

LEAST, MOST = 5, 24  # amounts of every receipt but the last
TOTALS = (90, 100)  # the smallest, and how many there are


def build(b: Builder) -> Task:
    n = 1 + many(b, "distractors", 1, 8)
    m = many(b, "memory_load", 2, 4)
    phone = Phone(b, {"Receipts": readers.PAGES, "Expenses": forms.PAGES}, late="Expenses", near=3)
    names = b.distinct_texts("name", n, NAMES)
    totals = b.distinct_texts("total", n, TOTALS)
    amounts = b.vars(n * m, "amount")
    # Programs can only add, so the last receipt is the total plus the negated other receipts, from a table.
    below = b.vars(MOST - LEAST + 1)
    b.on_reset(*((SET, var, -LEAST - k) for k, var in enumerate(below)))
    place, parts = b.var(), b.vars(m)
    for k in range(n):
        rows: list[tuple[int, ...]] = [(COPY, parts[0], totals[k])]
        for j in range(m - 1):
            amount = amounts[k * m + j]
            rows += [(DRAW, place, 0, MOST - LEAST), (GET, parts[1 + j], below[0], place)]
            rows += [(COPY, amount, place), (ADD, amount, PRICE + LEAST, 0, PRICE + MOST)]
        last = amounts[k * m + m - 1]
        rows += [(SUM, last, parts[0], m), (ADD, last, PRICE, 0, PRICE + sum(TOTALS))]
        b.on_reset(*rows, (ADD, totals[k], PRICE, 0, PRICE + sum(TOTALS)))
    offered = offers(b, totals)
    name, place = b.picked("target", names)
    wanted = b.var("wanted")
    b.on_reset((GET, wanted, totals[0], place))
    lines = [f"Receipt {j + 1}" for j in range(m)]
    deleted = readers.reader(b, phone["Receipts"], "Receipts", names, lines, lambda k, j: amounts[k * m + j], True)
    (saved,) = forms.form(b, phone["Expenses"], "Expenses", ["Total"])

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Receipts")
        hand.click(hand[name])
        for line in lines[:-1]:
            hand.see(line)
            hand.click("Next", "button")
        hand.see(lines[-1])
        hand.click("Home", "icon")
        phone.open(hand, "Expenses")
        hand.click("Total", "textfield")
        hand.use(*lines)
        hand.type(hand[wanted])
        hand.click("Save", "button")
        hand.complete()

    shown = exchanging([totals], place, [wanted])

    def conceal(v: Any) -> None:
        here = int(v[place])
        there = (here + 1) % n
        for j in range(m):
            a, c = amounts[here * m + j], amounts[there * m + j]
            v[a], v[c] = v[c], v[a]
        shown(v)

    return b.task(
        ["Enter the total of the receipts of {name} under expenses.", "Add up what {name} paid, see the receipts, and "
         "save it as an expense.", "Save what the receipts of {name} come to in the expenses.",
         "How much do the receipts of {name} come to? Save that under expenses."],
        {"name": name},
        [(EQ_VAR, saved, wanted)],
        solve,
        length=phone.start_steps + phone.steps("Receipts", "Expenses") + 5 + m,
        protect=[deleted],
        type=[Text(var) for var in offered],
        memory=True,
        memoryless=1 / n,
        conceal=conceal,
    )  # fmt: skip
