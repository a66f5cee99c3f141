"""Extracting the action from a language agent's answer with reasoning, numbering, quotation marks or code fences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..envs.core.text import ParseError, plain

_FENCED = re.compile(r"```[^\n`]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_NAMED = re.compile(r"(?:^|[.!?]\s)\W*(?:final )?(?:action|answer|command|move)\W*?[:=]\s*(.*)$", re.I | re.M)
_NUMBERING = re.compile(r"^\s*(?:[-*>•]+|\(?\d{1,3}[.):](?=\s))\s*")
_AROUND = " \t\r\n\"'`*_“”‘’.!"


def parse_leniently(text: str, parse: Callable[[str], Any], commands: Sequence[str] = ()) -> Any:
    """The action that an answer means, even where `parse` alone would reject the text around it.

    These are tried in turn: the answer as it is; text quoted as code; text after "Action:" (or "Answer:", "Command:",
    "Move:"); its lines, without numbering, quotation marks and full stops; the `commands` whose words occur in it. The
    first of these that contains actions decides. Text before `</think>` is skipped.

    Args:
        text: the answer.
        parse: maps a command to an action; raises `ParseError` if it means none.
        commands: the commands that are possible now.

    Raises:
        ParseError: no action is found, or several different ones.
    """
    answer = text.rpartition("</think>")[2]
    if answer.lstrip().startswith("<think>"):
        raise ParseError(f"action: found an unfinished thought {_short(answer)}, expected an action after </think>")
    for candidates in _stages(answer, commands):
        found: dict[str, Any] = {}
        for candidate in candidates:
            try:
                found.setdefault(candidate, parse(candidate))
            except ParseError:
                continue
        actions = list(found.values())
        if any(not np.array_equal(action, actions[0]) for action in actions):
            raise ParseError(f"action: found {' and '.join(map(repr, found))} in {_short(answer)}, expected one action")
        if actions:
            return actions[0]
    return parse(answer)  # its error says what was expected


def _stages(answer: str, commands: Sequence[str]) -> Iterator[Iterable[str]]:
    yield (answer, _bare(answer))
    fenced = ["".join(parts) for parts in _FENCED.findall(answer)]
    yield map(_bare, fenced)
    named = _NAMED.findall(answer)
    yield map(_bare, named[-1:])
    yield (_bare(_NUMBERING.sub("", line)) for line in answer.splitlines())
    yield _occurring(named[-1] if named else answer, commands)


def _bare(text: str) -> str:
    return text.strip(_AROUND)


def _occurring(answer: str, commands: Sequence[str]) -> Iterator[str]:
    """The commands whose words occur in the answer, longer ones first; each word counts for one command only."""
    left = plain(answer)
    for command in sorted(commands, key=len, reverse=True):
        left, count = re.subn(rf"(?<!\w){re.escape(plain(command))}(?!\w)", "\0", left)
        if count:
            yield command


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 80 else f"{line[:77]}...")
