"""Treasure Hunter (Cote et al. 2018, arXiv 1806.11532; Parisotto and Salakhutdinov 2017): take the right thing.

A backward search from the last command, which takes the right thing, decides where the player starts, what is locked
and where the keys lie. It undoes random commands, so that no situation repeats and each command other than a move makes
the next such command possible. So the stored walkthrough wins and has exactly the quest's length. TextWorld's generator
works the same way. If the search fails on a map, another map is drawn.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt
from typing import NamedTuple

import numpy as np

from .game import Event, Game, Quest
from .grammar import Fact
from .maps import (
    GO,
    articulation_points,
    connections,
    direction_fact,
    door_facts,
    entity,
    free_facts,
    people_and_rooms,
    random_walk,
    room_names,
    stream,
    whole,
)
from .rules import STANDARD

MAX_LEVEL, MAX_ROOMS, MAX_FURNITURE, MAX_QUEST = 30, 60, 60, 100
_LADDERS = ((5, 0, (1, 5)), (10, 10, (2, 10)), (20, 20, (3, 20)))  # rooms, furniture, quest lengths of ten levels
_MAPS, _PATIENCE = 400, 2  # maps to try; situations to examine per command of a quest
OPEN, CLOSED, LOCKED = range(3)
_STATES = ("open", "closed", "locked")
FLOOR, CARRIED = -1, -2  # where a key is, besides the furniture

_BOXES = (
    "basket", "bin", "bureau", "cabinet", "case", "casket", "chest", "coffer", "crate", "cupboard", "drawer", "hamper",
    "icebox", "jar", "locker", "safe", "strongbox", "suitcase", "trunk", "urn",
)  # fmt: skip
_TOPS = (
    "altar", "bed", "bench", "bookcase", "chair", "counter", "couch", "desk", "mantelpiece", "mat", "pedestal",
    "plinth", "rack", "rug", "shelf", "sideboard", "sofa", "stand", "stool", "table",
)  # fmt: skip
_PASSAGES = ("archway", "door", "gate", "hatch", "portal", "turnstile")
_LOOKS = (
    "amber", "beige", "black", "blue", "brown", "crimson", "golden", "green", "grey", "indigo", "ivory", "lilac",
    "olive", "orange", "pink", "purple", "red", "silver", "teal", "white", "yellow",
)  # fmt: skip
_METALS = (
    "brass", "bronze", "chrome", "cobalt", "copper", "iron", "lead", "nickel", "pewter", "platinum", "steel", "tin",
    "titanium", "tungsten", "zinc", "rusty", "gilded", "ornate", "engraved", "polished", "jagged", "tiny", "heavy",
)  # fmt: skip
_TREASURES = {
    "o": ("bell", "candle", "compass", "crown", "dagger", "fan", "fiddle", "flute", "globe", "goblet", "hourglass",
          "lamp", "lens", "locket", "mask", "mirror", "necklace", "parchment", "pocket watch", "ruby",
          "statuette", "telescope"),
    "k": ("access card", "keycard", "latchkey", "passkey", "skeleton key"),
    "f": ("biscuit", "cherry pie", "coconut", "fig", "gingerbread", "jar of honey", "mango", "muffin", "pear", "plum",
          "pretzel", "wedge of cheese"),
}  # fmt: skip


def treasure_hunter(
    level: int = 1,
    *,
    quest_length: int | None = None,
    n_rooms: int | None = None,
    n_furniture: int | None = None,
    rng: np.random.Generator,
) -> Game:
    """A game of the level, 1 to 30: easy, from 11 medium with doors and furniture, from 21 hard with locks and keys.

    Args:
        quest_length, n_rooms, n_furniture: replace the level's own.

    Raises:
        ValueError: also where no quest of that length was found.
    """
    level = whole("level", level, 1, MAX_LEVEL)
    mode, step = divmod(level - 1, 10)
    rooms, furniture, lengths = _LADDERS[mode]
    rooms = rooms if n_rooms is None else whole("n_rooms", n_rooms, 1, MAX_ROOMS)
    furniture = furniture if n_furniture is None else whole("n_furniture", n_furniture, 0, MAX_FURNITURE)
    length = round(float(np.linspace(*lengths, 10)[step]))
    length = length if quest_length is None else whole("quest_length", quest_length, 1, MAX_QUEST)
    settings = {"level": level, "quest_length": length, "n_rooms": rooms, "n_furniture": furniture}
    chance = random.Random(int(rng.integers(1 << 62)))
    for _ in range(_MAPS):
        house = _House(rng, chance, rooms, furniture, doors=mode > 0)
        for room in chance.sample(range(rooms), rooms):
            plan = _Chain(house, chance, keys=mode > 1).plan(room, length)
            if plan is not None:
                return _Told(house, chance, room_names(rng, rooms)).game(plan, settings)
    raise ValueError(f"quest_length: found {length}, expected one for which {rooms} rooms have space")


class _House:
    """Rooms, doors and furniture as numbers. Among things that open and close, doors come first, then furniture.

    Attributes:
        door: the door of a pair of rooms, the lower first.
        contents: the furniture of each room.
        start: states of doors and furniture; None for supporters.
    """

    def __init__(
        self, rng: np.random.Generator, chance: random.Random, rooms: int, furniture: int, doors: bool
    ) -> None:
        exits = random_walk(stream(rng), rooms, ceil(sqrt(rooms + 1)))
        self.exits: list[list[int]] = exits.tolist()
        self.connections = connections(exits)
        points = articulation_points(self.exits) if doors else set()
        joined = [(i, j) for i, _, j in self.connections if i in points and j in points]
        self.door = {pair: number for number, pair in enumerate(joined)}
        self.start: list[int | None] = [OPEN] * len(joined)
        self.contents: list[list[int]] = [[] for _ in range(rooms)]
        for number in range(len(joined), len(joined) + furniture):
            self.start.append(chance.randrange(3) if chance.random() < 0.5 else None)
            self.contents[chance.randrange(rooms)].append(number)
        self.wrong_room = chance.randrange(rooms)
        self.wrong_place = chance.choice([FLOOR, *self.contents[self.wrong_room]])

    def between(self, room: int, to: int) -> int | None:
        """The door between two rooms, if any."""
        return self.door.get((room, to) if room < to else (to, room))


class _Key(NamedTuple):
    lock: int
    room: int
    place: int  # FLOOR, CARRIED or furniture


class _Situation(NamedTuple):
    room: int
    states: tuple[int | None, ...]
    keys: tuple[_Key, ...]


class _Step(NamedTuple):
    """A command: go (`what` is the direction, `through` the door), open (what), unlock (what, key) or take (key)."""

    verb: str
    what: int = -1
    key: int = -1
    place: int = FLOOR
    through: int | None = None


@dataclass(frozen=True)
class _Plan:
    start: _Situation
    goal_room: int
    goal_place: int
    steps: tuple[_Step, ...]


class _Chain:
    """The backward depth-first search; it gives up early, because a restart is cheaper than a dead end."""

    def __init__(self, house: _House, chance: random.Random, keys: bool) -> None:
        self.house, self.chance, self.may_lock = house, chance, keys

    def plan(self, goal_room: int, length: int) -> _Plan | None:
        """A quest that ends by taking the right thing in a room, or None."""
        situation = _Situation(goal_room, tuple(self.house.start), ())
        places = self._surfaces(situation)
        self.patience = _PATIENCE * length
        for place in self.chance.sample(places, len(places)):
            steps = [_Step("take", place=place)]
            if start := self._back(situation, steps, {situation}, length - 1):
                return _Plan(start, goal_room, place, tuple(steps[::-1]))
        return None

    def _back(self, now: _Situation, steps: list[_Step], seen: set[_Situation], left: int) -> _Situation | None:
        if not left:
            return now
        self.patience -= 1
        if self.patience < 0:
            return None
        options = [(step, before) for step, before in self._undone(now, steps) if before not in seen]
        self.chance.shuffle(options)
        for step, before in options:
            steps.append(step)
            seen.add(before)
            if start := self._back(before, steps, seen, left - 1):
                return start
            steps.pop()
            seen.discard(before)
        return None

    def _surfaces(self, now: _Situation) -> list[int]:
        return [FLOOR, *(i for i in self.house.contents[now.room] if now.states[i] in (None, OPEN))]

    def _undone(self, now: _Situation, steps: list[_Step]) -> Iterator[tuple[_Step, _Situation]]:
        """Commands that may lead here, each with the situation before it. `steps`: the later commands, last first."""
        house, (room, states, keys) = self.house, now
        for direction, other in enumerate(house.exits[room]):
            if other >= 0:
                door = house.between(room, other)
                if door is None or states[door] == OPEN:
                    yield _Step("go", direction ^ 1, through=door), now._replace(room=other)
        soon = steps[-1]
        if soon.verb == "go" and soon.through is not None:  # a door is opened only right before going through it
            yield _Step("open", soon.through), _with(now, soon.through, CLOSED)
        then = self._after_moves(steps)
        if then is None:
            return
        if (
            then.verb == "take"
            and then.place >= 0
            and states[then.place] == OPEN
            and then.place in house.contents[room]
        ):
            yield _Step("open", then.place), _with(now, then.place, CLOSED)
        if then.verb == "open" and self.may_lock and self._is_here(then.what, room):
            before = _with(now, then.what, LOCKED)
            number = next((i for i, key in enumerate(keys) if key.lock == then.what), len(keys))
            if number == len(keys):
                yield _Step("unlock", then.what, number), before._replace(keys=(*keys, _Key(then.what, -1, CARRIED)))
            elif keys[number].place == CARRIED:
                yield _Step("unlock", then.what, number), before
        if then.verb == "unlock":
            for place in self._surfaces(now):
                key = _Key(keys[then.key].lock, room, place)
                before = now._replace(keys=(*keys[: then.key], key, *keys[then.key + 1 :]))
                yield _Step("take", key=then.key, place=place), before

    def _after_moves(self, steps: list[_Step]) -> _Step | None:
        """The next command that is not a move; None if moves lead to a door that is then opened."""
        for i in range(len(steps) - 1, -1, -1):
            if steps[i].verb != "go":
                return steps[i]
            if steps[i - 1].verb == "open" and steps[i - 1].what < len(self.house.door):
                return None
        return None

    def _is_here(self, thing: int, room: int) -> bool:
        if thing >= len(self.house.door):
            return thing in self.house.contents[room]
        return any(to >= 0 and self.house.between(room, to) == thing for to in self.house.exits[room])


def _with(now: _Situation, thing: int, state: int) -> _Situation:
    return now._replace(states=(*now.states[:thing], state, *now.states[thing + 1 :]))


class _Told:
    """A house and a plan as text: ids, names, facts."""

    def __init__(self, house: _House, chance: random.Random, rooms: list[str]) -> None:
        self.house, self.chance = house, chance
        self.entities = people_and_rooms(rooms)
        self.names = set(rooms)
        self.counts: dict[str, int] = {}

    def _new(self, kind: str, name: str) -> str:
        number = self.counts.get(kind, 0)
        self.counts[kind] = number + 1
        id = f"{kind}_{number}"
        self.entities[id] = entity(id, kind, name)
        self.names.add(name)
        return id

    def _unused(self, nouns: tuple[str, ...]) -> str:
        noun = self.chance.choice(nouns)
        while noun in self.names:
            noun = f"{self.chance.choice(_LOOKS)} {self.chance.choice(nouns)}"
        return noun

    def _treasure(self) -> str:
        kind = self.chance.choice(tuple(_TREASURES))
        return self._new(kind, self._unused(_TREASURES[kind]))

    def game(self, plan: _Plan, settings: dict[str, int]) -> Game:
        """The game whose quest is the plan."""
        house, facts = self.house, list[Fact]()
        locks = {
            key.lock: metal for key, metal in zip(plan.start.keys, self._metals(len(plan.start.keys)), strict=True)
        }
        things = [""] * len(house.start)
        for (i, j), number in house.door.items():
            things[number] = self._new("d", self._name(_PASSAGES, locks.get(number)))
            facts += door_facts(things[number], i, j, _STATES[plan.start.states[number] or OPEN])
        for i, direction, j in house.connections:
            facts.append(direction_fact(i, direction, j))
            if house.between(i, j) is None:
                facts += free_facts(i, j)
        for room, contents in enumerate(house.contents):
            for number in contents:
                state = plan.start.states[number]
                kind, nouns = ("s", _TOPS) if state is None else ("c", _BOXES)
                things[number] = id = self._new(kind, self._name(nouns, locks.get(number)))
                facts.append(("at", id, f"r_{room}"))
                if state is not None:
                    facts.append((_STATES[state], id))

        def put(id: str, room: int, place: int) -> None:
            if place == CARRIED:
                facts.append(("in", id, "I"))
            elif place == FLOOR:
                facts.append(("at", id, f"r_{room}"))
            else:
                facts.append(("on" if things[place][0] == "s" else "in", id, things[place]))

        right, wrong = self._treasure(), self._treasure()
        put(right, plan.goal_room, plan.goal_place)
        put(wrong, house.wrong_room, house.wrong_place)
        keys = [self._new("k", f"{locks[key.lock]} key") for key in plan.start.keys]
        for id, key in zip(keys, plan.start.keys, strict=True):
            put(id, key.room, key.place)
            facts.append(("match", id, things[key.lock]))
        facts += [("edible", id) for id in (right, wrong) if id[0] == "f"]
        facts.append(("at", "P", f"r_{plan.start.room}"))
        walkthrough = tuple(self._command(step, things, keys, right) for step in plan.steps)
        win: tuple[Fact, ...] = (("at", "P", f"r_{plan.goal_room}"), ("in", right, "I"))
        return Game(
            self.entities,
            frozenset(facts),
            STANDARD,
            (Quest((Event(win, walkthrough),), (Event((("in", wrong, "I"),)),)),),
            self._objective(right, plan, things),
            walkthrough,
            {"challenge": "treasure_hunter", "settings": settings},
        )

    def _metals(self, n: int) -> list[str]:
        return self.chance.sample(_METALS, n) if n <= len(_METALS) else [f"no. {i + 1}" for i in range(n)]

    def _name(self, nouns: tuple[str, ...], metal: str | None) -> str:
        return f"{metal} {self.chance.choice(nouns)}" if metal else self._unused(nouns)

    def _command(self, step: _Step, things: list[str], keys: list[str], right: str) -> str:
        def name(id: str) -> str:
            return self.entities[id].name

        if step.verb == "go":
            return GO[step.what]
        if step.verb == "open":
            return f"open {name(things[step.what])}"
        if step.verb == "unlock":
            return f"unlock {name(things[step.what])} with {name(keys[step.key])}"
        taken = name(right if step.key < 0 else keys[step.key])
        return f"take {taken}" if step.place == FLOOR else f"take {taken} from {name(things[step.place])}"

    def _objective(self, right: str, plan: _Plan, things: list[str]) -> str:
        where = "on the floor"
        if plan.goal_place != FLOOR:
            id = things[plan.goal_place]
            where = f"{'on' if id[0] == 's' else 'in'} the {self.entities[id].name}"
        room = self.entities[f"r_{plan.goal_room}"].name
        return (
            f"Find the {self.entities[right].name} {where} of the {room} and take it. Beware of taking the wrong thing."
        )
