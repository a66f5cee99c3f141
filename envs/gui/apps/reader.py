"""A list of entries, and a page that shows the text of the opened one: messages, notes, mail, receipts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..layout import FULL, MARGIN, Shown, button, item, label, title
from ..ops import ADD, BACK, COPY, GET, NAV, SET
from ..program import LIST_ITEM, Builder, Text, Var

PAGES = 2


def reader(
    b: Builder,
    page: int,
    name: str,
    entries: range,
    lines: Sequence[Shown],
    value: Callable[[int, int], Var],
    one_by_one: bool = False,
) -> Var:
    """Entries have names; line j of entry k shows `value(k, j)`. Returns the variable that counts deletions.

    With `one_by_one` an entry shows one line at a time, and a button leads to the next.
    """
    deleted, opened, at = b.var(f"{name}: deleted"), b.var(), b.var()
    shown = b.vars(len(lines))
    title(b, name, page)
    for k, entry in enumerate(entries):
        copies = [(COPY, var, value(k, j)) for j, var in enumerate(shown)]
        do = [(COPY, opened, entry), *copies, (SET, at, 0), (NAV, page + 1)]
        item(b, LIST_ITEM, Text(entry), do, k, page)
    title(b, Text(opened), page + 1)
    for j, (line, var) in enumerate(zip(lines, shown, strict=True)):
        row, when = (0, (at, j)) if one_by_one else (j, None)
        label(b, line, row, page + 1, 140, show=when)
        label(b, Text(var), row, page + 1, FULL - 148, MARGIN + 148, show=when)
    if one_by_one:
        button(b, "Next", [(ADD, at, 1, 0, len(lines) - 1)], 1, page + 1)
    button(b, "Delete", [(ADD, deleted, 1, 0, 99), (BACK,)], 2 if one_by_one else len(lines), page + 1)
    return deleted


def offers(b: Builder, values: range) -> range:
    """The same values in an order that says nothing about where they came from; these are the texts to type."""
    order, found = b.shuffled("", len(values)), b.vars(len(values))
    b.on_reset(*((GET, to, values[0], place) for to, place in zip(found, order, strict=True)))
    return found
