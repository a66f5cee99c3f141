"""Orienteering: `ige/Orienteering-v0`."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from gymnasium import spaces

from ..core import KernelVectorEnv
from ..core.check import number, one_of
from . import kernel_orienteering
from .env import Combinatorial, Instances, by_size, node_ids, unit
from .instance import Orienteering
from .kernel_tsp import DIAGONAL

BUDGETS = {20: 2, 50: 3, 10**9: 4}  # in new instances, for n up to the key
LEAST_BUDGET = 0.1  # least budget, so that some node is in reach without drawing many instances


class OrienteeringEnv(Combinatorial):
    """Collect prizes on a round trip from a depot that is no longer than a budget.

    ## Description
    The trip begins at the depot, node 0. An action names the next node; it is legal if the budget suffices for the way
    there and home. When no node is within reach the trip returns home. The formulation "bq" (bisimulation quotient,
    Drakulic et al. 2023) shows only the remaining problem: the current node, the remaining nodes, the depot, and the
    remaining length. "direct" shows the instance and all decisions. Rewards, masks and actions are the same in both.

    ## Action Space
    `Discrete(n + 1)`: `Discrete(21)` by default; the node to visit next. The depot, and nodes that were visited or are
    out of reach, are illegal and end the episode. As text: `7`.

    ## Observation Space
    A `Dict`. In "bq":
    - `tokens`: float32 (n + 2, 4), x, y, prize and remaining length for the current node (prize 0), the remaining nodes
      in ascending order, and the depot; then zeros.
    - `n_tokens`: the number of tokens.
    - `node_id`: int32 (n + 2,), the node of each token; -1 after the last.

    In "direct":
    - `points`: float32 (n + 1, 2), the depot first.
    - `prizes`: float32 (n + 1,).
    - `remaining`: float32 (1,), the remaining length of the budget.
    - `sequence`: int32 (n,), the nodes so far; -1 where undecided.
    - `visited`: int8 (n + 1,), 1 for visited nodes.
    - `current`: the current node.

    In both, `action_mask`: int8 (n + 1,), 1 where the action is legal.

    ## Rewards
    "dense": the prize of the node. "sparse": the sum of the prizes, at the end. An illegal action gives no prize.
    Undiscounted: a gamma below 1 changes the problem.

    ## Starting State
    A new instance in which some node is within reach, one drawn uniformly from `instances`, or the one in
    `options["instance"]` (an `Instance`, its fields, JSON or file). Given instances are moved and scaled into the unit
    square, and their prizes are divided by the largest, if it is above 1.

    ## Episode End
    Termination: no node is within reach, or an action was illegal. Truncation: never.

    ## Information
    - `action_mask`: int8 (n + 1,), as observed; all 0 when the episode is over.
    - `illegal`: the last action was illegal.
    - `solution`: at the end, int32 (n,): the actions, then -1.
    - `objective`: at the end, the sum of the prizes.
    - `gap`: at the end, (best known - objective) / best known; absent without a best known prize.

    ## Arguments
    `gym.make("ige/Orienteering-v0", n=20, distribution="uniform", formulation="bq", reward="dense", prizes="distance",
    budget=None)`
    - `n`: number of nodes besides the depot; None: 20, or the size of `instances`.
    - `distribution`: `"uniform"`, or `"clustered"` (3 to 7 uniform centres, the rest normal around them).
    - `formulation`: `"bq"` or `"direct"`.
    - `reward`: `"dense"` or `"sparse"`; the return is the same.
    - `prizes`: prizes of new instances, in hundredths: `"distance"`, 1 at the depot to 100 at the farthest node;
      `"constant"`, 100 each; `"uniform"`, from 1 to 100.
    - `budget`: budget of new instances, at least 0.1; None: 2 for n up to 20, 3 up to 50, else 4.
    - `instances`: an `Instance`, its JSON, a file, or a list of these, all of one size; files are `.json`, `.npz`.
    - `render_mode`: `"ansi"` or `"rgb_array"` (`"human"` is Gymnasium's `HumanRendering` over it).

    ## Oracle
    `ige.envs.combinatorial.oracle`: exact up to 12 nodes, a local search above.

    ## References
    - Drakulic, Michel, Mai, Sors, Andreoli 2023, BQ-NCO, arXiv 2301.03313.
    - Kool, van Hoof, Welling 2019, Attention, Learn to Solve Routing Problems!, arXiv 1803.08475 (prizes, budgets).

    ## Version History
    - v0: initial version.
    """

    problem: ClassVar[type[Any]] = Orienteering
    compiled: ClassVar[ModuleType] = kernel_orienteering
    keys_bq = ("points", "prizes", "visited", "current", "remaining", "illegal")
    keys_direct = ("points", "prizes", "budget", "solution", "illegal")

    def __init__(
        self,
        n: int | None = None,
        distribution: str = "uniform",
        formulation: str = "bq",
        reward: str = "dense",
        prizes: str = "distance",
        budget: float | None = None,
        instances: Instances | None = None,
        render_mode: str | None = None,
    ) -> None:
        kind = one_of("prizes", prizes, kernel_orienteering.PRIZES)
        if budget is not None:
            budget = number("budget", budget, LEAST_BUDGET)
        settings = {
            "prizes": lambda n: kind,
            "budget": lambda n: float(by_size(BUDGETS, n)) if budget is None else budget,
        }
        super().__init__(n, distribution, formulation, reward, instances, render_mode, **settings)

    def count(self) -> int:
        return self.n + 1

    def parts_bq(self) -> dict[str, spaces.Space[Any]]:
        return {
            "tokens": unit(self.n + 2, 4, high=[1, 1, 1, self._farthest()]),
            "n_tokens": spaces.Discrete(self.n + 3),
            "node_id": node_ids(self.n + 2, self.n + 1),
        }

    def parts_direct(self) -> dict[str, spaces.Space[Any]]:
        return {
            "points": unit(self.n + 1, 2),
            "prizes": unit(self.n + 1),
            "remaining": unit(1, high=self._farthest()),
            "sequence": node_ids(self.n, self.n + 1),
            "visited": spaces.MultiBinary(self.n + 1),
            "current": spaces.Discrete(self.n + 1),
        }

    def _farthest(self) -> float:
        return DIAGONAL * (self.n + 1)

    def rules(self) -> str:
        return (
            "Collect prizes worth as much as possible on a round trip from the depot, node 0, that is no longer than a "
            "budget. Answer with the number of the node to visit next. A node that was visited, or from which the rest "
            "of the budget does not lead home, ends the attempt."
        )

    def status(self) -> str:
        return (
            f"At {self.place(self.current)}. Home is {self.place(0)}. Prizes so far: {self.objective:.2f}. The way "
            f"home may be {self._state['remaining'][0]:.4f} long."
        )

    def line(self, node: int) -> str:
        row = self._state[0]
        reach = "" if self._mask[0, node] else ", out of reach"
        return (
            f"{self.place(node)}, prize {row['prizes'][node]:.2f}, distance {self.distance(self.current, node):.4f}, "
            f"then {row['home'][node]:.4f} home{reach}"
        )


class OrienteeringVector(KernelVectorEnv):
    """A batch of trips; see `OrienteeringEnv`."""

    env_class = OrienteeringEnv
