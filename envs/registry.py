"""The one table of every id in the suite. Strings only, so that `import ige` stays light."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym


@dataclass(frozen=True)
class Entry:
    """One id: where its class lives (relative to the package) and what its constructor gets by default."""

    id: str
    entry_point: str
    vector_entry_point: str | None = None  # kernels only; the others are vectorised by Gymnasium's SyncVectorEnv
    kwargs: dict[str, Any] = field(default_factory=dict)
    summary: str = ""


TABLE = (
    # --- arithmetic -------------------------------------------------------------------------------------------------
    Entry(
        "ige/GameOf24-v0",
        "envs.arithmetic.env:GameOf24",
        "envs.arithmetic.env:GameOf24Vector",
        summary="Combine the numbers with + - * / until one is left: the target, 24.",
    ),
)


def register_all(table: tuple[Entry, ...] = TABLE) -> None:
    """Register the table with Gymnasium. An id that somebody else already holds raises `ValueError`."""
    package = __name__.partition(".envs")[0]
    for entry in table:
        entry_point = f"{package}.{entry.entry_point}"
        held = gym.registry.get(entry.id)
        if held is not None:
            if held.entry_point != entry_point:
                raise ValueError(f"id: {entry.id!r} is already registered for {held.entry_point!r}")
            continue
        gym.register(
            entry.id,
            entry_point,
            vector_entry_point=f"{package}.{entry.vector_entry_point}" if entry.vector_entry_point else None,
            kwargs=dict(entry.kwargs),
        )


def ids() -> list[str]:
    """Every id of the suite, in table order."""
    return [entry.id for entry in TABLE]


def resolve(name: str) -> str:
    """The full id for a full id, `Name` or `Name-v0` (newest version first); `ValueError` names the close ones."""
    known = list(gym.registry)
    if name in known:
        return name
    versions = [i for i in ids() if i == f"ige/{name}" or i.rpartition("-v")[0] == f"ige/{name}"]
    if versions:
        return max(versions, key=lambda i: int(i.rpartition("-v")[2]))
    import difflib

    close = difflib.get_close_matches(name, [*ids(), *(i.removeprefix("ige/") for i in ids()), *known], 3, 0.5)
    raise ValueError(f"id: {name!r} is not registered; " + (f"close: {', '.join(close)}" if close else "see `ige list`"))
