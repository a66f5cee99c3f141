"""Coin Collector (Cote et al. 2018, arXiv 1806.11532; Yuan et al. 2018, arXiv 1806.11525): find the coin in a maze.

Level l has a chain of (l - 1) % 100 + 1 rooms with the coin in the last one, and (l - 1) // 100 dead ends next to each.
The map need not fit into a plane.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.compile import compiled
from ..core.rng import randint
from .game import Event, Game, Quest
from .grammar import Fact
from .maps import GO, direction_fact, entity, free_facts, one_of, people_and_rooms, room_names, stream, whole
from .rules import STANDARD

MAX_LEVEL = 300
DISTRACTORS = ("fixed", "random")
_OBJECTIVE = "Somewhere in this maze of rooms lies a coin. Find it and take it!"
_COIN: Fact = ("in", "o_0", "I")


def coin_collector(level: int = 1, *, distractors: str = "fixed", rng: np.random.Generator) -> Game:
    """A game of the level, 1 to 300.

    Args:
        distractors: "fixed" puts the same number of dead ends next to each room of the chain; "random" attaches each
            further room to any earlier room, so that wrong turns can be longer.
    """
    level = whole("level", level, 1, MAX_LEVEL)
    one_of("distractors", distractors, DISTRACTORS)
    chain = (level - 1) % 100 + 1
    n = ((level - 1) // 100 + 1) * chain
    links = _maze(stream(rng), chain, n, distractors == "random").tolist()
    facts: list[Fact] = [("at", "P", "r_0"), ("at", "o_0", f"r_{chain - 1}")]
    for to, (room, direction) in enumerate(links, 1):
        facts.append(direction_fact(room, direction, to))
        facts += free_facts(room, to)
    entities = people_and_rooms(room_names(rng, n))
    entities["o_0"] = entity("o_0", "o", "coin")
    walkthrough = (*[GO[direction] for _, direction in links[: chain - 1]], "take coin")
    return Game(
        entities,
        frozenset(facts),
        STANDARD,
        (Quest((Event((_COIN,), walkthrough),)),),
        _OBJECTIVE,
        walkthrough,
        {"challenge": "coin_collector", "settings": {"level": level, "distractors": distractors}},
    )


@compiled
def _maze(rng: NDArray[np.uint64], chain: int, n: int, wander: bool) -> NDArray[np.int64]:
    """For each room but the first, (n - 1, 2): the room that it is attached to, and the direction from that room."""
    links = np.empty((n - 1, 2), np.int64)
    taken = np.zeros((n, 4), np.bool_)
    for room in range(1, n):
        if room < chain:
            source = room - 1
        elif wander:
            source = randint(rng, room)
            while taken[source].all():
                source = randint(rng, room)
        else:
            source = room % chain
        direction = randint(rng, 4)
        while taken[source, direction]:
            direction = randint(rng, 4)
        taken[source, direction] = True
        taken[room, direction ^ 1] = True
        links[room - 1, 0] = source
        links[room - 1, 1] = direction
    return links
