"""A password has to be typed twice."""

from __future__ import annotations

from typing import Any

from ...layout import field, label, submit, title
from ...ops import COPY, SET, SKIP, UNLESS_SAME
from ...pools import SECRETS
from ...program import EQ_VAR, PASSWORD, Builder, Task, Text


def build(b: Builder) -> Task:
    secrets = b.distinct_texts("secret", min(1 + b.knobs.distractors, 16), SECRETS)
    target = secrets[0]
    typed, again = b.var("typed"), b.var("typed again")
    sent, state = b.var("sent"), b.var("state")  # 1 accepted, 2 refused
    title(b, "New password")
    field(b, "Password", typed, 0, type=PASSWORD)
    field(b, "Repeat it", again, 1, type=PASSWORD)
    label(b, "Accepted", 2, show=(state, 1))
    label(b, "These differ", 2, show=(state, 2))
    accept = [(COPY, sent, typed), (SET, state, 1), (SKIP, 1)]
    submit(b, "Submit", [(UNLESS_SAME, typed, again, len(accept)), *accept, (SET, state, 2)])

    def solve(hand: Any) -> None:
        for name in ("Password", "Repeat it"):
            hand.click(name, "password")
            hand.type(hand[target])
        hand.click("Submit")
        hand.complete()

    return b.task(
        [
            "Make {target} the password.",
            "Type the password {target} into both fields and submit.",
            "Set the password to {target}, twice the same.",
            "Your new password is {target}: enter it and submit.",
        ],
        {"target": target},
        [(EQ_VAR, sent, target)],
        solve,
        length=6,
        type=[Text(secret) for secret in secrets[1:]],
    )
