"""A market: several pages with things to take. The task is to find one of them."""

from __future__ import annotations

from typing import Any

from ..layout import item, title
from ..memory import finding_once, many, opening_all
from ..ops import ADD, CHANCE, COPY, NAV, SET, UNLESS_EQ
from ..pools import THINGS, TOPICS
from ..program import EQ_VAR, LIST_ITEM, V_INFEASIBLE, V_UNSEEN, Builder, Task, Text
from .phone import Phone, notices, pass_notices

STANDS = 2  # things on a page


def search(b: Builder, absent: int) -> Task:
    """The task of finding a thing, which is absent in `absent` percent of episodes; no page may be opened twice."""
    n = many(b, "memory_load", 6, 8)
    phone = Phone(b, {"Market": 2})
    gap = max(b.knobs.memory_gap - 1, 0)  # going back also takes a step between two visits
    hub, inside = phone["Market"], phone["Market"] + 1
    topics = b.distinct_texts("page", n, TOPICS)
    things = b.distinct_texts("thing", n * STANDS + 1, THINGS)  # the last thing is absent
    target, _ = b.picked("target", things[:-1])
    b.on_reset(
        (SET, V_UNSEEN, n),
        (CHANCE, V_INFEASIBLE, absent),
        (UNLESS_EQ, V_INFEASIBLE, 1, 1),
        (COPY, target, things[-1]),
    )
    visited, opened, twice, taken = b.vars(n, "visited"), b.var("opened"), b.var("twice"), b.var("taken")
    show = notices(b, phone.take(), gap, [(NAV, inside)])
    title(b, "Market", hub)
    title(b, "A page of the market", inside)
    for k, topic in enumerate(topics):
        visit = [
            (UNLESS_EQ, visited[k], 1, 1),
            (SET, twice, 1),
            (UNLESS_EQ, visited[k], 0, 2),
            (SET, visited[k], 1),
            (ADD, V_UNSEEN, -1, 0, n),
            (SET, opened, k),
        ]
        item(b, LIST_ITEM, Text(topic), [*visit, *show], k, hub)
        for j in range(STANDS):
            thing = things[k * STANDS + j]
            item(b, LIST_ITEM, Text(thing), [(COPY, taken, thing)], j, inside, show=(opened, k))

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Market")
        seen: list[str] = []
        for k in range(n):
            if not hand[visited[k]]:
                hand.use(*seen)
                hand.click(hand[topics[k]])
                seen.append(f"page {k + 1}")
                hand.see(seen[-1])
                pass_notices(hand)
                if hand.shows(hand[target]):
                    hand.click(hand[target])
                    hand.complete()
                    return
                hand.click("Back", "icon")
        hand.use(*seen)
        hand.impossible()

    goals = [
        "Take {thing} at the market; no page may be opened twice.",
        "Find {thing} in the market without opening any page twice, and take it.",
        "Somewhere in the market is {thing}: take it, but open each page once at most.",
        "Look through the market for {thing} and take it. Do not open a page again.",
    ]
    if absent:
        goals = [f"{goal} If it is on no page, say that it is impossible." for goal in goals]
    found = (1 - absent / 100) * finding_once(n)
    return b.task(
        goals,
        {"thing": target},
        [(EQ_VAR, taken, target)],
        solve,
        length=phone.start_steps + 3 + n * (2 + gap),
        protect=[twice],
        memory=True,
        memoryless=found + absent / 100 * opening_all(n),
        may_be_infeasible=absent > 0,
    )
