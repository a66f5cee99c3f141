"""All posts of somebody have to be liked or reported."""

from __future__ import annotations

from typing import Any

from ...apps.forum import forum
from ...apps.parts import size
from ...layout import scrolls
from ...ops import ADD, CHANCE, MATCH, SET, SUM, UNLESS_EQ
from ...program import EQ_VARS, Builder, Task
from ...words import NUMBER, code

WRITERS = 4


def build(b: Builder) -> Task:
    posts = size(b, 5, 12)
    found = forum(b, posts=posts, writers=WRITERS)
    liked, reported, by_user = b.vars(posts), b.vars(posts), b.vars(posts)
    user, _ = b.picked("user", found.users)
    is_like, do, count = b.var(), b.var("do"), b.var("count")
    b.on_reset(
        (MATCH, by_user[0], found.authors[0], posts, user),
        (SUM, count, by_user[0], posts),
        (ADD, count, NUMBER, NUMBER, NUMBER + posts),
        (CHANCE, is_like, 50),
        (SET, do, code("Report")),
        (MATCH, reported[0], found.authors[0], posts, user),
        (UNLESS_EQ, is_like, 1, 2 + posts),
        (SET, do, code("Like")),
        (MATCH, liked[0], found.authors[0], posts, user),
        *((SET, var, 0) for var in reported),
    )

    def solve(hand: Any) -> None:
        rest = [hand[found.subjects[k]] for k in range(posts) if hand[by_user[k]]]
        while rest:
            post = next((one for one in rest if hand.shows(one)), rest[0])
            hand.scroll_to(post)
            if hand[is_like]:
                hand.click_beside(post, "Like")
            else:
                hand.click(post)
                hand.click("Report")
                hand.click("Back")
            rest.remove(post)
        hand.complete()

    return b.task(
        ["{do} the {count} posts by {user}.", "{do} all posts that {user} wrote; there are {count}.",
         "{user} wrote {count} posts in the forum: {do} each of them.",
         "{do} what {user} posted ({count} posts), and nothing else."],
        {"do": do, "count": count, "user": user},
        [(EQ_VARS, found.liked[0], liked[0], 2 * posts)],
        solve,
        length=3 * -(-posts // WRITERS) + 1 + scrolls(posts),
    )  # fmt: skip
