"""A forum: a list of posts, which can be liked there, and a page for each post, where it can also be reported."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import button, label
from ..ops import COPY, NAV, PUT, SET, TOGGLE
from ..pools import NAMES, PHRASES, TOPICS
from ..program import ICON, LABEL, LIST_ITEM, Builder, Text
from .parts import Cell, bar, entry, facts

PAGES = 2
POSTS, POST = range(PAGES)


class Forum(NamedTuple):
    """Lists have an entry for each post."""

    users: range  # the people who write here
    authors: range  # the authors of the posts
    subjects: range
    liked: range  # the reports come right after them
    reported: range


def forum(b: Builder, page: int = 0, posts: int = 10, writers: int = 4, name: str = "Forum") -> Forum:
    users = b.distinct_texts(f"{name}: user", writers, NAMES)
    subjects = b.distinct_texts(f"{name}: post", posts, TOPICS)
    words = b.distinct_texts(f"{name}: text", posts, PHRASES)
    authors, liked, reported = (b.vars(posts, f"{name}: {what}") for what in ("author", "liked", "reported"))
    b.on_reset(*((COPY, author, users[k % writers]) for k, author in enumerate(authors)))
    places, at, subject, author, text, one = b.shuffled("", posts), *(b.var() for _ in range(4)), b.var(start=1)
    is_reported = b.var()

    bar(b, name, page, back=page > 0)
    for k in range(posts):
        look = [
            (SET, at, k), (COPY, subject, subjects[k]), (COPY, author, authors[k]), (COPY, text, words[k]),
            (COPY, is_reported, reported[k]), (NAV, page + POST),
        ]  # fmt: skip
        like = Cell(ICON, "Like", 64, [(TOGGLE, liked[k])], liked[k])
        cells = [Cell(LIST_ITEM, Text(subjects[k]), 160, look), Cell(LABEL, Text(authors[k]), 88), like]
        entry(b, cells, places[k], posts, 0, page)

    bar(b, Text(subject), page + POST)
    facts(b, [("By", Text(author)), ("Post", Text(text))], page + POST)
    button(b, "Report", [(PUT, reported[0], at, one), (SET, is_reported, 1)], 2, page + POST, show=(is_reported, 0))
    label(b, "Reported", 2, page + POST, show=(is_reported, 1))
    return Forum(users, authors, subjects, liked, reported)
