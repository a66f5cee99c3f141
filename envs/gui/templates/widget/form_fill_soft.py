"""As `form-fill`, but the form and the goal use different words for the fields and the ways of delivery."""

from __future__ import annotations

from ...pools import (
    CITY_LABELS,
    DELIVERIES_TOO,
    DELIVERY_LABELS,
    NAME_LABELS,
    NEWSLETTER_LABELS,
    PIECES_LABELS,
    SUBJECT_LABELS,
)
from ...program import Builder, Task, Text
from .form_fill import KINDS, form

LABELS = (NAME_LABELS, CITY_LABELS, DELIVERY_LABELS, SUBJECT_LABELS, PIECES_LABELS, NEWSLETTER_LABELS)


def build(b: Builder) -> Task:
    names = {kind: Text(b.draw_text(f"name of {kind}", pool)) for kind, pool in zip(KINDS, LABELS, strict=True)}
    return form(b, names, DELIVERIES_TOO)
