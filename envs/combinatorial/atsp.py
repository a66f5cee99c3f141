"""The asymmetric travelling salesperson: `ige/ATSP-v0`."""

from __future__ import annotations

from types import ModuleType
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces

from ..core import KernelVectorEnv
from . import kernel_atsp
from .env import Combinatorial, Instances, node_ids, unit
from .instance import ATSP


class ATSPEnv(Combinatorial):
    """Visit every node once and return, where the distance between two nodes may differ by direction.

    ## Description
    As `ige/TSP-v0`, with a matrix of distances instead of points: row i holds the distances from node i. The
    formulation "bq" shows the rows and columns of the remaining path.

    ## Action Space
    `Discrete(n)`: `Discrete(20)` by default; the node to visit next. A node that was visited is illegal and ends the
    episode. As text: `7`.

    ## Observation Space
    A `Dict`. In "bq":
    - `tokens`: float32 (n + 1, n + 1), the distances between tokens: the current node, the remaining nodes in ascending
      order, a copy of node 0; then zeros.
    - `n_tokens`: the number of tokens.
    - `node_id`: int32 (n + 1,), the node of each token; -1 after the last.

    In "direct":
    - `matrix`: float32 (n, n), distances from the row's node to the column's.
    - `sequence`: int32 (n,), the nodes in the order of the tour, starting with 0; -1 where undecided.
    - `visited`: int8 (n,), 1 for visited nodes.
    - `current`: the current node.

    In both, `action_mask`: int8 (n,), 1 where the action is legal.

    ## Rewards
    "dense": minus the length of each leg; the last one includes the way back. "sparse": minus the length of the tour,
    at the end. An illegal action adds -n, so that its return is below that of any tour. Undiscounted: a gamma below 1
    changes the problem.

    ## Starting State
    A new instance by `distribution`, one drawn uniformly from `instances`, or the one in `options["instance"]` (an
    `Instance`, its fields, its JSON, or a file). Given matrices are divided by their largest entry, if it is above 1.

    ## Episode End
    Termination: the tour is complete, or an action was illegal. Truncation: never.

    ## Information
    - `action_mask`: int8 (n,), as observed; all 0 when the episode is over.
    - `illegal`: the last action was illegal.
    - `solution`: at the end, int32 (n - 1,): the actions.
    - `objective`: at the end, the length of the tour; absent after an illegal action.
    - `gap`: at the end, (objective - best known) / best known; absent without a best known length.

    ## Arguments
    `gym.make("ige/ATSP-v0", n=20, distribution="metric", formulation="bq", reward="dense")`
    - `n`: number of nodes, at least 2; None: 20, or the size of `instances`.
    - `distribution`: `"metric"`, shortest-path distances over uniform ones (the triangle inequality holds), or
      `"independent"`, the uniform distances themselves.
    - `formulation`: `"bq"` or `"direct"`.
    - `reward`: `"dense"` or `"sparse"`; the return is the same.
    - `instances`: an `Instance`, its JSON, a file, or a list of these, all of one size; files are `.atsp` (TSPLIB),
      `.json`, `.npz`.
    - `render_mode`: `"ansi"` or `"rgb_array"` (`"human"` is Gymnasium's `HumanRendering` over it).

    ## Oracle
    `ige.envs.combinatorial.oracle`: exact up to 12 nodes, a local search above.

    ## References
    - Drakulic, Michel, Mai, Sors, Andreoli 2023, BQ-NCO, arXiv 2301.03313.
    - Kwon et al. 2021, Matrix encoding networks, arXiv 2106.11113 (the metric distribution).

    ## Version History
    - v0: initial version.
    """

    problem: ClassVar[type[Any]] = ATSP
    compiled: ClassVar[ModuleType] = kernel_atsp
    least_n = 2
    axes = 2
    distributions = kernel_atsp.DISTRIBUTIONS
    keys_bq = ("matrix", "visited", "current", "illegal")
    keys_direct = ("matrix", "solution", "illegal")

    def __init__(
        self,
        n: int | None = None,
        distribution: str = "metric",
        formulation: str = "bq",
        reward: str = "dense",
        instances: Instances | None = None,
        render_mode: str | None = None,
    ) -> None:
        super().__init__(n, distribution, formulation, reward, instances, render_mode)

    def parts_bq(self) -> dict[str, spaces.Space[Any]]:
        return {
            "tokens": unit(self.n + 1, self.n + 1),
            "n_tokens": spaces.Discrete(self.n + 2),
            "node_id": node_ids(self.n + 1, self.n),
        }

    def parts_direct(self) -> dict[str, spaces.Space[Any]]:
        return {
            "matrix": unit(self.n, self.n),
            "sequence": node_ids(self.n, self.n),
            "visited": spaces.MultiBinary(self.n),
            "current": spaces.Discrete(self.n),
        }

    def rules(self) -> str:
        return (
            "Visit every node once and return to node 0, on a tour as short as possible. The way from one node to "
            "another may be longer than the way back. Answer with the number of the node to visit next; a node that "
            "was visited ends the attempt."
        )

    def status(self) -> str:
        return f"At node {self.current}. Home is node 0. Length so far: {self.objective:.4f}."

    def line(self, node: int) -> str:
        matrix = self._state["matrix"][0]
        onwards = [j for j in np.flatnonzero(self._state["visited"][0] == 0).tolist() if j != node]
        ways = " ".join(f"{j}: {matrix[node, j]:.4f}" for j in [*onwards, 0])
        return f"node {node}, distance {matrix[self.current, node]:.4f}; from there to {ways}"


class ATSPVector(KernelVectorEnv):
    """A batch of tours; see `ATSPEnv`."""

    env_class = ATSPEnv
