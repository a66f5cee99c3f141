"""A game: its things, the facts about them, the rules, the quests. TextWorld's JSON files load into it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..core.text_file import read_text
from .grammar import Fact, Grammar, GrammarError, parse

VERSION = 1  # of TextWorld's file format


@dataclass(frozen=True)
class Entity:
    """A room, door or thing. `description` is the file's own text, in Inform's notation; generated games have none."""

    id: str
    type: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class Event:
    """Happens when all its facts hold; `plan` holds the commands that the quest's author intended, if known."""

    facts: tuple[Fact, ...]
    plan: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quest:
    """Completed when any of `win` happens, failed when any of `fail` does."""

    win: tuple[Event, ...] = ()
    fail: tuple[Event, ...] = ()
    reward: int = 1
    optional: bool = False
    repeatable: bool = False
    description: str = ""


@dataclass(frozen=True)
class Game:
    """A complete game; immutable.

    Attributes:
        entities: by id; `P` is the player, `I` the inventory.
        facts: what holds at the start.
        logic: the rules as text; see `grammar`.
        objective: what the player is told at the start.
        walkthrough: commands that win it, if known.
        extras: other data from the file, such as a recipe; JSON-serialisable.
    """

    entities: Mapping[str, Entity]
    facts: frozenset[Fact]
    logic: str
    quests: tuple[Quest, ...] = ()
    objective: str = ""
    walkthrough: tuple[str, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def grammar(self) -> Grammar:
        """The rules."""
        return parse(self.logic)

    @cached_property
    def max_score(self) -> float:
        """Points for all quests; infinite, as in TextWorld, if a quest can be completed again and again."""
        if any(quest.repeatable and quest.reward > 0 for quest in self.quests):
            return math.inf
        return sum(quest.reward for quest in self.quests if not quest.optional or quest.reward > 0)

    @cached_property
    def digest(self) -> int:
        """A 64-bit digest of the whole game: the same in every process, and different for different games."""
        return int.from_bytes(hashlib.sha256(json.dumps(self._data(), default=str).encode()).digest()[:8], "little")

    @cached_property
    def letters(self) -> frozenset[str]:
        """Every character that a text about the game may contain, capitals included."""
        found = set(json.dumps(self._data(), ensure_ascii=False, default=str))
        return frozenset({letter for c in found for letter in (c, *c.upper(), *c.lower())})

    def name(self, thing: str) -> str:
        """What the player calls an entity."""
        return self.entities[thing].name or thing

    def of_type(self, kind: str) -> list[str]:
        """Ids of the entities of a type or its subtypes, in the game's order."""
        return [e.id for e in self.entities.values() if self.grammar.is_a(e.type, kind)]

    # --- files --------------------------------------------------------------------------------------------------------

    @staticmethod
    def load(path: str | Path) -> Game:
        """Read a game file: TextWorld's JSON or our own. A one-line `ValueError` names what cannot be understood."""
        path = Path(path)
        if path.suffix in (".z8", ".ulx"):  # the compiled game; TextWorld puts the JSON next to it
            path = path.with_suffix(".json")
        try:
            text = read_text(path)
        except (OSError, ValueError) as error:
            raise ValueError(f"game: {error}") from None
        try:
            return Game.from_json(text)
        except ValueError as error:
            raise type(error)(f"game: {path}: {error}") from None

    @staticmethod
    def from_json(text: str) -> Game:
        """The game in a JSON text, TextWorld's or `to_json`'s."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"not whole JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
        if not isinstance(data, dict):
            raise ValueError(f"found a JSON {type(data).__name__}, expected an object")
        game = _from_ours(data) if "ige" in data else _from_theirs(data)
        game.check()
        return game

    def to_json(self) -> str:
        """The whole game as JSON, which `from_json` reads."""
        return json.dumps(self._data())

    def _data(self) -> dict[str, Any]:
        data = {k: v for k, v in asdict(self).items() if k not in ("entities", "facts")}
        return data | {"ige": 1, "entities": [asdict(e) for e in self.entities.values()], "facts": sorted(self.facts)}

    def check(self) -> None:
        """Raise `ValueError` if a fact or quest names something that does not exist, or the player is nowhere."""
        for fact in (*self.facts, *(f for q in self.quests for e in (*q.win, *q.fail) for f in e.facts)):
            for thing in fact[1:]:
                if thing not in self.entities:
                    raise ValueError(f"fact {fact[0]}: {thing!r} is not among the game's entities")
        for entity in self.entities.values():
            if entity.type not in self.grammar.parents:
                raise GrammarError(f"entity {entity.id}: type {entity.type!r} is not in the game's grammar")
        rooms = [fact for fact in self.facts if fact[:2] == ("at", "P")]
        if len(rooms) != 1:
            raise ValueError(f"facts: the player is in {len(rooms)} rooms, expected 1")


def _get(data: Any, key: str, kind: type, where: str = "", default: Any = None) -> Any:
    """A checked field of a JSON object; a field with a default may be missing or null."""
    label = f"{where}.{key}" if where else key
    if default is not None and isinstance(data, dict) and data.get(key) is None:
        return default
    if not isinstance(data, dict) or key not in data:
        raise ValueError(f"{label}: missing; is this a TextWorld game?")
    if not isinstance(data[key], kind):
        raise ValueError(f"{label}: found {type(data[key]).__name__}, expected {kind.__name__}")
    return data[key]


def _fact(data: Any, where: str) -> Fact:
    arguments = _get(data, "arguments", list, where)
    return (_get(data, "name", str, where), *(_get(a, "name", str, where) for a in arguments))


def _texts(data: Any, key: str, where: str) -> tuple[str, ...]:
    texts = _get(data, key, list, where, [])
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{where}.{key}: expected a list of str")
    return tuple(texts)


def _event(data: Any, where: str) -> Event:
    condition = _get(data, "condition", dict, where)
    facts = _get(condition, "preconditions", list, f"{where}.condition")
    actions = _get(data, "actions", list, where, [])
    plan = _texts(data, "commands", where) if actions else ()
    if actions and not plan:
        plan = ("?",) * len(actions)
    return Event(tuple(_fact(f, where) for f in facts), plan)


def _from_theirs(data: dict[str, Any]) -> Game:
    version = _get(data, "version", int)
    if version != VERSION:
        raise ValueError(f"version: {version}, expected {VERSION}")
    world = _get(data, "world", list)
    types: dict[str, str] = {}
    for proposition in world:
        for argument in _get(proposition, "arguments", list, "world"):
            types[_get(argument, "name", str, "world")] = _get(argument, "type", str, "world")
    infos = {}
    for pair in _get(data, "infos", list):
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[1], dict):
            raise ValueError("infos: expected pairs of an id and an object")
        infos[str(pair[0])] = pair[1]
    kinds = {key: _get(info, "type", str, f"infos.{key}", "") or types.get(key, "") for key, info in infos.items()}

    def told(key: str, what: str) -> str:
        return str(_get(infos.get(key, {}), what, str, f"infos.{key}", ""))

    entities = {
        key: Entity(key, kind, told(key, "name"), told(key, "desc"))
        for key, kind in ({"P": "P", "I": "I"} | types | kinds).items()
    }
    quests = []
    for i, quest in enumerate(_get(data, "quests", list)):
        where = f"quests[{i}]"
        win = tuple(_event(e, f"{where}.win_events") for e in _get(quest, "win_events", list, where))
        fail = tuple(_event(e, f"{where}.fail_events") for e in _get(quest, "fail_events", list, where))
        quests.append(
            Quest(
                win,
                fail,
                _get(quest, "reward", int, where, 0),
                _get(quest, "optional", bool, where, False),
                _get(quest, "repeatable", bool, where, False),
                _get(quest, "desc", str, where, ""),
            )
        )
    metadata = _get(data, "metadata", dict, default={})
    return Game(
        entities,
        frozenset(_fact(p, "world") for p in world),
        _get(_get(data, "KB", dict), "logic", str, "KB"),
        tuple(quests),
        _get(data, "objective", str, default=""),
        _texts(metadata, "walkthrough", "metadata"),
        {k: v for k, v in metadata.items() if k != "walkthrough"},
    )


def _from_ours(data: dict[str, Any]) -> Game:
    def event(e: dict[str, Any]) -> Event:
        return Event(tuple(map(tuple, e["facts"])), tuple(e["plan"]))

    try:
        return Game(
            {e["id"]: Entity(**e) for e in data["entities"]},
            frozenset(map(tuple, data["facts"])),
            data["logic"],
            tuple(
                Quest(**q | {"win": tuple(map(event, q["win"])), "fail": tuple(map(event, q["fail"]))})
                for q in data["quests"]
            ),
            data["objective"],
            tuple(data["walkthrough"]),
            data["extras"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a game of ours: {error}") from None
