"""Capacitated vehicle routing: `ige/CVRP-v0`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ..core import KernelVectorEnv
from ..core.check import number
from . import kernel_cvrp, kernel_cvrp_matrix
from .env import Combinatorial, Instances, by_size, node_ids, unit
from .instance import CVRP, require

CAPACITIES = {20: 30, 50: 40, 100: 50, 200: 80, 500: 100, 10**9: 250}  # in new instances, for n up to the key


KEYS_MATRIX = (
    *("matrix", "demands", "service", "capacity", "limit", "vehicles"),
    *("visited", "current", "remaining", "spent", "routes", "illegal"),
)


class CVRPEnv(Combinatorial):
    """Serve every customer by routes from a depot, none of which exceeds the vehicle's capacity.

    ## Description
    The vehicle begins at the depot, node 0. An action names the next customer and whether to drive there directly or
    via the depot, where the vehicle is reloaded. After the last customer the way back is added. The formulation "bq"
    (bisimulation quotient, Drakulic et al. 2023) shows only the remaining problem: the current node, the remaining
    customers, the depot, and what the vehicle can still serve. "direct" shows the instance and all decisions. Rewards,
    masks and actions are the same in both.

    ## Action Space
    `Discrete(2 * (n + 1))`: `Discrete(42)` by default; `2 * j` goes to customer j directly, `2 * j + 1` via the depot.
    Illegal actions are those to a customer already served or to the depot itself, direct ones whose demand exceeds the
    remaining capacity or that exceed the route's limit, and ones via the depot when all vehicles are used. An illegal
    action ends the episode. As text: `7` or `7 via depot`.

    ## Observation Space
    A `Dict`. In "bq":
    - `tokens`: float32 (n + 2, 4), x, y, demand / capacity and remaining / capacity of the current node (demand 0), the
      remaining customers in ascending order, and the depot; then zeros.
    - `n_tokens`: the number of tokens.
    - `node_id`: int32 (n + 2,), the node of each token; -1 after the last.

    In "direct":
    - `points`: float32 (n + 1, 2), the depot first.
    - `demands`: float32 (n + 1,), as shares of the capacity.
    - `remaining`: float32 (1,), the remaining share of the capacity.
    - `sequence`: int32 (n,), the actions so far; -1 where undecided.
    - `visited`: int8 (n + 1,), 1 for visited nodes.
    - `current`: the current node.

    In both, `action_mask`: int8 (2 * (n + 1),), 1 where the action is legal.

    If `instances` have a distance matrix (EXPLICIT), a route limit (DISTANCE and SERVICE_TIME) or a number of vehicles
    (VEHICLES), distances and times are measured as in the file, in units of the greatest distance. "bq" then shows
    `matrix`, float32 (n + 2, n + 2), the distances between tokens, and `tokens`, float32 (n + 2, 5): demand / capacity,
    service time / limit, and the remaining shares of the capacity, of the limit and of the vehicles. "direct" has
    `matrix` and `service` (shares of the limit) in place of `points`, and `remaining` holds these three shares.

    ## Rewards
    "dense": minus the length driven by each action; the last one includes the way back. "sparse": minus the total
    length, at the end. An illegal action adds -2 * n * sqrt(2), so that its return is below that of any solution.
    Undiscounted: a gamma below 1 changes the problem.

    ## Starting State
    A new instance (demands uniform from 1 to 9), one drawn uniformly from `instances`, or the one in
    `options["instance"]` (an `Instance`, its fields, JSON or file). Given instances are moved and scaled into the unit
    square.

    ## Episode End
    Termination: all customers are served, an action was illegal, or no vehicle can serve the remaining customers within
    the limits (`illegal` is then set too). Truncation: never.

    ## Information
    - `action_mask`: int8 (2 * (n + 1),), as observed; all 0 when the episode is over.
    - `illegal`: the last action was illegal, or left customers who cannot be served.
    - `solution`: at the end, int32 (n,): the actions.
    - `objective`: at the end, the length of all routes in the unit square; absent after an illegal action.
    - `gap`: at the end, (objective - best known) / best known; absent without a best known length in the same units.
      A file's rounded length is in other units: for its gap, use `files.read(path).gap(info["solution"])`.

    ## Arguments
    `gym.make("ige/CVRP-v0", n=20, distribution="uniform", formulation="bq", reward="dense", capacity=None)`
    - `n`: number of customers; None: 20, or the size of `instances`.
    - `distribution`: `"uniform"`, or `"clustered"` (3 to 7 uniform centres, the rest normal around them).
    - `formulation`: `"bq"` or `"direct"`.
    - `reward`: `"dense"` or `"sparse"`; the return is the same.
    - `capacity`: capacity in new instances, at least 9; None: 30, 40, 50, 80, 100 for n up to 20, 50, 100, 200, 500;
      else 250.
    - `instances`: an `Instance`, its JSON, a file, or a list of these, all of one size; files are `.vrp` (CVRPLIB),
      `.json`, `.npz`.
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
    keys_bq: ClassVar[tuple[str, ...]] = (
        "points", "demands", "capacity", "visited", "current", "remaining", "illegal",
    )  # fmt: skip
    keys_direct: ClassVar[tuple[str, ...]] = ("points", "demands", "capacity", "solution", "illegal")
    by_matrix = False  # distance matrix and route limits, from files that have them

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
        if instances is not None:
            instances = self._given("instances", instances)
            self.by_matrix = any(instance.constraints for instance in instances)
        if self.by_matrix:
            self.compiled = kernel_cvrp_matrix  # type: ignore[misc]
            self.keys_bq = self.keys_direct = KEYS_MATRIX  # type: ignore[misc]
        settings = {"capacity": lambda n: float(by_size(CAPACITIES, n)) if capacity is None else capacity}
        super().__init__(n, distribution, formulation, reward, instances, render_mode, **settings)

    def count(self) -> int:
        return 2 * (self.n + 1)

    def parts_bq(self) -> dict[str, spaces.Space[Any]]:
        if self.by_matrix:
            return {
                "matrix": unit(self.n + 2, self.n + 2),
                "tokens": unit(self.n + 2, 5),
                "n_tokens": spaces.Discrete(self.n + 3),
                "node_id": node_ids(self.n + 2, self.n + 1),
            }
        return {
            "tokens": unit(self.n + 2, 4),
            "n_tokens": spaces.Discrete(self.n + 3),
            "node_id": node_ids(self.n + 2, self.n + 1),
        }

    def parts_direct(self) -> dict[str, spaces.Space[Any]]:
        size = self.n + 1
        return {
            **({"matrix": unit(size, size), "service": unit(size)} if self.by_matrix else {"points": unit(size, 2)}),
            "demands": unit(size),
            "remaining": unit(3 if self.by_matrix else 1),
            "sequence": node_ids(self.n, 2 * (self.n + 1)),
            "visited": spaces.MultiBinary(self.n + 1),
            "current": spaces.Discrete(self.n + 1),
        }

    @property
    def instance(self) -> CVRP:
        if not self.by_matrix:
            return super().instance
        row = self._state[0]
        values = {name: row[name] for name in ("points", "limit", "vehicles", "reference")}
        known = {name: None if np.isinf(v).any() or np.isnan(v).any() else v.tolist() for name, v in values.items()}
        return CVRP(
            known["points"],
            row["demands"].copy(),
            float(row["capacity"]),
            best_known=known["reference"],
            matrix=row["matrix"].copy(),
            limit=known["limit"],
            service=None if known["limit"] is None else row["service"].copy(),
            vehicles=known["vehicles"] and int(known["vehicles"]),
        )

    def _pool(self, name: str, given: Sequence[Any]) -> NDArray[Any]:
        if self.by_matrix:
            given = [one if one.constraints else replace(one, matrix=one.distances) for one in given]
        else:
            for i, instance in enumerate(given):
                require(f"{name}[{i}]: an environment that was made without instances like it", instance)
        return super()._pool(name, given)

    def distance(self, i: int, j: int) -> float:
        return float(self._state["matrix"][0, i, j]) if self.by_matrix else super().distance(i, j)

    def _bounds(self) -> list[tuple[str, str]]:
        """The limits of routes, and the state of the current route under each; as a language agent reads it."""
        row = self._state[0]
        found = []
        if self.by_matrix and np.isfinite(row["limit"]):
            found.append(
                (
                    "The length of a route and the service times on it may not exceed the limit together.",
                    f"Length and service of this route: {row['spent']:.4f} of {row['limit']:.4f}.",
                )
            )
        if self.by_matrix and np.isfinite(row["vehicles"]):
            found.append(
                (
                    "There are only so many vehicles, one for each route; customers left when none can serve them end "
                    "the attempt.",
                    f"Vehicles: {row['routes']} of {row['vehicles']:g} on their way.",
                )
            )
        return found

    def rules(self) -> str:
        return " ".join([self._rules(), *(rule for rule, _ in self._bounds())])

    def status(self) -> str:
        return " ".join([self._status(), *(where for _, where in self._bounds())])

    def _rules(self) -> str:
        return (
            "Serve every customer once, by routes from the depot (node 0) and back that are as short as possible "
            "together; the customers of a route may not demand more than the vehicle's capacity. Answer with the "
            "number of the next customer, as `7` to drive there directly or `7 via depot` to load again on the way. "
            "A customer who was served, or whose demand is above what remains, ends the attempt."
        )

    def _status(self) -> str:
        row = self._state[0]
        return (
            f"At {self.place(self.current)} with {row['remaining']:g} of {row['capacity']:g} left. The depot is "
            f"{self.place(0)}. Length so far: {self.objective:.4f}."
        )

    def line(self, node: int) -> str:
        by_depot = self.distance(self.current, 0) + self.distance(0, node)
        service = f", service {self._state['service'][0, node]:.4f}" if self.by_matrix else ""
        return (
            f"{self.place(node)}, demand {self._state['demands'][0, node]:g}{service}, distance "
            f"{self.distance(self.current, node):.4f}, via depot {by_depot:.4f}"
        )

    def action_text(self, action: int) -> str:
        return f"{action // 2} via depot" if action % 2 else str(action // 2)


class CVRPVector(KernelVectorEnv):
    """A batch of vehicles; see `CVRPEnv`."""

    env_class = CVRPEnv
