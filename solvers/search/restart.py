"""Restart agents: the same model without an archive. Naive, ReAct (Yao et al. 2022), Reflexion (Shinn et al. 2023)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import gymnasium as gym

from ...wrappers import Budget, BudgetExhausted
from ..core.solution import Solution
from ..foundation import FoundationModel, Query
from . import prompts
from .task import Task, search_rng


@dataclass(frozen=True)
class RestartAgent:
    """Attempt the instance from its start until success; the model chooses among the legal actions.

    Attributes:
        model: chooses the actions; a malformed answer falls back to a uniform choice.
        think: ask for a thought before each choice (ReAct).
        memory: how many of the latest attempts the model is shown (Reflexion); 0 shows none.
    """

    model: FoundationModel
    think: bool = False
    memory: int = 0

    def solve(
        self,
        env: gym.Env[Any, Any],
        *,
        seed: int | None = None,
        budget: Budget | None = None,
        options: dict[str, Any] | None = None,
    ) -> Solution:
        """Attempt the episode that `env.reset(seed=seed, options=options)` starts, over and over."""
        task = Task(env, seed, options, budget, self.model.usage, legal_only=True)
        rng = search_rng(seed)
        lessons: deque[str] = deque(maxlen=self.memory)
        try:
            while True:
                actions: list[Any] = []
                history: list[str] = []
                observation, total, over = task.start, 0.0, False
                while not over:
                    legal = task.actions()
                    if not legal:
                        return Solution("exhausted", (), 0.0, task.spent, 0, task.malformed)
                    query = Query(
                        "action",
                        task.moves(observation, legal),
                        # read at once, before any of these names change
                        lambda: prompts.attempt(task, legal, history, list(lessons), self.think),  # noqa: B023
                    )
                    choice = self.model.choose(query)
                    action = legal[int(rng.integers(len(legal))) if choice.index is None else choice.index]
                    line = task.words.action_text(action)
                    step = task.step(action)
                    history.append(f"{choice.thought} -> {line}" if choice.thought else line)
                    actions.append(action)
                    observation, total, over = step.observation, total + step.reward, step.over
                    if step.success:
                        return Solution("solved", tuple(actions), total, task.spent, 0, task.malformed)
                lessons.append("; ".join(history) + " (failed)")
                task.restart()
        except BudgetExhausted:
            return Solution("budget", (), 0.0, task.spent, 0, task.malformed)


def naive(model: FoundationModel) -> RestartAgent:
    """The model chooses among the legal actions, attempt after attempt, and remembers nothing."""
    return RestartAgent(model)


def react(model: FoundationModel) -> RestartAgent:
    """Naive, with a thought before each choice."""
    return RestartAgent(model, think=True)


def reflexion(model: FoundationModel) -> RestartAgent:
    """ReAct that is shown its last six failed attempts and told to find the mistake."""
    return RestartAgent(model, think=True, memory=6)
