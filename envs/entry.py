"""What a family says of each of its ids, as strings, so that `import ige` loads no environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One id. Places such as `env:TextWorld` are modules of the family's folder and names in them.

    Attributes:
        id: `ige/Name-v0`.
        summary: one line.
        place: of the class. The class of many rows at once is `GameVector` beside `Game` or `GameEnv`.
        vector: whether there is such a class; without one, Gymnasium's `SyncVectorEnv` makes many.
        oracle: place of a function from an environment at the start of an episode to actions that solve it, or None.
        kwargs: arguments that the id fixes.
        multi_agent: a `ParallelEnv`, registered with PettingZoo instead of Gymnasium.
        family: name of the folder; the registry fills it in.
    """

    id: str
    summary: str
    place: str
    vector: bool = True
    oracle: str = ""
    kwargs: dict[str, Any] = field(default_factory=dict)
    multi_agent: bool = False
    family: str = ""

    @property
    def entry_point(self) -> str:
        """The class, for Gymnasium and PettingZoo."""
        return self.path(self.place)

    @property
    def vector_entry_point(self) -> str | None:
        """The class of many rows, for Gymnasium."""
        return self.path(f"{self.place.removesuffix('Env')}Vector") if self.vector and not self.multi_agent else None

    def path(self, place: str) -> str:
        """A place of the family, for `importlib`."""
        return f"{__package__}.{self.family}.{place}"
