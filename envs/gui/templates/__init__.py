"""Tasks as data, one file each, in a folder for each environment; a file there is a task as soon as it exists.

Such a module has one function, `build(b)`, which gets a `Builder` and returns what its `task` returns. The task has the
name of the file, with dashes.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache

from ..program import Builder, Knobs, Task

FOLDERS = ("widget", "app", "phone")


def tasks(folder: str, knobs: Knobs | None = None) -> dict[str, Task]:
    """All tasks of a folder by name, made as hard as the knobs say."""
    _give_codes()
    return _build(folder, knobs or Knobs())


def rebuilt(name: str, folder: str, knobs: Knobs) -> Task:
    """One task; for pickles."""
    return tasks(folder, knobs)[name]


@cache
def _give_codes() -> None:
    """Build everything once in a fixed order, so that texts have the same codes in every process."""
    for folder in FOLDERS:
        _build(folder, Knobs())


@cache
def _build(folder: str, knobs: Knobs) -> dict[str, Task]:
    package = importlib.import_module(f"{__name__}.{folder}")
    found = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        name = module.replace("_", "-")
        task = importlib.import_module(f"{package.__name__}.{module}").build(Builder(name, knobs))
        found[name] = replace(task, origin=(rebuilt, (name, folder, knobs)))
    return found
