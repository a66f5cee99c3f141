"""Compiling the many functions within kernels, which only compiled code calls."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from numba import njit, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import CPUDispatcher


class _Part(JITCodeLibrary):
    """Code that is only linked into other code, where it is optimised and translated to machine code as a whole."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        self._ensure_finalized()
        return 0  # there is no wrapper for Python

    @property
    def codegen(self) -> Any:
        return SimpleNamespace(set_env=lambda name, env: None)  # stands for a wrapper's objects


class _Parts(Compiler):
    """Numba's compiler without the passes that merely linked code does not need."""

    def compile_extra(self, func: Any) -> Any:
        self.state.library = _Part(self.state.targetctx.codegen(), func.__qualname__)
        self.state.library.enable_object_caching()
        return super().compile_extra(func)


# `_Part` overrides Numba internals: with a Numba version that lacks them, code compiles as usual, only slower.
_PIPELINE = _Parts if hasattr(JITCodeLibrary, "_finalize_dynamic_globals") else Compiler


class _Inner(CPUDispatcher):
    """A function compiled for compiled callers; a separate version is compiled when Python first calls it."""

    _outer: Any = None

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Numba's hook: how a compiled caller calls the function."""
        return super().get_call_template(tuple(map(_wide, args)), {name: _wide(arg) for name, arg in kws.items()})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._outer is None:
            self._outer = njit(self.py_func)
        return self._outer(*args, **kwargs)


def inner(function: Callable[..., Any]) -> Any:
    """`njit` for the functions within a kernel: a third of Numba's compile time, and equally fast code.

    Numba compiles a function anew for each constant argument (`randint(rng, 4)`) and for each integer width; here all
    integers are int64, except uint64. Numba compiles a wrapper for Python callers, which few of these functions have.
    Numba also optimises each function by itself, before optimising it once more within its caller.
    """
    options = {"nopython": True, "boundscheck": None, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return _Inner(py_func=function, locals={}, targetoptions=options, pipeline_class=_PIPELINE)


def _wide(kind: Any) -> Any:
    """The argument type that the function is compiled for."""
    if isinstance(kind, types.IntegerLiteral):
        kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) and kind != types.uint64 else kind


@inner
def copy(to: Any, source: Any) -> None:
    """Copy an array to another of its shape. `to[:] = source` would compile Numba's shape errors too: 3 seconds."""
    if to.shape != source.shape:
        raise ValueError("copy: found arrays of two shapes, expected one")
    for place in np.ndindex(to.shape):
        to[place] = source[place]
