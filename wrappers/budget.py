"""Counting what a solver spends, independently of the solver."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

import gymnasium as gym


class BudgetExhausted(Exception):
    """Raised instead of a step that the budget does not cover; the environment has not been stepped."""


class Usage(Protocol):
    """The usage of a model so far, as `ige.solvers.foundation.Usage` counts it."""

    @property
    def calls(self) -> int: ...
    @property
    def tokens_in(self) -> int: ...
    @property
    def tokens_out(self) -> int: ...


@dataclass(frozen=True)
class Budget:
    """Limits; None means unlimited.

    Attributes:
        env_steps: executed environment steps, including illegal and repeated ones; returning to a snapshot is free.
        model_calls: queries to the model.
        tokens: input and output tokens.
    """

    env_steps: int | None = None
    model_calls: int | None = None
    tokens: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            limit = getattr(self, field.name)
            try:
                limit = None if limit is None else operator.index(limit)
            except TypeError:
                limit = -1
            if limit is not None and limit < 0:
                found = getattr(self, field.name)
                raise ValueError(f"Budget.{field.name}: found {found!r}, expected an integer from 0 or None")
            object.__setattr__(self, field.name, limit)  # a plain int, which JSON can hold


@dataclass(frozen=True)
class Spent:
    """The amounts spent: steps, episodes begun, returns to a snapshot, model calls, tokens."""

    env_steps: int = 0
    episodes: int = 0
    returns: int = 0
    model_calls: int = 0
    tokens: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class CountBudget(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Count steps, episodes and returns, and the given model's usage; refuse a step that would exceed the budget.

    Args:
        env: any environment; calls of `set_state` are counted if it has that method.
        budget: the limits, or their names and values. A limit on model calls or tokens is enforced at the next step,
            which is refused once the limit is reached.
        usage: the model's own counter, which is read but not changed; only increases from now on count. It is not part
            of the spec, and a copied wrapper reads a copy of it.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        budget: Budget | Mapping[str, int | None] | None = None,
        usage: Usage | None = None,
    ) -> None:
        self.budget = budget if isinstance(budget, Budget) else Budget(**(budget or {}))
        gym.utils.RecordConstructorArgs.__init__(self, budget=asdict(self.budget))
        super().__init__(env)
        self._usage = usage
        self._steps = self._episodes = self._returns = 0
        self._before = self._used()

    @property
    def spent(self) -> Spent:
        calls, tokens = self._used()
        return Spent(self._steps, self._episodes, self._returns, calls - self._before[0], tokens - self._before[1])

    def _used(self) -> tuple[int, int]:
        usage = self._usage
        return (usage.calls, usage.tokens_in + usage.tokens_out) if usage is not None else (0, 0)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        result = self.env.reset(seed=seed, options=options)
        self._episodes += 1
        return result

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self.check()
        result = self.env.step(action)
        self._steps += 1  # counted afterwards: an action that raised was not executed
        return result

    def set_state(self, state: Any) -> None:
        """Return to a snapshot of the wrapped environment."""
        self.env.get_wrapper_attr("set_state")(state)
        self._returns += 1

    def check(self) -> None:
        """Raise `BudgetExhausted` if a limit is reached."""
        spent, budget = self.spent, self.budget
        if budget.env_steps is not None and spent.env_steps >= budget.env_steps:
            raise BudgetExhausted(f"env_steps: spent {spent.env_steps} of {budget.env_steps}")
        for name in ("model_calls", "tokens"):
            limit = getattr(budget, name)
            if limit is not None and getattr(spent, name) >= limit:
                raise BudgetExhausted(f"{name}: spent {getattr(spent, name)} of {limit}")
