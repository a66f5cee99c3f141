"""Proof that an episode needs memory: two states that look the same and in which something else is right."""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from .oracle import Move, plan, solved


class Certificate(NamedTuple):
    """Two reachable states that an agent which knows only the goal and the screen can't tell apart.

    Attributes:
        states: rows for `set_state`.
        plans: actions that succeed from each of them; the first ones differ, and neither works in the other state.
    """

    states: tuple[Any, Any]
    plans: tuple[list[Any], list[Any]]


def certificate(env: gym.Env[Any, Any]) -> Certificate:
    """The certificate of an episode that has just begun; the environment is left as it was.

    Where the task conceals something (`Task.conceal`), both states come from the same actions, after resets that drew
    something else there. Else what was done is concealed: the first choice was the one, or it was the other.
    LookupError if the task needs no memory, or this episode is over before it does.
    """
    face: Any = env.unwrapped
    start = face.get_state()
    try:
        return _other_draw(face, start) if face.task.conceal else _other_choice(face, start)
    finally:
        face.set_state(start)


def look(env: gym.Env[Any, Any]) -> tuple[Any, ...]:
    """What an agent without memory knows, whatever the environment's mode of observations."""
    face: Any = env.unwrapped
    return face.goal, face.table().tobytes(), tuple(face.candidates()), face.action_masks().tobytes()


def _after(face: Any, state: Any, actions: list[Any]) -> Any:
    face.set_state(state)
    for action in actions:
        face.step(action)
    return face.get_state()


def _other_draw(face: Any, start: Any) -> Certificate:
    other = start.copy()
    face.task.conceal(other["vars"])
    other["before"] = np.where(other["before"] == start["vars"], other["vars"], other["before"])
    mine = plan(face) or []
    face.set_state(other)
    theirs = plan(face) or []
    fork = next(k for k, (one, two) in enumerate(zip(mine, theirs, strict=False)) if one != two)
    states = _after(face, start, mine[:fork]), _after(face, other, theirs[:fork])
    return Certificate(states, (mine[fork:], theirs[fork:]))


def _other_choice(face: Any, start: Any) -> Certificate:
    hand = solved(face)
    if len({need.at for need in hand.needs}) < 2:
        raise LookupError(f"{face.task.name}: this episode shows no need of memory")
    first, second = hand.needs[0].seen, hand.needs[0].at
    between, rest = hand.moves[first + 1 : second], hand.moves[second + 1 :]
    one, two = hand.moves[first], hand.moves[second]
    past, _ = _moved(face, start, hand.moves[:first])
    (state, _), (other, _) = (_moved(face, past, [move, *between]) for move in (one, two))
    plans = _moved(face, state, [two, *rest])[1], _moved(face, other, [one, *rest])[1]
    return Certificate((state, other), plans)


def _moved(face: Any, state: Any, moves: list[Move]) -> tuple[Any, list[Any]]:
    """The state after moves, and the actions that they are."""
    face.set_state(state)
    actions = []
    for move in moves:
        actions.append(move.action(face))
        face.step(actions[-1])
    return face.get_state(), actions
