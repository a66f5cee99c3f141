"""The knapsack: `ige/Knapsack-v0`."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from gymnasium import spaces

from ..core import KernelVectorEnv
from ..core.check import number
from . import kernel_knapsack
from .env import Combinatorial, Instances, node_ids, unit
from .instance import Knapsack

MOST_CAPACITY = 25.0  # default maximum in new instances


class KnapsackEnv(Combinatorial):
    """Pack items worth as much as possible into a sack of limited capacity.

    ## Description
    An action packs an item; it is legal if the item fits. The episode ends when no item fits. The formulation "bq"
    (bisimulation quotient, Drakulic et al. 2023) shows only the remaining items and the remaining capacity. "direct"
    shows all items and which are packed: since the order of packing never matters, the two have the same states.
    Rewards, masks and actions are the same in both.

    ## Action Space
    `Discrete(n)`: `Discrete(50)` by default; the item to pack. An item that is packed or does not fit is illegal and
    ends the episode. As text: `7`.

    ## Observation Space
    A `Dict`. In "bq":
    - `tokens`: float32 (n, 3), value, weight and remaining capacity for the remaining items in ascending order; then
      zeros.
    - `n_tokens`: the number of tokens.
    - `node_id`: int32 (n,), the item of each token; -1 after the last.

    In "direct":
    - `item_values`, `item_weights`: float32 (n,).
    - `remaining`: float32 (1,), the remaining capacity.
    - `packed`: int8 (n,), 1 for packed items.

    In both, `action_mask`: int8 (n,), 1 where the action is legal.

    ## Rewards
    "dense": the value of the item. "sparse": the sum of the values, at the end. An illegal action gives nothing.
    Undiscounted: a gamma below 1 changes the problem.

    ## Starting State
    A new instance by `distribution`, one drawn uniformly from `instances`, or the one in `options["instance"]` (an
    `Instance`, its fields, its JSON, or a file). Values and weights of given instances are divided by the largest of
    each, if it is above 1.

    ## Episode End
    Termination: no item fits, or an action was illegal. Truncation: never.

    ## Information
    - `action_mask`: int8 (n,), as observed; all 0 when the episode is over.
    - `illegal`: the last action was illegal.
    - `solution`: at the end, int32 (n,): the actions, then -1.
    - `objective`: at the end, the sum of the values.
    - `gap`: at the end, (best known - objective) / best known; absent without a best known value.

    ## Arguments
    `gym.make("ige/Knapsack-v0", n=50, distribution="uniform", formulation="bq", reward="dense", capacity=None)`
    - `n`: number of items; None: 50, or the size of `instances`.
    - `distribution`: `"uniform"`, values and weights independent and uniform in (0, 1]; `"correlated"`, each value is
      the weight plus 0.1, which is hard for solvers.
    - `formulation`: `"bq"` or `"direct"`.
    - `reward`: `"dense"` or `"sparse"`; the return is the same.
    - `capacity`: capacity in new instances, at least 1; None: n / 4, clipped to 1 to 25.
    - `instances`: an `Instance`, its JSON, a file, or a list of these, all of one size; files are `.json`, `.npz`.
    - `render_mode`: `"ansi"` or `"rgb_array"` (`"human"` is Gymnasium's `HumanRendering` over it).

    ## Oracle
    `ige.envs.combinatorial.oracle`: exact.

    ## References
    - Drakulic, Michel, Mai, Sors, Andreoli 2023, BQ-NCO, arXiv 2301.03313.
    - Pisinger 2005, Where are the hard knapsack problems?, Computers and Operations Research 32 (correlated items).

    ## Version History
    - v0: initial version.
    """

    problem: ClassVar[type[Any]] = Knapsack
    compiled: ClassVar[ModuleType] = kernel_knapsack
    default_n = 50
    distributions = kernel_knapsack.DISTRIBUTIONS
    keys_bq = ("values", "weights", "remaining", "visited", "illegal")
    keys_direct = ("values", "weights", "remaining", "visited", "illegal")

    def __init__(
        self,
        n: int | None = None,
        distribution: str = "uniform",
        formulation: str = "bq",
        reward: str = "dense",
        capacity: float | None = None,
        instances: Instances | None = None,
        render_mode: str | None = None,
    ) -> None:
        if capacity is not None:
            capacity = number("capacity", capacity, 1.0)
        settings = {"capacity": lambda n: max(1.0, min(n / 4, MOST_CAPACITY)) if capacity is None else capacity}
        super().__init__(n, distribution, formulation, reward, instances, render_mode, **settings)

    def parts_bq(self) -> dict[str, spaces.Space[Any]]:
        return {
            "tokens": unit(self.n, 3, high=[self._dearest(), 1, self.n]),
            "n_tokens": spaces.Discrete(self.n + 1),
            "node_id": node_ids(self.n, self.n),
        }

    def parts_direct(self) -> dict[str, spaces.Space[Any]]:
        return {
            "item_values": unit(self.n, high=self._dearest()),
            "item_weights": unit(self.n),
            "remaining": unit(1, high=self.n),
            "packed": spaces.MultiBinary(self.n),
        }

    def _dearest(self) -> float:
        return 1 + kernel_knapsack.MARGIN if self.distribution == "correlated" else 1.0

    def rules(self) -> str:
        return (
            "Pack items worth as much as possible; together they may not weigh more than the capacity. Answer with the "
            "number of the item to pack. One that is packed or does not fit ends the attempt."
        )

    def status(self) -> str:
        row = self._state[0]
        return f"Value so far: {self.objective:.4f}. Capacity left: {row['remaining']:.4f} of {row['capacity']:g}."

    def line(self, node: int) -> str:
        row = self._state[0]
        fits = "" if self._mask[0, node] else ", does not fit"
        return f"item {node}, value {row['values'][node]:.4f}, weight {row['weights'][node]:.4f}{fits}"


class KnapsackVector(KernelVectorEnv):
    """A batch of sacks; see `KnapsackEnv`."""

    env_class = KnapsackEnv
