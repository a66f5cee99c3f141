"""The Cooking Game (First TextWorld Problems; Cote et al. 2018, arXiv 1806.11532): cook a meal from a recipe.

Rooms, furniture, foods and where they belong are those of TextWorld's tw-cooking. A hash of ours assigns the
preparations of each food to the splits, in TextWorld's proportions. An ingredient that should stay raw starts raw even
if `cook` is off, and the player never starts with more distractors than hands can hold.
"""

from __future__ import annotations

import random
import zlib
from functools import lru_cache
from itertools import product

import numpy as np

from ..core.rng import words
from .game import Entity, Event, Game, Quest
from .grammar import Fact
from .maps import (
    GO,
    direction_fact,
    door_facts,
    entity,
    flag,
    free_facts,
    grown,
    one_of,
    people_and_rooms,
    shortest_path,
    whole,
)
from .rules import MAX_RECIPE, cooking_rules

ROOMS = (1, 6, 9, 12)
SPLITS = ("train", "valid", "test", None)
COOKED, CUT = ("fried", "roasted", "grilled"), ("chopped", "sliced", "diced")
HANDS = 10  # most distractors and ingredients carried at the start if hands are not counted

_GROUPS = (  # groups of further rooms, each grown from the kitchen
    ("pantry", "livingroom", "corridor", "bedroom", "bathroom"),
    ("shed", "garden", "backyard"),
    ("driveway", "street", "supermarket"),
)
_NEIGHBOURS = {
    "kitchen": ("livingroom", "backyard", "corridor", "pantry"),
    "pantry": ("kitchen",),
    "livingroom": ("kitchen", "bedroom", "driveway", "corridor"),
    "bathroom": ("corridor",),
    "bedroom": ("livingroom", "corridor"),
    "backyard": ("kitchen", "garden", "shed", "corridor"),
    "garden": ("backyard",),
    "shed": ("backyard",),
    "driveway": ("livingroom", "street", "corridor"),
    "street": ("driveway", "supermarket"),
    "corridor": ("livingroom", "kitchen", "bedroom", "bathroom", "driveway", "backyard"),
    "supermarket": ("street",),
}
_NAMES = tuple(_NEIGHBOURS)
_ADJACENT = np.array([[b in _NEIGHBOURS[a] for b in _NAMES] for a in _NAMES])
_MASKS = np.array([sum(1 << _NAMES.index(name) for name in group) for group in _GROUPS], np.int64)
_DOORS = {
    frozenset(rooms): names
    for *rooms, names in (
        ("pantry", "kitchen", ("frosted-glass door", "plain door")),
        ("kitchen", "backyard", ("sliding patio door", "patio door", "screen door")),
        ("corridor", "backyard", ("sliding patio door", "patio door", "screen door")),
        ("backyard", "shed", ("barn door", "wooden door")),
        ("livingroom", "driveway", ("front door", "fiberglass door")),
        ("corridor", "driveway", ("front door", "fiberglass door")),
        ("supermarket", "street", ("sliding door", "commercial glass door")),
    )
}
# Furniture: type, room; first what is always there, then what may be there.
_FIXED = {
    "table": ("s", "kitchen"),
    "stove": ("stove", "kitchen"),
    "oven": ("oven", "kitchen"),
    "counter": ("s", "kitchen"),
    "fridge": ("c", "kitchen"),
    "BBQ": ("toaster", "backyard"),
    "shelf": ("s", "pantry"),
    "showcase": ("s", "supermarket"),
}
_OPTIONAL = {
    "patio table": ("s", "backyard"),
    "patio chair": ("s", "backyard"),
    "sofa": ("s", "livingroom"),
    "bed": ("s", "bedroom"),
    "toilet": ("s", "bathroom"),
    "workbench": ("s", "shed"),
    "toolbox": ("c", "shed"),
}
_APPLIANCES = {"fried": "stove", "roasted": "oven", "grilled": "BBQ"}
_VERBS = {"fried": "fry", "roasted": "roast", "grilled": "grill", "chopped": "chop", "sliced": "slice", "diced": "dice"}

_HEAT = ("inedible", "cookable", "needs_cooking")
_KNIFE = ("cuttable", "uncut")
_FRESH = ("edible", "cookable", "raw", *_KNIFE)
_COLD, _GARDEN, _COUNTER, _SHELF = (
    ("fridge", "showcase"), ("fridge", "garden"), ("counter", "garden"), ("shelf", "showcase")
)  # fmt: skip
_FOODS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    name: (properties, places)
    for names, properties, places in (
        ("egg, chicken wing, chicken leg, chicken breast", _HEAT, _COLD),
        ("pork chop, red tuna, white tuna", (*_HEAT, *_KNIFE), _COLD),
        ("red potato, yellow potato, purple potato", (*_HEAT, *_KNIFE), _COUNTER),
        ("carrot, lettuce, red onion, white onion, yellow onion", _FRESH, _GARDEN),
        ("red bell pepper, yellow bell pepper, green bell pepper, orange bell pepper", _FRESH, _GARDEN),
        ("red apple, yellow apple, green apple, banana, tomato", _FRESH, _COUNTER),
        ("red hot pepper, green hot pepper", _FRESH, _COUNTER),
        ("block of cheese", _FRESH, _COLD),
        ("cilantro, parsley", ("edible", *_KNIFE), _GARDEN),
        ("black pepper, flour, salt, sugar", ("edible",), _SHELF),
        ("olive oil, vegetable oil, peanut oil", ("inedible",), _SHELF),
        ("milk, water", ("drinkable", "inedible"), _COLD),
    )
    for name in names.split(", ")
}  # fmt: skip
_HELD_OUT = {
    "valid": ("vegetable oil", "green apple", "red tuna", "green bell pepper", "red bell pepper", "lettuce",
              "peanut oil", "chicken breast"),
    "test": ("milk", "yellow onion", "yellow apple", "sugar", "egg", "green hot pepper", "white tuna", "tomato"),
}  # fmt: skip
_TRAIN = tuple(name for name in _FOODS if not any(name in names for names in _HELD_OUT.values()))

Preparation = tuple[str, str]  # ("fried", "diced"); "raw" and "uncut" require nothing


@lru_cache(None)
def preparations(food: str, split: str | None) -> tuple[Preparation, ...]:
    """The preparations of a food that a split's recipes may require; empty for foods that the split does not use."""
    properties = _FOODS[food][0]
    cooking = COOKED if "cookable" in properties else ()
    if "needs_cooking" not in properties:
        cooking = ("raw", *cooking)
    every = tuple(product(cooking, ("uncut", *CUT) if "cuttable" in properties else ("uncut",)))
    if split is None:
        return every
    if food not in _TRAIN:
        return every if food in _HELD_OUT.get(split, ()) else ()
    if len(every) == 1:  # there is nothing to hold out
        return every
    mixed = sorted(every, key=lambda preparation: zlib.crc32(" ".join((food, *preparation)).encode()))
    test, valid = max(1, round(len(every) * 3 / 16)), max(1, round(len(every) * 4 / 16))
    return tuple({"test": mixed[:test], "valid": mixed[test : test + valid], "train": mixed[test + valid :]}[split])


@lru_cache(None)
def _allowed(split: str | None, cook: bool, cut: bool, grill: bool) -> dict[str, tuple[Preparation, ...]]:
    found = {}
    for food in _FOODS:
        ways = [
            way
            for way in preparations(food, split)
            if not (cook and way[0] == "raw") and not (cut and way[1] == "uncut") and (grill or way[0] != "grilled")
        ]
        if ways:
            found[food] = tuple(ways)
    return found


def cooking(
    recipe: int = 1,
    take: int | None = None,
    go: int = 1,
    open: bool = False,
    cook: bool = False,
    cut: bool = False,
    drop: bool = False,
    split: str | None = None,
    *,
    rng: np.random.Generator,
) -> Game:
    """A game about cooking a meal.

    Args:
        recipe: the number of ingredients, 1 to 5.
        take: how many of them must be found; the others are carried from the start. All by default.
        go: the number of rooms: 1, 6, 9 or 12.
        open: whether doors and containers start closed.
        cook, cut: whether ingredients must be cooked, cut; otherwise they start as the recipe requires.
        drop: whether the player's hands hold only as many things as the recipe has (two, if one must be cut).
        split: the split of foods and their preparations: "train", "valid", "test" or None for all.
    """
    recipe = whole("recipe", recipe, 1, MAX_RECIPE)
    take = recipe if take is None else whole("take", take, 0, recipe)
    go = one_of("go", whole("go", go, min(ROOMS), max(ROOMS)), ROOMS)
    one_of("split", split, SPLITS)
    flags = {"open": open, "cook": cook, "cut": cut, "drop": drop}
    open, cook, cut, drop = (flag(field, value) for field, value in flags.items())
    kitchen = _Kitchen(random.Random(int(rng.integers(1 << 62))), go, open, cut)
    kitchen.stock(recipe, take, cook, cut, drop, split)
    settings = {"recipe": recipe, "take": take, "go": go, "open": open, "cook": cook, "cut": cut, "drop": drop}
    return kitchen.game(settings | {"split": split})


class _Kitchen:
    """A game under construction: build the house, then call `stock`, then `game`."""

    def __init__(self, chance: random.Random, rooms: int, closed: bool, knife: bool) -> None:
        self.chance = chance
        self.state = "closed" if closed else "open"
        rng = words(np.array([chance.getrandbits(64)], np.uint64))[0]
        order, exits = grown(rng, _ADJACENT, _MASKS[: ROOMS.index(rooms)], rooms, side=5)
        self.names, self.exits = [_NAMES[i] for i in order.tolist()], exits.tolist()
        self.entities: dict[str, Entity] = people_and_rooms(self.names)
        self.counts: dict[str, int] = {}
        self.facts: list[Fact] = []
        self.doors: dict[frozenset[int], str] = {}
        self.places: dict[str, tuple[str, int]] = {name: (f"r_{i}", i) for i, name in enumerate(self.names)}
        self._connect()
        optional = [*_OPTIONAL, "", ""]  # two of nine pieces are always left out, as in TextWorld
        chosen = chance.sample(optional, min(len(optional), chance.randrange(rooms, 18)))
        for name, (kind, room) in (_FIXED | {name: _OPTIONAL[name] for name in chosen if name}).items():
            if room in self.names:
                id = self._new(kind, name)
                number = self.names.index(room)
                self.facts.append(("at", id, f"r_{number}"))
                self.places[name] = (id, number)
                if kind in ("c", "oven"):
                    self.facts.append((self.state, id))
        self._put(self._new("o", "cookbook"), chance.choice(("counter", "table")))
        self.knife = chance.choice(("counter", "table")) if knife or chance.random() < 0.5 else ""
        if self.knife:
            id = self._new("o", "knife")
            self._put(id, self.knife)
            self.facts.append(("sharp", id))
        self.start = chance.randrange(len(self.names))
        self.facts.append(("at", "P", f"r_{self.start}"))
        self.where: dict[str, str] = {}  # places of foods by name; "" means carried
        self.ids: dict[str, str] = {}

    def _new(self, kind: str, name: str) -> str:
        number = self.counts.get(kind, 0)
        self.counts[kind] = number + 1
        id = f"{kind}_{number}"
        self.entities[id] = entity(id, kind, name)
        return id

    def _put(self, id: str, place: str) -> None:
        holder = self.places[place][0] if place else "I"
        relation = "at" if holder[0] == "r" else "on" if holder[0] == "s" else "in"
        self.facts.append((relation, id, holder))

    def _connect(self) -> None:
        used: set[str] = set()
        for i, row in enumerate(self.exits):
            for direction, j in enumerate(row):
                if j <= i:
                    continue
                self.facts.append(direction_fact(i, direction, j))
                names = _DOORS.get(frozenset((self.names[i], self.names[j])))
                if names is None:
                    self.facts += free_facts(i, j)
                    continue
                name = self.chance.choice([name for name in names if name not in used])
                used.add(name)
                self.doors[frozenset((i, j))] = name
                self.facts += door_facts(self._new("d", name), i, j, self.state)

    # --- foods --------------------------------------------------------------------------------------------------------

    def stock(self, recipe: int, take: int, cook: bool, cut: bool, drop: bool, split: str | None) -> None:
        """Choose ingredients and distractors, and put them where they belong."""
        chance = self.chance
        allowed = _allowed(split, cook, cut, "BBQ" in self.places)
        chosen = sorted(self._draw(allowed, recipe))
        if len(chosen) < recipe:
            raise ValueError(f"recipe: found {recipe}, expected at most the {len(chosen)} foods that fit the settings")
        for name in chosen:
            self._place(name, self._home(name))
        self.ingredients = [(name, *chance.choice(allowed[name])) for name in chosen]
        self.hands = (2 if recipe == 1 and cut else recipe) if drop else HANDS
        self.counted, self.cook, self.cut = drop, cook, cut
        for name in chance.sample(chosen, recipe - take):
            self.where[name] = ""
        for name in chosen:
            parts = name.split()
            if len(parts) > 1:
                self._distract([f for f in allowed if f.startswith(parts[0]) and f != name], self.where[name])
                self._distract([f for f in allowed if f.endswith(parts[-1]) and f != name], self.where[name])
        for name in self._draw(allowed, abs(int(chance.gauss(recipe, 3)))):
            self._place(name, self._home(name))
        ready = {name: (cooking, cutting) for name, cooking, cutting in self.ingredients}
        for name, place in self.where.items():
            self._put(self.ids[name], place)
            self._describe(name, *ready.get(name, ("raw", "uncut")))

    def _draw(self, allowed: dict[str, tuple[Preparation, ...]], n: int) -> list[str]:
        """Draw foods that have not been placed yet and have somewhere to go."""
        names = [name for name in allowed if name not in self.where and any(p in self.places for p in _FOODS[name][1])]
        return self.chance.sample(names, min(n, len(names)))

    def _home(self, name: str) -> str:
        return self.chance.choice([place for place in _FOODS[name][1] if place in self.places])

    def _place(self, name: str, place: str) -> None:
        self.where[name] = place
        self.ids[name] = self._new("f", name)

    def _distract(self, names: list[str], place: str) -> None:
        """Put a food that might be mistaken for an ingredient next to it, unless there is one already."""
        for name in self.chance.sample(names, len(names)):
            if name not in self.where:
                if place or sum(not p for p in self.where.values()) < self.hands:
                    self._place(name, place)
                return
            if self.where[name] == place:
                return

    def _describe(self, name: str, cooking: str, cutting: str) -> None:
        properties = set(_FOODS[name][0])
        if not self.cook and cooking != "raw":
            properties = (properties - {"raw", "needs_cooking", "inedible"}) | {cooking, "cooked", "edible"}
        if not self.cut and cutting != "uncut":
            properties = (properties - {"uncut"}) | {cutting}
        id = self.ids[name]
        self.facts += [(fact, id) for fact in properties]

    # --- the game -----------------------------------------------------------------------------------------------------

    def game(self, settings: dict[str, object]) -> Game:
        """The finished game."""
        facts = self.facts
        meal, menu = self._new("meal", "meal"), entity("RECIPE", "RECIPE", "")
        self.entities["RECIPE"] = menu
        facts += [("out", meal, "RECIPE"), ("edible", meal), ("cooking_location", "r_0", "RECIPE")]
        for i, (name, cooking, cutting) in enumerate(self.ingredients, 1):
            id = self._new("ingredient", "")
            facts += [(f"ingredient_{i}", self.ids[name]), ("base", self.ids[name], id), ("in", id, "RECIPE")]
            facts += [(cooking, id), (cutting, id)]
        if self.counted:
            carried = sum(not place for place in self.where.values())
            for i in range(self.hands):
                facts.append(("used" if i < carried else "free", self._new("slot", "")))
        return Game(
            self.entities,
            frozenset(facts),
            cooking_rules(self.counted, len(self.ingredients)),
            self._quests(meal),
            "You are hungry. The cookbook in the kitchen has a recipe: find and prepare what it asks for, "
            "then cook the meal and eat it.",
            tuple(self._walkthrough()),
            {"challenge": "cooking", "settings": settings, "recipe": self._recipe()},
        )

    def _quests(self, meal: str) -> tuple[Quest, ...]:
        quests: list[Quest] = []

        def add(win: Fact | None, *fail: Fact) -> None:
            wins = (Event((win,)),) if win else ()
            quests.append(Quest(wins, tuple(Event((fact,)) for fact in fail), reward=len(wins)))

        for name, cooking, cutting in self.ingredients:
            id = self.ids[name]
            add(None, ("burned", id))
            if self.where[name]:
                add(("in", id, "I"))
            eaten = ("consumed", id)
            to_cook, to_cut = self.cook and cooking != "raw", self.cut and cutting != "uncut"
            add((cooking, id) if to_cook else None, eaten, *((way, id) for way in COOKED if way != cooking))
            add((cutting, id) if to_cut else None, eaten, *((way, id) for way in CUT if way != cutting))
        add(("in", meal, "I"), *(("consumed", self.ids[name]) for name, _, _ in self.ingredients))
        add(("consumed", meal), ("burned", meal))
        return tuple(quests)

    def _recipe(self) -> str:
        lines = ["Ingredients:", *(f"- {name}" for name, _, _ in self.ingredients), "", "Directions:"]
        for name, cooking, cutting in self.ingredients:
            lines += [f"- {_VERBS[way]} the {name}" for way in (cutting, cooking) if way in _VERBS]
        return "\n".join([*lines, "- prepare meal"])

    def _walkthrough(self) -> list[str]:
        commands = ["inventory"]
        room = self.start
        opened: set[str] = set()

        def unseal(name: str) -> None:
            if self.state == "closed" and name not in opened:
                commands.append(f"open {name}")
                opened.add(name)

        def walk(goal: int) -> None:
            nonlocal room
            for direction in shortest_path(self.exits, room, goal):
                to = self.exits[room][direction]
                if door := self.doors.get(frozenset((room, to))):
                    unseal(door)
                commands.append(GO[direction])
                room = to

        walk(0)
        commands.append("examine cookbook")
        needed = {name for name, _, _ in self.ingredients}
        if self.counted:
            commands += [f"drop {name}" for name, place in self.where.items() if not place and name not in needed]
        for name, _, _ in self.ingredients:
            if place := self.where[name]:
                holder, number = self.places[place]
                walk(number)
                if holder[0] == "c":
                    unseal(place)
                commands.append(f"take {name}" if holder[0] == "r" else f"take {name} from {place}")
        if self.cook:
            for way in COOKED:  # grilled last, all in one visit to the backyard
                foods = [name for name, cooking, _ in self.ingredients if cooking == way]
                if foods:
                    walk(self.places[_APPLIANCES[way]][1])
                commands += [f"cook {name} with {_APPLIANCES[way]}" for name in foods]
        walk(0)
        if self.cut:
            commands += self._cutting()
        return [*commands, "prepare meal", "eat meal"]

    def _cutting(self) -> list[str]:
        """Commands for cutting; if hands are full, another ingredient is dropped to make room for the knife."""
        commands = []
        names = [name for name, _, _ in self.ingredients]
        full = self.counted and len(names) >= self.hands
        knife = f"take knife from {self.knife}"
        for i, (name, _, cutting) in enumerate(self.ingredients):
            if cutting == "uncut":
                continue
            other = names[(i + 1) % len(names)]
            commands += [f"drop {other}"] * full + [knife, f"{_VERBS[cutting]} {name} with knife", "drop knife"]
            commands += [f"take {other}"] * full
            knife = "take knife"
        return commands
