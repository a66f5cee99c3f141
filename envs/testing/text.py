"""Actions in words: text that an environment shows for an action is parsed as that action."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from ..core.check import short
from ..core.text import has_text, text_interface
from .report import Complaints, NotApplicable, one_line
from .subject import Subject, ask, differs, load, save, told
from .within import ACTIONS, every_action, stops


def action_text(subject: Subject, seeds: Sequence[int]) -> Complaints:
    """`parse_action` recovers every legal action from its `action_text`, and from the line of `describe` that holds it.

    Another action of the same effect counts as equal: equal numbers make equal operations.
    """
    for seed, env, calls, outcome in stops(subject, seeds):
        if not has_text(env):
            raise NotApplicable("no text interface")
        saved, lines = save(env), str(ask(env, "describe") or "").splitlines()
        for action in _legal(env, outcome[-1], seed):
            env = load(env, saved)
            text = text_interface(env).action_text(action)
            if not isinstance(text, str) or not text.strip() or "\n" in text:
                yield told([*calls, action], f"action_text: found {short(text)}, expected one line of text")
                continue
            for said in (text, *(line for line in lines if line.startswith(f"{text} "))):
                yield told(calls, _misread(env, saved, action, said))
        load(env, saved)


def _misread(env: gym.Env[Any, Any], saved: Any, action: Any, said: str) -> str | None:
    """How `parse_action` misreads the words for an action, in one line."""
    try:
        meant = text_interface(load(env, saved)).parse_action(said)
    except Exception as error:
        return f"parse_action({said!r}): {one_line(error)}"
    if np.array_equal(meant, action):
        return None
    try:
        found, expected = (deepcopy(load(env, saved).step(one)) for one in (meant, action))
    except Exception as error:
        return f"parse_action({said!r}): found {short(meant)}: {one_line(error)}"
    difference = differs(found, expected)
    return difference and f"parse_action({said!r}): found {short(meant)}, expected {short(action)}: {difference}"


def _legal(env: gym.Env[Any, Any], info: dict[str, Any], seed: int) -> list[Any]:
    """The legal actions, or a sample where there are too many; all actions where nothing tells which are legal."""
    space, mask = env.action_space, info.get("action_mask")
    if isinstance(space, spaces.Discrete) and mask is not None:
        legal = np.flatnonzero(mask)
        if len(legal) > ACTIONS:
            legal = np.random.default_rng(seed).choice(legal, ACTIONS, replace=False)
        return [int(space.start) + int(index) for index in legal]
    saved = save(env)
    tried = every_action(space, seed)
    legal_ones = [action for action in tried if not load(env, saved).step(action)[-1].get("illegal", False)]
    load(env, saved)
    return legal_ones
