"""Compiling kernels: binding the batch loops to them, and a disk cache that cannot go stale.

Numba's own cache checks the time stamp of one file only. Here each kernel's cache folder is named after a digest of
every source file that the kernel is built from, so a change to any of them leads to a new folder.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import itertools
import os
import pickle
import sys
import sysconfig
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import numba
import numpy as np
from numba import njit, prange
from numba.core.bytecode import FunctionIdentity
from numba.core.caching import IndexDataCacheFile

from . import batch
from .inner import __file__ as inner_file
from .inner import inner
from .tell import __file__ as tell_file
from .tell import tell
from .threads import load_tbb

_LIBRARIES = {"site-packages", "dist-packages"}
_STANDARD = Path(sysconfig.get_path("stdlib"))
_STARTED = time.time()
_TEMPLATES = (batch.__file__, inner_file, tell_file, __file__)  # every kernel is compiled with these
_LOCK = threading.RLock()  # Numba reads the cache folder from a global while a function is being declared


def sources(module: str) -> list[Path]:
    """The source files of a module: its own and, transitively, those of its imports that may be edited.

    These are its own package, this one, and anything else that is not installed in a library folder. Empty if the
    module has no file.
    """
    ours = {module.partition(".")[0], __name__.partition(".")[0]}

    def edited(name: str) -> bool:
        top = name.partition(".")[0]
        return top in ours or not _is_library(top)

    found: dict[str, Path] = {}
    pending = [module]
    while pending:
        name = pending.pop()
        path = None if name in found else _file(name)
        if path is None:
            continue  # seen, or a name inside a module
        found[name] = path
        parent = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                pending += [alias.name for alias in node.names if edited(alias.name)]
            elif isinstance(node, ast.ImportFrom):
                base = importlib.util.resolve_name("." * node.level + (node.module or ""), parent)
                names = [f"{base}.{alias.name}" for alias in node.names if edited(base)]
                pending += [name if _file(name) else base for name in names]
    return sorted(found.values())


@cache
def _sources(module: str) -> tuple[Path, ...]:
    return tuple(sources(module))


@cache
def _is_library(top: str) -> bool:
    """Whether a top-level module is built in, in the standard library, or an installed package."""
    path = _file(top)
    return path is None or bool(_LIBRARIES & set(path.parts)) or path.is_relative_to(_STANDARD)


def _file(module: str) -> Path | None:
    """A module's source file, or None if there is no such module or it has no file."""
    try:
        spec = importlib.util.find_spec(module)
        origin = spec.origin if spec else None
    except Exception:  # a name in a module; a script, which has no spec; a package that cannot be imported here
        origin = getattr(sys.modules.get(module), "__file__", None)
    return Path(origin) if origin and origin.endswith(".py") else None


def digest(files: list[Path]) -> str:
    """A name for the contents of some files and the compiler that reads them."""
    state = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for path in files:
        state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()[:16]


def cache_root() -> Path:
    """The folder of compiled kernels: $IGE_CACHE_DIR, `ige` under the user's cache folder, or a temporary one."""
    chosen = os.environ.get("IGE_CACHE_DIR")
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        root = Path(chosen).expanduser() if chosen else (Path(base) if base else Path.home() / ".cache") / "ige"
        root.mkdir(parents=True, exist_ok=True)
        if os.access(root, os.W_OK):
            return root
    except (OSError, RuntimeError):  # not writable; no home
        pass
    return _private_folder()


@cache
def _private_folder() -> Path:
    """A folder private to this process: compiled code is pickled, and nobody else may plant pickles there."""
    return Path(tempfile.mkdtemp(prefix="ige-"))


@cache
def cache_folder(*modules: str) -> Path:
    """The cache folder for code compiled from one or several kernel modules, given their current sources.

    Numba's own cache does not tell code with bounds checks, without optimisation or for debuggers from other code.
    """
    files = sorted({path for module in modules for path in _sources(module)})
    name = "+".join(module.rpartition("ige.")[2] for module in modules)
    config: Any = numba.config
    set_otherwise = {"bounds": config.BOUNDSCHECK, "debug": config.DEBUGINFO_DEFAULT, "opt": int(config.OPT) != 3}
    suffix = "".join(f"-{what}" for what, is_set in set_otherwise.items() if is_set)
    return cache_root() / "kernels" / f"{name}-{digest([*files, *map(Path, _TEMPLATES)])}{suffix}"


def _name_apart() -> None:
    """Make the symbol names of this process's machine code unique.

    Numba names machine code by counters that start from 1 in every process, one for functions and one for record
    types. Code that two processes compiled for records of different sizes could share a name. In a third process that
    reads both from the cache, the linker would run one in place of the other, which writes outside its records.
    """
    FunctionIdentity._unique_ids = itertools.count(int.from_bytes(os.urandom(6), "little"))


_name_apart()


class _CacheFile(IndexDataCacheFile):
    """Numba's cache files, made safe for concurrent processes; a damaged file is compiled anew."""

    _CHECK = 32  # bytes of the SHA-256 digest that precedes the data

    def _data_name(self, number: int) -> str:
        """A name that no other process chooses.

        Numba numbers the files of a function. Two processes that compile it for two types at once may choose the same
        number. The index would then lead one type to the machine code of the other, which writes outside its records.
        """
        return f"{self._index_name.removesuffix('.nbi')}.{uuid.uuid4().hex}.nbc"

    def _load_index(self) -> Any:
        try:
            return super()._load_index()
        except Exception:  # a damaged pickle may raise anything
            return {}

    def _load_data(self, name: str) -> Any:
        data = Path(self._data_path(name)).read_bytes()
        if hashlib.sha256(data[self._CHECK :]).digest() != data[: self._CHECK]:
            raise OSError(f"{name} is damaged")  # `load` treats this like a missing file
        return pickle.loads(data[self._CHECK :])

    def _save_data(self, name: str, data: Any) -> None:
        dumped = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(hashlib.sha256(dumped).digest() + dumped)


class OneAtATime:
    """A function compiled for threads, which two Python threads never call at once.

    Numba's portable thread pool ("workqueue") kills the process when they do.
    """

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *arguments: Any) -> Any:
        with _one_at_a_time:
            return self.function(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)


_one_at_a_time = threading.Lock()


def _in_forked_child() -> None:
    """Give a forked child its own names and a new lock: no thread is left to release one that its parent held."""
    global _one_at_a_time
    _name_apart()
    _one_at_a_time = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)


def machine_code(function: Any, arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """The machine code that a compiled function runs for arguments of these types; it was called with them before."""
    code = function.get_overload(tuple(map(function.typeof_pyval, arguments)))
    return OneAtATime(code) if isinstance(function, OneAtATime) else code


def compiled(function: Callable[..., Any], *modules: str, parallel: bool = False) -> Any:
    """`njit` with the disk cache; the sources of `modules` (default: the function's own) name the cache folder.

    A function without a source file (a notebook's cell), or whose source was edited after this process began and so may
    differ from what was imported, is compiled for this process only.
    """
    config: Any = numba.config
    if config.DISABLE_JIT:
        raise ValueError(f"NUMBA_DISABLE_JIT: found {config.DISABLE_JIT}, expected 0: kernels only run compiled")
    if parallel:
        load_tbb()
    modules = modules or (function.__module__,)
    files = [path for module in modules for path in _sources(module)]
    if not all(map(_sources, modules)) or any(path.stat().st_mtime > _STARTED for path in files):
        made: Any = njit(parallel=parallel)(function)
        return OneAtATime(made) if parallel else made
    with _LOCK:
        before = config.CACHE_DIR
        config.CACHE_DIR = str(cache_folder(*modules))
        try:
            made = njit(cache=True, parallel=parallel)(function)
        finally:
            config.CACHE_DIR = before
    where = made._cache._impl
    made._cache._cache_file = _CacheFile(
        where.locator.get_cache_path(), where.filename_base, where.locator.get_source_stamp()
    )
    return OneAtATime(made) if parallel else made


class Loops(NamedTuple):
    """The batch loops of one kernel, compiled on their first call (or read from the cache)."""

    reset: Any
    step: Any
    observe: Any


@inner
def _always_legal(state: Any, params: Any, mask: Any) -> None:
    pass


@inner
def _no_limit(state: Any, params: Any) -> int:
    return 0


@inner
def _all(params: Any) -> Any:
    return params


def defaults() -> dict[str, Any]:
    """The defaults for a kernel's optional functions."""
    return {"legal": _always_legal, "limit": _no_limit, "step_params": _all}


@cache
def bind(module: str, parallel: bool, observe: str = "observe", multi_agent: bool = False) -> Loops:
    """Bind the templates of `batch` to a kernel module; `observe` as in `Kernel`.

    Each gets the kernel's globals, so that everything inlines; the kernel's own cache folder keeps it apart from the
    same template bound to another kernel. `multi_agent`: several agents act in each row. The templates may serve
    another driver (CUDA) later.
    """
    return Loops(*_advancing(module, parallel, multi_agent), _observing(module, parallel, observe))


def observing(module: str, observe: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The names that the observing loop calls, with their functions, and the modules whose sources decide them.

    A module that observes for another module's kernel takes `legal` and `step_params` from it, unless it has its own.
    """
    place, _, name = observe.rpartition(":")
    home, there = (vars(importlib.import_module(each)) for each in (module, place or module))
    calls = {key: there.get(key, home.get(key, default)) for key, default in defaults().items()}
    return {**calls, "observe": there[name]}, tuple(dict.fromkeys((module, place or module)))


@cache
def _advancing(module: str, parallel: bool, multi_agent: bool) -> tuple[Any, Any]:
    kernel = vars(importlib.import_module(module))
    scope = {**defaults(), **kernel, "prange": prange, "multi_agent": multi_agent}
    scope["begin_episode"] = inner(FunctionType(batch.begin_episode.__code__, scope))
    return _bound(batch.reset_rows, scope, (module,), parallel), _bound(batch.step_rows, scope, (module,), parallel)


@cache
def _observing(module: str, parallel: bool, observe: str) -> Any:
    calls, modules = observing(module, observe)
    return _bound(batch.observe_rows, {**calls, "prange": prange, "tell": tell}, modules, parallel, f"_{observe}")


def _bound(template: Any, scope: dict[str, Any], modules: tuple[str, ...], parallel: bool, suffix: str = "") -> Any:
    bound = FunctionType(template.__code__, scope, template.__name__)
    bound.__module__ = modules[0]
    suffix = suffix.replace(":", "_").replace(".", "_")
    bound.__qualname__ = f"{template.__name__}{suffix}_{'parallel' if parallel else 'serial'}"
    return compiled(bound, *modules, parallel=parallel)
