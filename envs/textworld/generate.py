"""Generating games: the four challenges by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .coin_collector import coin_collector
from .cooking import cooking
from .game import Game
from .simple import simple
from .treasure_hunter import treasure_hunter

CHALLENGES: dict[str, Callable[..., Game]] = {
    "treasure_hunter": treasure_hunter,
    "coin_collector": coin_collector,
    "cooking": cooking,
    "simple": simple,
}


def generate(challenge: str, rng: np.random.Generator, **settings: Any) -> Game:
    """A game of a challenge; `settings` are the keywords of its function. The same generator state gives the same game.

    Raises:
        ValueError: one line that names the challenge or setting, what was found and what was expected.
    """
    if challenge not in CHALLENGES:
        raise ValueError(f"challenge: found {challenge!r}, expected one of {', '.join(map(repr, CHALLENGES))}")
    make = CHALLENGES[challenge]
    known = [name for name in inspect.signature(make).parameters if name != "rng"]
    for name in settings:
        if name not in known:
            raise ValueError(f"{name}: found a setting that {challenge} lacks, expected one of {', '.join(known)}")
    return make(**settings, rng=rng)
