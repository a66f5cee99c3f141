"""Ctrl-C for the `ige` command, whatever it is doing.

Python handles an interruption only between two of its own instructions; compiled loops, compilers and solvers in C++
may run for minutes without one. So the command works in a child process, and its parent, which only waits, ends it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

INTERRUPTED = 128 + signal.SIGINT  # as in shells
PATIENCE = 1.5  # seconds for the work to clean up before it is killed
_is_child = False


class _Told(Exception):
    """This process received a signal."""


def supervised(work: Callable[[], NoReturn]) -> NoReturn:
    """Run `work` in a child process and exit with its code; a second or two after Ctrl-C at the latest.

    Where there is no fork (Windows), `work` runs in this process.
    """
    if not hasattr(os, "fork"):
        work()
    # Ignored signals stay ignored: hang-ups under nohup, interruptions of a script's background jobs.
    signals = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = [signal.signal(number, _tell) for number in signals]
    child = os.fork()
    if child == 0:
        global _is_child
        _is_child = True
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
        if signal.SIGINT in signals:
            signal.signal(signal.SIGINT, _interrupt_once)
        _end_with_parent()
        work()
    try:
        _, status = os.waitpid(child, 0)
    except _Told as told:
        [number] = told.args
        for other in signals:
            signal.signal(other, signal.SIG_IGN)
        os.kill(child, number)
        status = _waited(child)
    code = os.waitstatus_to_exitcode(status)
    if code == INTERRUPTED:
        say_interrupted()
    sys.exit(code if code >= 0 else 128 - code)


def _tell(number: int, frame: FrameType | None) -> NoReturn:
    raise _Told(number)


def _waited(child: int) -> int:
    """The status of a child that was told to end; it is killed if it does not."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return INTERRUPTED << 8  # the status of an exit with this code


def say_interrupted() -> None:
    """Tell the user once that the command was interrupted, and how to continue; the parent prints for its child."""
    if not _is_child:
        resumed = "; the same command resumes it" if sys.argv[1:2] == ["reproduce"] else ""
        print(f"ige: interrupted{resumed}", file=sys.stderr)


def _interrupt_once(number: int, frame: FrameType | None) -> NoReturn:
    """The terminal and the parent both send the signal: the second one must not disturb the clean-up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.unraisablehook = lambda unraisable: None  # a compiler's callback would swallow and print the exception
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """Linux: die with the parent, since nobody could interrupt this process afterwards."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
