"""Capacitated vehicle routing: `ige/CVRP-v0`."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from gymnasium import spaces

from ..core import KernelVectorEnv
from ..core.check import number
from . import kernel_cvrp
from .env import Combinatorial, Instances, by_size, node_ids, unit
from .instance import CVRP

CAPACITIES = {20: 30, 50: 40, 100: 50, 200: 80, 500: 100, 10**9: 250}  # of new instances, up to a size


class CVRPEnv(Combinatorial):
    """Serve every customer by routes from a depot, none with more demand than the vehicle's capacity.

    ## Description
    The vehicle begins at the depot, node 0. An action names the next customer and whether to drive there directly or by
    way of the depot, where the vehicle is loaded again. After the last customer the way back is added. The formulation
    "bq" (bisimulation quotient, Drakulic et al. 2023) shows only what is left: the current node, the customers left,
    the depot, and what the vehicle can still serve. "direct" shows the instance and all decisions. Rewards, masks and
    actions are the same in both.

    ## Action Space
    `Discrete(2 * (n + 1))`: `Discrete(42)` by default; `2 * j` to customer j directly, `2 * j + 1` by way of the depot.
    Illegal are a customer who was served, the depot itself, and direct ways with a demand above what remains; they end
    the episode. As text: `7` or `7 via depot`.

    ## Observation Space
    A `Dict`. In "bq":
    - `tokens`: float32 (n + 2, 4), x, y, demand / capacity and remaining / capacity: of the current node (its demand is
      0), the customers left in ascending order, the depot; zeros after that.
    - `n_tokens`: how many tokens there are.
    - `node_id`: int32 (n + 2,), the node that a token shows; -1 after the last.

    In "direct":
    - `points`: float32 (n + 1, 2), the depot first.
    - `demands`: float32 (n + 1,), shares of the capacity.
    - `remaining`: float32 (1,), the share of the capacity that is left.
    - `sequence`: int32 (n,), the actions so far; -1 for what is not decided.
    - `visited`: int8 (n + 1,).
    - `current`: where the vehicle is.

    In both, `action_mask`: int8 (2 * (n + 1),), 1 where the action is legal.

    ## Rewards
    "dense": minus the length that is driven with each action, with the last also of the way back. "sparse": minus the
    whole length at the end. An illegal action adds -2 * n * sqrt(2), so that its return is below that of any solution.
    Undiscounted: with a gamma below 1 it is another problem.

    ## Starting State
    A new instance (demands uniform from 1 to 9), one drawn uniformly from `instances`, or the one in
    `options["instance"]` (an `Instance`, or a dictionary of its fields). Given ones are moved and scaled into the unit
    square.

    ## Episode End
    Termination: all customers are served, or an action was illegal. Truncation: never.

    ## Information
    - `action_mask`: int8 (2 * (n + 1),), as observed; all 0 when the episode is over.
    - `illegal`: the last action was illegal.
    - `solution`: at the end, int32 (n,): the actions.
    - `objective`: at the end, the length of all routes in the unit square; not there after an illegal action.
    - `gap`: at the end, (objective - best known) / best known; not there without a best known length in the same
      units. A file's rounded length is none: there `files.read(path).gap(info["solution"])` tells the gap.

    ## Arguments
    `gym.make("ige/CVRP-v0", n=20, distribution="uniform", formulation="bq", reward="dense", capacity=None)`
    - `n`: customers; None: 20, or those of `instances`.
    - `distribution`: `"uniform"`, or `"clustered"` (3 to 7 uniform centres, the rest normal around them).
    - `formulation`: `"bq"` or `"direct"`.
    - `reward`: `"dense"` or `"sparse"`; the return is the same.
    - `capacity`: of new instances, at least 9; None: 30, 40, 50, 80, 100 for n up to 20, 50, 100, 200, 500; else 250.
    - `instances`: an `Instance`, a list of them of one size, or a file: `.vrp` (CVRPLIB), `.json`, `.npz`.
    - `render_mode`: `"ansi"` or `"rgb_array"` (`"human"` is Gymnasium's `HumanRendering` over it).

    ## Oracle
    `ige.envs.combinatorial.oracle`: exact up to 12 customers, a local search above.

    ## References
    - Drakulic, Michel, Mai, Sors, Andreoli 2023, BQ-NCO, arXiv 2301.03313.
    - Kool, van Hoof, Welling 2019, Attention, Learn to Solve Routing Problems!, arXiv 1803.08475 (demands, capacities).

    ## Version History
    - v0: initial version.
    """

    problem: ClassVar[type[Any]] = CVRP
    compiled: ClassVar[ModuleType] = kernel_cvrp
    keys_bq = ("points", "demands", "capacity", "visited", "current", "remaining", "illegal")
    keys_direct = ("points", "demands", "capacity", "solution", "illegal")

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
            capacity = number("capacity", capacity, kernel_cvrp.LARGEST_DEMAND)
        settings = {"capacity": lambda n: float(by_size(CAPACITIES, n)) if capacity is None else capacity}
        super().__init__(n, distribution, formulation, reward, instances, render_mode, **settings)

    def count(self) -> int:
        return 2 * (self.n + 1)

    def parts_bq(self) -> dict[str, spaces.Space[Any]]:
        return {
            "tokens": unit(self.n + 2, 4),
            "n_tokens": spaces.Discrete(self.n + 3),
            "node_id": node_ids(self.n + 2, self.n + 1),
        }

    def parts_direct(self) -> dict[str, spaces.Space[Any]]:
        return {
            "points": unit(self.n + 1, 2),
            "demands": unit(self.n + 1),
            "remaining": unit(1),
            "sequence": node_ids(self.n, 2 * (self.n + 1)),
            "visited": spaces.MultiBinary(self.n + 1),
            "current": spaces.Discrete(self.n + 1),
        }

    def rules(self) -> str:
        return (
            "Serve every customer once, by routes from the depot (node 0) and back that are as short as possible "
            "together; the customers of a route may not demand more than the vehicle's capacity. Answer with the "
            "number of the next customer, as `7` to drive there directly or `7 via depot` to load again on the way. "
            "A customer who was served, or whose demand is above what remains, ends the attempt."
        )

    def status(self) -> str:
        row = self._state[0]
        return (
            f"At {self.place(self.current)} with {row['remaining']:g} of {row['capacity']:g} left. The depot is "
            f"{self.place(0)}. Length so far: {self.objective:.4f}."
        )

    def line(self, node: int) -> str:
        by_depot = self.distance(self.current, 0) + self.distance(0, node)
        return (
            f"{self.place(node)}, demand {self._state['demands'][0, node]:g}, distance "
            f"{self.distance(self.current, node):.4f}, via depot {by_depot:.4f}"
        )

    def action_text(self, action: int) -> str:
        return f"{action // 2} via depot" if action % 2 else str(action // 2)


class CVRPVector(KernelVectorEnv):
    """Many vehicles at once; see `CVRPEnv`."""

    env_class = CVRPEnv
