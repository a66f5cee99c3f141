"""The table of all ids in the suite, collected from the `ENTRIES` of the families."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import gymnasium as gym

from .entry import Entry

FAMILIES = ("arithmetic", "babyai", "textworld", "combinatorial", "bandits", "tabular", "ued", "gui")


def entries(family: str) -> list[Entry]:
    """The entries that a family declares."""
    module = importlib.import_module(f".{family}", __package__)
    return [replace(entry, family=family) for entry in module.ENTRIES]


TABLE = tuple(entry for family in FAMILIES for entry in entries(family))


def register_all(table: tuple[Entry, ...] = TABLE) -> None:
    """Register the table with Gymnasium and PettingZoo. An id registered for something else raises `ValueError`."""
    with _variables_kept():
        import pettingzoo
    for entry in table:
        entry_point = entry.entry_point
        held = (pettingzoo.parallel_registry if entry.multi_agent else gym.registry).get(entry.id)
        if held is not None:
            if held.entry_point != entry_point:
                raise ValueError(f"id: {entry.id!r} is already registered for {held.entry_point!r}")
        elif entry.multi_agent:
            pettingzoo.register("parallel", entry.id, entry_point, kwargs=dict(entry.kwargs))
            pettingzoo.register("aec", entry.id, partial(_in_turns, entry_point), kwargs=dict(entry.kwargs))
        else:
            gym.register(
                entry.id,
                entry_point,
                vector_entry_point=entry.vector_entry_point,
                kwargs=dict(entry.kwargs),
            )


@contextmanager
def _variables_kept() -> Iterator[None]:
    """Keep the environment variables: importing PettingZoo turns pygame's sound off, which is the user's choice."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _in_turns(entry_point: str, **kwargs: Any) -> Any:
    """A multi-agent environment whose agents act one after another: PettingZoo's AEC form."""
    from pettingzoo.utils import parallel_to_aec

    return parallel_to_aec(_loaded(entry_point)(**kwargs))


def creator(id: str) -> Callable[..., Any]:
    """The callable that makes the environment of an id, usually its class."""
    if not is_multi_agent(id):
        return gym.envs.registration.load_env_creator(str(gym.spec(id).entry_point))
    import pettingzoo

    point: Any = pettingzoo.spec("parallel", id).entry_point
    return point if callable(point) else _loaded(point)


def modules(id: str) -> list[str]:
    """The modules of an id's classes, single and vector."""
    if is_multi_agent(id):
        import pettingzoo

        points: list[Any] = [pettingzoo.spec("parallel", id).entry_point]
    else:
        spec = gym.spec(id)
        points = [point for point in (spec.entry_point, spec.vector_entry_point) if point is not None]
    names = [point.partition(":")[0] if isinstance(point, str) else point.__module__ for point in points]
    return list(dict.fromkeys(names))


def is_multi_agent(id: str) -> bool:
    """Whether PettingZoo, not Gymnasium, makes this id."""
    import pettingzoo

    return id in pettingzoo.parallel_registry and id not in gym.registry


def _loaded(entry_point: str) -> Any:
    module, _, name = entry_point.partition(":")
    return getattr(importlib.import_module(module), name)


def ids() -> list[str]:
    """Every id of the suite that Gymnasium makes, in table order."""
    return [entry.id for entry in TABLE if not entry.multi_agent]


def multi_agent_ids() -> list[str]:
    """Every id of the suite that PettingZoo makes, in table order."""
    return [entry.id for entry in TABLE if entry.multi_agent]


def oracle(id: str) -> Callable[[gym.Env[Any, Any]], Sequence[Any] | None] | None:
    """The oracle of an id of the suite; None for an id without one, or for any other id."""
    return next((_loaded(entry.path(entry.oracle)) for entry in TABLE if entry.id == id and entry.oracle), None)


def resolve(name: str) -> str:
    """The full id for a full id, `Name` or `Name-v0` (newest version first); `ValueError` names the close ones."""
    module, colon, identifier = name.rpartition(":")
    if colon:  # `module:Id`, as in gym.make: importing the module registers the id
        importlib.import_module(module)
        name = identifier
    ours = [entry.id for entry in TABLE]
    known = list(gym.registry)
    if name in known or is_multi_agent(name):
        return name
    versions = [i for i in ours if i == f"ige/{name}" or i.rpartition("-v")[0] == f"ige/{name}"]
    if versions:
        return max(versions, key=lambda i: int(i.rpartition("-v")[2]))
    import difflib

    candidates = dict.fromkeys([*(i.removeprefix("ige/") for i in ours), *known])
    close = difflib.get_close_matches(name, candidates, 3, 0.5)
    hint = f"close: {', '.join(close)}" if close else "see `ige list`"
    raise ValueError(f"id: {name!r} is not registered; {hint}")
