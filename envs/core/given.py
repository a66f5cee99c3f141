"""Inputs for an instance, a level or a puzzle: an object, or any form in which one is stored."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from .text_file import as_json, read_json

T = TypeVar("T")


def given(
    name: str,
    value: Any,
    kind: type[T],
    from_dict: Callable[[dict[str, Any]], T],
    read: Callable[[Path], list[T]] | None = None,
) -> list[T]:
    """The objects that a value stands for: an object, a dictionary of its fields, JSON, a file, or a list of these.

    Args:
        name: name of the argument, for errors.
        value: the user's value.
        kind: class of the objects.
        from_dict: makes an object from a dictionary, or raises a `ValueError`.
        read: reads the objects in a file; None: the file is JSON.
    """
    if isinstance(value, kind):
        return [value]
    try:
        if isinstance(value, dict):
            return [from_dict(value)]
        if is_json(value):
            return _from_json(as_json(value), from_dict)
        if isinstance(value, str | os.PathLike):
            path = Path(value)
            return read(path) if read else _from_file(path, from_dict)
    except (ValueError, OSError) as error:
        raise ValueError(f"{name}: {error}") from None
    if not isinstance(value, Iterable) or isinstance(value, bytes):
        expected = f"{kind.__name__}, a dictionary of its fields, its JSON, or the path of a file"
        raise ValueError(f"{name}: found {type(value).__name__}, expected {expected}")
    return [found for i, one in enumerate(value) for found in given(f"{name}[{i}]", one, kind, from_dict, read)]


def one(
    name: str,
    value: Any,
    kind: type[T],
    from_dict: Callable[[dict[str, Any]], T],
    read: Callable[[Path], list[T]] | None = None,
) -> T:
    """The single object that a value stands for; arguments as for `given`."""
    found = given(name, value, kind, from_dict, read)
    if len(found) != 1:
        raise ValueError(f"{name}: found {len(found)} of them, expected one {kind.__name__}")
    return found[0]


def is_json(value: Any) -> bool:
    """Whether a value is text that can only be JSON, since no path begins this way."""
    return isinstance(value, str) and value.removeprefix("\ufeff").lstrip()[:1] in ("{", "[")


def is_path(value: Any) -> bool:
    """Whether a value is a path, where text has other meanings too: text must then end like a text file's name."""
    return isinstance(value, os.PathLike) or (isinstance(value, str) and value.endswith((".json", ".txt")))


def json_object(name: str, text: str) -> dict[str, Any]:
    """The JSON object that a text holds; the `ValueError` begins with `name`."""
    try:
        return _as_object(as_json(text))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _as_object(data: Any) -> dict[str, Any]:
    """Parsed JSON data, if it is an object."""
    if not isinstance(data, dict):
        raise ValueError(f"found a JSON {type(data).__name__}, expected an object")
    return data


def _from_json(data: Any, from_dict: Callable[[dict[str, Any]], T]) -> list[T]:
    return [from_dict(_as_object(row)) for row in (data if isinstance(data, list) else [data])]


def _from_file(path: Path, from_dict: Callable[[dict[str, Any]], T]) -> list[T]:
    data = read_json(path)
    try:
        return _from_json(data, from_dict)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
