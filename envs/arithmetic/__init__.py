"""Arithmetic puzzles: Game of 24."""

from __future__ import annotations

from ..entry import Entry

ENTRIES = (
    Entry(
        "ige/GameOf24-v0",
        "Combine the numbers with + - * / until one is left: the target, 24.",
        "env:GameOf24",
        oracle="oracle:plan",
    ),
)
