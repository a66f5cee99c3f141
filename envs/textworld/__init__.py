"""TextWorld: text adventures, generated here or loaded from Microsoft TextWorld's files."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ..entry import Entry

if TYPE_CHECKING:
    from .game import Entity, Event, Game, Quest

__all__ = ["Entity", "Event", "Game", "Quest"]

ENTRIES = (
    Entry(
        "ige/TextWorld-v0",
        "Text adventures: generated, or loaded from Microsoft TextWorld's files.",
        "env:TextWorld",
        oracle="oracle:plan",
    ),
)


def __getattr__(name: str) -> Any:
    """Load a public name of the package on first use, so that `import ige` reads no more than `ENTRIES`."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    modules = dict.fromkeys(__all__, "game")
    return getattr(importlib.import_module(f".{modules[name]}", __name__), name)
