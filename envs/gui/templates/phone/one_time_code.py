"""A bank asks for the code that it sent; other banks sent codes too. Wrong attempts are counted."""

from __future__ import annotations

from typing import Any

from ...apps import reader as readers
from ...apps.phone import Phone
from ...apps.reader import offers
from ...layout import button, field, label, title
from ...memory import exchanging, many
from ...ops import ADD, GET, SET, SKIP, UNLESS_EQ, UNLESS_SAME
from ...pools import BANKS, NAMES
from ...program import EQ_NUMBER, Builder, Task, Text
from ...words import NUMBER

ATTEMPTS = 3  # after this many wrong ones the account stays locked


def build(b: Builder) -> Task:
    n = 1 + many(b, "distractors", 1, 8)
    phone = Phone(b, {"Messages": readers.PAGES, "Bank": 1}, late="Bank", near=5)
    banks = b.distinct_texts("bank", n, BANKS)
    codes = b.distinct_texts("code", n, (NUMBER + 100, 900))
    offered = offers(b, codes)
    bank, place = b.picked("target", banks)
    user, wanted = b.draw_text("user", NAMES), b.var("wanted")
    b.on_reset((GET, wanted, codes[0], place))
    deleted = readers.reader(b, phone["Messages"], "Messages", banks, ["Your code"], lambda k, j: codes[k])

    page = phone["Bank"]
    typed_user, typed_code, is_in, attempts, locked = b.vars(5, "bank")
    check = [
        (UNLESS_EQ, locked, 0, 7),
        (UNLESS_SAME, typed_user, user, 3),
        (UNLESS_SAME, typed_code, wanted, 2),
        (SET, is_in, 1),
        (SKIP, 3),
        (ADD, attempts, 1, 0, ATTEMPTS),
        (UNLESS_EQ, attempts, ATTEMPTS, 1),
        (SET, locked, 1),
    ]
    title(b, Text(bank), page)
    field(b, "User", typed_user, 0, page)
    field(b, "Code", typed_code, 1, page)
    button(b, "Log in", check, 2, page)
    label(b, "Welcome", 3, page, show=(is_in, 1))
    label(b, "Locked", 3, page, show=(locked, 1))

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Messages")
        hand.scroll_to(hand[bank])
        hand.click(hand[bank])
        hand.see("Code")
        hand.click("Home", "icon")
        phone.open(hand, "Bank")
        hand.click("User", "textfield")
        hand.type(hand[user])
        hand.click("Code", "textfield")
        hand.use("Code")
        hand.type(hand[wanted])
        hand.click("Log in", "button")
        hand.complete()

    return b.task(
        ["Log in to {bank} as {user} with the code they sent you; do not guess.",
         "{bank} sent {user} a code: use it to log in, and make no wrong attempt.",
         "Get {user} into the account at {bank} with the code from the messages, at the first attempt.",
         "As {user}, enter the code that {bank} sent you and log in, without any wrong attempt."],
        {"bank": bank, "user": user},
        [(EQ_NUMBER, is_in, 1)],
        solve,
        length=phone.start_steps + phone.steps("Messages", "Bank") + 8,
        protect=[attempts, deleted, *codes],
        type=[Text(var) for var in offered],
        memory=True,
        memoryless=1 / n,
        conceal=exchanging([codes], place, [wanted]),
    )  # fmt: skip
