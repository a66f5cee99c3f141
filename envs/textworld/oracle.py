"""How to win: the walkthrough if it wins, otherwise a shortest plan by search over the true state."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .ground import NEVER, Action, Grounded


class State(NamedTuple):
    """The part of the state that matters for the future; sets are bits of integers."""

    room: str
    facts: int
    free: int
    used: int
    completed: int
    failed: int


def plan(env: Any) -> list[int] | None:
    """Commands, by index, that win the game of `env`, which must be at its start; None if the search gives up."""
    grounded: Grounded = env.unwrapped.grounded
    number = {command: i for i, command in enumerate(grounded.commands)}
    model = Model(grounded)
    walkthrough = grounded.game.walkthrough
    if not walkthrough or not model.wins(walkthrough):
        walkthrough = search(grounded) or ()
    return [number[command] for command in walkthrough] or None


def search(grounded: Grounded, limit: int = 200_000) -> tuple[str, ...] | None:
    """A shortest list of commands that wins, breadth first over at most `limit` states; None if none is found."""
    model = Model(grounded)
    start = model.start()
    came: dict[State, tuple[State, str] | None] = {start: None}
    pending = deque([start])
    while pending and len(came) < limit:
        state = pending.popleft()
        for command, after in model.successors(state):
            if after in came or model.is_lost(after):
                continue
            came[after] = (state, command)
            if model.is_won(after):
                commands = []
                step = came[after]
                while step is not None:
                    commands.append(step[1])
                    step = came[step[0]]
                return tuple(reversed(commands))
            pending.append(after)
    return None


class Model:
    """The kernel's rules over Python integers: steps are slower, but states are cheap to keep, hash and compare."""

    def __init__(self, grounded: Grounded) -> None:
        self.grounded = grounded
        self._by_room: dict[str, list[tuple[Action, int, int, int, int]]] = defaultdict(list)
        for action in grounded.actions:
            needs, added, removed = (_bits(side) for side in (action.needs, action.added, action.removed))
            row = (action, needs, added, removed, _bits(action.checks))
            for room in [action.room] if action.room else grounded.rooms:
                self._by_room[room].append(row)
        self._quests = [
            tuple(
                [_bits(c) for event in events if NEVER not in (c := grounded.condition(event.facts))]
                for events in (quest.win, quest.fail)
            )
            for quest in grounded.game.quests
        ]
        quests = grounded.game.quests
        self._required = sum(1 << i for i, quest in enumerate(quests) if quest.win and not quest.optional)
        self._fatal = sum(1 << i for i, quest in enumerate(quests) if not quest.optional)

    def start(self) -> State:
        """The game's start."""
        game = self.grounded.game
        room = next(f[2] for f in game.facts if f[:2] == ("at", "P"))
        free, used = (
            sum(1 << i for i, slot in enumerate(self.grounded.slots) if (name, slot) in game.facts)
            for name in ("free", "used")
        )
        return self._judged(State(room, _bits(self.grounded.start), free, used, 0, 0))

    def is_won(self, state: State) -> bool:
        return bool(self._quests) and state.completed & self._required == self._required

    def is_lost(self, state: State) -> bool:
        return bool(state.failed & self._fatal)

    def successors(self, state: State) -> Iterator[tuple[str, State]]:
        """Commands that change something, each with the state after it."""
        done = set()
        for action, needs, added, removed, checks in self._by_room[state.room]:
            if state.facts & needs != needs or action.command in done:
                continue
            slots = action.slots
            if state.free.bit_count() < slots.claim or state.used.bit_count() < slots.keep + slots.release:
                continue
            done.add(action.command)
            if state.facts & checks != checks or NEVER in action.checks or not (added or removed):
                continue
            free, used = _moved(state.free, state.used, slots)
            failed = state.failed | sum(1 << quest for quest in action.dooms if not state.completed >> quest & 1)
            after = State(
                action.to or state.room, (state.facts | added) & ~removed, free, used, state.completed, state.failed
            )
            after = self._judged(after)
            failed = after.failed | (failed & ~after.completed)
            yield self.grounded.commands[action.command], after._replace(failed=failed)

    def wins(self, commands: Sequence[str]) -> bool:
        """Whether these commands win from the start; those that change nothing may be among them."""
        state = self.start()
        for command in commands:
            state = dict(self.successors(state)).get(command, state)
            if self.is_lost(state):
                return False
        return self.is_won(state)

    def _judged(self, state: State) -> State:
        completed, failed = state.completed, state.failed
        for i, (win, fail) in enumerate(self._quests):
            if (completed | failed) >> i & 1:
                continue
            if any(state.facts & event == event for event in win) and not self.grounded.game.quests[i].repeatable:
                completed |= 1 << i
            if any(state.facts & event == event for event in fail):
                failed |= 1 << i
        return state._replace(completed=completed, failed=failed)


def _bits(indices: Any) -> int:
    return sum(1 << i for i in set(indices) if i >= 0)


def _moved(free: int, used: int, slots: Any) -> tuple[int, int]:
    """As `kernel.move_slots`."""
    for _ in range(slots.claim):
        slot = free & -free
        free, used = free & ~slot, used | slot
    kept = released = 0
    for _ in range(slots.keep):
        rest = used & ~kept
        kept |= rest & -rest
    for _ in range(slots.release):
        rest = used & ~kept
        slot = rest & -rest
        released |= slot
        used &= ~slot
    free |= released
    for _ in range(slots.extra):
        rest = used & ~kept
        slot = rest & -rest
        free, kept = free | slot, kept | slot
    return free, used
