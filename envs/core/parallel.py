"""The multi-agent interface: a PettingZoo `ParallelEnv` over one row of a kernel in which several agents act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils.seeding import np_random
from numpy.typing import NDArray
from pettingzoo import ParallelEnv

from .check import integer
from .interface import MASK, KernelInterface, checked
from .kernel import Kernel

# A field of a record ("walkers.place": in a nested record), and the agent's index on its first axis if it has one.
Part: TypeAlias = tuple[str, int | None]
Outcome: TypeAlias = tuple[
    dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, dict[str, Any]]
]


@dataclass(frozen=True)
class Role:
    """The actions, observations and infos of one agent.

    Attributes:
        observation_space: a `Dict` with the names in `observation`, or the space of the only one.
        action_space: `Discrete`.
        observation: location of each part of the observation in the kernel's observation record.
        info: location of each part of the info in the state.
    """

    observation_space: gym.Space[Any]
    action_space: spaces.Discrete
    observation: Mapping[str, Part]
    info: Mapping[str, Part] = field(default_factory=dict)


def alike(
    n: int,
    observation_space: gym.Space[Any],
    action_space: spaces.Discrete,
    observation: Sequence[str],
    info: Sequence[str] = (),
    common: Sequence[str] = (),
) -> list[Role]:
    """The roles of n identical agents. Fields have a leading axis of agents, except those listed in `common`.

    Agents see a field under its own name: "walkers.place" as "place".
    """

    def parts(fields: Sequence[str], k: int) -> dict[str, Part]:
        return {name.rpartition(".")[2]: (name, None if name in common else k) for name in fields}

    return [
        Role(deepcopy(observation_space), deepcopy(action_space), parts(observation, k), parts(info, k))
        for k in range(n)
    ]


class KernelParallelEnv(KernelInterface, ParallelEnv[str, Any, int]):  # type: ignore[misc]  # PettingZoo is untyped
    """One row of a multi-agent kernel behind PettingZoo's `ParallelEnv`; a family adds docstring, roles and pictures.

    All live agents act at once. An agent whose part has ended appears in the dictionaries of that step for the last
    time and leaves `agents`; a truncation ends the episode for all remaining agents. The kernel's parameter `max_steps`
    has PettingZoo's name `max_cycles` here.

    Args:
        kernel: the compiled half, which names the agents.
        params: the kernel's parameters, a NamedTuple of scalars and arrays.
        roles: one for each agent, in the kernel's order.
        render_mode: one of the class's `metadata["render_modes"]`.
    """

    np_random: np.random.Generator | None = None
    np_random_seed: int | None = None
    derived: ClassVar[tuple[str, ...]] = (*KernelInterface.derived, "_readers", "_masks", "_done", "_deciding")

    def __init__(self, kernel: Kernel, params: Any, roles: Sequence[Role], render_mode: str | None = None) -> None:
        self.possible_agents = list(kernel.agents)
        self.agents: list[str] = []  # no episode has begun
        self._roles = dict(zip(kernel.agents, roles, strict=True))
        self._place = {agent: k for k, agent in enumerate(kernel.agents)}
        super().__init__(kernel, params, render_mode)

    def _prepare(self) -> None:
        super()._prepare()
        self._done = self._state["done"]
        self._deciding = list(_numbers(self._state, self.kernel.key))
        self._readers = {agent: self._readers_of(role) for agent, role in self._roles.items()}
        self._masks: dict[str, NDArray[np.int8]] = {}
        if self.kernel.n_masked:
            ends = np.cumsum([role.action_space.n for role in self._roles.values()])[:-1]
            self._masks = dict(zip(self._roles, np.split(self._mask[0], ends), strict=True))

    def _readers_of(self, role: Role) -> tuple[dict[str, Callable[[], Any]], dict[str, Callable[[], Any]]]:
        """Functions that read the parts of an agent's observation and info."""
        space = role.observation_space
        parts = space.spaces if isinstance(space, spaces.Dict) else dict.fromkeys(role.observation, space)
        seen = {n: self._reader(part[0], _view(self._out, part), parts[n]) for n, part in role.observation.items()}
        told = {name: _view(self._state, part) for name, part in role.info.items()}
        return seen, {name: view.copy if view.ndim else view.item for name, view in told.items()}

    def _action_buffer(self) -> NDArray[np.int64]:
        return np.zeros((1, len(self.kernel.agents)), np.int64)

    # --- PettingZoo ---------------------------------------------------------------------------------------------------

    def observation_space(self, agent: str) -> gym.Space[Any]:
        """The agent's observation space; the same object in every call."""
        return self._roles[agent].observation_space

    def action_space(self, agent: str) -> spaces.Discrete:
        """The agent's action space; the same object in every call."""
        return self._roles[agent].action_space

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Start an episode. An unknown option raises `ValueError`, except the one that PettingZoo's tests pass."""
        if isinstance(options, dict):
            options = {name: value for name, value in options.items() if name != "options"}
        seed = None if seed is None else integer("seed", seed, 0)
        params = self.instance_params(options)
        if seed is not None or self.np_random is None:
            self.np_random, self.np_random_seed = np_random(seed)
        self._begin(seed, params)
        self.agents = self._live()
        return self.observe()

    def step(self, actions: dict[str, int]) -> Outcome:
        """Advance by one action of every live agent. A missing action, or one outside its space, raises `ValueError`.

        Actions of agents that have left are ignored. Once no agent is left, the result is five empty dictionaries.
        """
        live = self.agents
        if not live:
            return {}, {}, {}, {}, {}
        if not isinstance(actions, dict):
            raise ValueError(f"actions: {actions!r}, expected a dictionary from agents to actions")
        for agent in actions:
            if agent not in self._place:
                raise ValueError(f"actions: {agent!r} is no agent, expected {_listed(live)}")
        for agent in live:
            if agent not in actions:
                raise ValueError(f"actions: none for {agent!r}, expected one for each of {_listed(live)}")
            space = self._roles[agent].action_space
            self._action[0, self._place[agent]] = checked(f"actions: {agent}", actions[agent], space)
        self._advance(*self._arguments)
        self._look(*self._shown)
        self.agents = self._live()
        reward, terminated, truncated = (values[0].tolist() for values in self._outcome)
        places = [(agent, self._place[agent]) for agent in live]
        observations, infos = self._observed(live)
        return (
            observations,
            {agent: reward[k] for agent, k in places},
            {agent: terminated[k] for agent, k in places},
            {agent: truncated[k] for agent, k in places},
            infos,
        )

    def state(self) -> NDArray[np.float64]:
        """Everything that decisions depend on, for centralised training: the fields of the key, float64 (n,)."""
        return np.concatenate([field.ravel() for field in self._deciding]).astype(np.float64)

    @property
    def state_space(self) -> spaces.Box:
        """The space of `state`: the ranges of the fields' dtypes."""
        bounds = [_bounds(field.dtype) for field in self._deciding]
        low, high = np.repeat(bounds, [field.size for field in self._deciding], axis=0).T
        return spaces.Box(low, high, dtype=np.float64)

    @property
    def max_cycles(self) -> int | None:
        """Steps after which all remaining agents are truncated; None: no such limit. It can be set."""
        return self.params.max_steps or None

    @max_cycles.setter
    def max_cycles(self, limit: int | None) -> None:
        self.params = self.params._replace(max_steps=0 if limit is None else integer("max_cycles", limit, 1))
        self._bind()

    # --- beyond PettingZoo --------------------------------------------------------------------------------------------

    def set_state(self, state: np.void) -> None:
        super().set_state(state)
        self.agents = self._live()

    def observe(self) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Observations and infos of the live agents, as `reset` would return them."""
        self._require_episode("observe")
        return self._observed(self.agents)

    def action_masks(self) -> dict[str, NDArray[np.bool_]]:
        """For every agent, True where an action is legal, bool (n,)."""
        if self._masks:
            return {agent: mask.astype(np.bool_) for agent, mask in self._masks.items()}
        return {agent: np.ones(role.action_space.n, np.bool_) for agent, role in self._roles.items()}

    def _live(self) -> list[str]:
        """The agents whose part has not ended."""
        if self._over[0]:
            return []
        return [agent for agent, done in zip(self._place, self._done[0].tolist(), strict=True) if not done]

    def _observed(self, agents: Sequence[str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        observations: dict[str, Any] = {}
        infos: dict[str, dict[str, Any]] = {}
        for agent in agents:
            seen, told = self._readers[agent]
            parts = {name: read() for name, read in seen.items()}
            is_dict = isinstance(self._roles[agent].observation_space, spaces.Dict)
            observations[agent] = parts if is_dict else next(iter(parts.values()))
            infos[agent] = {name: read() for name, read in told.items()}
            if self._masks:
                infos[agent][MASK] = self._masks[agent].copy()
        return observations, infos


def _view(rows: NDArray[Any], part: Part) -> NDArray[Any]:
    """A live view of a part of the first row."""
    path, place = part
    for name in path.split("."):
        rows = rows[name]
    return rows[(0, ...) if place is None else (0, place, ...)]


def _numbers(rows: NDArray[Any], names: Iterable[str]) -> Iterator[NDArray[Any]]:
    """The fields of these names, with nested records split into their fields."""
    for name in names:
        within = rows[name].dtype.names
        if within:
            yield from _numbers(rows[name], (inner for inner in within if not inner.startswith("_gap")))
        else:
            yield rows[name]


def _listed(agents: Sequence[str]) -> str:
    return ", ".join(map(repr, agents))


def _bounds(dtype: np.dtype[Any]) -> tuple[float, float]:
    if dtype.kind in "iu":
        return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
    return (0.0, 1.0) if dtype.kind == "b" else (-np.inf, np.inf)
