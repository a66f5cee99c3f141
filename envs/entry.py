"""What a family declares for each of its ids, as strings, so that `import ige` loads no environment."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Entry:
    """The declaration of one id. A place such as `env:TextWorld` is a module of the family's folder and a name in it.

    Attributes:
        id: `ige/Name-v0`.
        summary: one line about it.
        place: place of the class. The vector class is `GameVector` next to `Game` or `GameEnv`.
        vector: whether there is a vector class; without one, Gymnasium's `SyncVectorEnv` takes its role.
        oracle: place of a function that maps an environment at the start of an episode to actions that solve it, or
            None.
        kwargs: arguments that the id fixes.
        multi_agent: whether it is a `ParallelEnv`, registered with PettingZoo instead of Gymnasium.
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
        """The class, as an import path for Gymnasium and PettingZoo."""
        return self.path(self.place)

    @property
    def vector_entry_point(self) -> str | None:
        """The vector class, as an import path for Gymnasium."""
        return self.path(f"{self.place.removesuffix('Env')}Vector") if self.vector and not self.multi_agent else None

    def path(self, place: str) -> str:
        """A place of the family as an import path."""
        return f"{__package__}.{self.family}.{place}"


def lazily(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """A package's `__getattr__`, which loads public names on first use, so that `import ige` reads only `ENTRIES`.

    Args:
        package: the package's `__name__`.
        modules: public names to the package's modules that define them.
    """

    def load(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f".{modules[name]}", package), name)

    return load
