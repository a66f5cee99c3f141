"""Games made by Microsoft's TextWorld, as the JSON files that it writes; nothing is compiled for the Z-machine."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import textworld
from textworld.challenges import CHALLENGES
from textworld.envs import TextWorldEnv
from textworld.generator import QuestGenerationError
from textworld.generator.game import Event, Quest

Made = tuple[str, Callable[[Any], Any]]  # a label, and a function that makes the game from options


@contextlib.contextmanager
def uncompiled() -> Iterator[None]:
    """Inside this context, TextWorld tests walkthroughs on its JSON environment instead of the compiled game.

    Like the compiled game's tracker, it reports the previous action again when a command has no effect.
    """
    compiling, stepping = textworld.GameMaker.compile, TextWorldEnv.step

    def compile(self: Any, path: str) -> str:
        path = str(Path(path).with_suffix(".json"))
        self.build().save(path)
        return path

    def step(self: Any, command: str) -> Any:
        before = self.state["_last_action"]
        result = stepping(self, command)
        self.state["_last_action"] = self.state["_last_action"] or before
        return result

    textworld.GameMaker.compile, TextWorldEnv.step = compile, step
    try:
        yield
    finally:
        textworld.GameMaker.compile, TextWorldEnv.step = compiling, stepping


def challenge(name: str, **settings: Any) -> Made:
    label = ", ".join(f"{k}={v}" for k, v in settings.items() if v is not False)
    return f"{name}({label})", lambda options: CHALLENGES[f"tw-{name}"][1](settings, options)


def coin_collector(rng: np.random.Generator) -> Made:
    """Mostly short ones: TextWorld's time for a step grows with the cube of the quest's length."""
    dead_ends = int(rng.integers(3))
    # The package refuses more than 100 rooms.
    length = 1 + int(100 // (dead_ends + 1) * rng.random() ** 3)
    return challenge("coin_collector", level=100 * dead_ends + length)


def treasure_hunter(rng: np.random.Generator) -> Made:
    """Mostly easy ones: a hard one takes TextWorld ten seconds to make."""
    return challenge("treasure_hunter", level=1 + int(30 * rng.random() ** 2))


def cooking(rng: np.random.Generator) -> Made:
    recipe = int(rng.integers(1, 6))
    take = int(rng.integers(0, recipe + 1))
    flags = {name: bool(rng.integers(2)) for name in ("open", "cook", "cut", "drop")}
    go = (1, 6, 9, 12)[int(rng.integers(4))]
    split = (None, "train", "valid", "test")[int(rng.integers(4))]
    return challenge("cooking", recipe=recipe, take=take, go=go, **flags, recipe_seed=0, split=split)


def simple(rng: np.random.Generator) -> Made:
    rewards = ("dense", "balanced", "sparse")[int(rng.integers(3))]
    goal = ("detailed", "brief", "none")[int(rng.integers(3))]
    return challenge("simple", rewards=rewards, goal=goal, test=bool(rng.integers(2)))


def custom(rng: np.random.Generator) -> Made:
    """What `tw-make custom` makes. TextWorld searches without end for long quests with several branches."""
    rooms, objects = int(rng.integers(1, 13)), int(rng.integers(1, 26))
    breadth = int(rng.integers(1, 3))
    quests, length = (
        int(rng.integers(1, 4 if breadth == 1 else 2)),
        int(rng.integers(breadth, 6 if breadth == 1 else 4)),
    )

    def make(options: Any) -> Any:
        options.nb_rooms = rooms
        options.nb_objects = objects
        options.nb_parallel_quests = quests
        options.quest_breadth = breadth
        options.chaining.min_length = options.chaining.max_length = length
        options.chaining.max_depth = length
        options.grammar.include_adj = bool(rooms % 2)
        return textworld.generator.make_game(options)

    return f"custom({rooms=}, {objects=}, {quests=}, {length=}, {breadth=})", make


def cooking_game(seed: int) -> Any:
    """A small game with everything in it, as TextWorld's own object."""
    _, make = challenge(
        "cooking", recipe=2, take=1, go=6, open=True, cook=True, cut=True, drop=True, recipe_seed=0, split="train"
    )
    options = textworld.GameOptions()
    options.seeds = seed
    with uncompiled():
        return make(options)


KINDS = (coin_collector, treasure_hunter, cooking, simple, custom)


def real_games(n: int, seed: int, folder: Path) -> Iterator[tuple[str, Path]]:
    """Make n games of all kinds in turn, each with a label of its settings and seed."""
    game_seed = 10_000 * seed
    for i in range(n):
        while True:
            game_seed += 1
            label, make = KINDS[i % len(KINDS)](np.random.default_rng(game_seed))
            options = textworld.GameOptions()
            options.seeds = game_seed
            path = folder / f"{game_seed}.json"
            try:
                with uncompiled():
                    make(options).save(str(path))
                break
            except (QuestGenerationError, ValueError):  # the quest does not fit the map; a food without preparations
                pass
        yield f"{label} seed {game_seed}", path


# Rooms, a door, a box, its content, a thing on the floor, a table.
NAMES = {
    "capitals": ("Server Room", "LAB", "Glass door", "Box", "USB stick", "usb stick", "Desk"),
    "blanks": ("long  hall", "back  room", "old  door", "red  box", "tiny  key", "tiny   coin", "low  table"),
    "letters": ("комната", "Küche", "дверь", "ящик", "ключ", "键", "ΤΡΑΠΕΖΙ"),
    "braces": ("{r}", "{o}", "{d}", "{c}", "{s}", "{P}", "{o'}"),
}


def named_game(names: Sequence[str], path: Path) -> Path:
    """A small game with these names, and a quest that can be completed again and again."""
    maker = textworld.GameMaker()
    here, there = maker.new_room(names[0]), maker.new_room(names[1])
    way = maker.connect(here.east, there.west)
    door = maker.new_door(way, name=names[2])
    box, thing, coin, table = (maker.new(kind, name=name) for kind, name in zip("coos", names[3:], strict=True))
    there.add(box), box.add(thing), here.add(coin, table)
    maker.add_fact("closed", door), maker.add_fact("closed", box)
    maker.set_player(here)
    carried, shown = maker.new_fact("in", thing, maker.inventory), maker.new_fact("on", coin, table)
    maker.quests = [
        Quest([Event(conditions={carried})]),
        Quest([Event(conditions={shown})], reward=2, optional=True, repeatable=True),
    ]
    maker.build().save(str(path))
    return path
