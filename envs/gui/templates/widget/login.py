"""A user name and a password have to be typed and sent."""

from __future__ import annotations

from typing import Any

from ...layout import button, field, title
from ...ops import SET, SKIP, UNLESS_SAME
from ...pools import NAMES, SECRETS
from ...program import EQ_NUMBER, EQ_VAR, PASSWORD, Builder, Task, Text


def build(b: Builder) -> Task:
    n = min(1 + b.knobs.distractors, 8)  # texts of each kind that may be typed
    users, secrets = b.distinct_texts("user", n, NAMES), b.distinct_texts("password", n, SECRETS)
    user, secret = users[0], secrets[0]
    typed_user, typed_secret = b.var("typed user"), b.var("typed password")
    state = b.var("state")  # 1 logged in, 2 refused
    title(b, "Log in")
    field(b, "User", typed_user, 0)
    field(b, "Password", typed_secret, 1, type=PASSWORD)
    check = [
        (UNLESS_SAME, typed_user, user, 3),
        (UNLESS_SAME, typed_secret, secret, 2),
        (SET, state, 1),
        (SKIP, 1),
        (SET, state, 2),
    ]
    button(b, "Log in", check, 2)
    b.widget(0, 16, 260, 328, 44, "Wrong user or password", show=(state, 2))
    b.widget(0, 16, 260, 328, 44, "Welcome", show=(state, 1))

    def solve(hand: Any) -> None:
        hand.click("User", "textfield")
        hand.type(hand[user])
        hand.click("Password", "password")
        hand.type(hand[secret])
        hand.click("Log in", "button")
        hand.complete()

    return b.task(
        ["Log in as {user} with the password {password}.", "The user is {user}, the password {password}: log in.",
         "Enter the account of {user} (password {password})."],
        {"user": user, "password": secret},
        [(EQ_VAR, typed_user, user), (EQ_VAR, typed_secret, secret), (EQ_NUMBER, state, 1)],
        solve,
        length=6,
        type=[Text(var) for var in (*users[1:], *secrets[1:])],
    )  # fmt: skip
