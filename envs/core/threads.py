"""Which threads run compiled loops in parallel: TBB's, where its package is installed.

OpenMP's threads wait for each other at the end of every loop. On a machine whose cores are busy, a loop then takes as
long as the operating system leaves one of the threads waiting. TBB's threads take over each other's work instead.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.metadata
from functools import cache
from typing import Any

import numba

_LIBRARIES = {"libtbb.so.12", "libtbb.12.dylib", "tbb12.dll"}


@cache
def load_tbb() -> bool:
    """Load TBB's library, which pip puts where no loader looks, so that Numba finds it; whether Numba will use it.

    Call it before the first parallel loop runs. It changes nothing if the user has chosen a threading layer.
    """
    config: Any = numba.config
    if config.THREADING_LAYER != "default":
        return bool(config.THREADING_LAYER == "tbb")
    try:
        files = importlib.metadata.files("tbb") or []
        for file in files:
            if file.name in _LIBRARIES:
                ctypes.CDLL(str(file.locate()), ctypes.RTLD_GLOBAL)
        importlib.import_module("numba.np.ufunc.tbbpool")  # Numba's half, which needs the library
    except (importlib.metadata.PackageNotFoundError, OSError, ImportError):
        return False
    return True
