"""What the scorer reads in a text adventure: what it sees and carries, the goal, and its memory of the way.

Everything here is in the texts that a player gets: names, kinds of things, exits, the goal, the recipe once the
cookbook has been read. What lies behind a door or in a closed box is not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...envs.textworld.ground import Grounded
from ...envs.textworld.text import DIRECTIONS, ways_out

VERBS = (
    "go", "open", "close", "unlock", "lock", "take", "drop", "put", "insert", "examine", "look", "inventory", "goal",
    "eat", "drink", "cook", "slice", "dice", "chop", "prepare",
)  # fmt: skip
KINDS = ("d", "c", "s", "k", "f", "o", "meal", "heat")  # kinds of things; heat: stove, oven, BBQ
HEAT = {"stove": "fry", "oven": "roast", "toaster": "grill"}
DONE = {"fry": "fried", "roast": "roasted", "grill": "grilled", "slice": "sliced", "dice": "diced", "chop": "chopped"}
PREPOSITION = re.compile(r" (?:with|from|into|on) ")
COMMAND = len(VERBS) + 2 * len(KINDS) + 6 + 6  # of nouns, of ways
STATE = 18


@dataclass(frozen=True)
class Memory:
    """The memory of the way so far; immutable, each step makes a new one.

    Attributes:
        room: where the player is.
        visits: room -> times entered.
        ways: (room, direction) -> where that led.
        back: the direction that the player came from, or "".
        read: whether the cookbook has been read.
        steps: number of commands given.
    """

    room: int = -1
    visits: Mapping[int, int] = field(default_factory=dict)
    ways: Mapping[tuple[int, str], int] = field(default_factory=dict)
    back: str = ""
    read: bool = False
    steps: int = 0


class Reader:
    """Turns one game's observations into numbers.

    Args:
        grounded: the grounded game.
    """

    def __init__(self, grounded: Grounded) -> None:
        game = grounded.game
        self.commands = grounded.commands
        self.cookbook = self.commands.index("examine cookbook") if "examine cookbook" in self.commands else -1
        objective = _words(game.objective)
        recipe = _words(str(game.extras.get("recipe", "")))
        by_name = {e.name: e for e in game.entities.values() if e.name and e.type not in ("r", "P", "I")}
        in_goal = {name for name in by_name if f" {_words(name).strip()} " in objective}
        in_recipe = {name for name in by_name if f" {_words(name).strip()} " in recipe}
        wanted = in_goal | in_recipe
        self._room_in_goal = [f" {_words(game.name(room)).strip()} " in objective for room in grounded.rooms]
        out = ways_out(game)
        self._exits = [{way: door is not None for way, _, door in out[room]} for room in grounded.rooms]  # door?
        n = len(self.commands)
        self._known = np.zeros((n, COMMAND), np.float32)  # features of each command after reading the recipe
        self._unread = np.zeros((n, COMMAND), np.float32)  # the same before reading it
        self._go = [c.partition(" ")[2] if c.startswith("go ") else "" for c in self.commands]
        self._verb = [c.partition(" ")[0] for c in self.commands]
        self._result = np.full(n, -1)  # the fact that a cut or cooked food shows, as an index
        self._cooked = np.full(n, -1)
        self._asked = np.zeros(n, bool)
        self._wanted = np.zeros(n, bool)
        for i, command in enumerate(self.commands):
            verb, _, rest = command.partition(" ")
            nouns = [by_name[noun] for noun in PREPOSITION.split(rest) if noun in by_name][:2]
            row = self._unread[i]
            if verb in VERBS:  # a game may have its own verbs
                row[VERBS.index(verb)] = 1
            for k, noun in enumerate(nouns):
                row[len(VERBS) + k * len(KINDS) + _kind(noun.type)] = 1
            at = len(VERBS) + 2 * len(KINDS)
            for k, noun in enumerate(nouns):
                row[at + k] = noun.name in in_goal
            self._known[i] = row
            if nouns:
                self._known[i, at + 2] = nouns[0].name in in_recipe
                act = HEAT.get(nouns[-1].type, "") if verb == "cook" else verb
                if act in DONE and f" {act} the {_words(nouns[0].name).strip()} " in recipe:
                    self._known[i, at + 3] = self._asked[i] = True
                self._result[i] = grounded.index.get((DONE.get(act, ""), nouns[0].id), -1)
                self._cooked[i] = grounded.index.get(("cooked", nouns[0].id), -1)
                self._wanted[i] = nouns[0].name in wanted
        carried = {f[1]: i for f, i in grounded.index.items() if f[0] == "in" and f[2:] == ("I",)}
        kinds = {e.id: e.type for e in game.entities.values()}
        names = {e.id: e.name for e in game.entities.values()}
        self._carried = np.array(sorted(carried.values()), int)
        self._keys = np.array([i for thing, i in carried.items() if kinds[thing] == "k"], int)
        self._tools = np.array([i for t, i in carried.items() if kinds[t] == "o" and names[t] not in in_goal], int)
        self._meals = np.array([i for thing, i in carried.items() if kinds[thing] == "meal"], int)
        self._goods = np.array([i for t, i in carried.items() if names[t] in wanted], int)
        self._results = np.unique(self._result[self._asked])
        self._n_wanted = max(1, len(in_recipe) if recipe.strip() else len(in_goal))

    def begin(self, observation: Mapping[str, Any], known: Memory | None = None) -> Memory:
        """The memory at the start of an attempt, with what was learnt in earlier ones."""
        memory = replace(known, back="", steps=0) if known else Memory()
        room = int(observation["room"])
        return replace(memory, room=room, visits={**memory.visits, room: memory.visits.get(room, 0) + 1})

    def follow(self, memory: Memory, command: int, observation: Mapping[str, Any]) -> Memory:
        """The memory after a command."""
        room, direction = int(observation["room"]), self._go[command]
        read = memory.read or command == self.cookbook
        if room == memory.room:
            return replace(memory, read=read, steps=memory.steps + 1)
        return Memory(
            room,
            {**memory.visits, room: memory.visits.get(room, 0) + 1},
            {**memory.ways, (memory.room, direction): room, (room, _OPPOSITE[direction]): memory.room},
            _OPPOSITE[direction],
            read,
            memory.steps + 1,
        )

    def features(
        self, memory: Memory, observation: Mapping[str, Any], admissible: NDArray[np.intp]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """A place as float32 (STATE,), and its admissible commands as float32 (n, COMMAND)."""
        facts = observation["facts"]
        rows = (self._known if memory.read else self._unread)[admissible]
        at = len(VERBS) + 2 * len(KINDS)
        shown, cooked = self._result[admissible], self._cooked[admissible]
        rows[:, at + 4] = (shown >= 0) & (facts[shown] != 0)
        rows[:, at + 5] = (cooked >= 0) & (facts[cooked] != 0)
        due = self._asked[admissible] & (rows[:, at + 4] == 0) & memory.read
        opens = unlocks = 0
        exits = self._exits[memory.room]
        for i, command in enumerate(admissible.tolist()):
            if direction := self._go[command]:
                rows[i, at + 6 :] = self._way(memory, direction)
            opens += self._verb[command] == "open"
            unlocks += self._verb[command] == "unlock"
        takes = [self._wanted[c] and self._verb[c] == "take" for c in admissible.tolist()]
        place = [
            memory.steps / 50,
            len(memory.visits) / 10,
            math.log1p(memory.visits[memory.room]),
            self._unexplored(memory, memory.room) / 4,
            len(exits) / 4,
            opens / 4,
            unlocks,
            bool(np.any(takes)) and (memory.read or self.cookbook < 0),
            self._room_in_goal[memory.room],
            facts[self._carried].sum() / 10,
            facts[self._keys].sum() / 2,
            facts[self._tools].sum(),
            facts[self._meals].sum(),
            memory.read,
            memory.read * facts[self._goods].sum() / self._n_wanted,
            memory.read * facts[self._results].sum() / (2 * self._n_wanted),
            due.sum() / 4,
            self.cookbook in admissible,
        ]
        return np.array(place, np.float32), rows

    def _unexplored(self, memory: Memory, room: int) -> int:
        return sum((room, direction) not in memory.ways for direction in self._exits[room])

    def _way(self, memory: Memory, direction: str) -> list[float]:
        leads = memory.ways.get((memory.room, direction), -1)
        back, door = direction == memory.back, self._exits[memory.room].get(direction, False)
        if leads < 0:
            return [1.0, 0.0, 0.0, back, door, 0.0]
        fresh = leads in memory.visits
        visits = math.log1p(memory.visits.get(leads, 0))
        return [0.0, visits, self._unexplored(memory, leads) / 4, back, door, fresh]


_OPPOSITE = dict(zip(DIRECTIONS, (*DIRECTIONS[2:], *DIRECTIONS[:2]), strict=True))


def _words(text: str) -> str:
    """Lower-case words with a space at each side."""
    return f" {' '.join(re.findall(r'[a-z0-9-]+', text.lower()))} "


def _kind(kind: str) -> int:
    return KINDS.index("heat" if kind in HEAT else kind if kind in KINDS else "o")
