"""The Simple challenge (Cote et al. 2018, arXiv 1806.11532): from a locked bedroom to dinner.

The house is always the same; the places of the key and the foods and the wanted food vary. House, quests and food
names are those of TextWorld's tw-simple.
"""

from __future__ import annotations

import numpy as np

from .game import Entity, Event, Game, Quest
from .grammar import Fact
from .maps import DIRECTIONS, direction_fact, door_facts, flag, free_facts, one_of
from .rules import STANDARD

REWARDS = ("dense", "balanced", "sparse")
GOALS = ("detailed", "brief", "none")

_ROOMS = ("bedroom", "kitchen", "living room", "bathroom", "backyard", "garden")
_PASSAGES = ((1, "north", 3), (1, "south", 2), (4, "south", 5))
_DOORS = (("wooden door", 0, "east", 1, "locked"), ("screen door", 1, "east", 4, "closed"))
_CONTAINERS = (("chest drawer", 0), ("antique trunk", 0), ("refrigerator", 1), ("toilet", 3), ("bath", 3))
_SUPPORTERS = (
    ("king-size bed", 0), ("counter", 1), ("stove", 1), ("kitchen island", 1), ("sink", 3), ("couch", 2),
    ("low table", 2), ("tv", 2), ("bbq", 4), ("patio table", 4), ("set of chairs", 4),
)  # fmt: skip
_OBJECTS: tuple[tuple[str, Fact], ...] = (
    ("toothbrush", ("on", "o_0", "s_4")),
    ("soap bar", ("in", "o_1", "c_4")),
    ("remote", ("on", "o_2", "s_6")),
    ("shovel", ("at", "o_3", "r_5")),
    ("note", ("on", "o_4", "s_3")),
)
_FOODS = ("apple", "milk", "half of a bag of chips", "tomato plant", "bell pepper", "lettuce")
_UNSEEN_FOODS = ("garlic", "kiwi", "carrot")
# Where foods lie: the fact, the route there from the kitchen, how to take one, and the route back.
_PLACES = (
    (("in", "c_2"), ("open refrigerator",), "take {} from refrigerator", ()),
    (("in", "c_2"), ("open refrigerator",), "take {} from refrigerator", ()),
    (("on", "s_5"), ("go south",), "take {} from couch", ("go north",)),
    *((("at", "r_5"), ("open screen door", "go east", "go south"), "take {}", ("go north", "go west")),) * 3,
)


def simple(rewards: str = "dense", goal: str = "detailed", test: bool = False, *, rng: np.random.Generator) -> Game:
    """A game in the house.

    Args:
        rewards: points are given for every step of the way ("dense"), for leaving the bedroom, opening the screen door,
            finding the food and placing it ("balanced"), or for placing it alone ("sparse").
        goal: what the objective says: every step, the wanted food, or nothing. A note in the kitchen names the food.
        test: whether the food is one that never occurs in other games.
    """
    one_of("rewards", rewards, REWARDS)
    one_of("goal", goal, GOALS)
    flag("test", test)
    names = [_FOODS[i] for i in rng.permutation(len(_FOODS))]
    holder = int(rng.integers(2))
    wanted = int(rng.integers(len(_PLACES)))
    if test:
        names[wanted] = _UNSEEN_FOODS[int(rng.integers(len(_UNSEEN_FOODS)))]
    food = names[wanted]
    hint = f"Dinner is almost done. All that is missing is a grilled {food}: put it on the stove."

    entities = [Entity("P", "P", ""), Entity("I", "I", "")]
    entities += [Entity(f"r_{i}", "r", name) for i, name in enumerate(_ROOMS)]
    entities += [Entity(f"d_{i}", "d", door[0]) for i, door in enumerate(_DOORS)]
    entities += [Entity(f"c_{i}", "c", name) for i, (name, _) in enumerate(_CONTAINERS)]
    entities += [Entity(f"s_{i}", "s", name) for i, (name, _) in enumerate(_SUPPORTERS)]
    entities += [Entity("k_0", "k", "old key")]
    entities += [Entity(f"f_{i}", "f", name) for i, name in enumerate(names)]
    entities += [Entity(f"o_{i}", "o", name, hint * (name == "note")) for i, (name, _) in enumerate(_OBJECTS)]

    facts: list[Fact] = [("at", "P", "r_0"), ("in", "k_0", f"c_{holder}"), ("match", "k_0", "d_0")]
    for room, direction, to in _PASSAGES:
        facts += [direction_fact(room, DIRECTIONS.index(direction), to), *free_facts(room, to)]
    for i, (_, room, direction, to, state) in enumerate(_DOORS):
        facts += [direction_fact(room, DIRECTIONS.index(direction), to), *door_facts(f"d_{i}", room, to, state)]
    facts += [("at", f"c_{i}", f"r_{room}") for i, (_, room) in enumerate(_CONTAINERS)]
    facts += [("closed", f"c_{i}") for i in range(len(_CONTAINERS))]
    facts += [("at", f"s_{i}", f"r_{room}") for i, (_, room) in enumerate(_SUPPORTERS)]
    facts += [fact for _, fact in _OBJECTS]
    facts += [(place[0][0], f"f_{i}", place[0][1]) for i, place in enumerate(_PLACES)]
    facts += [("edible", f"f_{i}") for i in range(len(_PLACES))]

    box = _CONTAINERS[holder][0]
    _, there, take, back = _PLACES[wanted]
    key = (f"open {box}", f"take old key from {box}")
    escape = (*key, "unlock wooden door with old key", "open wooden door", "go east")
    walkthrough = (*escape, *there, take.format(food), *back, f"put {food} on stove")
    return Game(
        {e.id: e for e in entities},
        frozenset(facts),
        STANDARD,
        _quests(rewards, holder, wanted),
        {"detailed": _steps(walkthrough), "brief": hint, "none": ""}[goal],
        walkthrough,
        {"challenge": "simple", "settings": {"rewards": rewards, "goal": goal, "test": bool(test)}},
    )


def _quests(rewards: str, holder: int, wanted: int) -> tuple[Quest, ...]:
    food, outside = f"f_{wanted}", wanted >= 3
    dense, balanced = rewards == "dense", rewards != "sparse"
    wins: list[tuple[Fact, bool]] = [
        (("open", f"c_{holder}"), dense),
        (("in", "k_0", "I"), dense),
        (("closed", "d_0"), dense),
        (("open", "d_0"), dense),
        (("at", "P", "r_1"), balanced),
        (("open", "d_1"), balanced and outside),
        (("at", "P", "r_2"), dense and wanted == 2),
        (("at", "P", "r_4"), dense and outside),
        (("at", "P", "r_5"), dense and outside),
        (("in", food, "I"), balanced),
        (("on", food, "s_2"), True),
    ]
    quests = [Quest((Event((fact,)),)) for fact, counts in wins if counts]
    return (*quests, Quest(fail=(Event((("eaten", food),)),), reward=0))


def _steps(walkthrough: tuple[str, ...]) -> str:
    """A walkthrough as a paragraph of text."""
    told = [_with_articles(command) for command in walkthrough]
    middle = " ".join(f"Then {step}." for step in told[1:-1])
    return f"Here is what you have to do. First, {told[0]}. {middle} Finally, {told[-1]}."


def _with_articles(command: str) -> str:
    verb, _, rest = command.partition(" ")
    if verb == "go":
        return command
    for preposition in (" from ", " with ", " on "):
        rest = rest.replace(preposition, f"{preposition}the ")
    return f"{verb} the {rest}"
