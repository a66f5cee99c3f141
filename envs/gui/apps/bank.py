"""A bank: behind the log-in, an account with its payments, the payees, and a form with a confirmation page."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import Shown, button, field, label
from ..ops import ADD, COPY, DRAW, NAV, SET, SKIP, UNLESS_SAME
from ..pools import NAMES
from ..program import LABEL, LIST_ITEM, PASSWORD, Builder, Text, Var
from ..words import PRICE
from .parts import Cell, bar, entry, facts

PAGES = 6
LOGIN, ACCOUNT, PAYEES, FORM, CONFIRM, DONE = range(PAGES)


class Bank(NamedTuple):
    payees: range
    paid: Var  # the number of payments, and the details of the last one
    to: Var
    amount: Var
    reference: Var
    refused: Var  # whether the last attempt to log in failed


def bank(
    b: Builder, user: Var, secret: Var, page: int = 0, payees: int = 10, what: Shown = "Password", name: str = "Bank"
) -> Bank:
    """`user` and `secret` are the variables with the texts that log in; `what` is the secret's label."""
    names, past = b.distinct_texts(f"{name}: payee", payees, NAMES), b.vars(payees)
    order, refused, paid = b.shuffled("", payees), b.var(f"{name}: refused"), b.var(f"{name}: paid")
    b.on_reset(*((DRAW, var, PRICE + 1, PRICE + 999) for var in past))
    to, amount, reference = (b.var(f"{name}: {part}") for part in ("to", "amount", "reference"))
    typed_user, typed_secret, payee, sum_typed, note = (b.var() for _ in range(5))

    bar(b, name, page, back=page > 0)
    field(b, "User", typed_user, 0, page)
    field(b, what, typed_secret, 1, page, PASSWORD)
    check = [
        (UNLESS_SAME, typed_user, user, 4), (UNLESS_SAME, typed_secret, secret, 3), (SET, refused, 0),
        (NAV, page + ACCOUNT), (SKIP, 1), (SET, refused, 1),
    ]  # fmt: skip
    button(b, "Log in", check, 2, page)
    label(b, "That is not right", 3, page, show=(refused, 1))

    bar(b, "Account", page + ACCOUNT, "Pay", [(NAV, page + PAYEES)])
    bar(b, "Pay whom", page + PAYEES)
    for k in range(payees):
        cells = [Cell(LABEL, Text(names[k]), 200), Cell(LABEL, Text(past[k]), 120)]
        entry(b, cells, order[k], payees, 0, page + ACCOUNT)
        start = [(COPY, payee, names[k]), (SET, sum_typed, 0), (SET, note, 0), (NAV, page + FORM)]
        entry(b, [Cell(LIST_ITEM, Text(names[k]), 328, start)], order[k], payees, 0, page + PAYEES)

    bar(b, Text(payee), page + FORM)
    field(b, "Amount", sum_typed, 0, page + FORM)
    field(b, "Reference", note, 1, page + FORM)
    button(b, "Continue", [(NAV, page + CONFIRM)], 2, page + FORM)

    bar(b, "Confirm", page + CONFIRM)
    facts(b, [("To", Text(payee)), ("Amount", Text(sum_typed)), ("Reference", Text(note))], page + CONFIRM)
    pay = [(COPY, to, payee), (COPY, amount, sum_typed), (COPY, reference, note), (ADD, paid, 1, 0, 99)]
    button(b, "Pay now", [*pay, (NAV, page + DONE)], 3, page + CONFIRM)

    bar(b, "Done", page + DONE)
    label(b, "The payment is on its way", 0, page + DONE)
    return Bank(names, paid, to, amount, reference, refused)
