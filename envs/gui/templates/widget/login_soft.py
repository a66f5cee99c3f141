"""As `login`, with other words on the screen than in the goal: for the fields, and for the button that logs in."""

from __future__ import annotations

from typing import Any

from ...layout import Rows, button, field, label, title
from ...ops import ADD, SET, SKIP, UNLESS_SAME
from ...pools import (
    ENTER_LABELS,
    HELP_LABELS,
    NAMES,
    REGISTER_LABELS,
    SECRET_LABELS,
    SECRETS,
    USER_LABELS,
    VOUCHER_LABELS,
)
from ...program import EQ_NUMBER, EQ_VAR, PASSWORD, TEXTFIELD, Builder, Task, Text

FIELDS = BUTTONS = 3


def build(b: Builder) -> Task:
    n = min(1 + b.knobs.distractors, 8)  # texts of each kind that may be typed
    users, secrets = b.distinct_texts("user", n, NAMES), b.distinct_texts("password", n, SECRETS)
    user, secret = users[0], secrets[0]
    pools = {"user": USER_LABELS, "password": SECRET_LABELS, "voucher": VOUCHER_LABELS}
    typed, names = {}, {}
    title(b, "Welcome")
    for slot, (what, pool) in zip(b.shuffled("field", FIELDS), pools.items(), strict=True):
        typed[what], names[what] = b.var(f"typed {what}"), b.draw_text(f"name of the {what}", pool)
        kind = PASSWORD if what == "password" else TEXTFIELD
        field(b, Text(names[what]), typed[what], type=kind, slot=slot, slots=FIELDS)
    state, pressed = b.var("state"), b.var("pressed")  # 1 logged in, 2 refused; how often another button was pressed
    check: Rows = [
        (UNLESS_SAME, typed["user"], user, 3),
        (UNLESS_SAME, typed["password"], secret, 2),
        (SET, state, 1),
        (SKIP, 1),
        (SET, state, 2),
    ]
    enter = b.draw_text("enter", ENTER_LABELS)
    others = [b.draw_text("", pool) for pool in (REGISTER_LABELS, HELP_LABELS)]
    programs: list[tuple[int, Rows]] = [(enter, check), *((other, [(ADD, pressed, 1, 0, 9)]) for other in others)]
    for slot, (name, do) in zip(b.shuffled("button", BUTTONS), programs, strict=True):
        button(b, Text(name), do, FIELDS, slot=slot, slots=BUTTONS)
    label(b, "That is not right", FIELDS + BUTTONS, show=(state, 2))
    label(b, "Good to see you", FIELDS + BUTTONS, show=(state, 1))

    def solve(hand: Any) -> None:
        hand.click(hand[names["user"]], "textfield")
        hand.type(hand[user])
        hand.click(hand[names["password"]], "password")
        hand.type(hand[secret])
        hand.click(hand[enter], "button")
        hand.complete()

    return b.task(
        ["Log in as {user} with the password {password}.", "The user is {user}, the password {password}: log in.",
         "Enter the account of {user} (password {password})."],
        {"user": user, "password": secret},
        [(EQ_VAR, typed["user"], user), (EQ_VAR, typed["password"], secret), (EQ_NUMBER, state, 1)],
        solve,
        length=6,
        protect=[pressed, typed["voucher"]],
        type=[Text(var) for var in (*users[1:], *secrets[1:])],
    )  # fmt: skip
