"""TextWorld, compiled: a world's changing facts as bits, and the effect of a command on them.

One array of integers, `Params.table`, holds all constants of a pool's games; `tables`, which writes it, explains the
layout. Playing is the same for all rules: search the actions of the player's room for the first one of that command
whose facts hold.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..core.inner import inner
from ..core.kernel import record_dtype, state_dtype
from ..core.rng import randint

QUESTS = 64  # at most
ROOMS = 512  # at most
ONE = np.uint64(1)

# The outcome of the last command.
NOTHING, DONE, REFUSED, INADMISSIBLE = range(4)

# Columns in the table: of a game's head, of an action and of a quest.
START, START_END, ROOM, FREE, USED, ACTIONS, QUEST, QUEST_END, MAX_SCORE, SEEN, PHRASES, PHRASES_END, DIGEST = range(13)
HEAD = 16  # DIGEST has two columns
ENDLESS = -(2**31)  # stands for an infinite score
COMMAND, TO, NEEDS, ADDED, REMOVED, CHECKS, CHECKS_END, SLOTS, DOOMS = range(9)
ACTION = 10  # DOOMS has two columns
REWARD, FLAGS, WIN, FAIL, FAIL_END = range(5)
QUEST_SIZE = 6
OPTIONAL, REPEATABLE, COMPLETABLE = 1, 2, 4


class Params(NamedTuple):
    """A pool of games; each episode plays one of them."""

    max_steps: int
    first: int  # episodes play the `games` games from this one on
    games: int
    table: NDArray[np.int32]


class StepParams(NamedTuple):
    """The parameters that a step needs."""

    table: NDArray[np.int32]


def record(n_words: int) -> np.dtype:
    """A row for games of up to 64 * `n_words` changing facts."""
    return state_dtype(
        [
            ("game", np.int64),  # index in the pool; one past its end for a given game
            ("digest", np.uint64),  # the game's own, by which `set_state` recognises it
            ("room", np.int64),
            ("visited", np.uint64, (ROOMS // 64,)),
            ("facts", np.uint64, (n_words,)),
            ("free", np.uint64),  # slots, as bits: how much more can be carried
            ("used", np.uint64),
            ("completed", np.uint64),  # quests
            ("failed", np.uint64),
            ("score", np.int64),
            ("max_score", np.int64),
            ("moves", np.int64),  # commands that were carried out
            ("last", np.int64),  # the last command; -1 for one that the game lacks
            ("outcome", np.int64),
            ("won", np.bool_),
            ("is_success", np.bool_),  # the same, under the suite's name
            ("lost", np.bool_),
            ("illegal", np.bool_),
        ]
    )


def observation(n_words: int) -> np.dtype:
    return record_dtype([("facts", np.int8, (64 * n_words,)), ("room", np.int64), ("game", np.int64)])


# --- facts ------------------------------------------------------------------------------------------------------------


@inner
def holds(state, fact):
    return (state.facts[fact >> 6] >> np.uint64(fact & 63)) & ONE != 0


@inner
def all_hold(state, table, first, last):
    """Whether the facts that the table lists from `first` to `last` hold; -1 is a fact that never holds."""
    for i in range(first, last):
        if table[i] < 0 or not holds(state, table[i]):
            return False
    return True


@inner
def bits(slots):
    """How many slots there are in a set."""
    n = 0
    while slots:
        slots &= slots - ONE
        n += 1
    return n


@inner
def lowest(slots):
    return slots & (~slots + ONE)


@inner
def is_admissible(state, table, at):
    """Whether the action at this place of the table applies now, given that the player is in its room."""
    if not all_hold(state, table, table[at + NEEDS], table[at + ADDED]):
        return False
    slots = table[at + SLOTS]
    if slots == 0:
        return True
    return bits(state.free) >= slots & 15 and bits(state.used) >= (slots >> 4 & 15) + (slots >> 8 & 15)


@inner
def move_slots(state, slots):
    """Claim, release and free slots, the lowest first."""
    claim, keep, release, extra = slots & 15, slots >> 4 & 15, slots >> 8 & 15, slots >> 12 & 15
    for _ in range(claim):
        slot = lowest(state.free)
        state.free &= ~slot
        state.used |= slot
    kept = np.uint64(0)
    for _ in range(keep):
        kept |= lowest(state.used & ~kept)
    released = np.uint64(0)
    for _ in range(release):
        slot = lowest(state.used & ~kept)
        released |= slot
        state.used &= ~slot
    state.free |= released
    for _ in range(extra):
        slot = lowest(state.used & ~kept)
        state.free |= slot
        kept |= slot


@inner
def find(state, table, command):
    """The place in the table of the action that a command means now; -1 if it is not admissible."""
    rooms = table[state.game * HEAD + ACTIONS] + state.room
    for at in range(table[rooms], table[rooms + 1], ACTION):
        if table[at + COMMAND] == command and is_admissible(state, table, at):
            return at
    return -1


# --- quests -----------------------------------------------------------------------------------------------------------


@inner
def any_happens(state, table, first, last):
    """Whether an event happens; the table lists each as a range of facts."""
    for at in range(first, last, 2):
        if all_hold(state, table, table[at], table[at + 1]):
            return True
    return False


@inner
def look_at_quests(state, table):
    """Complete and fail quests according to the facts; set score, won and lost."""
    head = state.game * HEAD
    won = table[head + QUEST] < table[head + QUEST_END]
    bit = ONE
    for at in range(table[head + QUEST], table[head + QUEST_END], QUEST_SIZE):
        flags = table[at + FLAGS]
        if not (state.completed | state.failed) & bit:
            if any_happens(state, table, table[at + WIN], table[at + FAIL]):
                state.score += table[at + REWARD]
                if not flags & REPEATABLE:
                    state.completed |= bit
            if any_happens(state, table, table[at + FAIL], table[at + FAIL_END]):
                state.failed |= bit
        if not flags & OPTIONAL:
            if state.failed & bit:
                state.lost = True
            if flags & COMPLETABLE and not state.completed & bit:
                won = False
        bit <<= ONE
    state.won = won
    state.is_success = won


@inner
def pair(table, at):
    """The 64 bits that two columns of the table hold."""
    return np.uint64(np.uint32(table[at])) | np.uint64(np.uint32(table[at + 1])) << np.uint64(32)


@inner
def enter(state, room):
    state.room = room
    state.visited[room >> 6] |= ONE << np.uint64(room & 63)


# --- the functions ----------------------------------------------------------------------------------------------------


@inner
def reset(state, params):
    table = params.table
    game = params.first + (randint(state.rng, params.games) if params.games > 1 else 0)
    head = game * HEAD
    state.game = game
    state.visited[:] = 0
    enter(state, table[head + ROOM])
    state.facts[:] = 0
    for i in range(table[head + START], table[head + START_END]):
        fact = table[i]
        state.facts[fact >> 6] |= ONE << np.uint64(fact & 63)
    state.free = table[head + FREE]
    state.used = table[head + USED]
    state.completed = 0
    state.failed = 0
    state.score = 0
    state.max_score = table[head + MAX_SCORE]
    state.digest = pair(table, head + DIGEST)
    state.moves = 0
    state.last = -1
    state.outcome = NOTHING
    state.lost = False
    state.illegal = False
    look_at_quests(state, table)


@inner
def step(state, params, command):
    table = params.table
    state.last = command
    at = find(state, table, command)
    state.illegal = at < 0
    if at < 0:
        state.outcome = INADMISSIBLE
        return 0.0, False
    if not all_hold(state, table, table[at + CHECKS], table[at + CHECKS_END]):
        state.outcome = REFUSED
        return 0.0, False
    state.outcome = DONE
    state.moves += 1
    for i in range(table[at + ADDED], table[at + REMOVED]):
        fact = table[i]
        state.facts[fact >> 6] |= ONE << np.uint64(fact & 63)
    for i in range(table[at + REMOVED], table[at + CHECKS]):
        fact = table[i]
        state.facts[fact >> 6] &= ~(ONE << np.uint64(fact & 63))
    if table[at + TO] >= 0:
        enter(state, table[at + TO])
    if table[at + SLOTS]:
        move_slots(state, table[at + SLOTS])
    score = state.score
    look_at_quests(state, table)
    doomed = pair(table, at + DOOMS)
    if doomed:
        doomed &= ~(state.completed | state.failed)
        if doomed:
            state.failed |= doomed
            look_at_quests(state, table)
    return float(state.score - score), state.won or state.lost


@inner
def legal(state, params, mask):
    table = params.table
    mask[:] = 0
    rooms = table[state.game * HEAD + ACTIONS] + state.room
    for at in range(table[rooms], table[rooms + 1], ACTION):
        if is_admissible(state, table, at):
            mask[table[at + COMMAND]] = 1


@inner
def see(state, table, out):
    """Mark the changing facts that the player sees, in an int8 array: where things are, and their conditions.

    The table lists for each room (fact, guard, conditions, their end): the fact is visible if the guard holds as well.
    """
    out[:] = 0
    rooms = table[state.game * HEAD + SEEN] + state.room
    for at in range(table[rooms], table[rooms + 1], 4):
        fact, guard = table[at], table[at + 1]
        if (fact < 0 or holds(state, fact)) and (guard < 0 or holds(state, guard)):
            if fact >= 0:
                out[fact] = 1
            for i in range(table[at + 2], table[at + 3]):
                condition = table[i]
                out[condition] = holds(state, condition)


@inner
def observe(state, params, out):
    see(state, params.table, out.facts)
    out.room = state.room
    out.game = state.game


@inner
def step_params(params):
    return StepParams(params.table)
