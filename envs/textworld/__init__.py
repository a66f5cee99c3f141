"""TextWorld: text adventures, generated here or loaded from Microsoft TextWorld's files."""

from .game import Entity, Event, Game, Quest

__all__ = ["Entity", "Event", "Game", "Quest"]
