"""Which environment a record belongs to, so that a snapshot of another one is refused.

A record has no meaning without the parameters that it was made under: restored elsewhere, its numbers would index
tables of another size. Each record carries a digest of those parameters in its header.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


def origin(dtype: np.dtype[Any], params: Any) -> np.uint64:
    """The digest of everything that the meaning of a record depends on, uint64.

    Args:
        dtype: dtype of the record.
        params: the kernel's parameters. The step limit is left out: a record means the same under any limit.
    """
    kind = type(params)
    digest = hashlib.sha256(f"{kind.__module__}.{kind.__qualname__} {dtype}".encode())
    for name, value in zip(kind._fields, params, strict=True):
        if name != "max_steps":
            for part in _bytes(value):
                digest.update(part)
    return np.frombuffer(digest.digest()[:8], np.uint64)[0]


def _bytes(value: Any) -> Iterator[bytes]:
    """The bytes of a value with its type and shape. Record arrays go field by field, since gaps hold random bytes."""
    if isinstance(value, tuple):
        yield f"tuple {len(value)} ".encode()
        for part in value:
            yield from _bytes(part)
    elif isinstance(value, np.ndarray) and value.dtype.names:
        for name in value.dtype.names:
            yield name.encode()
            yield from _bytes(value[name])
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape} ".encode()
        yield value.tobytes()
    else:
        yield f"{value!r} ".encode()


def check_snapshot(state: Any, dtype: np.dtype[Any], shape: tuple[int, ...], expected: Any, name: str) -> None:
    """Raise `ValueError` unless `state` holds records of this dtype, shape and origin; `name` is the environment's."""
    if getattr(state, "dtype", None) != dtype or state.shape != shape:
        found = _kind(state) if hasattr(state, "dtype") else type(state).__name__
        wanted = f"records {shape}" if shape else "a record"
        raise ValueError(f"state: found {found}, expected {wanted} from get_state of the same environment")
    if not np.all(state["origin"] == expected):
        row = "" if not shape else f"row {np.flatnonzero(state['origin'] != expected)[0]}: "
        raise ValueError(
            f"state: {row}found a snapshot of an environment with other arguments or another instance, expected one "
            f"of a {name} made as this one"
        )


def _kind(state: NDArray[Any]) -> str:
    if not state.dtype.names:
        return f"{state.dtype} {state.shape}"
    size = f"{state.dtype.itemsize} bytes"
    return f"records of {size} {state.shape}" if state.shape else f"a record of {size}"
