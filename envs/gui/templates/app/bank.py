"""Money has to be sent to somebody, after logging in."""

from __future__ import annotations

from typing import Any

from ...apps.bank import bank
from ...apps.parts import size
from ...layout import scrolls
from ...pools import NAMES, SECRETS, THINGS
from ...program import EQ_NUMBER, EQ_VAR, Builder, Task, Text
from ...words import PRICE


def build(b: Builder) -> Task:
    payees = size(b, 5, 13)
    user, secret = b.draw_text("user", NAMES), b.distinct_texts("password", 3, SECRETS)
    found = bank(b, user, secret[0], payees=payees)
    payee, _ = b.picked("payee", found.payees)
    amount, reference = b.distinct_texts("amount", 4, (PRICE + 1, 999)), b.distinct_texts("reference", 4, THINGS)

    def solve(hand: Any) -> None:
        hand.fill("User", hand[user])
        hand.click("Password", "password")
        hand.type(hand[secret[0]])
        hand.click("Log in")
        hand.click("Pay")
        hand.scroll_to(hand[payee], "list_item")
        hand.click(hand[payee], "list_item")
        hand.fill("Amount", hand[amount[0]])
        hand.fill("Reference", hand[reference[0]])
        hand.click("Continue")
        hand.click("Pay now")
        hand.complete()

    return b.task(
        ["Log in as {user} with the password {password} and pay {amount} to {payee}, reference {reference}.",
         "{payee} gets {amount} for {reference}: pay that as {user}, whose password is {password}.",
         "As {user} (password {password}), send {payee} {amount} with the reference {reference}.",
         "{user} owes {payee} {amount}. Pay it with the reference {reference}; the password is {password}."],
        {"user": user, "password": secret[0], "payee": payee, "amount": amount[0], "reference": reference[0]},
        [(EQ_NUMBER, found.paid, 1), (EQ_VAR, found.to, payee), (EQ_VAR, found.amount, amount[0]),
         (EQ_VAR, found.reference, reference[0])],
        solve,
        length=14 + scrolls(payees),
        type=[Text(var) for var in (*secret[1:], *amount[1:], *reference[1:])],
    )  # fmt: skip
