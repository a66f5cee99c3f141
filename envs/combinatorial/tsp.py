"""The travelling salesperson: `ige/TSP-v0`."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

from gymnasium import spaces

from ..core import KernelVectorEnv
from . import kernel_tsp
from .env import Combinatorial, Instances, node_ids, unit
from .instance import TSP


class TSPEnv(Combinatorial):
    """Visit every point of the unit square once and return, on a tour as short as possible.

    ## Description
    The tour begins at node 0. An action names the next node; after the last one the way back is added. The formulation
    "bq" (bisimulation quotient, Drakulic et al. 2023) shows only the remaining sub-problem, a path from the current
    node through the remaining nodes to node 0: how the tour got there cannot matter. "direct" shows the instance and
    all decisions. Rewards, masks and actions are the same in both.

    ## Action Space
    `Discrete(n)`: `Discrete(20)` by default; the node to visit next. A node that was visited is illegal and ends the
    episode. As text: `7`.

    ## Observation Space
    A `Dict`. In "bq":
    - `tokens`: float32 (n + 1, 2), x and y of the current node, then of the remaining nodes in ascending order, then
      of node 0; then zeros.
    - `n_tokens`: the number of tokens.
    - `node_id`: int32 (n + 1,), the node of each token; -1 after the last.

    In "direct":
    - `points`: float32 (n, 2).
    - `sequence`: int32 (n,), the nodes in the order of the tour, starting with 0; -1 where undecided.
    - `visited`: int8 (n,), 1 for visited nodes.
    - `current`: the current node.

    In both, `action_mask`: int8 (n,), 1 where the action is legal.

    ## Rewards
    "dense": minus the length of each leg; the last one includes the way back. "sparse": minus the length of the tour,
    at the end. An illegal action adds -n * sqrt(2), so that its return is below that of any tour. Undiscounted: a gamma
    below 1 changes the problem.

    ## Starting State
    A new instance by `distribution`, one drawn uniformly from `instances`, or the one in `options["instance"]` (an
    `Instance`, its fields, its JSON, or a file). Given instances are moved and scaled into the unit square.

    ## Episode End
    Termination: the tour is complete, or an action was illegal. Truncation: never.

    ## Information
    - `action_mask`: int8 (n,), as observed; all 0 when the episode is over.
    - `illegal`: the last action was illegal.
    - `solution`: at the end, int32 (n - 1,): the actions.
    - `objective`: at the end, the length of the tour in the unit square; absent after an illegal action.
    - `gap`: at the end, (objective - best known) / best known; absent without a best known length in the same units.
      A file's rounded length is in other units: for its gap, use `files.read(path).gap(info["solution"])`.

    ## Arguments
    `gym.make("ige/TSP-v0", n=20, distribution="uniform", formulation="bq", reward="dense")`
    - `n`: number of nodes, at least 2; None: 20, or the size of `instances`.
    - `distribution`: `"uniform"`, or `"clustered"` (3 to 7 uniform centres, the rest normal around them).
    - `formulation`: `"bq"` or `"direct"`.
    - `reward`: `"dense"` or `"sparse"`; the return is the same.
    - `instances`: an `Instance`, its JSON, a file, or a list of these, all of one size; files are `.tsp` (TSPLIB),
      `.json`, `.npz`.
    - `render_mode`: `"ansi"` or `"rgb_array"` (`"human"` is Gymnasium's `HumanRendering` over it).

    ## Oracle
    `ige.envs.combinatorial.oracle`: exact up to 12 nodes, a local search above.

    ## References
    - Drakulic, Michel, Mai, Sors, Andreoli 2023, BQ-NCO, arXiv 2301.03313 (sections 2 and 3).

    ## Version History
    - v0: initial version.
    """

    problem: ClassVar[type[Any]] = TSP
    compiled: ClassVar[ModuleType] = kernel_tsp
    least_n = 2
    keys_bq = ("points", "visited", "current", "illegal")
    keys_direct = ("points", "solution", "illegal")

    def __init__(
        self,
        n: int | None = None,
        distribution: str = "uniform",
        formulation: str = "bq",
        reward: str = "dense",
        instances: Instances | None = None,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(n, distribution, formulation, reward, instances, render_mode)

    def parts_bq(self) -> dict[str, spaces.Space[Any]]:
        return {
            "tokens": unit(self.n + 1, 2),
            "n_tokens": spaces.Discrete(self.n + 2),
            "node_id": node_ids(self.n + 1, self.n),
        }

    def parts_direct(self) -> dict[str, spaces.Space[Any]]:
        return {
            "points": unit(self.n, 2),
            "sequence": node_ids(self.n, self.n),
            "visited": spaces.MultiBinary(self.n),
            "current": spaces.Discrete(self.n),
        }

    def rules(self) -> str:
        return (
            "Visit every node once and return to node 0, on a tour as short as possible. Answer with the number of the "
            "node to visit next; a node that was visited ends the attempt."
        )

    def status(self) -> str:
        return f"At {self.place(self.current)}. Home is {self.place(0)}. Length so far: {self.objective:.4f}."

    def line(self, node: int) -> str:
        return f"{self.place(node)}, distance {self.distance(self.current, node):.4f}"


class TSPVector(KernelVectorEnv):
    """A batch of tours; see `TSPEnv`."""

    env_class = TSPEnv
