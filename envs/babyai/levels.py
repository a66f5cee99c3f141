"""Every level as data: its size, its step limit, and the recipe that `generate` follows.

The names, sizes and recipes are those of the BabyAI levels that Minigrid 3.2 registers (without "BabyAI-" and "-v0"),
and the five tasks of BabyAI-Text. In two places the recipes follow BabyAI's intention rather than Minigrid 3.2's
behaviour: in Unlock and GoToImpUnlock the key is never inside the room that it opens, and distractors stay out of that
room (Minigrid compares room numbers by identity, which NumPy integers fail, so that some of its worlds have no
solution). One quirk of Minigrid's missions is kept: in OpenDoorsOrderN2Debug and N4Debug, opening the correct first
door of two already fails the strict second clause, so that only their missions about one door, a third, can be
fulfilled.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from ..core.check import integer
from ..grid.cells import BLUE, GREEN, GREY, PURPLE, RED, YELLOW
from . import generate as g
from .words import BALL_TYPE, CLAUSES, GO_TO, OBJECTS, OPEN, PICK, PUT_NEXT

Instruction = tuple[int, ...]
_OBJECTS, _DOORS, _LEFT, _RIGHT = 1, 2, 4, 8  # groups
_ANYWHERE = (g.ANY_ROOM, g.OTHER_ROOM, g.EACH_OTHER_ROOM, g.LOCKED_ROOM)


@dataclass(frozen=True)
class Recipe:
    """How the worlds of a level are drawn.

    Attributes:
        recipe: instructions of `generate`, in order.
        room_size: side of a room in cells, walls included.
        rows, columns: numbers of rooms.
        max_steps: step limit; 0 for Minigrid's reckoning: room_size**2 * rows * columns for each place to go to.
    """

    recipe: tuple[Instruction, ...]
    room_size: int = 8
    rows: int = 3
    columns: int = 3
    max_steps: int = 0

    @property
    def width(self) -> int:
        return self.columns * (self.room_size - 1) + 1

    @property
    def height(self) -> int:
        return self.rows * (self.room_size - 1) + 1

    def sized(
        self, room_size: int | None = None, rows: int | None = None, columns: int | None = None, max_steps: int = 0
    ) -> Recipe:
        """The same recipe in a maze of another size or with another step limit.

        `ValueError` if the recipe does not allow the size, or if a world could have more than 64 objects or rooms.
        """
        changed = replace(
            self,
            room_size=integer("room_size", self.room_size if room_size is None else room_size, 3),
            rows=integer("rows", self.rows if rows is None else rows, 1),
            columns=integer("columns", self.columns if columns is None else columns, 1),
            max_steps=integer("max_steps", max_steps, 0) or self.max_steps,
        )
        changed.check_instructions()
        if (changed.rows, changed.columns) != (self.rows, self.columns) and self.names_rooms:
            raise ValueError(
                f"rows, columns: {changed.rows} x {changed.columns}, expected {self.rows} x {self.columns}: "
                "the level's recipe names particular rooms"
            )
        if changed.rows * changed.columns > g.ROOMS:
            raise ValueError(f"rows, columns: found {changed.rows * changed.columns} rooms, expected at most {g.ROOMS}")
        if (most := most_objects(changed)) > OBJECTS:
            raise ValueError(f"level: its worlds could have {most} objects, expected at most {OBJECTS}")
        if (things := 1 + things_of(changed)) > (free := free_cells(changed)):
            raise ValueError(
                f"room_size: {changed.room_size}, expected larger rooms: {changed.rows} x {changed.columns} of this "
                f"size have {free} free cells, the agent and the objects need {things}"
            )
        return changed

    def check_instructions(self) -> None:
        """Raise `ValueError` for an instruction that `generate` does not know, or for an invalid number in one."""
        rooms = range(g.RIGHT_COLUMN, self.rows * self.columns)
        for i, instruction in enumerate(self.recipe):
            what, *numbers = instruction
            known = _KNOWN.get(what)
            fits = known is not None and len(numbers) <= len(known)
            for found, allowed in zip(numbers, known or (), strict=False):
                fits &= isinstance(found, int) and found in (rooms if allowed is _ROOMS else allowed)
            if not fits:
                raise ValueError(f"level: recipe[{i}]: {instruction!r}, expected an instruction of `babyai.generate`")

    @property
    def step_limit(self) -> int | None:
        """The step limit of every world; None where it depends on the mission that is drawn."""
        kinds = [rest[1] for what, *rest in self.recipe if what == g.CLAUSE]
        if self.max_steps:
            return self.max_steps
        if any(what == g.SPEAK for what, *_ in self.recipe) or any(k & put_next and k != put_next for k in kinds):
            return None
        return sum(2 if k == put_next else 1 for k in kinds) * self.room_size**2 * self.rows * self.columns

    @property
    def names_rooms(self) -> bool:
        """Whether an instruction is about a particular room."""
        about = (g.PLACE_AGENT, g.ADD_OBJECT, g.SCATTER, g.ADD_DOOR, g.REMOVE_WALL)
        return any(what in about and rest[0] not in _ANYWHERE for what, *rest in self.recipe)


# The valid numbers of each instruction. Which numbers of rooms are valid depends on how many rooms there are.
_ROOMS, _GROUPS, _REGISTERS, _FLAG = range(g.ROOMS), range(256), range(8), range(-1, 2)
_COLORS = (*range(1, g.PALETTE + 6), g.LAST_DOOR)
_KNOWN: dict[int, tuple[Container[int], ...]] = {
    g.PLACE_AGENT: (_ROOMS,),
    g.ADD_OBJECT: (_ROOMS, range(1, 8), _COLORS, _GROUPS, range(-(2**31), 2**31)),
    g.SCATTER: (_ROOMS, range(OBJECTS + 1), _FLAG, _GROUPS),
    g.ADD_DOOR: (_ROOMS, range(g.ANY_ROOM_AND_SIDE, 4), _COLORS, _FLAG, _GROUPS),
    g.LOCK_A_ROOM: (range(101),),
    g.CONNECT: (_FLAG,),
    g.REMOVE_WALL: (_ROOMS, range(4)),
    g.OPEN_DOORS: (),
    g.REACHABLE: (_FLAG,),
    g.PAINT: (_GROUPS, range(6)),
    g.FORBID: (_GROUPS, range(5), range(64)),
    g.MIX_PALETTE: (),
    g.FILL_BOX: (),
    g.BLOCK_DOOR: (),
    g.CHOOSE: (_REGISTERS, _GROUPS),
    g.SWAP: (_REGISTERS, _REGISTERS),
    g.CLAUSE: (range(CLAUSES), range(2, 31), _REGISTERS, range(1, 16), _REGISTERS, _FLAG),
    g.ORDER: (range(1, 8), _FLAG),
    g.CARRY: (_REGISTERS,),
    g.SPEAK: (range(2, 31), range(1, 8), _FLAG, _FLAG, _FLAG),
}


# --- instructions -----------------------------------------------------------------------------------------------------


def agent(room: int = g.ANY_ROOM) -> Instruction:
    return (g.PLACE_AGENT, room)


def thing(
    room: int = g.ANY_ROOM, types: int = 7, colors: int = g.ALL_COLORS, group: int = _OBJECTS, allowed: int = -1
) -> Instruction:
    return (g.ADD_OBJECT, room, types, colors, group, allowed)


def scatter(many: int, room: int = g.ANY_ROOM, different: bool = False, group: int = _OBJECTS) -> Instruction:
    return (g.SCATTER, room, many, different, group)


def door(room: int, side: int = g.ANY_SIDE, colors: int = g.ALL_COLORS, locked: int = 0) -> Instruction:
    return (g.ADD_DOOR, room, side, colors, locked, _DOORS)


def connect(avoid_last_door: bool = False) -> Instruction:
    return (g.CONNECT, avoid_last_door)


def reachable(wanted: bool = True) -> Instruction:
    return (g.REACHABLE, wanted)


def choose(register: int, groups: int = _OBJECTS) -> Instruction:
    return (g.CHOOSE, register, groups)


def clause(
    kinds: int, i: int = 0, first: int = 0, second: int = 0, ways: int = g.BY_TYPE_AND_COLOR, strict: bool = False
) -> Instruction:
    """Clause i about registers `first` and `second`; `kinds` is one of `go_to`, ... below or several or'ed."""
    return (g.CLAUSE, i, kinds, first, ways, second, strict)


def order(orders: int, strict: bool = False) -> Instruction:
    """The order in which clauses 0 and 2 have to be done; `strict`: doing the wrong one first fails the mission."""
    return (g.ORDER, orders, strict)


go_to, pick_up, open_, put_next = 1 << GO_TO, 1 << PICK, 1 << OPEN, 1 << PUT_NEXT


# --- families of levels -----------------------------------------------------------------------------------------------


def _one_room(size: int, *recipe: Instruction) -> Recipe:
    return Recipe(recipe, size, 1, 1)


def _go_to_red_ball(many: int, *paint: Instruction) -> Recipe:
    target = thing(0, g.BALLS, 1 << RED, _LEFT)
    return _one_room(8, agent(), target, scatter(many), *paint, reachable(), choose(0, _LEFT), clause(go_to))


def _go_to_object(size: int) -> Recipe:
    return _one_room(size, agent(), scatter(1, different=True), choose(0), clause(go_to))


def _go_to_local(size: int, many: int) -> Recipe:
    return _one_room(size, agent(), scatter(many), reachable(), choose(0), clause(go_to))


def _go_to(many: int, size: int = 8, side: int = 3, doors_open: bool = False) -> Recipe:
    recipe = (agent(), connect(), scatter(many), reachable(), choose(0), clause(go_to))
    return Recipe((*recipe, (g.OPEN_DOORS,)) if doors_open else recipe, size, side, side)


def _language(
    many: int = 18,
    size: int = 8,
    rows: int = 3,
    columns: int = 3,
    locked_percent: int = 50,
    kinds: int = go_to | pick_up | open_ | put_next,
    forms: int = g.ACTION_FORM | g.AND_FORM | g.SEQUENCE_FORM,
    places: bool = True,
    unblocking: bool = True,
    locked_rooms_too: bool = True,
) -> Recipe:
    """BabyAI's generator of arbitrary sentences of its language."""
    return Recipe(
        (
            (g.LOCK_A_ROOM, locked_percent),
            connect(),
            scatter(many),
            agent(g.OTHER_ROOM),
            *(() if unblocking else (reachable(),)),
            (g.SPEAK, kinds, forms, places, unblocking, locked_rooms_too),
        ),
        size,
        rows,
        columns,
    )


def _open_door(ways: int, strict: bool = False) -> Recipe:
    doors = [door(4, side, g.PALETTE + side) for side in range(4)]
    first = (g.ADD_DOOR, 4, 0, g.PALETTE, 0, _LEFT)
    recipe = ((g.MIX_PALETTE,), first, *doors[1:], agent(4), choose(0, _LEFT), clause(open_, ways=ways, strict=strict))
    return Recipe(recipe)


def _two_doors(first: int = g.PALETTE, second: int = g.PALETTE + 1, strict: bool = False) -> Recipe:
    return Recipe(
        (
            (g.MIX_PALETTE,),
            (g.ADD_DOOR, 4, 2, first, 0, _LEFT),
            (g.ADD_DOOR, 4, 0, second, 0, _RIGHT),
            agent(4),
            choose(0, _LEFT),
            choose(1, _RIGHT),
            clause(open_, 0, 0, strict=strict),
            clause(open_, 2, 1),
            order(g.IN_ORDER),
        ),
        6,
        max_steps=20 * 6**2,
    )


def _doors_in_order(many: int, strict: bool = False) -> Recipe:
    doors = [door(4, g.ANY_SIDE, g.PALETTE + i) for i in range(many)]
    return Recipe(
        (
            (g.MIX_PALETTE,),
            *doors,
            agent(4),
            choose(0, _DOORS),
            choose(1, _DOORS),
            clause(open_, 0, 0, strict=strict),
            clause(open_, 2, 1, strict=strict),
            order(1 | g.IN_ORDER | g.REVERSED),
        ),
        6,
        max_steps=20 * 6**2,
    )


def _pick_up_distinct(strict: bool = False) -> Recipe:
    ways = g.BY_TYPE | g.BY_COLOR | g.BY_TYPE_AND_COLOR
    recipe = (scatter(5, different=True), agent(), choose(0), clause(pick_up, ways=ways, strict=strict))
    return _one_room(7, *recipe)


def _put_next_local(size: int, many: int) -> Recipe:
    things = scatter(many, different=True)
    return _one_room(size, agent(), things, reachable(), choose(0), choose(1), clause(put_next, 0, 0, 1))


def _two_rooms_of_things(many: int) -> tuple[Instruction, ...]:
    return (agent(0), scatter(many, 0, True, _LEFT), scatter(many, 1, True, _RIGHT), (g.REMOVE_WALL, 0, 0))


def _put_next(size: int, many: int, carrying: bool = False) -> Recipe:
    pair = (choose(0, _LEFT), choose(1, _RIGHT), (g.SWAP, 0, 1), clause(put_next, 0, 0, 1))
    recipe = (*_two_rooms_of_things(many), *pair)
    return Recipe((*recipe, (g.CARRY, 0)) if carrying else recipe, size, 1, 2, 8 * size**2)


def _move_two_across(size: int, many: int) -> Recipe:
    pairs = (choose(0, _LEFT), choose(1, _RIGHT), choose(2, _RIGHT), choose(3, _LEFT))
    clauses = (clause(put_next, 0, 0, 1), clause(put_next, 2, 2, 3), order(g.IN_ORDER))
    return Recipe((*_two_rooms_of_things(many), *pairs, *clauses), size, 1, 2, 16 * size**2)


def _locked_room(*, each: int, avoid: bool) -> tuple[Instruction, ...]:
    """A locked room, its key in another, things in all others, the agent outside."""
    return (
        door(g.ANY_ROOM, locked=1),
        thing(g.OTHER_ROOM, g.KEYS, g.LAST_DOOR, 0),
        connect(avoid),
        scatter(each, g.EACH_OTHER_ROOM, group=0),
        agent(g.OTHER_ROOM),
        reachable(),
    )


def _go_behind_lock() -> Recipe:
    """The recipe adds its target to the locked room, which is the room behind the door of group _DOORS."""
    return Recipe((*_locked_room(each=2, avoid=False), scatter(1, g.LOCKED_ROOM), choose(0), clause(go_to)))


def _unlock() -> Recipe:
    return Recipe((*_locked_room(each=3, avoid=True), choose(0, _DOORS), clause(open_)))


def _unlock_local(*extra: Instruction) -> Recipe:
    opened = (agent(4), choose(0, _DOORS), clause(open_, ways=g.BY_TYPE))
    return Recipe((door(4, locked=1), thing(4, g.KEYS, g.LAST_DOOR), *extra, *opened))


def _key_in_box() -> Recipe:
    opened = (agent(4), choose(0, _DOORS), clause(open_, ways=g.BY_TYPE))
    return Recipe((door(4, locked=1), thing(4, g.BOXES), (g.FILL_BOX,), *opened))


def _unlock_pickup(*extra: Instruction) -> Recipe:
    key = thing(0, g.KEYS, g.LAST_DOOR, 0)
    box = (thing(1, g.BOXES), door(0, 0, locked=1), key, *extra, agent(0), choose(0), clause(pick_up))
    return Recipe(box, 6, 1, 2)


def _blocked_unlock_pickup() -> Recipe:
    lock = (thing(1, g.BOXES), door(0, 0, locked=1), (g.BLOCK_DOOR,), thing(0, g.KEYS, g.LAST_DOOR, 0))
    return Recipe((*lock, agent(0), choose(0), clause(pick_up, ways=g.BY_TYPE)), 6, 1, 2, 16 * 6**2)


def _unlock_to_unlock() -> Recipe:
    return Recipe(
        (
            (g.MIX_PALETTE,),
            door(0, 0, g.PALETTE, 1),
            thing(2, g.KEYS, g.PALETTE, 0),
            door(1, 0, g.PALETTE + 1, 1),
            thing(1, g.KEYS, g.PALETTE + 1, 0),
            thing(0, g.BALLS),
            agent(1),
            choose(0),
            clause(pick_up, ways=g.BY_TYPE),
        ),
        6,
        1,
        3,
        30 * 6**2,
    )


def _find_object(size: int) -> Recipe:
    recipe = (thing(), agent(4), connect(), choose(0), clause(pick_up, ways=g.BY_TYPE))
    return Recipe(recipe, size, max_steps=20 * size**2)


def _key_corridor(size: int, rows: int) -> Recipe:
    """Three columns of rooms; the middle one is a corridor, and one room on its right is locked."""
    corridor = [(g.REMOVE_WALL, 1 + 3 * row, 3) for row in range(1, rows)]
    recipe = (
        *corridor,
        door(g.RIGHT_COLUMN, 2, locked=1),
        thing(g.LOCKED_ROOM, g.BALLS),
        thing(g.LEFT_COLUMN, g.KEYS, g.LAST_DOOR, 0),
        agent(1 + 3 * (rows // 2)),
        connect(),
        choose(0),
        clause(pick_up, ways=g.BY_TYPE),
    )
    return Recipe(recipe, size, rows, 3, 30 * size**2)


def _one_ball(size: int) -> Recipe:
    return _one_room(size, thing(0, g.BALLS), agent(), choose(0), clause(pick_up, ways=g.BY_TYPE))


_FOUR_DOORS = (door(4, locked=g.EITHER),) * 4
_LEVELS: dict[str, Recipe] = {
    "GoToRedBallGrey": _go_to_red_ball(7, (g.PAINT, _OBJECTS, GREY)),
    "GoToRedBall": _go_to_red_ball(7),
    "GoToRedBallNoDists": _go_to_red_ball(0),
    "GoToObj": _go_to_object(8),
    "GoToObjS4": _go_to_object(4),
    "GoToObjS6": _go_to_object(6),
    "GoToLocal": _go_to_local(8, 8),
    "GoToLocalS5N2": _go_to_local(5, 2),
    **{f"GoToLocalS6N{n}": _go_to_local(6, n) for n in (2, 3, 4)},
    **{f"GoToLocalS7N{n}": _go_to_local(7, n) for n in (4, 5)},
    **{f"GoToLocalS8N{n}": _go_to_local(8, n) for n in range(2, 8)},
    "GoTo": _go_to(18),
    "GoToOpen": _go_to(18, doors_open=True),
    "GoToObjMaze": _go_to(1),
    "GoToObjMazeOpen": _go_to(1, doors_open=True),
    "GoToObjMazeS4R2": _go_to(1, 4, 2),
    **{f"GoToObjMazeS{size}": _go_to(1, size) for size in range(4, 8)},
    "GoToImpUnlock": _go_behind_lock(),
    "GoToSeq": _language(locked_percent=0, kinds=go_to, places=False, unblocking=False),
    "GoToSeqS5R2": _language(4, 5, 2, 2, locked_percent=0, kinds=go_to, places=False, unblocking=False),
    "GoToRedBlueBall": _one_room(
        8,
        agent(),
        scatter(7),
        (g.FORBID, _OBJECTS, BALL_TYPE, 1 << RED | 1 << BLUE),
        thing(0, g.BALLS, 1 << RED | 1 << BLUE, _LEFT),
        reachable(),
        choose(0, _LEFT),
        clause(go_to),
    ),
    "GoToDoor": Recipe((*_FOUR_DOORS, agent(4), choose(0, _DOORS), clause(go_to)), 7),
    "GoToObjDoor": Recipe(
        (agent(4), scatter(8, 4), *_FOUR_DOORS, reachable(), choose(0, _OBJECTS | _DOORS), clause(go_to))
    ),
    "Open": Recipe((agent(), connect(), scatter(18), reachable(), choose(0, g.CONNECTING), clause(open_))),
    "OpenRedDoor": Recipe((door(0, 0, 1 << RED), agent(0), choose(0, _DOORS), clause(open_)), 5, 1, 2),
    "OpenDoor": _open_door(g.BY_TYPE_AND_COLOR | g.BY_TYPE_AND_PLACE),
    "OpenDoorDebug": _open_door(g.BY_TYPE_AND_COLOR | g.BY_TYPE_AND_PLACE, strict=True),
    "OpenDoorColor": _open_door(g.BY_TYPE_AND_COLOR),
    "OpenDoorLoc": _open_door(g.BY_TYPE_AND_PLACE),
    "OpenTwoDoors": _two_doors(),
    "OpenRedBlueDoors": _two_doors(1 << RED, 1 << BLUE),
    "OpenRedBlueDoorsDebug": _two_doors(1 << RED, 1 << BLUE, strict=True),
    "OpenDoorsOrderN2": _doors_in_order(2),
    "OpenDoorsOrderN4": _doors_in_order(4),
    "OpenDoorsOrderN2Debug": _doors_in_order(2, strict=True),
    "OpenDoorsOrderN4Debug": _doors_in_order(4, strict=True),
    "Pickup": Recipe((agent(), connect(), scatter(18), reachable(), choose(0), clause(pick_up))),
    "UnblockPickup": Recipe((agent(), connect(), scatter(20), reachable(False), choose(0), clause(pick_up))),
    "PickupLoc": _language(8, 8, 1, 1, locked_percent=0, kinds=pick_up, forms=g.ACTION_FORM, unblocking=False),
    "PickupDist": _pick_up_distinct(),
    "PickupDistDebug": _pick_up_distinct(strict=True),
    "PickupAbove": Recipe(
        (thing(1), door(4, 3), agent(4), connect(), choose(0), clause(pick_up)), 6, max_steps=8 * 6**2
    ),
    "PutNextLocal": _put_next_local(8, 8),
    "PutNextLocalS5N3": _put_next_local(5, 3),
    "PutNextLocalS6N4": _put_next_local(6, 4),
    **{f"PutNextS{s}N{n}": _put_next(s, n) for s, n in ((4, 1), (5, 2), (5, 1), (6, 3), (7, 4))},
    **{f"PutNextS{s}N{n}Carrying": _put_next(s, n, carrying=True) for s, n in ((5, 2), (6, 3), (7, 4))},
    "Unlock": _unlock(),
    "UnlockLocal": _unlock_local(),
    "UnlockLocalDist": _unlock_local(scatter(3, 4, True)),
    "KeyInBox": _key_in_box(),
    "UnlockPickup": _unlock_pickup(),
    "UnlockPickupDist": _unlock_pickup(scatter(4, different=True, group=0)),
    "BlockedUnlockPickup": _blocked_unlock_pickup(),
    "UnlockToUnlock": _unlock_to_unlock(),
    "ActionObjDoor": Recipe(
        (
            scatter(5, 4, True),
            *(door(4),) * 4,
            agent(4),
            choose(0, _OBJECTS | _DOORS),
            clause(go_to | pick_up | open_),
        ),
        7,
    ),
    **{f"FindObjS{size}": _find_object(size) for size in (5, 6, 7)},
    "KeyCorridor": _key_corridor(6, 3),
    **{f"KeyCorridorS{s}R{r}": _key_corridor(s, r) for s, r in ((3, 1), (3, 2), (3, 3), (4, 3), (5, 3), (6, 3))},
    **{f"OneRoomS{size}": _one_ball(size) for size in (8, 12, 16, 20)},
    "MoveTwoAcrossS5N2": _move_two_across(5, 2),
    "MoveTwoAcrossS8N9": _move_two_across(8, 9),
    "Synth": _language(forms=g.ACTION_FORM, places=False, locked_rooms_too=False),
    "SynthS5R2": _language(size=5, rows=2, forms=g.ACTION_FORM, places=False, locked_rooms_too=False),
    "SynthLoc": _language(forms=g.ACTION_FORM, locked_rooms_too=False),
    "SynthSeq": _language(locked_rooms_too=False),
    "MiniBossLevel": _language(7, 5, 2, 2, locked_percent=25),
    "BossLevel": _language(),
    "BossLevelNoUnlock": _language(locked_percent=0, locked_rooms_too=False),
}
NAMES = tuple(_LEVELS)

# --- BabyAI-Text ------------------------------------------------------------------------------------------------------

SPLITS = ("train", "test")
# What only test missions mention (Carta et al. 2023), as bits 6 * type + colour, with the type numbers of `thing`.
_HELD_OUT = 1 << YELLOW | 1 << (6 * 1 + GREEN) | 1 << (6 * 2 + RED)
_ALLOWED = {"train": ~_HELD_OUT, "test": _HELD_OUT}
_DOOR_COLORS = {"train": 1 << YELLOW | 1 << GREEN | 1 << BLUE | 1 << PURPLE, "test": 1 << RED | 1 << GREY}


def _text_room(many: int, split: str, targets: int, *mission: Instruction) -> Recipe:
    """One room with targets drawn from what the split allows: the same distribution as by rejection, but faster."""
    named = [thing(0, group=_LEFT, allowed=_ALLOWED[split]) for _ in range(targets)]
    chosen = [choose(i, _LEFT) for i in range(targets)]
    return _one_room(8, agent(), *named, scatter(many - targets), reachable(), *chosen, *mission)


def _text_tasks(split: str) -> dict[str, Recipe]:
    sequence = (clause(pick_up, 0, 0), clause(go_to, 2, 1), order(g.IN_ORDER | g.REVERSED))
    opened = clause(open_, ways=g.BY_TYPE_AND_COLOR | g.BY_TYPE if split == "train" else g.BY_TYPE_AND_COLOR)
    two_rooms = (
        door(g.ANY_ROOM, colors=_DOOR_COLORS[split], locked=1),
        thing(g.OTHER_ROOM, g.KEYS, g.LAST_DOOR, 0),
        scatter(8, g.OTHER_ROOM, group=0),
        agent(g.OTHER_ROOM),
        reachable(),
        choose(0, _DOORS),
        opened,
    )
    return {
        "goto": _text_room(9, split, 1, clause(go_to)),
        "pickup": _text_room(9, split, 1, clause(pick_up)),
        "putnext": _text_room(10, split, 2, clause(put_next, 0, 0, 1)),
        "open": Recipe(two_rooms, 8, 1, 2),
        "pickup_goto": _text_room(10, split, 2, *sequence),
    }


_TASKS = {split: _text_tasks(split) for split in SPLITS}
TASKS = (*_TASKS["train"], "mixed")


def level(name: str) -> Recipe:
    """The recipe of a level. ValueError for an unknown name, with the nearest ones."""
    plain = str(name).removeprefix("BabyAI-").rpartition("-v")[0] if "-v" in str(name) else str(name)
    if plain not in _LEVELS:
        raise ValueError(f"level: {name!r} is unknown{nearest(plain, NAMES)}")
    return _LEVELS[plain]


def text_task(task: str, split: str) -> list[Recipe]:
    """The recipes that a task of BabyAI-Text draws from: one, or all five for "mixed". ValueError if unknown."""
    if split not in SPLITS:
        raise ValueError(f"split: {split!r}, expected one of {', '.join(map(repr, SPLITS))}")
    if task not in TASKS:
        raise ValueError(f"task: {task!r}, expected one of {', '.join(map(repr, TASKS))}")
    return [*_TASKS[split].values()] if task == "mixed" else [_TASKS[split][task]]


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint about similar names for an error message about an unknown name."""
    known = list(known)
    close = get_close_matches(word, known, 3, 0.5) or get_close_matches(word.lower(), known, 3, 0.3)
    return f"; did you mean {', '.join(close)}?" if close else f"; there are {len(known)}, such as {known[0]}"


def programs(recipes: Sequence[Recipe]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Recipes as the kernel reads them: sizes, (n, 4), and instructions, (n, longest, 8)."""
    sizes = np.array([(r.room_size, r.rows, r.columns, r.max_steps) for r in recipes], np.int64)
    code = np.full((len(recipes), max(len(r.recipe) for r in recipes), g.INSTRUCTION), g.NOTHING, np.int32)
    for i, recipe in enumerate(recipes):
        for j, instruction in enumerate(recipe.recipe):
            code[i, j, : len(instruction)] = instruction
    return sizes, code


def most_objects(recipe: Recipe) -> int:
    """How many objects a world of a recipe can have: doors between all rooms, and what the recipe adds."""
    return (recipe.columns - 1) * recipe.rows + (recipe.rows - 1) * recipe.columns + things_of(recipe, True)


def things_of(recipe: Recipe, at_most: bool = False) -> int:
    """How many objects other than doors every world of a recipe places on free cells, or how many there can be."""
    rooms = recipe.rows * recipe.columns
    added = 0
    for what, *rest in recipe.recipe:
        if what == g.ADD_OBJECT or (at_most and what in (g.FILL_BOX, g.BLOCK_DOOR, g.LOCK_A_ROOM)):
            added += 1
        elif what == g.SCATTER:
            added += rest[1] * (rooms - 1 if rest[0] == g.EACH_OTHER_ROOM else 1)
    return added


def free_cells(recipe: Recipe) -> int:
    """How many cells of a maze objects can lie on: those of the rooms, and of the walls that the recipe removes."""
    side = recipe.room_size - 2
    removed = sum(what == g.REMOVE_WALL for what, *_ in recipe.recipe)
    return recipe.rows * recipe.columns * side**2 + removed * side
