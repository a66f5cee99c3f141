"""A page of fields and a button that saves their values."""

from __future__ import annotations

from collections.abc import Sequence

from ..layout import Shown, button, field, label, title
from ..ops import COPY, SET
from ..program import Builder

PAGES = 1


def form(b: Builder, page: int, name: str, fields: Sequence[Shown], save: str = "Save") -> range:
    """Build the form; returns variables with the values saved last, one for each field."""
    typed, saved, done = b.vars(len(fields), f"{name}: typed"), b.vars(len(fields), f"{name}: saved"), b.var()
    title(b, name, page)
    for k, (text, var) in enumerate(zip(fields, typed, strict=True)):
        field(b, text, var, k, page)
    copies = [(COPY, to, var) for to, var in zip(saved, typed, strict=True)]
    button(b, save, [*copies, (SET, done, 1)], len(fields), page)
    label(b, "Saved", len(fields) + 1, page, show=(done, 1))
    return saved
