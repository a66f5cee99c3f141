"""TextWorld: text adventures, generated here or loaded from Microsoft TextWorld's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..entry import Entry, lazily

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

__getattr__ = lazily(__name__, dict.fromkeys(__all__, "game"))
