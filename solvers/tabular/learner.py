"""Learners for tabular MDPs by name: with a live environment, or for many instances at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...envs.core.check import integer, number
from ...envs.core.compile import compiled
from ...envs.core.rng import uniform, words
from ...envs.tabular import oracle
from ...envs.tabular.env import TabularMDP
from ...envs.tabular.kernel import pick
from ...envs.tabular.mdp import SafeMDP
from ..core.outcome import Outcome
from . import learning

SCALE = 0.1  # c, scale of the bonuses: the theory is proven for 1, which takes many more episodes
PLANNER = "value-iteration"
LEARNERS = {
    "ucbvi": learning.UCBVI,
    "stepmix": learning.STEPMIX,
    "epsmix": learning.EPSMIX,
    "cumulative": learning.CUMULATIVE,
    "baseline": learning.BASELINE,
}
SAFE = ("stepmix", "epsmix", "cumulative", "baseline")  # those that need a baseline


@dataclass(frozen=True, eq=False)
class Learned:
    """Exact values from the start.

    Attributes:
        values: float64 (instances, episodes), values of the policy played in each episode.
        best: float64 (instances,), values of the best policy.
        gamma_c: float64 (instances,), the least value allowed; 0 without a constraint.
    """

    values: NDArray[np.float64]
    best: NDArray[np.float64]
    gamma_c: NDArray[np.float64]

    @property
    def regret(self) -> NDArray[np.float64]:
        """Cumulative regret over the episodes, (instances, episodes)."""
        return np.cumsum(self.best[:, None] - self.values, axis=1)

    @property
    def violations(self) -> NDArray[np.int64]:
        """Episodes whose policy was worth less than `gamma_c`, (instances,)."""
        return (self.values < self.gamma_c[:, None] - 1e-9).sum(1)


def _known(name: str, safe: bool) -> int:
    """The method of a learner; `ValueError` for one that does not exist or that lacks its baseline."""
    known = [learner for learner in LEARNERS if safe or learner not in SAFE]
    if name not in known:
        raise ValueError(f"solver: {name!r}, expected one of {', '.join(map(repr, [PLANNER, *known]))}")
    return LEARNERS[name]


def _face(env: Any) -> TabularMDP:
    core = env.unwrapped
    if not isinstance(core, TabularMDP):
        raise ValueError(f"env: {type(core).__name__}, expected ige/TabularMDP-v0 or ige/ConservativeMDP-v0")
    return core


def _tables(core: TabularMDP) -> tuple[Any, ...]:
    """Transitions and rewards of each step, initial distribution, baseline and `gamma_c` of the current instance."""
    mdp = core.instance
    horizon = core.horizon
    shape = (horizon, core.states, core.actions)
    safe = isinstance(mdp, SafeMDP)
    return (
        np.broadcast_to(mdp.transitions, (*shape, core.states)),
        np.broadcast_to(mdp.rewards, shape),
        mdp.initial,
        mdp.baseline_policy if safe else np.zeros(shape),
        mdp.gamma_c if safe else 0.0,
    )


class Learner:
    """Learns one instance of a `TabularMDP` or `ConservativeMDP` over many episodes of a live environment.

    It knows the sizes, the baseline and `gamma_c`, not the tables.

    Args:
        name: one of `LEARNERS`.
        env: an environment in an episode of the instance.
        episodes: how many there will be; the confidence depends on it.
        scale: c, the scale of the bonuses.
        seed: seed of its own draws.

    Attributes:
        policy: float64 (H, S, A), the policy of this episode.
        share: the probability of the policy in EpsMix's coin flip; 1 for other learners.
    """

    def __init__(self, name: str, env: Any, episodes: int = 1000, scale: float = SCALE, seed: int = 0) -> None:
        core = _face(env)
        *_, self._initial, self._baseline, self._gamma = _tables(core)
        self._method = _known(name, isinstance(core.instance, SafeMDP))
        self._scale = number("scale", scale, 0)
        self._horizon, self._states, self._actions = shape = (core.horizon, core.states, core.actions)
        self._counts, self._rewards = np.zeros((*shape, core.states)), np.zeros(shape)
        self._best, self.policy = np.zeros(shape), np.zeros(shape)
        self._values = np.zeros((core.horizon + 1, core.states))
        self._log = learning.confidence(self._counts, integer("episodes", episodes, 1))
        self._episode, self._banked, self.share = 0, 0.0, 1.0
        self._rng = words(np.array([integer("seed", seed, 0, 2**64 - 1)], np.uint64))[0]
        self._last: tuple[int, int] | None = None
        self._played: NDArray[np.float64] | None = None

    def act(self, observation: dict[str, Any]) -> int:
        """The next action; at step 0 the episode's policy is planned."""
        step, state = self._shown(observation, self._horizon - 1)
        if step == 0:
            self._played = self._planned()
        if self._played is None:
            raise ValueError(f"observation['step']: {step}, expected 0: a policy is planned when an episode begins")
        self._last = step, state
        return int(pick(self._rng, self._played[step, state]))

    def update(self, action: int, reward: float, observation: dict[str, Any]) -> None:
        """Learn from a step; `observation` is the one after it."""
        taken = integer("action", action, 0, self._actions - 1)
        seen, (_, after) = number("reward", reward, 0, 1), self._shown(observation, self._horizon)
        if self._last is None:
            raise ValueError("action: update was called before act, expected act(observation) to choose it")
        self._rewards[(*self._last, taken)] = seen
        self._counts[(*self._last, taken, after)] += 1

    def _shown(self, observation: dict[str, Any], latest: int) -> tuple[int, int]:
        """Step and state of an observation."""
        if not isinstance(observation, dict) or not {"step", "state"} <= observation.keys():
            raise ValueError(f"observation: {type(observation).__name__}, expected a dictionary of step and state")
        step = integer("observation['step']", observation["step"], 0, latest)
        return step, integer("observation['state']", observation["state"], 0, self._states - 1)

    def _planned(self) -> NDArray[np.float64]:
        """The policy that this episode plays."""
        bound = (self._counts, self._rewards, self._scale, self._log)
        self.share = learning.choose(
            self._method, *bound, self._initial, self._baseline, self._gamma, self._banked, self._episode, self._best,
            self.policy, self._values,
        )  # fmt: skip
        if self._method == learning.CUMULATIVE:
            low = learning.pessimistic(*bound, self.policy, self._initial, self._values)
            self._banked += low if self.share > 0 else max(low, self._gamma)
            self.share = 1.0
        played = self.share == 1.0 or uniform(self._rng) < self.share
        self._episode += 1
        return self.policy if played else self._baseline


_learn_rows = compiled(learning.learn_rows, learning.__name__, parallel=True)


def learn_all(name: str, env: Any, seeds: Sequence[int], episodes: int, scale: float = SCALE, seed: int = 0) -> Learned:
    """Learn the instances that `env.reset(seed=s)` draws, all in one compiled loop on all threads.

    Args:
        name: one of `LEARNERS`.
        env: a `TabularMDP` or `ConservativeMDP`.
        seeds: seeds of the instances.
        episodes: episodes of each instance.
        scale: c, the scale of the bonuses.
        seed: seed of the draws while learning.
    """
    core = _face(env)
    starts = [integer(f"seeds[{i}]", start, 0) for i, start in enumerate(seeds)]
    episodes, scale = integer("episodes", episodes, 1), number("scale", scale, 0)
    method = _known(name, issubclass(type(core).instance_class, SafeMDP))
    rows, best = [], []
    for start in starts:
        core.reset(seed=start)
        rows.append(_tables(core))
        best.append(-core.comparator().loss)
    tables = [np.ascontiguousarray(np.stack(column), np.float64) for column in zip(*rows, strict=True)]
    first = integer("seed", seed, 0, 2**63)
    rng = words(np.arange(first, first + len(rows), dtype=np.uint64))
    values = np.zeros((len(rows), episodes))
    _learn_rows(method, *tables, episodes, scale, rng, values)
    return Learned(values, np.array(best), tables[-1])


@dataclass(frozen=True)
class Result(Outcome):
    """A solver's result on one instance.

    Attributes:
        solver: the solver's name.
        episodes: number of episodes played.
        value: exact value of the last policy.
        best: value of the best policy.
        regret: cumulative regret over the episodes.
        gamma_c: the least value allowed, None without a constraint.
        violations: episodes below it.
    """

    solver: str
    episodes: int
    value: float
    best: float
    regret: float
    gamma_c: float | None
    violations: int

    def as_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    def __str__(self) -> str:
        text = (
            f"{self.solver}: {self.episodes:,} episodes, last policy worth {self.value:.4f} of {self.best:.4f}, "
            f"regret {self.regret:,.2f}"
        )
        if self.gamma_c is None:
            return text
        return f"{text}; {self.violations:,} episodes below the {self.gamma_c:.4f} that is allowed"


def solve(env: Any, solver: str | None = None, seed: int = 0, episodes: int = 5000) -> Result:
    """Solve the instance that `env.reset(seed=seed)` draws; the default is StepMix, or UCBVI without a baseline."""
    core = _face(env)
    safe = issubclass(type(core).instance_class, SafeMDP)
    solver = solver or ("stepmix" if safe else "ucbvi")
    if solver == PLANNER:
        core.reset(seed=seed)
        best = oracle.optimal_value(core.instance, core.horizon)
        value = core.value(oracle.optimal_policy(core.instance, core.horizon))
        return Result(solver, 0, value, best, 0.0, float(core.instance.gamma_c) if safe else None, 0)
    found = learn_all(solver, env, [seed], episodes, seed=seed)
    return Result(
        solver,
        episodes,
        float(found.values[0, -1]),
        float(found.best[0]),
        float(found.regret[0, -1]),
        float(found.gamma_c[0]) if safe else None,
        int(found.violations[0]),
    )
