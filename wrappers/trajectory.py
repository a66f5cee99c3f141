"""Recorded episodes on disk: a folder with one NPZ file per episode and a JSON index of them."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ..envs.core.text_file import read_json

INDEX = "index.json"


@dataclass(frozen=True)
class Trajectory:
    """One recorded episode of T steps.

    Attributes:
        observations: (T + 1, ...), the first from `reset`; a dict or tuple of arrays for such spaces; text is unicode.
        actions: (T, ...), or a dict or tuple.
        rewards: float64 (T,).
        terminated, truncated: bool (T,).
        seed, options: arguments of `reset`.
    """

    observations: Any
    actions: Any
    rewards: NDArray[np.float64]
    terminated: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    seed: int | None
    options: dict[str, Any] | None


def load_trajectories(folder: str | os.PathLike[str]) -> list[Trajectory]:
    """The episodes that `RecordTrajectories` wrote, in order.

    Raises:
        FileNotFoundError: the folder has no index.
        ValueError: the index or an episode cannot be read.
    """
    path = Path(folder) / INDEX
    if not path.exists():
        raise FileNotFoundError(f"{path}: not found, expected a folder that RecordTrajectories wrote")
    return [_load(path.with_name(row["file"])) for row in read_index(path)["episodes"]]


def _load(path: Path) -> Trajectory:
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        reset = json.loads(str(arrays.pop("reset")))
        return Trajectory(**tree(arrays), **reset)
    except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: found {type(error).__name__}, expected an episode of RecordTrajectories") from error


def read_index(path: Path) -> dict[str, Any]:
    """The spec and the rows of an index; `ValueError` if the file is not one."""
    try:
        index: dict[str, Any] = read_json(path)
        if index["version"] != 1:
            raise ValueError(index["version"])
        return {"spec": index["spec"], "episodes": list(index["episodes"])}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: not readable, expected the index of RecordTrajectories, version 1") from error


def columns(name: str, values: list[Any]) -> dict[str, NDArray[Any]]:
    """The values of one episode as arrays: `name`, or `name/key` for each key of a dict and each index of a tuple."""
    first = values[0]
    if isinstance(first, dict):
        if strange := [key for key in first if not isinstance(key, str) or "/" in key or key.isdecimal()]:
            raise ValueError(f"{name}: found the key {strange[0]!r}, expected a name without '/'")
        parts = {key: [value[key] for value in values] for key in first}
    elif isinstance(first, tuple):
        parts = {str(place): [value[place] for value in values] for place in range(len(first))}
    else:
        return {name: _stacked(name, values)}
    return {path: column for part in parts for path, column in columns(f"{name}/{part}", parts[part]).items()}


def _stacked(name: str, values: list[Any]) -> NDArray[Any]:
    if len({isinstance(value, str) for value in values}) > 1:
        raise ValueError(f"{name}: found text and numbers in one episode, expected one kind")
    try:
        stacked = np.array(values)
    except ValueError:
        raise ValueError(f"{name}: found different shapes in one episode, expected one shape") from None
    if stacked.dtype.hasobject:
        raise ValueError(f"{name}: found {type(values[0]).__name__}, expected arrays, numbers or text")
    return stacked


def tree(leaves: dict[str, NDArray[Any]]) -> Any:
    """Reassemble what `columns` split."""
    if "" in leaves:
        return leaves[""]
    parts: dict[str, dict[str, NDArray[Any]]] = {}
    for path, column in leaves.items():
        part, _, rest = path.partition("/")
        parts.setdefault(part, {})[rest] = column
    if all(part.isdecimal() for part in parts):
        return tuple(tree(parts[part]) for part in sorted(parts, key=int))
    return {part: tree(below) for part, below in parts.items()}


def replace(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a whole file or none: under a temporary name in the same folder, then renamed."""
    draft = path.with_name(f".{path.name}.draft")
    try:
        with draft.open("wb") as file:
            write(file)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
