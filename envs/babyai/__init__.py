"""BabyAI and BabyAI-Text: missions in a small language, in mazes of rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..entry import Entry, lazily

if TYPE_CHECKING:
    from .level import Level
    from .levels import NAMES, Recipe

__all__ = ["NAMES", "Level", "Recipe"]

ENTRIES = (
    Entry(
        "ige/BabyAI-v0",
        "Do what a sentence says in a maze of rooms: BabyAI's 96 levels, equal to Minigrid's.",
        "env:BabyAI",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/BabyAIText-v0",
        "BabyAI for language agents: mission and view in words, train and test missions.",
        "text_env:BabyAIText",
        oracle="oracle:plan",
    ),
)

__getattr__ = lazily(__name__, {"Level": "level", "NAMES": "levels", "Recipe": "levels"})
