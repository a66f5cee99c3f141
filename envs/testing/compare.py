"""Comparing nested data bit for bit, finding the memory that it shares with other data, and digesting it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.check import short


def children(data: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a container, each with the suffix that accesses it."""
    if isinstance(data, dict):
        yield from ((f"[{key!r}]", value) for key, value in data.items())
    elif isinstance(data, tuple | list) or (isinstance(data, np.ndarray) and data.dtype == object):
        yield from ((f"[{i}]", value) for i, value in enumerate(data))


def difference(found: Any, expected: Any, name: str) -> str | None:
    """The first difference of two pieces of data, as one line; None if type, dtype, shape and every bit are equal."""
    if isinstance(found, dict) and isinstance(expected, dict):
        if found.keys() != expected.keys():
            return f"{name}: found the keys {sorted(map(str, found))}, expected {sorted(map(str, expected))}"
        pairs = [(f"{name}[{key!r}]", found[key], expected[key]) for key in found]
    else:
        if type(found) is not type(expected):
            return f"{name}: found {short(found)}, expected {short(expected)}"
        if isinstance(found, np.ndarray | np.generic) and (
            found.dtype != expected.dtype or found.shape != expected.shape
        ):
            return f"{name}: found {found.dtype} {found.shape}, expected {expected.dtype} {expected.shape}"
        if not list(children(found)) and not list(children(expected)):
            if fingerprint(found) == fingerprint(expected):
                return None
            place, found, expected = _first_place(found, expected)
            return f"{name}{place}: found {short(found)}, expected {short(expected)}"
        if len(found) != len(expected):
            return f"{name}: found {len(found)} parts, expected {len(expected)}"
        pairs = [(f"{name}[{i}]", a, b) for i, (a, b) in enumerate(zip(found, expected, strict=True))]
    return next((text for where, a, b in pairs if (text := difference(a, b, where))), None)


def _first_place(found: Any, expected: Any) -> tuple[str, Any, Any]:
    """The first place where two arrays of one dtype and shape differ, and both entries; else both whole arrays."""
    if isinstance(found, np.ndarray) and found.ndim and not found.dtype.names:
        places = np.argwhere((found != expected) & ~((found != found) & (expected != expected)))
        if len(places):
            place = tuple(places[0].tolist())
            return str(list(place)), found[place].item(), expected[place].item()
    return "", found, expected


def fingerprint(data: Any) -> bytes:
    """Bytes that are equal exactly for equal data: type, dtype, shape and every bit."""
    head = type(data).__name__.encode()
    if isinstance(data, dict):
        items = sorted((repr(key).encode(), fingerprint(value)) for key, value in data.items())
        return b"%s{%s}" % (head, b",".join(b":".join(item) for item in items))
    if isinstance(data, np.ndarray | np.generic) and data.dtype != object:
        return b"%s %s %s %s" % (head, str(data.dtype).encode(), str(data.shape).encode(), data.tobytes())
    if isinstance(data, tuple | list | np.ndarray):
        return b"%s(%s)" % (head, b",".join(fingerprint(value) for value in data))
    if isinstance(data, float):
        return b"%s %s" % (head, data.hex().encode())
    return b"%s %s" % (head, repr(data).encode())


def digest(data: Any) -> str:
    """The SHA-256 of `fingerprint`."""
    return hashlib.sha256(fingerprint(data)).hexdigest()


def mutables(data: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every array, list and dict in the data, with its name. Records (`np.void`) count as arrays: they are views."""
    if isinstance(data, np.ndarray | np.void | list | dict):
        yield name, data
    for where, value in children(data):
        yield from mutables(value, name + where)


def shared(first: tuple[str, Any], second: tuple[str, Any]) -> str | None:
    """The mutable parts of two named pieces of data that are the same object or share memory, in words."""
    for name_1, a in mutables(first[1], first[0]):
        for name_2, b in mutables(second[1], second[0]):
            if a is b or (_is_array(a) and _is_array(b) and np.shares_memory(_array(a), _array(b))):
                return f"{name_1} shares memory with {name_2}"
    return None


def scribble(data: Any) -> None:
    """Overwrite everything that can be overwritten in returned data."""
    for _, part in list(mutables(data, "")):
        if isinstance(part, dict | list):
            part.clear()
        elif part.dtype != object and part.flags.writeable:
            for index in part.dtype.names or (...,):
                part[index] = _other(part[index])


def _other(values: Any) -> Any:
    """Zeros, or ones where all values are zeros already."""
    return np.zeros_like(values) if any(values.tobytes()) else np.ones_like(values)


def _is_array(data: Any) -> bool:
    return isinstance(data, np.ndarray | np.void)


def _array(data: Any) -> NDArray[Any]:
    """An array as it is, a record's bytes as a view."""
    return np.frombuffer(data, np.uint8) if isinstance(data, np.void) else data
