"""BabyAI and BabyAI-Text: missions in a small language, in mazes of rooms."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ..entry import Entry

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


def __getattr__(name: str) -> Any:
    """Load a public name of the package on first use, so that `import ige` reads no more than `ENTRIES`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    modules = {"Level": "level", "NAMES": "levels", "Recipe": "levels"}
    return getattr(importlib.import_module(f".{modules[name]}", __name__), name)
