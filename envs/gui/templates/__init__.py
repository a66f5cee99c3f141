"""Tasks as data, one file each, in a folder for each environment; every file there is a task.

Such a module has a function `build(b)`, which gets a `Builder` and returns the result of its `task`. The task is named
after the file, with dashes. A task of the suite has a place in `order.ORDER`; others come after all of these.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace
from functools import cache

from ..program import Builder, Knobs, Task
from .order import NEW, ORDER

FOLDERS = ("widget", "app", "phone")


def tasks(folder: str, knobs: Knobs | None = None) -> dict[str, Task]:
    """All tasks of a folder by name, with the difficulty of the knobs."""
    _give_codes()
    return _build(folder, knobs or Knobs())


def rebuilt(name: str, folder: str, knobs: Knobs) -> Task:
    """One task; for pickles."""
    return tasks(folder, knobs)[name]


def drawn(folder: str) -> list[str]:
    """The names that `task="all"` draws from."""
    places = (place.split("/") for place in ORDER if place not in NEW)
    return [_name(module) for place, module in places if place == folder]


@cache
def _give_codes() -> None:
    """Build everything once in a fixed order, so that texts have the same codes in every process."""
    for folder, module in (place.split("/") for place in ORDER):
        _built(folder, module, Knobs())
    for folder in FOLDERS:
        _build(folder, Knobs())


@cache
def _build(folder: str, knobs: Knobs) -> dict[str, Task]:
    package = importlib.import_module(f"{__name__}.{folder}")
    modules = [info.name for info in pkgutil.iter_modules(package.__path__)]
    place = {name: i for i, name in enumerate(ORDER)}
    modules.sort(key=lambda module: (place.get(f"{folder}/{module}", len(ORDER)), module))
    return {_name(module): _built(folder, module, knobs) for module in modules}


def _built(folder: str, module: str, knobs: Knobs) -> Task:
    name = _name(module)
    task = importlib.import_module(f"{__name__}.{folder}.{module}").build(Builder(name, knobs))
    return replace(task, origin=(rebuilt, (name, folder, knobs)))


def _name(module: str) -> str:
    return module.replace("_", "-")
