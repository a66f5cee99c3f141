"""What compiles the functions of kernels, which are many and which compiled code calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, types
from numba.core.registry import CPUDispatcher


class _Inner(CPUDispatcher):
    """A function compiled for compiled callers; for Python it is compiled apart, when Python first calls it."""

    _outer: Any = None

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Numba's: how a compiled caller calls it."""
        return super().get_call_template(tuple(map(_wide, args)), {name: _wide(arg) for name, arg in kws.items()})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._outer is None:
            self._outer = njit(self.py_func)
        return self._outer(*args, **kwargs)


def inner(function: Callable[..., Any]) -> Any:
    """`njit` that compiles a function once where Numba would many times: a third to a half of a kernel's compile time.

    Numba compiles a function anew for each constant that it is called with (`integer(rng, 4)`) and for each width of an
    integer. Here all are int64, but for uint64. And it compiles a wrapper for callers in Python, which few functions
    have.
    """
    options = {"nopython": True, "boundscheck": None, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return _Inner(py_func=function, locals={}, targetoptions=options)


def _wide(kind: Any) -> Any:
    """The type of an argument as the function is compiled for it."""
    if isinstance(kind, types.IntegerLiteral):
        kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) and kind != types.uint64 else kind


@inner
def copy(to: Any, source: Any) -> None:
    """Copy an array to one of its shape. `to[:] = source` would compile Numba's words for other shapes: 3 seconds."""
    for place in np.ndindex(to.shape):
        to[place] = source[place]
