"""Go-Explore with three pluggable decisions; graph search, classic and Intelligent Go-Explore are settings of it.

Source: Lu, Hu, Clune 2024, Intelligent Go-Explore, arXiv 2405.15143; the classic: Ecoffet et al. 2021.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym

from ...wrappers import Budget, BudgetExhausted
from ..core.solution import Solution
from ..foundation import FoundationModel, Usage
from . import decisions
from .decisions import ChooseAction, ChooseState, Keep
from .task import Entry, Step, Task, Trail, search_rng


@dataclass(frozen=True)
class GoExplore:
    """Keep promising states, return to one and explore from there, until success or the end of the budget.

    Attributes:
        state, action, keep: the three decisions (`decisions.py`).
        explore: actions per return; None explores to the end of the episode.
        refill: when every action of every kept state was tried, offer them all again; else stop as "exhausted".
        remember: offer only actions not yet tried in a state; False gives a restart agent that forgets.
        legal_only: offer only legal actions; by default illegal ones are tried too, at the cost of one step each.
        horizon: moves in an episode, counted from the start along the kept path; None leaves it to the environment.
        key: identifies states by what is seen (the observation and the way to it) instead of by the true state.
        usage: usage of the model behind the decisions, so that its calls and tokens count against the budget.
    """

    state: ChooseState
    action: ChooseAction
    keep: Keep
    explore: int | None = None
    refill: bool = True
    remember: bool = True
    legal_only: bool = False
    horizon: int | None = None
    key: Callable[[Trail], bytes] | None = None
    usage: Usage | None = None

    def solve(
        self,
        env: gym.Env[Any, Any],
        *,
        seed: int | None = None,
        budget: Budget | None = None,
        options: dict[str, Any] | None = None,
    ) -> Solution:
        """Search the episode that `env.reset(seed=seed, options=options)` starts.

        Raises:
            ValueError: the environment has no snapshots.
        """
        return _Search(self, Task(env, seed, options, budget, self.usage, self.legal_only), seed).run()


class _Search:
    """The bookkeeping of one search; it ends with the instance, so nothing leaks from one search to the next."""

    def __init__(self, settings: GoExplore, task: Task, seed: int | None) -> None:
        self.settings, self.task = settings, task
        self.rng = search_rng(seed)
        self.archive: dict[bytes, Entry] = {}
        self.rejected: dict[bytes, Entry] = {}
        start = Entry(
            task.root, task.start, task.start_info, (), 0.0,
            key=self._key(), untried=task.actions(), trail=task.trail,
        )  # fmt: skip
        self.all_actions = {start.key: tuple(start.untried)}
        self.archive[start.key] = start

    def run(self) -> Solution:
        try:
            while True:
                candidates = [entry for entry in self.archive.values() if entry.untried and not self._too_deep(entry)]
                if not candidates:
                    if not self.settings.refill or not self._refill():
                        return self._solution("exhausted")
                    continue
                chosen = candidates[self.settings.state(self.task, candidates, self.rng)]
                solution = self._explore(chosen)
                if solution is not None:
                    return solution
        except BudgetExhausted:
            return self._solution("budget")

    def _explore(self, entry: Entry) -> Solution | None:
        """Return to a state and try actions from there on."""
        self.task.return_to(entry)
        actions, total, limit = entry.actions, entry.total_return, self.settings.explore
        taken = 0
        while entry.untried and (limit is None or taken < limit) and not self._too_deep(entry, len(actions)):
            index = self.settings.action(self.task, entry.observation, entry.untried, self.rng)
            action = entry.untried.pop(index) if self.settings.remember else entry.untried[index]
            step = self.task.step(action)
            actions, total, taken = (*actions, action), total + step.reward, taken + 1
            if step.success:
                return self._solution("solved", actions, total)
            if step.over:
                break
            entry = self._arrive(step, actions, total)
        return None

    def _arrive(self, step: Step, actions: tuple[Any, ...], total: float) -> Entry:
        """The entry of the current state: archived, rejected before, or a newcomer to be judged now."""
        key = self._key()
        known = self.archive.get(key) or self.rejected.get(key)
        if known is not None:
            known.visits += 1
            if len(actions) < len(known.actions):
                known.actions, known.total_return, known.snapshot = actions, total, self.task.core.get_state()
                known.trail = self.task.trail
            return known
        snapshot, untried = self.task.core.get_state(), self.task.actions()
        trail = self.task.trail
        entry = Entry(snapshot, step.observation, step.info, actions, total, key=key, untried=untried, trail=trail)
        self.all_actions[key] = tuple(untried)
        kept = self.settings.keep(self.task, list(self.archive.values()), entry, self.rng)
        (self.archive if kept else self.rejected)[key] = entry
        return entry

    def _key(self) -> bytes:
        """The key that identifies the current state."""
        return bytes(self.settings.key(self.task.trail) if self.settings.key else self.task.core.state_key())

    def _too_deep(self, entry: Entry, depth: int | None = None) -> bool:
        horizon = self.settings.horizon
        return horizon is not None and (len(entry.actions) if depth is None else depth) >= horizon

    def _refill(self) -> bool:
        """Offer every action again; False if there is none to offer."""
        for entry in (*self.archive.values(), *self.rejected.values()):
            entry.untried = list(self.all_actions[entry.key])
        return any(entry.untried and not self._too_deep(entry) for entry in self.archive.values())

    def _solution(self, status: str, actions: tuple[Any, ...] = (), total: float = 0.0) -> Solution:
        return Solution(status, actions, total, self.task.spent, len(self.archive), self.task.malformed)


# --- the settings that have names -------------------------------------------------------------------------------------
def depth_first(**settings: Any) -> GoExplore:
    """Expand the newest state with untried actions, first action first, downwards to the end."""
    return GoExplore(decisions.newest, decisions.first, decisions.always, refill=False, **settings)


def breadth_first(**settings: Any) -> GoExplore:
    """Expand the oldest state with untried actions, one action a turn."""
    return GoExplore(decisions.oldest, decisions.first, decisions.always, explore=1, refill=False, **settings)


def random_restarts(**settings: Any) -> GoExplore:
    """Restart again and again with uniform actions; keep and remember nothing."""
    return GoExplore(decisions.oldest, decisions.uniform_action, decisions.never, remember=False, **settings)


def classic(**settings: Any) -> GoExplore:
    """Go-Explore without a model: uniform states, uniform actions, everything kept."""
    return GoExplore(decisions.uniform_state, decisions.uniform_action, decisions.always, **settings)


def intelligent(model: FoundationModel, roles: str = "state action keep", **settings: Any) -> GoExplore:
    """Intelligent Go-Explore; a role left out of `roles` falls back to uniform choice, or to keeping everything."""
    chosen = set(roles.split())
    if unknown := chosen - {"state", "action", "keep"}:
        raise ValueError(f"roles: unknown {sorted(unknown)}, expected some of state, action, keep")
    return GoExplore(
        decisions.state_by_model(model) if "state" in chosen else decisions.uniform_state,
        decisions.action_by_model(model) if "action" in chosen else decisions.uniform_action,
        decisions.keep_by_model(model) if "keep" in chosen else decisions.always,
        usage=model.usage,
        **settings,
    )
