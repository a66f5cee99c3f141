"""Trained networks on disk: trained once, then read; file names are digests of everything they depend on."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch

from ...envs.core.compile import cache_root
from .code import Code
from .files import write

T = TypeVar("T")


def built(code: Code) -> str:
    """What weights depend on besides their configuration: the code that trains them, and torch."""
    return f"{code.digest()} torch {torch.__version__.partition('+')[0]}"


def cache_file(name: str, config: Mapping[str, Any], folder: Path | None = None) -> Path:
    """Where the weights of a configuration (JSON-able) are kept."""
    described = json.dumps(config, sort_keys=True)
    return (folder or cache_root() / "models") / f"{name}-{hashlib.sha256(described.encode()).hexdigest()[:16]}.pt"


def load_or_make(
    path: Path, load: Callable[[dict[str, Any]], T], make: Callable[[], T], save: Callable[[T], dict[str, Any]]
) -> T:
    """What `load` makes of a file's contents. Where the file is missing or damaged, `make` creates and stores it."""
    if path.exists():
        try:
            return load(torch.load(path, weights_only=True))
        except Exception:  # whatever is wrong with a cache file, training again fixes it
            pass
    made, buffer = make(), io.BytesIO()
    torch.save(save(made), buffer)
    write(path, lambda file: file.write(buffer.getvalue()))
    return made
