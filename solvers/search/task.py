"""What search needs from an environment, and the interface through which it uses one.

Any environment whose `unwrapped` has `get_state`, `set_state` and `state_key` can be searched. Its text interface is
used only by models that read text, `preview` only by those that read numbers; `well_formed_actions` and `action_masks`
limit the actions tried. Success is `info["is_success"]`; without that key, a termination with a positive reward.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import gymnasium as gym
import numpy as np

from ...envs.core.text import TextInterface, text_interface
from ...wrappers import ArchiveEntry, Budget, CountBudget, Spent
from ..foundation import Usage


@dataclass(frozen=True, eq=False)
class Trail:
    """An observation and the history that led to it, for models with a memory. Compared and hashed by identity."""

    observation: Any
    action: Any = None
    before: Trail | None = None
    info: Mapping[str, Any] = field(default_factory=dict)

    def last(self, n: int) -> list[Trail]:
        """The last n observations up to this one, oldest first; fewer near the start."""
        found: list[Trail] = []
        at: Trail | None = self
        while at is not None and len(found) < n:
            found.append(at)
            at = at.before
        return found[::-1]


@dataclass
class Entry(ArchiveEntry):
    """An archived state under search.

    Attributes:
        untried: the actions not yet tried here, in the environment's order.
        trail: the observations along `actions`.
    """

    key: bytes = b""
    untried: list[Any] = field(default_factory=list)
    trail: Trail | None = None


@dataclass(frozen=True)
class Move:
    """An action as a numeric model sees it: the observation, the action, its preview if there is one, and the trail.

    The trail is the path that was really taken to this state, which need not be the shortest known one.
    """

    observation: Any
    action: Any
    preview: Any = None
    trail: Trail | None = None


@dataclass
class Step:
    """The result of one action."""

    observation: Any
    info: dict[str, Any]
    reward: float
    over: bool
    success: bool


def search_rng(seed: int | None) -> np.random.Generator:
    """The search's own random generator, independent of that of a model with the same seed."""
    return np.random.default_rng(None if seed is None else [seed, 1])


class Task:
    """One instance of an environment under search: steps and returns are counted, texts are read in a copy.

    Args:
        env: the environment; it is reset with `seed` and `options` and wrapped to count `budget`.
        legal_only: offer only the legal actions; else all well-formed ones, as the paper's graph searches do.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        seed: int | None,
        options: dict[str, Any] | None,
        budget: Budget | None,
        usage: Usage | None,
        legal_only: bool,
    ) -> None:
        self.core = cast(Any, env.unwrapped)
        for name in ("get_state", "set_state", "state_key"):
            if not hasattr(self.core, name):
                raise ValueError(f"env: {type(self.core).__name__} has no {name}(), which search needs")
        below: Any = env
        while below is not self.core:
            if isinstance(below, gym.wrappers.TimeLimit):
                raise ValueError("env: TimeLimit counts on when search returns to a state; use the solver's horizon")
            below = below.env
        self._usage, self._malformed_before = usage, usage.malformed if usage else 0
        self.env = CountBudget(env, budget, usage)
        self.legal_only = legal_only
        self._scratch: Any = None
        self.start, self.start_info = self.env.reset(seed=seed, options=options)
        self._options = options
        self.root = self.core.get_state()
        self.trail = self._first = Trail(self.start, info=self.start_info)

    def actions(self) -> list[Any]:
        """The actions that can be tried in the current state, in the environment's order."""
        if self.legal_only and hasattr(self.core, "action_masks"):
            return [int(a) for a in self.core.action_masks().nonzero()[0]]
        if hasattr(self.core, "well_formed_actions"):
            return list(self.core.well_formed_actions())
        return list(range(int(self.core.action_space.n)))

    def step(self, action: Any) -> Step:
        """Take one counted step; raises `BudgetExhausted` when the budget is spent."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.trail = Trail(observation, action, self.trail, info)
        success = bool(info.get("is_success", terminated and reward > 0))
        return Step(observation, info, float(reward), terminated or truncated, success)

    def return_to(self, entry: Entry) -> None:
        """Return to an archived state; counted as a return, but not as a step."""
        self.env.set_state(entry.snapshot)
        self.trail = entry.trail or self._first

    def restart(self) -> None:
        """Start another attempt at the same instance."""
        self.env.reset(options=self._options)
        self.env.env.get_wrapper_attr("set_state")(self.root)  # a return that is not counted
        self.trail = self._first

    def moves(self, observation: Any, actions: Sequence[Any]) -> list[Move]:
        preview = getattr(self.core, "preview", None)
        return [Move(observation, action, preview(action) if preview else None, self.trail) for action in actions]

    @cached_property
    def words(self) -> TextInterface:
        """The environment's text interface; `TypeError` if it has none."""
        return text_interface(self.core)

    def describe(self, state: Any) -> str:
        """The text of any state, read in a copy of the environment, so that this one does not change."""
        if self._scratch is None:
            self._scratch = copy.deepcopy(self.core)
        self._scratch.set_state(state)
        return text_interface(self._scratch).describe()

    def action_texts(self, actions: Sequence[Any]) -> tuple[str, ...]:
        """The actions of the current state as text, with a preview of their results where the environment has one."""
        texts = []
        for action in actions:
            preview = self.words.preview_text(action)
            texts.append(self.words.action_text(action) + (f" (left: {preview})" if preview else ""))
        return tuple(texts)

    @property
    def spent(self) -> Spent:
        return self.env.spent

    @property
    def malformed(self) -> int:
        return self._usage.malformed - self._malformed_before if self._usage else 0
