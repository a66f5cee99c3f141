"""Building blocks of apps' pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .. import program as p
from ..layout import FULL, GAP, MARGIN, ROW, Rows, Shown, When, top
from ..ops import BACK, COPY, SET
from ..program import Builder, Var

CORNER, BETWEEN = 112, 8  # pixels: width of the button at the right of a bar, gap between cells


def bar(b: Builder, text: Shown, page: int, corner: Shown = "", do: Rows = (), back: bool = True) -> None:
    """The bar at the top of a page: a back button, a title, and optionally a button in the corner."""
    left, right = p.TOP if back else 0, CORNER if do else 0
    if back:
        b.widget(p.ICON, 0, 0, p.TOP, p.TOP, "Back", page=page, do=[(BACK,)], fixed=True)
    b.widget(p.LABEL, left, 0, p.WIDTH - left - right, p.TOP, text, page=page, fixed=True)
    if do:
        b.widget(p.BUTTON, p.WIDTH - right, 0, right, p.TOP, corner, page=page, do=do, fixed=True)


class Cell(NamedTuple):
    """A part of a list entry."""

    type: int
    text: Shown
    width: int
    do: Rows = ()
    value: Var = -1
    on: int = 1
    held: Rows = ()  # what a long press does


def entry(
    b: Builder, cells: Sequence[Cell], slot: Var, slots: int, row: int = 0, page: int = 0, show: When | None = None
) -> None:
    """A list entry, with cells from left to right; `slot` holds its row, counted from `row`, among `slots`."""
    x = MARGIN
    for one in cells:
        b.widget(
            one.type, x, top(row), one.width, ROW, one.text, page=page, do=one.do, do_long=one.held, value=one.value,
            on=one.on, slot=slot, slots=slots, step=(0, ROW + GAP), show=show,
        )  # fmt: skip
        x += one.width + BETWEEN


def choices(b: Builder, entries: Sequence[tuple[Shown, Rows]], chosen: Var, row: int, page: int) -> None:
    """Tabs side by side: a click on the k-th sets `chosen` to k, then runs its rows."""
    width = FULL // len(entries)
    for k, (text, do) in enumerate(entries):
        rows = [(SET, chosen, k), *do]
        b.widget(p.TAB, MARGIN + k * width, top(row), width - 4, ROW, text, page=page, do=rows, value=chosen, on=k)


def facts(b: Builder, entries: Sequence[tuple[Shown, Shown]], page: int, row: int = 0) -> None:
    """Names with their values beside them."""
    for k, (name, what) in enumerate(entries):
        for text, x, width in ((name, 0, 112), (what, 120, FULL - 120)):
            b.widget(p.LABEL, MARGIN + x, top(row + k), width, ROW, text, page=page, group=row + k + 1)


def copies(to: Sequence[Var], of: Sequence[Var]) -> list[tuple[int, ...]]:
    """The rows that copy a list."""
    return [(COPY, a, b) for a, b in zip(to, of, strict=True)]


def size(b: Builder, least: int, most: int) -> int:
    """The length of an app's list: the minimum plus the knob's number of distractors, as far as there is room."""
    return min(least + b.knobs.distractors, most)
