"""BabyAI and BabyAI-Text: missions in a small language, in mazes of rooms."""

from .level import Level
from .levels import NAMES, Recipe

__all__ = ["NAMES", "Level", "Recipe"]
