"""As `search-pages`, but the thing may not exist; the agent can declare that once it has seen every page."""

from __future__ import annotations

from ...apps.market import search
from ...program import Builder, Task

HALF = 50  # percent


def build(b: Builder) -> Task:
    return search(b, b.knobs.infeasible or HALF)
