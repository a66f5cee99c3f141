"""Pools of worker processes that end with the process that started them."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager


@contextmanager
def process_pool(workers: int, initializer: Callable[[], None] | None = None) -> Iterator[ProcessPoolExecutor]:
    """A pool of new processes. If an exception such as Ctrl-C leaves its block, running work is ended too.

    Args:
        workers: how many.
        initializer: called once in each process; must be importable from a module.
    """
    others = multiprocessing.active_children()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=_begin, initargs=(initializer,)) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                if process not in others:
                    process.kill()
            raise


def _begin(initializer: Callable[[], None] | None) -> None:
    """Ctrl-C at a terminal reaches every process: the workers end at once and print nothing."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if initializer is not None:
        initializer()
