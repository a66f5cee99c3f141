"""A thing is on one of several pages, which do not show that they were visited and may be opened only once."""

from __future__ import annotations

from ...apps.market import search
from ...program import Builder, Task


def build(b: Builder) -> Task:
    return search(b, 0)
