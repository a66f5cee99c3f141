"""A pool of games as one array, from which the kernel plays.

The array begins with the games' heads, HEAD numbers each, and one more head for a given game. The heads and everything
after them point to places in the same array:
- the facts that hold at the start;
- for each room the place of its first action, and one more place for the end; then the actions, ACTION numbers each,
  sorted by room (an action that needs no room is in every room's list), with the facts they need, add, remove and
  check;
- quests, QUEST_SIZE numbers each, their events as (first fact, last fact);
- for each room what can be seen there, see `kernel.see`;
- for each fact the words that express it, see `kernel_tokens`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .grammar import Fact
from .ground import NEVER, Action, Grounded
from .kernel import (
    ACTION,
    ACTIONS,
    COMPLETABLE,
    DIGEST,
    ENDLESS,
    FREE,
    HEAD,
    MAX_SCORE,
    OPTIONAL,
    PHRASES,
    PHRASES_END,
    QUEST,
    QUEST_END,
    QUEST_SIZE,
    QUESTS,
    REPEATABLE,
    ROOM,
    ROOMS,
    SEEN,
    START,
    START_END,
    USED,
)

SMALLEST = 16  # words of 64 facts: all games of usual size share one compilation


def n_words(games: Sequence[Grounded]) -> int:
    """Words of 64 facts that the largest game needs, rounded up to a power of two so that few sizes are compiled."""
    needed = max(len(game.facts) for game in games)
    words = SMALLEST
    while 64 * words < needed:
        words *= 2
    return words


Phrases = Sequence[Sequence[int]]  # of a game: the token numbers of each fact, if tokens are observed


def build(games: Sequence[Grounded], phrases: Sequence[Phrases] | None = None) -> NDArray[np.int32]:
    """The table of a pool of games, with a slot after the last of them for a given game; see `seated`."""
    table: list[int] = [0] * (HEAD * (len(games) + 1))
    for i, game in enumerate(games):
        _add(table, HEAD * i, game, None if phrases is None else phrases[i])
    return np.array(table, np.int32)


def seated(pool: NDArray[np.int32], place: int, game: Grounded, phrases: Phrases | None = None) -> NDArray[np.int32]:
    """The table of a pool with a game in the slot that it reserves."""
    table = pool.tolist()
    _add(table, HEAD * place, game, phrases)
    return np.array(table, np.int32)


def _add(table: list[int], head: int, grounded: Grounded, phrases: Phrases | None) -> None:
    game = grounded.game
    if len(grounded.rooms) > ROOMS:
        raise ValueError(f"rooms: found {len(grounded.rooms)}, expected at most {ROOMS}")
    number = {room: i for i, room in enumerate(grounded.rooms)}
    start = sorted(grounded.start)
    table[head + START], table[head + START_END] = len(table), len(table) + len(start)
    table += start
    table[head + ROOM] = number[next(f[2] for f in game.facts if f[:2] == ("at", "P"))]
    for column, name in ((FREE, "free"), (USED, "used")):
        table[head + column] = sum(1 << i for i, slot in enumerate(grounded.slots) if (name, slot) in game.facts)
    table[head + MAX_SCORE] = ENDLESS if game.max_score == math.inf else int(game.max_score)
    table[head + DIGEST], table[head + DIGEST + 1] = _halves(game.digest)
    _add_actions(table, head, grounded, number)
    _add_quests(table, head, grounded)
    _add_seen(table, head, grounded)
    if phrases is not None:
        _add_phrases(table, head, phrases)


def _add_actions(table: list[int], head: int, grounded: Grounded, number: dict[str, int]) -> None:
    by_room: dict[str, list[Action]] = defaultdict(list)
    for action in grounded.actions:
        for room in [action.room] if action.room else grounded.rooms:
            by_room[room].append(action)
    table[head + ACTIONS] = places = len(table)
    table += [0] * (len(grounded.rooms) + 1)
    lists: dict[int, tuple[int, ...]] = {}
    for action in grounded.actions:  # store the facts once, even if several rooms list the action
        ends = [len(table)]
        for facts in (action.needs, action.added, action.removed, action.checks):
            table += facts
            ends.append(len(table))
        lists[id(action)] = tuple(ends)
    for i, room in enumerate(grounded.rooms):
        table[places + i] = len(table)
        for action in by_room[room]:
            slots = action.slots
            dooms = sum(1 << quest for quest in action.dooms)
            row = [
                action.command,
                number[action.to] if action.to else -1,
                *lists[id(action)],
                slots.claim | slots.keep << 4 | slots.release << 8 | slots.extra << 12,
                *_halves(dooms),
            ]
            assert len(row) == ACTION
            table += row
    table[places + len(grounded.rooms)] = len(table)


def _halves(bits: int) -> tuple[int, int]:
    """A 64-bit number as two of the table's integers."""
    low, high = np.array([bits], np.uint64).view(np.int32).tolist()
    return low, high


def _add_phrases(table: list[int], head: int, phrases: Phrases) -> None:
    table[head + PHRASES] = places = len(table)
    table += [0] * (len(phrases) + 1)
    table[head + PHRASES_END] = len(table)
    for k, words in enumerate(phrases):
        table[places + k] = len(table)
        table += words
    table[places + len(phrases)] = len(table)


def _add_quests(table: list[int], head: int, grounded: Grounded) -> None:
    quests = grounded.game.quests
    if len(quests) > QUESTS:
        raise ValueError(f"quests: found {len(quests)}, expected at most {QUESTS}")
    rows = []
    for quest in quests:
        ends = []
        for events in (quest.win, quest.fail):
            conditions = [c for event in events if NEVER not in (c := grounded.condition(event.facts))]
            ranges = []
            for condition in conditions:
                ranges += [len(table), len(table) + len(condition)]
                table += condition
            ends.append(ranges)
        flags = OPTIONAL * quest.optional | REPEATABLE * quest.repeatable | COMPLETABLE * bool(quest.win)
        places = [len(table), len(table) + len(ends[0]), len(table) + len(ends[0]) + len(ends[1])]
        table += ends[0] + ends[1]
        rows.append([quest.reward, flags, *places, 0])
    table[head + QUEST] = len(table)
    for row in rows:
        assert len(row) == QUEST_SIZE
        table += row
    table[head + QUEST_END] = len(table)


def _add_seen(table: list[int], head: int, grounded: Grounded) -> None:
    """Add what can be seen from each room: see `kernel.see`."""
    game, index = grounded.game, grounded.index
    portable = set(game.of_type("o"))
    everything = [*grounded.facts, *sorted(grounded.statics)]
    conditions: dict[str, list[int]] = defaultdict(list)
    home = {f[1]: f[2] for f in grounded.statics if f[0] == "at" and f[1] not in portable}
    for fact in grounded.facts:
        if len(fact) == 2 and fact[1] in portable:
            conditions[fact[1]].append(index[fact])
    ranges = {}
    for thing, found in conditions.items():
        ranges[thing] = (len(table), len(table) + len(found))
        table += found
    rows: dict[str, list[int]] = {room: [] for room in grounded.rooms}
    for fact in everything:
        for room, guard in _seen_from(fact, grounded, portable, home):
            rows[room] += [
                index.get(fact, -1),
                guard,
                *(ranges.get(fact[1], (0, 0)) if fact[1] in portable else (0, 0)),
            ]
    table[head + SEEN] = places = len(table)
    table += [0] * (len(grounded.rooms) + 1)
    for i, room in enumerate(grounded.rooms):
        table[places + i] = len(table)
        table += rows[room]
    table[places + len(grounded.rooms)] = len(table)


def _seen_from(fact: Fact, grounded: Grounded, portable: set[str], home: dict[str, str]) -> list[tuple[str, int]]:
    """Rooms from which a fact can be seen, each with the fact that must also hold (-1: none)."""
    match fact:
        case ("at", "P", room):
            return [(room, -1)] if fact in grounded.index else []
        case ("at", thing, room) if thing in portable:
            return [(room, -1)]
        case ("in", thing, "I") if thing in portable:
            return [(room, -1) for room in grounded.rooms]
        case ("on", thing, place) if thing in portable and place in home:
            return [(home[place], -1)]
        case ("in", thing, place) if thing in portable and place in home:
            is_open = ("open", place)
            if is_open in grounded.index:
                return [(home[place], grounded.index[is_open])]
            return [(home[place], -1)] if is_open in grounded.statics else []
    if fact not in grounded.index or any(term in portable for term in fact[1:]):
        return []
    rooms = {term for term in fact[1:] if term in grounded.rooms}
    rooms |= {home[term] for term in fact[1:] if term in home}
    rooms |= {
        room for link in grounded.statics if link[0] == "link" and link[2] in fact[1:] for room in (link[1], link[3])
    }
    return [(room, -1) for room in grounded.rooms if room in rooms]
