"""What a result depends on: the sources of the code that made it, so that results do not outlive their code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ...envs import registry
from ...envs.core.compile import digest, sources

_sources = cache(sources)  # only the list of files is cached; their contents are read anew each time


@dataclass(frozen=True)
class Code:
    """The code behind a result.

    Attributes:
        modules: names of modules; the modules that they import are included.
        environments: ids made by name, which no import shows; tests compare this list with the ids really made.
    """

    modules: tuple[str, ...]
    environments: tuple[str, ...] = ()

    def files(self) -> list[Path]:
        """Every source file that the code is built from."""
        reached = dict.fromkeys([*self.modules, *(m for id in self.environments for m in registry.modules(id))])
        return sorted({path for module in reached for path in _sources(module)})

    def digest(self) -> str:
        """A digest of the files' present contents."""
        return digest(self.files())
