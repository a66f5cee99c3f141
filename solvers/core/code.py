"""What a result depends on: the sources of the code that made it, so that results do not outlive their code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...envs import registry
from ...envs.core.compile import digest, sources

_sources = cache(sources)  # which files; what they hold is read anew each time


@dataclass(frozen=True)
class Code:
    """The code behind a result.

    Attributes:
        modules: names of modules; what they import, they bring along.
        environments: ids that are made by name, which no import shows; tests hold this list against what is made.
    """

    modules: tuple[str, ...]
    environments: tuple[str, ...] = ()

    def files(self) -> list[Path]:
        """Every source file that the code is built from."""
        reached = dict.fromkeys([*self.modules, *(m for id in self.environments for m in registry.modules(id))])
        return sorted({path for module in reached for path in _sources(module)})

    def digest(self) -> str:
        """A name for what the files hold now."""
        return digest(self.files())
