"""Argument checks: each returns the converted value or raises a one-line `ValueError`."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

MOST_MEMORY = 256 << 20  # bytes of one environment's record and observation


def short(value: Any, width: int = 100) -> str:
    """A value written on one short line."""
    text = " ".join(repr(value).split())
    return text if len(text) <= width else f"{text[: width - 3]}..."


def integer(name: str, value: Any, low: int, high: int | None = None) -> int:
    """An integer from `low` to `high`, given as any integral type except bool."""
    expected = "an integer" if high is not None else f"an integer of at least {low}"
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name}: {short(value)}, expected {expected}") from None
    if isinstance(value, bool) or number < low or (high is not None and number > high):
        bounds = "" if high is None else f" from {low} to {high}"
        raise ValueError(f"{name}: {short(value)}, expected {expected}{bounds}")
    return number


def number(name: str, value: Any, low: float, high: float = math.inf) -> float:
    """A finite number from `low` to `high`."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not (low <= found <= high and math.isfinite(found)):
        bounds = f"of at least {low:g}" if high == math.inf else f"from {low:g} to {high:g}"
        raise ValueError(f"{name}: {short(value)}, expected a number {bounds}")
    return found


def one_of(name: str, value: Any, known: Sequence[str]) -> int:
    """The index of a name among the known ones."""
    if value not in known:
        raise ValueError(f"{name}: {short(value)}, expected one of {', '.join(map(repr, known))}")
    return list(known).index(value)


_WIDE: dict[Any, tuple[type, ...]] = {np.dtype(np.int64): (int, np.int64), np.dtype(np.float64): (float, np.float64)}
_LARGE = 2**62


def array(
    name: str,
    value: Any,
    shape: tuple[int, ...] = (),
    dtype: DTypeLike = np.float64,
    low: ArrayLike = -math.inf,
    high: ArrayLike = math.inf,
) -> NDArray[Any]:
    """A new array of exactly that shape and dtype, with finite entries from `low` to `high`.

    It guards compiled code, which trusts its arguments. Python and NumPy numbers, and lists of them, are accepted as
    they are. A value that would have to be rounded, parsed or read as a truth value is refused.
    """
    wanted = np.dtype(dtype)
    if not shape and type(value) in _WIDE.get(wanted, ()) and low <= value <= high and -_LARGE < value < _LARGE:
        return np.array(value, wanted)  # the most frequent case, without detours
    whole = wanted.kind in "iu"
    try:
        given = np.asarray(value) if isinstance(value, np.ndarray | np.generic | int | float | list | tuple) else None
    except (ValueError, OverflowError):  # lists of unequal lengths; an integer beyond all dtypes
        given = None
    if given is None or given.dtype.kind not in ("iu" if whole else "iuf") or given.shape != shape:
        found = f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) and value.ndim else short(value)
        one = _one(whole, low, high) if np.ndim(low) == np.ndim(high) == 0 else "a number"
        several = "integers" if whole else "numbers"
        raise ValueError(f"{name}: {found}, expected {f'{several} of shape {shape}' if shape else one}")
    if given.dtype == wanted:
        made = given.copy()
    else:
        with np.errstate(over="ignore"):  # a value too large for the dtype becomes infinite and is refused
            made = given.astype(wanted)
    fits = (given >= low) & (given <= high) & (made == given if whole else np.isfinite(made))
    if not fits.all():
        place = tuple(np.argwhere(~fits)[0].tolist())
        least, most = (float(np.broadcast_to(bound, shape)[place]) for bound in (low, high))
        if whole:
            least, most = max(least, np.iinfo(wanted).min), min(most, np.iinfo(wanted).max)
        at = "".join(f"[{i}]" for i in place)
        raise ValueError(f"{name}{at}: {given[place].item()!r}, expected {_one(whole, least, most)}")
    return made


def _one(whole: bool, low: Any, high: Any) -> str:
    """A description of the permitted entries, in words."""
    what = "an integer" if whole else "a number"
    if np.isfinite(low) and np.isfinite(high):
        return f"{what} from {int(low)} to {int(high)}" if whole else f"{what} from {low:g} to {high:g}"
    return what if whole else "a finite number"


def affordable(n_bytes: float, **arguments: int) -> None:
    """Raise `ValueError` if an environment with these arguments, which takes `n_bytes` of memory, is too large."""
    if n_bytes > MOST_MEMORY:
        found = ", ".join(f"{name}: {value}" for name, value in arguments.items())
        raise ValueError(
            f"{found}: an environment takes {n_bytes / 2**20:,.0f} MiB of memory, expected at most "
            f"{MOST_MEMORY >> 20} MiB"
        )
