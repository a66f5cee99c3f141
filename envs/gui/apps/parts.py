"""Pieces of apps' pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .. import program as p
from ..layout import FULL, GAP, MARGIN, ROW, Rows, Shown, When, top
from ..ops import BACK, COPY, SET
from ..program import Builder, Var

CORNER, BETWEEN = 112, 8  # pixels: of the button at the right of a bar, between cells


def bar(b: Builder, text: Shown, page: int, corner: Shown = "", do: Rows = (), back: bool = True) -> None:
    """The bar at the top of a page: the way back, a title, and something to click in the corner."""
    left, right = p.TOP if back else 0, CORNER if do else 0
    if back:
        b.widget(p.ICON, 0, 0, p.TOP, p.TOP, "Back", page=page, do=[(BACK,)], fixed=True)
    b.widget(p.LABEL, left, 0, p.WIDTH - left - right, p.TOP, text, page=page, fixed=True)
    if do:
        b.widget(p.BUTTON, p.WIDTH - right, 0, right, p.TOP, corner, page=page, do=do, fixed=True)


class Cell(NamedTuple):
    """A part of a list's entry."""

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
    """A list's entry, cells from left to right; it is in the row that `slot` says, counted from `row`, of `slots`."""
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
    """Names and, beside them, what is so called."""
    for k, (name, what) in enumerate(entries):
        for text, x, width in ((name, 0, 112), (what, 120, FULL - 120)):
            b.widget(p.LABEL, MARGIN + x, top(row + k), width, ROW, text, page=page, group=row + k + 1)


def copies(to: Sequence[Var], of: Sequence[Var]) -> list[tuple[int, ...]]:
    """The rows that copy a list."""
    return [(COPY, a, b) for a, b in zip(to, of, strict=True)]


def size(b: Builder, least: int, most: int) -> int:
    """How long an app's list is: as many distractors beside the least as the knob says, as far as there is room."""
    return min(least + b.knobs.distractors, most)
