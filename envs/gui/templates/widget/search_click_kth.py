"""A word has to be searched for, and the result at a given place in the list opened."""

from __future__ import annotations

from typing import Any

from ...layout import button, field, results, scrolls, title
from ...ops import ADD, COPY
from ...pools import THINGS, TOPICS
from ...program import EQ_VAR, Builder, Task, Text
from ...words import number


def build(b: Builder) -> Task:
    n = min(max(b.knobs.items, 2), 12)  # results of each of two queries
    topics = b.distinct_texts("topic", min(2 + b.knobs.distractors, 16), TOPICS)
    target, told = topics[0], b.draw("place", number(1), number(n))
    titles = b.distinct_texts("title", 2 * n, THINGS)
    order, keys = b.shuffled("order", 2 * n), b.vars(2 * n)
    b.on_reset(*((COPY, key, topics[k // n]) for k, key in enumerate(keys)))
    typed, searched = b.var("typed"), b.var("searched")
    opened, of = b.var("opened place"), b.var("opened topic")

    def open_result(k: int, place: int) -> list[tuple[int, ...]]:
        return [(COPY, opened, place), (ADD, opened, number(1), 0, number(2 * n)), (COPY, of, searched)]

    title(b, "Search")
    _, places, find = results(b, [Text(name) for name in titles], keys, order, typed, open_result, row=2)
    search = [*find, (COPY, searched, typed)]
    field(b, "Query", typed, enter=search)
    button(b, "Search", search, 1)

    def solve(hand: Any) -> None:
        hand.click("Query", "textfield")
        hand.type(hand[target])
        hand.click("Search")
        k = next(k for k in range(n) if hand[places[k]] == hand[told] - number(1))
        hand.scroll_to(hand[titles[k]], "list_item")
        hand.click(hand[titles[k]], "list_item")
        hand.complete()

    return b.task(
        [
            "Search for {topic} and open result number {place}.",
            "Look for {topic}; click result {place}, counted from the top.",
            "Open number {place} of what a search for {topic} finds.",
            "Query {topic}, then follow entry {place} of the list.",
        ],
        {"topic": target, "place": told},
        [(EQ_VAR, of, target), (EQ_VAR, opened, told)],
        solve,
        length=5 + scrolls(2 + n),
        type=[Text(topic) for topic in topics[1:]],
    )
