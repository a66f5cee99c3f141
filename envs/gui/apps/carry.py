"""A task with two apps: copy the values that an entry of a reader shows into a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..memory import exchanging, many
from ..ops import GET
from ..pools import NAMES
from ..program import EQ_VARS, Builder, Task, Text
from . import form as forms
from . import reader as readers
from .phone import Phone

Kind = tuple[str, tuple[int, int]]


def carry(
    b: Builder, kinds: Sequence[Kind], least: int, source: str, target: str, who: str, send: str, goals: Sequence[str]
) -> Task:
    """The task of carrying values from an entry of the app `source` into the app `target`.

    Args:
        kinds: labels and pools of the values; `memory_load` says how many are used, at least `least`.
        who: the goal's field for the person whose entry it is.
        send: the button of the form.
        goals: paraphrases that mention {who}.
    """
    n = 1 + many(b, "distractors", 1, 8)
    kinds = kinds[: many(b, "memory_load", least, len(kinds))]
    phone = Phone(b, {source: readers.PAGES, target: forms.PAGES}, late=target, near=3)
    names = b.distinct_texts(who, n, NAMES)
    values = [b.distinct_texts(label, n, pool) for label, pool in kinds]
    offered = [readers.offers(b, one) for one in values]
    name, place = b.picked("target", names)
    wanted = b.vars(len(kinds), "wanted")
    b.on_reset(*((GET, want, of[0], place) for want, of in zip(wanted, values, strict=True)))
    labels = [label for label, _ in kinds]
    deleted = readers.reader(b, phone[source], source, names, labels, lambda k, j: values[j][k])
    saved = forms.form(b, phone[target], target, labels, send)

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, source)
        hand.click(hand[name])
        hand.see(*labels)
        hand.click("Home", "icon")
        phone.open(hand, target)
        for label, want in zip(labels, wanted, strict=True):
            hand.click(label, "textfield")
            hand.use(label)
            hand.type(hand[want])
        hand.click(send, "button")
        hand.complete()

    return b.task(
        goals,
        {who: name},
        [(EQ_VARS, saved[0], wanted[0], len(wanted))],
        solve,
        length=phone.start_steps + phone.steps(source, target) + 4 + 2 * len(kinds),
        protect=[deleted],
        type=[Text(var) for of in offered for var in of],
        memory=True,
        memoryless=1 / n ** len(kinds),  # the texts to type do not show which of them belong together
        conceal=exchanging(values, place, wanted),
    )
