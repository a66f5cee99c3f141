"""Proof that an episode needs memory: two states that look the same but need different actions."""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from .oracle import Move, plan, solved


class Certificate(NamedTuple):
    """Two reachable states that an agent cannot tell apart if it knows only the goal and the screen.

    Attributes:
        states: rows for `set_state`.
        plans: actions that succeed from each of them; their first actions differ, and neither plan works in the other
            state.
    """

    states: tuple[Any, Any]
    plans: tuple[list[Any], list[Any]]


def certificate(env: gym.Env[Any, Any]) -> Certificate:
    """The certificate of an episode that has just begun; the environment is left as it was.

    If the task hides variables (`Task.conceal`), both states come from the same actions, after resets that drew other
    values for them. Otherwise the past actions are hidden: the two states follow different first choices. LookupError
    if the task needs no memory, or if this episode ends before it does.
    """
    core: Any = env.unwrapped
    start = core.get_state()
    try:
        return _other_draw(core, start) if core.task.conceal else _other_choice(core, start)
    finally:
        core.set_state(start)


def look(env: gym.Env[Any, Any]) -> tuple[Any, ...]:
    """What an agent without memory knows, in any observation mode."""
    core: Any = env.unwrapped
    return core.goal, core.table().tobytes(), tuple(core.candidates()), core.action_masks().tobytes()


def _after(core: Any, state: Any, actions: list[Any]) -> Any:
    core.set_state(state)
    for action in actions:
        core.step(action)
    return core.get_state()


def _other_draw(core: Any, start: Any) -> Certificate:
    other = start.copy()
    core.task.conceal(other["vars"])
    other["before"] = np.where(other["before"] == start["vars"], other["vars"], other["before"])
    mine = plan(core) or []
    core.set_state(other)
    theirs = plan(core) or []
    fork = next(k for k, (one, two) in enumerate(zip(mine, theirs, strict=False)) if one != two)
    states = _after(core, start, mine[:fork]), _after(core, other, theirs[:fork])
    return Certificate(states, (mine[fork:], theirs[fork:]))


def _other_choice(core: Any, start: Any) -> Certificate:
    hand = solved(core)
    if len({need.at for need in hand.needs}) < 2:
        raise LookupError(f"{core.task.name}: this episode shows no need of memory")
    first, second = hand.needs[0].seen, hand.needs[0].at
    between, rest = hand.moves[first + 1 : second], hand.moves[second + 1 :]
    one, two = hand.moves[first], hand.moves[second]
    past, _ = _moved(core, start, hand.moves[:first])
    (state, _), (other, _) = (_moved(core, past, [move, *between]) for move in (one, two))
    plans = _moved(core, state, [two, *rest])[1], _moved(core, other, [one, *rest])[1]
    return Certificate((state, other), plans)


def _moved(core: Any, state: Any, moves: list[Move]) -> tuple[Any, list[Any]]:
    """The state after some moves, and those moves as actions."""
    core.set_state(state)
    actions = []
    for move in moves:
        actions.append(move.action(core))
        core.step(actions[-1])
    return core.get_state(), actions
