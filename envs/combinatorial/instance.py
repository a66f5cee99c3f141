"""Instances: what is to be solved, as frozen values that can be written, read, checked and scored.

A solution is the sequence of actions that the environments take, the same in both formulations:
TSP and ATSP: the nodes after node 0, in order; CVRP: 2 j + flag, flag 1 to visit customer j by way of the depot;
orienteering: the nodes after the depot, in order; knapsack: the items, in any order.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self, cast
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..core.check import integer
from ..core.given import json_object
from ..core.text_file import LARGEST, read_json
from .metric import METRICS, distance_matrix, distances

Array = NDArray[np.float64]
TOLERANCE = 1e-9  # of sums of weights and demands, which rounding may leave above a capacity that they meet
SLACK = 1e-9  # of the limit of a route, relative to it
BUDGET_TOLERANCE = 1e-6  # of lengths against a budget (the reference code of BQ-NCO has the same)


class Instance:
    """What all problems share; each is a frozen dataclass of its own.

    Attributes:
        name: of the file or data set that it comes from.
        best_known: the best objective known, in the units of `cost`; None if there is none.
    """

    problem: ClassVar[str]
    minimise: ClassVar[bool] = True
    name: str
    best_known: float | None

    def __setstate__(self, state: dict[str, Any]) -> None:
        for value in state.values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)  # which pickles forget
        self.__dict__.update(state)

    @property
    def constraints(self) -> tuple[str, ...]:
        """What it has beyond the problem as it is drawn, of `CONSTRAINTS`; not every solver knows them."""
        return ()

    @property
    def n(self) -> int:
        """The environment's `n`: nodes of a (A)TSP, customers without the depot, items."""
        raise NotImplementedError

    def objective(self, actions: ArrayLike) -> float:
        """The length (or prize, or value) of a solution in the units of the instance, computed anew in float64.

        Raises:
            ValueError: the actions are no solution; the first offending one is named.
        """
        raise NotImplementedError

    def cost(self, actions: ArrayLike) -> float:
        """The objective by the conventions of the file that the instance comes from, such as rounded distances."""
        return self.objective(actions)

    def gap(self, actions: ArrayLike) -> float | None:
        """How far a solution is from the best known one, relative to it; positive is worse; None if none is known."""
        return None if self.best_known is None else gap(self.cost(actions), self.best_known, self.minimise)

    def scaled(self) -> Self:
        """The instance as the environments play it: points in the unit square, other numbers at most 1."""
        return self

    # --- files --------------------------------------------------------------------------------------------------------

    def as_dict(self) -> dict[str, Any]:
        """Plain data, with the problem's name."""
        values = {field.name: getattr(self, field.name) for field in fields(cast(Any, self))}
        plain = {name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in values.items()}
        return {"problem": self.problem, **plain}

    def to_json(self) -> str:
        return json.dumps(self.as_dict())

    @staticmethod
    def from_dict(data: dict[str, Any]) -> Instance:
        """The instance of some problem that `as_dict` described; `ValueError` names what is missing or unknown."""
        data = dict(data)
        problem = data.pop("problem", None)
        if not isinstance(problem, str) or problem not in PROBLEMS:
            raise ValueError(f"problem: {problem!r}, expected one of {', '.join(map(repr, PROBLEMS))}")
        kind = PROBLEMS[problem]
        names = [field.name for field in fields(kind)]
        for name in data:
            if name not in names:
                raise ValueError(f"{name}: {problem} has no such field, expected one of {', '.join(names)}")
        try:
            return kind(**data)
        except TypeError as error:
            raise ValueError(f"{problem}: {str(error).rpartition('missing ')[2]} missing") from None

    @staticmethod
    def from_json(text: str) -> Instance:
        return Instance.from_dict(json_object("instance", text))


@dataclass(frozen=True, eq=False)
class TSP(Instance):
    """Points to be visited once each, on a tour as short as possible.

    Attributes:
        points: float64 (n, 2); the tour begins and ends at point 0.
        metric: how `cost` measures, "EUCLIDEAN" or a distance type of TSPLIB; `objective` is Euclidean always.
        distinct: no two points may coincide (in some published files they do).
    """

    problem: ClassVar[str] = "TSP"
    points: Array
    metric: str = "EUCLIDEAN"
    distinct: bool = True
    name: str = ""
    best_known: float | None = None

    def __post_init__(self) -> None:
        _set(self, points=_points("points", self.points, 2, self.distinct))
        _metric(self.metric)

    @property
    def n(self) -> int:
        return len(self.points)

    def objective(self, actions: ArrayLike) -> float:
        return _tour_length(self.points, _permutation(actions, self.n))

    def cost(self, actions: ArrayLike) -> float:
        return _tour_length(self.points, _permutation(actions, self.n), self.metric)

    def scaled(self) -> TSP:
        points, factor = _unit_square(self.points)
        return replace(self, points=points, **_scaled_reference(self, factor))


@dataclass(frozen=True, eq=False)
class ATSP(Instance):
    """A tour by a matrix of distances, which may differ by direction.

    Attributes:
        matrix: float64 (n, n), from row to column; the diagonal is set to zero.
        symmetric: the matrix must be symmetric (a TSP that is given by its matrix).
        display: float64 (n, 2) or None: where a picture shows the nodes.
    """

    problem: ClassVar[str] = "ATSP"
    matrix: Array
    symmetric: bool = False
    display: Array | None = None
    name: str = ""
    best_known: float | None = None

    def __post_init__(self) -> None:
        matrix = _distances(self.matrix)
        if self.symmetric and (unequal := np.argwhere(matrix != matrix.T)).size:
            i, j = unequal[0].tolist()
            raise ValueError(
                f"matrix[{i}, {j}]: {matrix[i, j]:g}, expected {matrix[j, i]:g} as in matrix[{j}, {i}]: it is said to "
                "be symmetric"
            )
        display = None if self.display is None else _points("display", self.display, 2, distinct=False)
        if display is not None and len(display) != len(matrix):
            raise ValueError(f"display: {len(display)} points, expected {len(matrix)}")
        _set(self, matrix=matrix, display=display)

    @property
    def n(self) -> int:
        return len(self.matrix)

    def objective(self, actions: ArrayLike) -> float:
        tour = _permutation(actions, self.n)
        return float(self.matrix[tour, np.roll(tour, -1)].sum())

    def scaled(self) -> ATSP:
        matrix, largest = _at_most_one(self.matrix)
        return replace(self, matrix=matrix, best_known=None if self.best_known is None else self.best_known / largest)


@dataclass(frozen=True, eq=False)
class CVRP(Instance):
    """Customers to be served by routes that begin and end at a depot, none with more demand than the capacity.

    Attributes:
        points: float64 (n + 1, 2), the depot first; None of a matrix without places.
        demands: float64 (n + 1,), 0 for the depot.
        capacity: of the vehicle; as many routes as are wanted.
        metric: how `cost` measures, as of `TSP`.
        matrix: float64 (n + 1, n + 1), distances from row to column, in place of those of the points; or None.
        limit: of the length of a route and the service times on it together, measured as `cost` does; or None.
        service: float64 (n + 1,), the times that customers take, 0 for the depot; they are no cost; or None.
        vehicles: the most routes; or None.
    """

    problem: ClassVar[str] = "CVRP"
    points: Array | None
    demands: Array
    capacity: float
    metric: str = "EUCLIDEAN"
    name: str = ""
    best_known: float | None = None
    matrix: Array | None = None
    limit: float | None = None
    service: Array | None = None
    vehicles: int | None = None

    def __post_init__(self) -> None:
        # Customers may share an address, but what is not a number may not.
        points = None if self.points is None else _points("points", self.points, 2, distinct=False)
        matrix = None if self.matrix is None else _distances(self.matrix)
        if points is None and matrix is None:
            raise ValueError("points: None without a matrix, expected one of them")
        demands = _aligned("demands", self.demands, len(cast(Array, points if matrix is None else matrix)))
        if points is not None and len(points) != len(demands):
            raise ValueError(f"points: {len(points)} of them, expected {len(demands)}: as many as the matrix has")
        capacity = _positive("capacity", self.capacity)
        if (over := np.flatnonzero(demands > capacity)).size:
            raise ValueError(f"demands[{over[0]}]: {demands[over[0]]:g}, expected at most the capacity {capacity:g}")
        _set(self, points=points, demands=demands, capacity=capacity, matrix=matrix)
        _metric(self.metric)
        if self.limit is not None:
            self._check_limit()
        elif self.service is not None:
            raise ValueError("service: found it without a limit, which alone it counts for")
        if self.vehicles is not None:
            _set(self, vehicles=integer("vehicles", self.vehicles, 1))
            if demands.sum() > self.vehicles * capacity + TOLERANCE:
                least = f"at least {math.ceil(demands.sum() / capacity)} for a demand of {demands.sum():g}"
                raise ValueError(f"vehicles: {self.vehicles}, expected {least}")

    def _check_limit(self) -> None:
        limit = _positive("limit", self.limit)
        service = _aligned("service", np.zeros(self.n + 1) if self.service is None else self.service, self.n + 1)
        _set(self, limit=limit, service=service)
        alone = self.distances[0] + service + self.distances[:, 0]
        if (over := np.flatnonzero(alone > limit * (1 + SLACK))).size:
            raise ValueError(f"limit: {limit:g}, expected at least {alone[over[0]]:g} for customer {over[0]} alone")

    @property
    def constraints(self) -> tuple[str, ...]:
        found = {
            "matrix": self.matrix is not None,
            "directions": self.matrix is not None and bool((self.matrix != self.matrix.T).any()),
            "limit": self.limit is not None,
            "vehicles": self.vehicles is not None,
        }
        return tuple(name for name, is_there in found.items() if is_there)

    @cached_property
    def distances(self) -> Array:
        """What `cost` adds up, float64 (n + 1, n + 1)."""
        return distance_matrix(cast(Array, self.points), self.metric) if self.matrix is None else self.matrix

    @property
    def n(self) -> int:
        return len(self.demands) - 1

    def as_dict(self) -> dict[str, Any]:
        """Plain data; without the fields that only some files fill."""
        rare = ("matrix", "limit", "service", "vehicles")
        return {name: value for name, value in super().as_dict().items() if name not in rare or value is not None}

    def routes(self, actions: ArrayLike) -> list[list[int]]:
        """The customers of each route, in order."""
        routes: list[list[int]] = []
        for action in integers(actions).tolist():
            if action % 2 or not routes:
                routes.append([])
            routes[-1].append(action // 2)
        return routes

    @staticmethod
    def actions(routes: Sequence[Sequence[int]]) -> NDArray[np.int64]:
        """The actions that drive the routes; the first is driven to directly, since it begins at the depot."""
        driven = [route for route in routes if len(route)]
        flat = [2 * j + (r > 0 and k == 0) for r, route in enumerate(driven) for k, j in enumerate(route)]
        return np.array(flat, np.int64)

    def objective(self, actions: ArrayLike) -> float:
        return self._length(actions, self.metric if self.constraints else "EUCLIDEAN")

    def cost(self, actions: ArrayLike) -> float:
        return self._length(actions, self.metric)

    def _length(self, actions: ArrayLike, metric: str) -> float:
        given = integers(actions)
        _permutation(given // 2, self.n + 1)
        total = 0.0
        routes = self.routes(given)
        if self.vehicles is not None and len(routes) > self.vehicles:
            raise ValueError(f"actions: {len(routes)} routes, expected at most {self.vehicles}, the vehicles")
        for route in routes:
            load = self.demands[route].sum()
            if load > self.capacity + TOLERANCE:
                raise ValueError(f"actions: route {route}: load {load:g}, expected at most {self.capacity:g}")
            tour = np.array([0, *route])
            if self.constraints:
                length = float(self.distances[tour, np.roll(tour, -1)].sum())
            else:
                length = _tour_length(cast(Array, self.points), tour, metric)
            total += length
            spent = 0.0 if self.service is None else length + float(self.service[route].sum())
            if self.limit is not None and spent > self.limit * (1 + SLACK):
                found = f"length and service times {spent:g}"
                raise ValueError(f"actions: route {route}: {found}, expected at most {self.limit:g}")
        return total

    def scaled(self) -> CVRP:
        if self.constraints:
            return self._scaled_matrix()
        assert self.points is not None
        points, factor = _unit_square(self.points)
        return replace(self, points=points, **_scaled_reference(self, factor))


    def _scaled_matrix(self) -> CVRP:
        """With distances that are at most 1, and what is measured as they are; points are only shown."""
        largest = float(self.distances.max()) or 1.0
        return replace(
            self,
            points=None if self.points is None else _unit_square(self.points)[0],
            matrix=self.distances / largest,
            limit=None if self.limit is None else self.limit / largest,
            service=None if self.service is None else self.service / largest,
            best_known=None if self.best_known is None else self.best_known / largest,
        )


@dataclass(frozen=True, eq=False)
class Orienteering(Instance):
    """Prizes to be collected on a round trip from the depot that is no longer than the budget.

    Attributes:
        points: float64 (n + 1, 2), the depot first.
        prizes: float64 (n + 1,), positive, 0 for the depot.
        budget: the greatest length of the trip.
    """

    problem: ClassVar[str] = "Orienteering"
    minimise: ClassVar[bool] = False
    points: Array
    prizes: Array
    budget: float
    name: str = ""
    best_known: float | None = None

    def __post_init__(self) -> None:
        points = _points("points", self.points, 2, distinct=False)
        prizes, budget = _aligned("prizes", self.prizes, len(points)), _positive("budget", self.budget)
        if (none := np.flatnonzero(prizes[1:] <= 0)).size:
            raise ValueError(f"prizes[{none[0] + 1}]: {prizes[none[0] + 1]:g}, expected a positive prize")
        nearest = 2 * np.hypot(*(points[1:] - points[0]).T).min()
        if nearest > budget + BUDGET_TOLERANCE:
            raise ValueError(f"budget: {budget:g} reaches no node, expected at least {nearest:g}: there and back")
        _set(self, points=points, prizes=prizes, budget=budget)

    @property
    def n(self) -> int:
        return len(self.points) - 1

    def length(self, actions: ArrayLike) -> float:
        """Of the round trip."""
        return _tour_length(self.points, np.array([0, *distinct(actions, 1, self.n + 1).tolist()]))

    def objective(self, actions: ArrayLike) -> float:
        chosen = distinct(actions, 1, self.n + 1)
        if (length := self.length(chosen)) > self.budget + BUDGET_TOLERANCE * (len(chosen) + 1):
            raise ValueError(f"actions: the trip is {length:g} long, expected at most {self.budget:g}")
        return float(self.prizes[chosen].sum())

    def scaled(self) -> Orienteering:
        points, factor = _unit_square(self.points)
        prizes, largest = _at_most_one(self.prizes)
        best = None if self.best_known is None else self.best_known / largest
        return replace(self, points=points, prizes=prizes, budget=self.budget * factor, best_known=best)


@dataclass(frozen=True, eq=False)
class Knapsack(Instance):
    """Items to be packed for as much value as the capacity allows.

    Attributes:
        values: float64 (n,), positive.
        weights: float64 (n,), positive.
        capacity: of the sack.
    """

    problem: ClassVar[str] = "Knapsack"
    minimise: ClassVar[bool] = False
    values: Array
    weights: Array
    capacity: float
    name: str = ""
    best_known: float | None = None

    def __post_init__(self) -> None:
        values, weights = _floats("values", self.values, 1), _floats("weights", self.weights, 1)
        if len(values) != len(weights) or not len(values):
            raise ValueError(f"weights: {len(weights)} of them for {len(values)} values, expected one each")
        for what, array in (("values", values), ("weights", weights)):
            if (bad := np.flatnonzero(array <= 0)).size:
                raise ValueError(f"{what}[{bad[0]}]: {array[bad[0]]:g}, expected a positive number")
        capacity = _positive("capacity", self.capacity)
        if weights.min() > capacity + TOLERANCE:
            raise ValueError(f"capacity: {capacity:g} holds no item, expected at least {weights.min():g}")
        _set(self, values=values, weights=weights, capacity=capacity)

    @property
    def n(self) -> int:
        return len(self.values)

    def objective(self, actions: ArrayLike) -> float:
        chosen = distinct(actions, 0, self.n)
        if (load := self.weights[chosen].sum()) > self.capacity + TOLERANCE * (len(chosen) + 1):
            raise ValueError(f"actions: weight {load:g}, expected at most {self.capacity:g}")
        return float(self.values[chosen].sum())

    def scaled(self) -> Knapsack:
        (values, most), (weights, heaviest) = _at_most_one(self.values), _at_most_one(self.weights)
        best = None if self.best_known is None else self.best_known / most
        return replace(self, values=values, weights=weights, capacity=self.capacity / heaviest, best_known=best)


PROBLEMS: dict[str, type[Any]] = {kind.problem: kind for kind in (TSP, ATSP, CVRP, Orienteering, Knapsack)}


# What `Instance.constraints` names, in words.
CONSTRAINTS = {
    "matrix": "distances by a matrix",
    "directions": "distances that differ by direction",
    "limit": "a limit of route lengths",
    "vehicles": "a number of vehicles",
}


def require(who: str, instance: Instance, known: Sequence[str] = ()) -> None:
    """Refuse an instance that has what somebody does not know; `ValueError` names the constraint."""
    for name in instance.constraints:
        if name not in known:
            raise ValueError(f"{who} does not know {CONSTRAINTS[name]}, which the {instance.problem} has")


def gap(objective: float, reference: float, minimise: bool = True) -> float:
    """The relative distance to a reference; positive is worse."""
    return (objective - reference if minimise else reference - objective) / abs(reference)


# --- many instances in one file ---------------------------------------------------------------------------------------


def save(path: str | Path, instances: Sequence[Instance]) -> None:
    """Write instances of one problem: `.json` (a list) or `.npz` (stacked arrays, so of one size)."""
    path, instances = Path(path), list(instances)
    if not instances:
        raise ValueError("instances: found none, expected at least one")
    if path.suffix == ".json":
        path.write_text(json.dumps([instance.as_dict() for instance in instances]), encoding="utf-8")
        return
    _suffix(path)
    first = instances[0]
    for i, instance in enumerate(instances):
        if (type(instance), instance.n) != (type(first), first.n):
            expected = f"{first.problem} of n={first.n} as the first; a .json file takes any"
            raise ValueError(f"instances[{i}]: {instance.problem} of n={instance.n}, expected {expected}")
    columns: dict[str, Any] = {"problem": np.array(first.problem)}
    for field in fields(cast(Any, first)):
        values = [getattr(instance, field.name) for instance in instances]
        if field.name == "best_known":
            values = [np.nan if value is None else value for value in values]
        lacking = [i for i, value in enumerate(values) if value is None]
        if not lacking:
            columns[field.name] = np.array(values)
        elif len(lacking) < len(values):
            raise ValueError(
                f"instances[{lacking[0]}]: no {field.name}, expected one as others have; a .json file takes any"
            )
    np.savez_compressed(path, **columns)


def load(path: str | Path) -> list[Instance]:
    """Read what `save` wrote; `ValueError` names the file and the instance."""
    path = Path(path)
    if path.suffix == ".json":
        data = read_json(path)
        rows = data if isinstance(data, list) else [data]
    else:
        _suffix(path)
        try:
            with np.load(path, allow_pickle=False) as file:
                columns = dict(file)
        except FileNotFoundError:
            raise
        except (ValueError, OSError, EOFError, BadZipFile) as error:
            raise ValueError(f"{path}: {error}, expected what save wrote") from None
        problem = str(columns.pop("problem", ""))
        counts = {name: len(column) if column.ndim else 0 for name, column in columns.items()}
        count = max(counts.values(), default=0)
        for name in counts:
            if counts[name] != count:
                raise ValueError(f"{path}: {name}: {counts[name]} of them, expected {count}: one for each instance")
        rows = [
            {"problem": problem} | {name: _item(name, column[i]) for name, column in columns.items()}
            for i in range(count)
        ]
    found = []
    for i, row in enumerate(rows):
        try:
            found.append(Instance.from_dict(row))
        except (ValueError, AttributeError, TypeError) as error:
            raise ValueError(f"{path}: instance {i}: {error}") from None
    return found


def _item(name: str, value: Any) -> Any:
    plain = value if value.ndim else value.item()
    unknown = name == "best_known" and isinstance(plain, float) and math.isnan(plain)
    return None if unknown else plain


def _suffix(path: Path) -> None:
    if path.suffix != ".npz":
        raise ValueError(f"{path}: suffix {path.suffix!r}, expected .json or .npz")


# --- checks -----------------------------------------------------------------------------------------------------------


def _set(instance: Instance, **values: Any) -> None:
    """Put what was checked in its place; the reference, which all have, is checked here: gaps are relative to it."""
    if instance.best_known is not None:
        values["best_known"] = _positive("best_known", instance.best_known)
    for name, value in values.items():
        object.__setattr__(instance, name, value)


def _floats(name: str, value: Any, ndim: int) -> Array:
    """A read-only float64 array of numbers whose squares are finite."""
    try:
        array = np.array(value, np.float64)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"{name}: expected numbers in {ndim} dimension{'s' * (ndim > 1)}") from None
    if array.ndim != ndim:
        raise ValueError(f"{name}: shape {array.shape}, expected {ndim} dimension{'s' * (ndim > 1)}")
    if (wrong := np.argwhere(~(np.abs(array) <= LARGEST))).size:
        where = ", ".join(map(str, wrong[0].tolist()))
        raise ValueError(f"{name}[{where}]: {array[tuple(wrong[0])]}, expected a number up to {LARGEST:g}")
    array.setflags(write=False)
    return array


def _distances(value: Any) -> Array:
    """A read-only square matrix without negative entries, zero on its diagonal."""
    matrix = _floats("matrix", value, 2)
    if matrix.shape[0] != matrix.shape[1] or len(matrix) < 2:
        raise ValueError(f"matrix: shape {matrix.shape}, expected a square of at least 2 nodes")
    matrix = matrix.copy()
    np.fill_diagonal(matrix, 0.0)
    if matrix.min() < 0:
        i, j = np.argwhere(matrix < 0)[0].tolist()
        raise ValueError(f"matrix[{i}, {j}]: {matrix[i, j]:g}, expected no negative distance")
    matrix.setflags(write=False)
    return matrix


def _points(name: str, value: Any, least: int, distinct: bool = True) -> Array:
    points = _floats(name, value, 2)
    if points.shape[1] != 2 or len(points) < least:
        raise ValueError(f"{name}: shape {points.shape}, expected (n, 2) with at least {least} points")
    if distinct:
        _, first, which = np.unique(points, axis=0, return_index=True, return_inverse=True)
        original = first[which.reshape(-1)]
        if (again := np.flatnonzero(original != np.arange(len(points)))).size:
            i, j = int(again[0]), int(original[again[0]])
            raise ValueError(f"{name}[{i}]: the same as {name}[{j}], expected points that differ")
    return points


def _aligned(name: str, value: Any, count: int) -> Array:
    """One number of each point, zero for the depot, none negative."""
    array = _floats(name, value, 1)
    if len(array) != count:
        raise ValueError(f"{name}: {len(array)} of them, expected {count}: one for each point")
    if array[0] != 0:
        raise ValueError(f"{name}[0]: {array[0]:g}, expected 0 for the depot")
    if (bad := np.flatnonzero(array < 0)).size:
        raise ValueError(f"{name}[{bad[0]}]: {array[bad[0]]:g}, expected no negative number")
    return array


def _positive(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (ValueError, TypeError, OverflowError):
        number = np.nan
    if not 0 < number <= LARGEST:
        raise ValueError(f"{name}: {value!r}, expected a positive number")
    return number


def _metric(metric: str) -> None:
    if metric not in METRICS:
        raise ValueError(f"metric: {metric!r}, expected one of {', '.join(map(repr, METRICS))}")


def integers(actions: ArrayLike) -> NDArray[np.int64]:
    """A sequence of integers as they are: nothing is rounded or read as a truth value."""
    given = np.asarray(actions)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise ValueError(f"actions: {given.dtype} {given.shape}, expected a sequence of integers")
    return given.astype(np.int64)


def distinct(actions: ArrayLike, low: int, high: int) -> NDArray[np.int64]:
    """Actions from low to below high, none twice."""
    chosen = integers(actions)
    seen: set[int] = set()
    for i, action in enumerate(chosen.tolist()):
        if not low <= action < high or action in seen:
            what = "a second time" if action in seen else f"expected {low} to {high - 1}"
            raise ValueError(f"actions[{i}]: {action}, {what}")
        seen.add(action)
    return chosen


def _permutation(actions: ArrayLike, n: int) -> NDArray[np.int64]:
    """The tour of actions that visit nodes 1 to n - 1 once each: [0, *actions]."""
    chosen = distinct(actions, 1, n)
    if len(chosen) != n - 1:
        raise ValueError(f"actions: {len(chosen)} nodes, expected all {n - 1} after node 0")
    return np.concatenate([[0], chosen])


def _tour_length(points: Array, tour: NDArray[np.int64], metric: str = "EUCLIDEAN") -> float:
    """The length of a tour that returns to where it began."""
    return float(distances(points[tour], points[np.roll(tour, -1)], metric).sum())


def _unit_square(points: Array) -> tuple[Array, float]:
    """Points moved and scaled by one factor for both axes into the unit square; left alone if they lie there."""
    if points.min() >= 0 and points.max() <= 1:
        return points, 1.0
    low = points.min(0)
    extent = float((points - low).max())
    factor = 1.0 / extent if extent > np.finfo(float).tiny else 1.0  # all in one place
    return (points - low) * factor, factor


def _at_most_one(array: Array) -> tuple[Array, float]:
    """Numbers and what they were divided by: the largest, if it is above 1."""
    largest = max(1.0, float(array.max()))
    return array / largest, largest


def _scaled_reference(instance: TSP | CVRP, factor: float) -> dict[str, Any]:
    """Metric and best known length in the unit square, where all is Euclidean; a rounded length cannot be scaled."""
    known = instance.best_known if instance.metric == "EUCLIDEAN" else None
    return {"metric": "EUCLIDEAN", "best_known": None if known is None else known * factor}
