"""The three decisions of Go-Explore as settings: which state, which action, keep or not.

A decision is a function of the search's `Task` and the options it decides about. Models answer through `by_model`;
a malformed answer falls back to a uniform choice of state or action, and to rejecting a newcomer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from ..foundation import ACCEPT, FoundationModel, Query
from . import prompts
from .task import Entry, Task


class ChooseState(Protocol):
    """The index of the archived state to return to, among candidates with untried actions."""

    def __call__(self, task: Task, candidates: Sequence[Entry], rng: np.random.Generator) -> int: ...


class ChooseAction(Protocol):
    """The index of the action to try, among those not yet tried in the current state."""

    def __call__(self, task: Task, observation: Any, actions: Sequence[Any], rng: np.random.Generator) -> int: ...


class Keep(Protocol):
    """Whether a newly found state joins the archive."""

    def __call__(self, task: Task, archive: Sequence[Entry], newcomer: Entry, rng: np.random.Generator) -> bool: ...


# --- which state ------------------------------------------------------------------------------------------------------
def newest(task: Task, candidates: Sequence[Entry], rng: np.random.Generator) -> int:
    return len(candidates) - 1


def oldest(task: Task, candidates: Sequence[Entry], rng: np.random.Generator) -> int:
    return 0


def uniform_state(task: Task, candidates: Sequence[Entry], rng: np.random.Generator) -> int:
    return int(rng.integers(len(candidates)))


def state_by_model(model: FoundationModel) -> ChooseState:
    def choose(task: Task, candidates: Sequence[Entry], rng: np.random.Generator) -> int:
        return _pick(model, Query("state", candidates, lambda: prompts.state(task, candidates)), rng)

    return choose


# --- which action -----------------------------------------------------------------------------------------------------
def first(task: Task, observation: Any, actions: Sequence[Any], rng: np.random.Generator) -> int:
    return 0


def uniform_action(task: Task, observation: Any, actions: Sequence[Any], rng: np.random.Generator) -> int:
    return int(rng.integers(len(actions)))


def action_by_model(model: FoundationModel) -> ChooseAction:
    def choose(task: Task, observation: Any, actions: Sequence[Any], rng: np.random.Generator) -> int:
        moves = task.moves(observation, actions)
        return _pick(model, Query("action", moves, lambda: prompts.action(task, actions)), rng)

    return choose


# --- keep or not ------------------------------------------------------------------------------------------------------
def always(task: Task, archive: Sequence[Entry], newcomer: Entry, rng: np.random.Generator) -> bool:
    return True


def never(task: Task, archive: Sequence[Entry], newcomer: Entry, rng: np.random.Generator) -> bool:
    return False


def keep_by_model(model: FoundationModel) -> Keep:
    def keep(task: Task, archive: Sequence[Entry], newcomer: Entry, rng: np.random.Generator) -> bool:
        data = [*archive, newcomer]
        query = Query("keep", data, lambda: prompts.keep(task, archive, newcomer.snapshot), verdict=True)
        return model.choose(query).index == ACCEPT

    return keep


def _pick(model: FoundationModel, query: Query, rng: np.random.Generator) -> int:
    index = model.choose(query).index
    return int(rng.integers(query.size)) if index is None else index
