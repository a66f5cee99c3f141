"""Conservative MDPs: `ige/ConservativeMDP-v0`."""

from __future__ import annotations

from typing import Any, ClassVar

from ..core import KernelVectorEnv
from ..core.instance import Instance
from . import kernel_conservative
from .env import TabularMDP
from .mdp import SafeMDP


class ConservativeMDP(TabularMDP):
    """A tabular MDP to be learnt without ever playing a policy whose value is too low.

    ## Description
    A `TabularMDP` with a policy that is known to be safe and a least value. A learner that plays many episodes of one
    instance (`options={"instance": env.unwrapped.instance}`, or `ige.wrappers.RepeatTask`) should reach the best policy
    while the policy of every single episode has at least that value. The measure is the exact value of the policy
    played, `unwrapped.value(policy)`, not the reward that it happened to collect. For a policy chosen by a coin flip it
    is the value before the flip.

    Instances are drawn so that the constraint matters: those where uniform play is safe are drawn again. The baseline
    is the softmax of the best action values that has 0.8 of the best value; policies may have 0.9 of the baseline's.

    ## Action Space
    `Discrete(actions)`, by default `Discrete(3)`.

    ## Observation Space
    `Dict(state=Discrete(states), step=Discrete(horizon + 1))`.

    ## Rewards
    The table's, between 0 and 1.

    ## Starting State
    As in `TabularMDP`.

    ## Episode End
    Termination after `horizon` steps, as in `TabularMDP`.

    ## Information
    - `baseline_policy`: float64 (horizon, states, actions), from `reset`: action probabilities of the baseline.
    - `gamma_c`: from `reset`: the least value from the start that a policy may have.
    - `oracle_best_value`: value of the best policy, which the learner may not use.
    - `oracle_baseline_value`: value of the baseline.

    ## Arguments
    `gym.make("ige/ConservativeMDP-v0", states=5, actions=None, horizon=5, kind="random", stationary=None,
    concentration=0.3, instance=None)`
    - `states`: number of states, at least 2.
    - `actions`: number of actions; None: 3, or 2 for `"chain"` and `"riverswim"`.
    - `horizon`: number of steps of an episode.
    - `kind`: `"random"`, `"chain"` or `"riverswim"`, as in `TabularMDP`.
    - `stationary`: one table for all steps; None: only for chain and RiverSwim.
    - `concentration`: parameter of the Dirichlet distribution.
    - `instance`: a `SafeMDP` (or a dictionary of its fields).
    - `render_mode`: `"ansi"` or `"rgb_array"`.

    ## Oracle
    `ige.envs.tabular.oracle`.

    ## References
    - Li, Huang, Shen, Yang 2023, StepMix and EpsMix, arXiv 2306.06265. The sizes and the generator are ours.

    ## Version History
    - v0: initial version.
    """

    instance_class: ClassVar[type[Instance]] = SafeMDP
    module: ClassVar[Any] = kernel_conservative
    shown: ClassVar[tuple[str, ...]] = ("oracle_best_value", "oracle_baseline_value")
    shown_first: ClassVar[tuple[str, ...]] = ("baseline_policy", "gamma_c")

    def _horizon(self, horizon: int, instance: Any) -> int:
        if not isinstance(instance, SafeMDP):
            return horizon
        assert instance.baseline_policy is not None
        return len(instance.baseline_policy)

    def _sizes(self, tables: int) -> tuple[int, ...]:
        return tables, self.horizon, self.states, self.actions


class ConservativeMDPVector(KernelVectorEnv):
    """A batch of conservative MDPs; see `ConservativeMDP`."""

    env_class = ConservativeMDP
