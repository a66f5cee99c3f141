"""Choosing where torch runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def resolve_device(device: str = "auto") -> torch.device:
    """The torch device for `"auto"` (CUDA where there is one), `"cpu"`, `"cuda"`, `"cuda:1"`; else `ValueError`."""
    check_device(device)
    import torch

    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(device)


def check_device(device: Any) -> None:
    """Raise `ValueError` for a device that does not exist. Call it before long work that needs the device only later.

    Torch is imported only to check CUDA devices.
    """
    named = re.fullmatch(r"auto|cpu|cuda(?::(\d+))?", str(device))
    if named is None:
        raise ValueError(f"device: {device!r}, expected 'auto', 'cpu' or 'cuda'")
    if not str(device).startswith("cuda"):
        return
    import torch

    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if not count:
        raise ValueError(f"device: {device!r}, but this machine has no CUDA device that torch can use")
    if int(named[1] or 0) >= count:
        raise ValueError(f"device: {device!r}, but the CUDA devices of this machine are numbered 0 to {count - 1}")


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit torch to one CPU thread: small networks gain nothing from more, and lose much on a busy machine."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
