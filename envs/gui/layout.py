"""Pieces of pages that templates share: the same look everywhere, at integer pixels."""

from __future__ import annotations

from collections.abc import Sequence

from . import program as p
from .program import Builder, Text, Var

MARGIN, ROW, GAP = 16, 44, 12  # pixels: at the sides, of a row, between rows
FULL = p.WIDTH - 2 * MARGIN

Shown = str | int | Text
Rows = Sequence[tuple[int, ...]]


def top(row: int) -> int:
    """Where the row-th row of a page begins."""
    return p.TOP + GAP + row * (ROW + GAP)


def title(b: Builder, text: Shown, page: int = 0) -> int:
    """A bar at the top that does not scroll."""
    return b.widget(p.LABEL, 0, 0, p.WIDTH, p.TOP, text, page=page, fixed=True)


def label(b: Builder, text: Shown, row: int = 0, page: int = 0, width: int = FULL, x: int = MARGIN) -> int:
    return b.widget(p.LABEL, x, top(row), width, ROW, text, page=page)


def button(
    b: Builder, text: Shown, do: Rows, row: int = 0, page: int = 0, slot: Var = -1, width: int = FULL, x: int = MARGIN
) -> int:
    """A button in a row; with `slot`, in the row that the variable says, counted from `row`."""
    return b.widget(p.BUTTON, x, top(row), width, ROW, text, page=page, do=do, slot=slot, step=(0, ROW + GAP))


def field(
    b: Builder, name: Shown, value: Var, row: int = 0, page: int = 0, type: int = p.TEXTFIELD, enter: Rows = ()
) -> int:
    """A label and, beside it, a field for text."""
    label(b, name, row, page, 112)
    return b.widget(type, MARGIN + 120, top(row), FULL - 120, ROW, name, page=page, value=value, do_long=enter)
