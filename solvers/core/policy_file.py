"""Compiled policies on disk: a `.npz` file of plain arrays, so that reading it runs no code."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import files

FORMAT = "ige policy 1"
_PACKAGE = __name__.partition(".solvers")[0]


class Held(NamedTuple):
    """What a file holds; see `Policy`. `fits` says which environment it is for."""

    name: str
    module: ModuleType
    settings: Any
    state: NDArray[Any]
    acted: bool
    fits: str


def write(
    path: Path, name: str, module: ModuleType, settings: Any, state: NDArray[Any], acted: bool, fits: str
) -> None:
    """Write a policy, whole or not at all."""
    header = {
        "format": FORMAT, "name": name, "module": module.__name__, "settings": type(settings).__name__, "acted": acted,
        "fits": fits,
    }  # fmt: skip
    arrays = {f"settings.{field}": np.asarray(value) for field, value in settings._asdict().items()}
    arrays |= {"header": np.array(json.dumps(header).encode()), "state": state}
    files.write(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def read(path: Path) -> Held:
    """Read what `write` wrote; `ValueError` for any other file."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
        header = json.loads(arrays["header"].item())
        if header["format"] != FORMAT:
            raise ValueError(f"format {header['format']!r}")
        module = _module(header["module"])
        values = {key.removeprefix("settings."): value for key, value in arrays.items() if key.startswith("settings.")}
        plain = {field: value if value.ndim else value.item() for field, value in values.items()}
        settings = getattr(module, header["settings"])(**plain)
        held = arrays["state"]
        state = np.zeros(held.shape, np.dtype([(field, held.dtype[field]) for field in held.dtype.names], align=True))
        state[:] = held
        return Held(header["name"], module, settings, state, header["acted"], header["fits"])
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such file") from None
    except Exception as error:  # any other kind of file may fail in any way
        found = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ValueError(f"{path}: no policy that save wrote: {found}") from None


def _module(name: str) -> ModuleType:
    """The module that a file names: one of this package, or one already imported, such as a user's own."""
    if name.partition(".")[0] != _PACKAGE and name not in sys.modules:
        raise ValueError(f"module {name!r}, expected one of {_PACKAGE} or one that is imported")
    return importlib.import_module(name)
