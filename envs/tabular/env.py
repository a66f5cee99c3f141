"""Tabular MDPs: `ige/TabularMDP-v0`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...render import Frame
from ..core import Comparator, Kernel, KernelVectorEnv, OnlineEnv
from ..core.check import affordable, integer, number, one_of
from ..core.instance import Instance
from ..core.text import parse_numbered
from . import kernel, oracle
from .mdp import MDP
from .picture import picture
from .policy import checked_policy

KINDS = ("random", "chain", "riverswim")


class TabularMDP(OnlineEnv[int]):
    """A finite-horizon Markov decision process as a table, with its exact values.

    ## Description
    S states, A actions and H steps; each action in a state gives a reward and leads to a random next state. The tables
    may differ from step to step, as in theory papers, or be the same in all. They are small enough to compute the best
    policy and the value of any other policy exactly: ground truth for tabular learners, and with new tables in each
    episode a distribution of tasks for meta-learning.

    ## Action Space
    `Discrete(actions)`, by default `Discrete(3)`.

    ## Observation Space
    `Dict(state=Discrete(states), step=Discrete(horizon + 1))`: the state, and the number of steps taken.

    ## Rewards
    The table's, between 0 and 1.

    ## Starting State
    New tables, or those of `instance` or `options["instance"]`; a state drawn from their `initial` probabilities (state
    0 in new ones).

    ## Episode End
    Termination after `horizon` steps: the horizon is part of the problem and the step is observed, so there is nothing
    after it from which a learner should bootstrap.

    ## Information
    Empty.

    `unwrapped.comparator()`: minus the value of the best policy, exact.

    ## Arguments
    `gym.make("ige/TabularMDP-v0", states=5, actions=None, horizon=5, kind="random", stationary=None, concentration=0.3,
    instance=None)`
    - `states`: number of states, at least 2.
    - `actions`: number of actions; None: 3, or 2 for `"chain"` and `"riverswim"`.
    - `horizon`: number of steps of an episode.
    - `kind`: `"random"`, transitions from a symmetric Dirichlet distribution and squares of uniform numbers as rewards;
      `"chain"`, forward (slips back to the start with chance 0.2) to a reward of 1 at the end, or back for 0.2;
      `"riverswim"`, with the current for 0.005 at the source or against it for 1 at the end.
    - `stationary`: one table for all steps; None: only for chain and RiverSwim.
    - `concentration`: parameter of the Dirichlet distribution.
    - `instance`: an `MDP` (or a dictionary of its fields) to use in every episode; it determines the sizes.
    - `render_mode`: `"ansi"` or `"rgb_array"`.

    ## Oracle
    `ige.envs.tabular.oracle`: values of policies, best values and policies, occupancies. There is no plan, since the
    results of actions are random.

    ## References
    - Strens 2000, A Bayesian Framework for Reinforcement Learning (chain, with rewards scaled to at most 1).
    - Strehl, Littman 2008; Osband, Russo, Van Roy 2013, arXiv 1306.0940 (RiverSwim).

    ## Version History
    - v0: initial version.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    instance_class: ClassVar[type[Instance]] = MDP
    module: ClassVar[Any] = kernel
    shown: ClassVar[tuple[str, ...]] = ()  # in info, always and at the start of an episode
    shown_first: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        states: int = 5,
        actions: int | None = None,
        horizon: int = 5,
        kind: str = "random",
        stationary: bool | None = None,
        concentration: float = 0.3,
        instance: MDP | dict[str, Any] | str | Path | None = None,
        render_mode: str | None = None,
    ) -> None:
        instance = self.one(instance)
        one_of("kind", kind, KINDS)
        if actions is None:
            actions = 3 if kind == "random" else 2
        if kind != "random" and actions != 2:
            raise ValueError(f"actions: {actions}, expected 2 of kind {kind!r}")
        horizon = integer("horizon", self._horizon(horizon, instance), 1)
        tables = 1 if (kind != "random" if stationary is None else stationary) else horizon
        if isinstance(instance, MDP):
            tables, states, actions = instance.sizes
            if tables not in (1, horizon):
                raise ValueError(f"horizon: {horizon}, expected {tables}: the instance has so many tables")
        self.states = integer("states", states, 2)
        self.actions, self.horizon = integer("actions", actions, 2), horizon
        pairs = self.states * self.actions
        n_bytes = 8 * pairs * (tables * (self.states + 1) + 3 * horizon)
        affordable(n_bytes, states=self.states, actions=self.actions, horizon=horizon)
        sizes = self._sizes(tables)
        super().__init__(
            Kernel(
                self.module.__name__,
                state=self.module.record(*sizes),
                observation=kernel.OBSERVATION,
                key=("transitions", "rewards", "state", "t"),  # the value of a step depends on how many are left
                info=self.shown,
                first_info=self.shown_first,
            ),
            kernel.Params(
                max_steps=0,
                horizon=horizon,
                kind=KINDS.index(kind),
                concentration=number("concentration", concentration, 1e-3),
                pool=self.records("instance", instance, self.module.instance(*sizes)),
            ),
            spaces.Dict({"state": spaces.Discrete(self.states), "step": spaces.Discrete(horizon + 1)}),
            spaces.Discrete(self.actions),
            render_mode,
        )

    def _horizon(self, horizon: int, instance: Any) -> int:
        """The horizon, if an instance determines it."""
        return len(instance.rewards) if isinstance(instance, MDP) and len(instance.rewards) > 1 else horizon

    def _sizes(self, tables: int) -> tuple[int, ...]:
        """The sizes of the kernel's records."""
        return tables, self.states, self.actions

    def comparator(self) -> Comparator:
        return Comparator(-oracle.optimal_value(self.instance, self.horizon), True, "the best policy")

    def value(self, policy: NDArray[np.float64]) -> float:
        """The exact value of a policy (H, S, A) from the start of this episode's MDP."""
        shape = (self.horizon, self.states, self.actions)
        return oracle.value(self.instance, checked_policy("policy", policy, shape))

    # --- text and picture ---------------------------------------------------------------------------------------------

    def rules(self) -> str:
        """The text that a language agent is given once."""
        return (
            f"There are {self.states} states and {self.actions} actions. In each of {self.horizon} steps an action "
            "pays between 0 and 1 and leads to another state, in part by chance. Collect as much as you can."
        )

    def describe(self) -> str:
        """The state and the step."""
        row = self._state[0]
        over = " The episode is over." if row["over"] else ""
        return f"Step {row['t']} of {self.horizon}, state {row['state']}.{over}"

    def parse_action(self, text: str) -> int:
        """The action that `action 3` or `3` names."""
        return parse_numbered(text, "action", self.actions)

    def frame(self) -> Frame:
        """The state, and for each action its reward and where it leads."""
        return picture(self._state[0], self.horizon)


class TabularMDPVector(KernelVectorEnv):
    """A batch of tabular MDPs; see `TabularMDP`."""

    env_class = TabularMDP
