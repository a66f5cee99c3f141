"""Players of screens that read nothing, what chance does in their stead, and one that only compares words.

A blind player is a sequence of moves, the last of which ends the episode. A move names an action by its number, or a
widget by its position among those of a type that can be clicked: the k-th by number or by place on the screen, from
either end, checked, unchecked or whatever. Such sequences are chosen on some seeds and judged on others, on all rows
of a vector at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ige.envs.gui import kernel, words
from ige.envs.gui.app import GUIAppVector
from ige.envs.gui.env import GUIWidgetVector
from ige.envs.gui.oracle import plan
from ige.envs.gui.phone import GUIPhoneVector
from ige.envs.gui.program import (
    BUTTON,
    C_SLOT,
    C_TEXT,
    C_TYPE,
    CANDIDATES,
    ICON,
    TYPES,
    WIDGETS,
    WIDTH,
    Task,
)

VECTORS: dict[str, type[Any]] = {"widget": GUIWidgetVector, "app": GUIAppVector, "phone": GUIPhoneVector}
WAIT, COMPLETE, IMPOSSIBLE = (
    kernel.FIRST_PLAIN + getattr(kernel, verb) - kernel.CLEAR for verb in ("WAIT", "COMPLETE", "IMPOSSIBLE")
)
ENDS = range(COMPLETE, kernel.ACTIONS)
DEEPEST = 12  # positions that are tried from the front
ANY_TYPE = -1
ANY, UNCHECKED, CHECKED = range(3)

Actions = NDArray[np.int64]


class Move(NamedTuple):
    """An action's number, or a position among the widgets of a type."""

    action: int = -1
    type: int = ANY_TYPE
    state: int = ANY
    by_place: bool = False
    k: int = 0


class Sight(NamedTuple):
    """What all rows show."""

    table: NDArray[np.int16]
    mask: NDArray[np.int8]
    texts: NDArray[np.int16]  # that may be typed
    rows: NDArray[np.void]


class Rows:
    """A task's episodes of consecutive seeds, side by side.

    `written`: widgets and texts are numbered as the template wrote them down, as they were in the version 0.
    """

    def __init__(self, folder: str, task: str, seeds: range, written: bool = False, **arguments: Any) -> None:
        self.seeds, self.written = seeds, written
        self.env = VECTORS[folder](len(seeds), task=task, **arguments)
        self.task = self.env.single.tasks[0]

    def start(self) -> Sight:
        self.env.reset(seed=self.seeds.start)
        if self.written:
            self.env.set_state(_as_written(self.env.get_state()))
        return self.sight()

    def sight(self) -> Sight:
        (seen, _), rows = self.env.observe(), self.env.get_state()
        return Sight(seen["table"], seen["action_mask"], seen["candidates"], rows)

    def act(self, actions: Actions, rows: NDArray[np.void] | None = None) -> Sight:
        """One step of all rows, from where they are or from given states."""
        if rows is not None:
            self.env.set_state(rows)
        seen, *_ = self.env.step(actions)
        return Sight(seen["table"], seen["action_mask"], seen["candidates"], self.env.get_state())

    def plans(self) -> list[list[int]]:
        """The oracle's actions for each row."""
        one, found = self.env.single, []
        for seed in self.seeds:
            one.reset(seed=seed)
            if self.written:
                one.set_state(_as_written(one.get_state()))
            found.append([int(action) for action in plan(one) or []])
        return found


def _as_written(rows: Any) -> Any:
    rows["order"], rows["offered"] = np.arange(WIDGETS), np.arange(CANDIDATES)
    return rows


# --- moves ------------------------------------------------------------------------------------------------------------


def positions(sight: Sight, type: int, state: int, by_place: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """For each row the widgets that a move may mean, in order, and how many there are."""
    table = sight.table
    fits = sight.mask[:, : kernel.ROWS] == 1
    if type != ANY_TYPE:
        fits = fits & (table[:, :, 1] == type)
    if state != ANY:
        fits = fits & ((table[:, :, 9] & 8 > 0) == (state == CHECKED))
    key = table[:, :, 4].astype(int) * WIDTH + table[:, :, 3] if by_place else np.arange(kernel.ROWS)
    order = np.argsort(np.where(fits, key, 10**6), axis=1, kind="stable")
    return order, fits.sum(1)


def actions_of(move: Move, sight: Sight) -> Actions:
    """What a move is in each row; to wait where there are fewer."""
    if move.action >= 0:
        return np.full(len(sight.rows), move.action)
    order, count = positions(sight, move.type, move.state, move.by_place)
    return _kth(order, count, move.k)


def _kth(order: NDArray[Any], count: NDArray[Any], k: int) -> Actions:
    at = np.where(k < 0, count + k, k) * np.ones(len(count), int)
    there = (at >= 0) & (at < count)
    return np.where(there, order[np.arange(len(order)), np.where(there, at, 0)], WAIT)


def moves(sight: Sight, least: float = 0.05) -> dict[Move, Actions]:
    """All moves that have an effect in at least that share of rows, but for ends; those alike are there once."""
    legal = sight.mask.mean(0) >= least
    found = {Move(int(a)): np.full(len(sight.rows), a) for a in np.flatnonzero(legal[:COMPLETE]) if a != WAIT}
    clickable = sight.mask[:, : kernel.ROWS] == 1
    types = [ANY_TYPE, *np.unique(sight.table[:, :, 1][clickable]).tolist()]
    for type in types:
        for state in (ANY, UNCHECKED, CHECKED):
            for by_place in (False, True):
                order, count = positions(sight, type, state, by_place)
                for k in (*range(min(DEEPEST, count.max(initial=0))), -1, -2, -3):
                    actions = _kth(order, count, k)
                    if (actions != WAIT).mean() >= least:
                        found[Move(-1, type, state, by_place, k)] = actions
    unlike: dict[bytes, Move] = {}
    for move, actions in found.items():
        unlike.setdefault(actions.tobytes(), move)
    return {move: found[move] for move in unlike.values()}


def ends(sight: Sight, least: float = 0.05) -> list[Move]:
    legal = sight.mask[:, COMPLETE:].mean(0) >= least
    return [Move(COMPLETE + int(k)) for k in np.flatnonzero(legal)]


# --- blind players ----------------------------------------------------------------------------------------------------


def success(rows: Rows, sequence: Sequence[Move]) -> float:
    """The share of episodes that a sequence solves."""
    sight = rows.start()
    for move in sequence:
        sight = rows.act(actions_of(move, sight))
    return float(sight.rows["is_success"].mean())


def searched(rows: Rows, depth: int, beam: int) -> tuple[float, tuple[Move, ...]]:
    """The best of all sequences of so many moves and an end, as far as a beam led by the progress finds it."""
    best: tuple[float, tuple[Move, ...]] = (0.0, ())
    level: list[tuple[tuple[Move, ...], Sight]] = [((), rows.start())]
    known: set[bytes] = set()
    for d in range(depth + 1):
        following = []
        for sequence, sight in level:
            for end in ends(sight):
                won = rows.act(actions_of(end, sight), sight.rows).rows["is_success"].mean()
                best = max(best, (float(won), (*sequence, end)), key=lambda found: found[0])
            for move, actions in moves(sight).items() if d < depth else ():
                seen = rows.act(actions, sight.rows)
                key = b"".join(seen.rows[name].tobytes() for name in ("vars", "stack", "scroll", "focus"))
                if key not in known:
                    known.add(key)
                    held = seen.rows["oracle_progress"]
                    following.append(((*sequence, move), seen, (held == 1).mean(), held.mean()))
        following.sort(key=lambda found: found[2:], reverse=True)
        level = [(sequence, sight) for sequence, sight, *_ in following[:beam]]
    return best


def imitated(rows: Rows, plans: Sequence[Sequence[int]]) -> tuple[float, tuple[Move, ...]]:
    """In each step the move that is most often the oracle's, as long as it pays."""
    sight, chosen = rows.start(), []
    for t in range(max(map(len, plans))):
        told = np.array([one[t] if t < len(one) else WAIT for one in plans])
        goes_on = np.array([t < len(one) and one[t] not in ENDS for one in plans])
        if goes_on.mean() < 0.1:
            break
        agreeing = {move: float((a == told)[goes_on].mean()) for move, a in moves(sight).items()}
        if not agreeing:
            break
        chosen.append(max(agreeing, key=lambda move: agreeing[move]))
        sight = rows.act(np.where(goes_on, told, WAIT))
    best: tuple[float, tuple[Move, ...]] = (0.0, ())
    sight = rows.start()
    for t in range(len(chosen) + 1):
        for end in ends(sight):
            won = rows.act(actions_of(end, sight), sight.rows).rows["is_success"].mean()
            best = max(best, (float(won), (*chosen[:t], end)), key=lambda found: found[0])
        if t < len(chosen):
            sight = rows.act(actions_of(chosen[t], sight), sight.rows)
    return best


def all_but(rows: Rows, type: int, k: int, by_place: bool, steps: int = 12) -> float:
    """The share that is solved by checking everything of a type but the k-th, which is left or made unchecked."""
    sight, over, won = rows.start(), np.zeros(len(rows.seeds), bool), np.zeros(len(rows.seeds), bool)
    order, count = positions(sight, type, ANY, by_place)
    spared = _kth(order, count, k)
    places = np.arange(kernel.ROWS)
    for _ in range(steps):
        table = sight.table
        wrong = (table[:, :, 1] == type) & ((table[:, :, 9] & 8 > 0) == (places == spared[:, None]))
        actions = np.where(wrong.any(1), wrong.argmax(1), COMPLETE)
        sight = rows.act(np.where(over, WAIT, actions))
        won |= sight.rows["is_success"] & ~over
        over |= sight.rows["over"]
    return float(won.mean())


# --- what chance does -------------------------------------------------------------------------------------------------


def chance(rows: Rows, plans: Sequence[Sequence[int]], repeats: int, seed: int = 0) -> float:
    """The share that is solved by the oracle's script with other objects.

    Its verbs stay; whatever it clicks or types is replaced, in each episode and for all its steps, by something drawn
    from what can be clicked in the same role or typed then, different things by different ones.
    """
    rng, won = np.random.default_rng(seed), []
    objects = list(_objects(rows, plans))
    parts = roles(rows.task)
    for _ in range(repeats):
        sight = rows.start()
        meant: list[dict[Any, int]] = [{} for _ in plans]
        for step in objects:
            actions = np.array([_other(sight, row, one, meant[row], parts, rng) for row, one in enumerate(step)])
            sight = rows.act(actions)
        won.append(sight.rows["is_success"].mean())
    return float(np.mean(won))


def roles(task: Task) -> NDArray[np.int64]:
    """Numbers that are equal for widgets of one role: the type, and the name of a button that always stands there."""
    found = []
    for widget in task.record["widgets"]:
        has_name = widget[C_TYPE] in (BUTTON, ICON) and widget[C_TEXT] >= 0 and widget[C_SLOT] < 0
        found.append(int(widget[C_TYPE]) + len(TYPES) * (1 + int(widget[C_TEXT])) * has_name)
    return np.array(found)


def _objects(rows: Rows, plans: Sequence[Sequence[int]]) -> list[list[tuple[int, Any]]]:
    """For each step and row: the oracle's action, and what it clicks or types.

    Ends come in the last step, so that all rows end there.
    """
    sight = rows.start()
    steps = max(map(len, plans))
    found = []
    for t in range(steps - 1):
        step = []
        for row, one in enumerate(plans):
            action = one[t] if t < len(one) - 1 else WAIT
            step.append(_object(sight, row, action))
        found.append(step)
        sight = rows.act(np.array([action for action, *_ in step]))
    return [*found, [_object(sight, row, one[-1]) for row, one in enumerate(plans)]]


def _object(sight: Sight, row: int, action: int) -> tuple[int, Any]:
    if action < kernel.FIRST_TYPE:
        return action, ("widget", int(sight.rows["places"][row, action % kernel.ROWS, 5]))
    for first in (kernel.FIRST_TYPE, kernel.FIRST_ANSWER):
        if first <= action < first + CANDIDATES:
            return action, ("text", action - first)
    return action, None


def _other(sight: Sight, row: int, step: tuple[int, Any], meant: dict[Any, int], parts: Any, rng: Any) -> int:
    action, thing = step
    if thing is None:
        return action
    kind, which = thing
    size = kernel.ROWS if kind == "widget" else CANDIDATES
    first = action - action % size if kind == "widget" else action - which
    legal = sight.mask[row, first : first + size] == 1
    things = sight.rows["places"][row, :size, 5] if kind == "widget" else np.arange(size)
    if kind == "widget":
        legal &= parts[things] == parts[which]
    if thing not in meant:
        taken = {one for (what, _), one in meant.items() if what == kind}
        free = [int(one) for one in things[legal] if int(one) not in taken]
        if not free:
            return WAIT
        meant[thing] = int(rng.choice(free))
    at = np.flatnonzero(legal & (things == meant[thing]))
    return first + int(at[0]) if len(at) else WAIT


# --- a player that compares words -------------------------------------------------------------------------------------


def overlap(rows: Rows, steps: int = 20) -> float:
    """The share that is solved by clicking what shares most words with the goal, and typing what the goal says.

    First come the fields, as long as the goal has texts to type that were not typed yet: those whose name it says, then
    the others from the top; each gets the text that comes next after its name, else the next one. Then everything is
    clicked once that shares a word, most words first, and a button if it is the only one left. Then the player says
    that it is done, or answers.
    """
    players = [Matcher(rows.task, row) for row in rows.start().rows]
    sight, over, won = rows.sight(), np.zeros(len(players), bool), np.zeros(len(players), bool)
    for _ in range(steps):
        actions = [WAIT if over[row] else one.next(sight, row) for row, one in enumerate(players)]
        sight = rows.act(np.array(actions))
        won |= sight.rows["is_success"] & ~over
        over |= sight.rows["over"]
        if over.all():
            break
    return float(won.mean())


def told(task: Task, row: np.void) -> str:
    """The goal of an episode."""
    fields = {name: words.text(int(row["vars"][var])) for name, var in task.fields.items()}
    return task.goals[int(row["paraphrase"])].format(**fields)


class Matcher:
    """The player of `overlap` in one episode."""

    def __init__(self, task: Task, row: np.void) -> None:
        self.goal, self.answers = told(task, row).lower(), bool(task.record["answers"])
        self.done: set[Any] = set()

    def shared(self, code: int) -> int:
        return len(_words(words.text(code)) & _words(self.goal))

    def next(self, sight: Sight, row: int) -> int:
        table, mask, texts = sight.table[row].tolist(), sight.mask[row], sight.texts[row].tolist()
        said = [k for k, code in enumerate(texts) if code and words.text(code).lower() in self.goal]
        rest = [k for k in said if ("text", k) not in self.done]
        focused = next((one for one in table if one[0] and one[9] & 20 == 20), None)
        if focused and rest and ("field", focused[7], focused[4]) not in self.done:
            k = self._text(focused[7], rest, texts)
            self.done |= {("text", k), ("field", focused[7], focused[4])}
            return kernel.FIRST_TYPE + k
        legal = [k for k in range(kernel.ROWS) if mask[k] and ("clicked", table[k][1], table[k][7]) not in self.done]
        legal.sort(key=lambda k: (-self.shared(table[k][7]), table[k][4], table[k][3]))
        fields = [k for k in legal if table[k][9] & 4 and (rest or self.shared(table[k][7]))]
        sharing = [k for k in legal if self.shared(table[k][7]) and not table[k][9] & 4]
        buttons = [k for k in legal if table[k][1] == BUTTON]
        for chosen in (fields, sharing, buttons if len(buttons) == 1 else []):
            if chosen:
                self.done.add(("clicked", table[chosen[0]][1], table[chosen[0]][7]))
                return chosen[0]
        others = [k for k, code in enumerate(texts) if code and k not in said]
        return kernel.FIRST_ANSWER + others[0] if self.answers and others else COMPLETE

    def _text(self, name: int, rest: Sequence[int], texts: Sequence[int]) -> int:
        """What the goal says next after a field's name."""
        places = [self.goal.find(word) for word in _words(words.text(name)) & _words(self.goal)]
        begin = min(places, default=0)
        at = {k: self.goal.find(words.text(texts[k]).lower()) for k in rest}
        return min(rest, key=lambda k: (at[k] < begin, at[k]))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))
