"""Instances: written and read alike, scored as by formulas written anew, refused in one line that names the field."""

from __future__ import annotations

import json
import math
import pickle
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.combinatorial.instance import (
    ATSP,
    CVRP,
    PROBLEMS,
    TSP,
    Instance,
    Knapsack,
    Orienteering,
    gap,
    load,
    save,
)

SQUARE = [[0, 0], [0, 3], [4, 3], [4, 0]]
SEEDS = st.integers(0, 2**32 - 1)


def tsp(rng: np.random.Generator, n: int) -> TSP:
    return TSP(rng.uniform(-50, 50, (n, 2)), rng.choice(["EUCLIDEAN", "EUC_2D", "ATT"]).item(), name="é")


def atsp(rng: np.random.Generator, n: int) -> ATSP:
    return ATSP(rng.uniform(1, 9, (n, n)), display=rng.uniform(size=(n, 2)), best_known=2.5)


def cvrp(rng: np.random.Generator, n: int) -> CVRP:
    return CVRP(rng.uniform(-50, 50, (n + 1, 2)), np.r_[0, rng.integers(0, 10, n)], 10, "CEIL_2D")


def orienteering(rng: np.random.Generator, n: int) -> Orienteering:
    return Orienteering(rng.uniform(-5, 5, (n + 1, 2)), np.r_[0, rng.uniform(1, 2, n)], 30.0)


def knapsack(rng: np.random.Generator, n: int) -> Knapsack:
    return Knapsack(rng.uniform(1, 2, n), rng.uniform(1, 2, n), 2 + n / 3)


MAKERS: dict[str, Callable[[np.random.Generator, int], Instance]] = {
    "TSP": tsp,
    "ATSP": atsp,
    "CVRP": cvrp,
    "Orienteering": orienteering,
    "Knapsack": knapsack,
}


def solution(instance: Instance, rng: np.random.Generator) -> list[int]:
    """Some solution at random."""
    n = instance.n
    if isinstance(instance, TSP | ATSP):
        return [1 + int(j) for j in rng.permutation(n - 1)]
    order = [int(j) for j in rng.permutation(n)]
    if isinstance(instance, CVRP):
        return [2 * (j + 1) + 1 for j in order]  # each on a route of its own
    taken: list[int] = []
    for j in order if isinstance(instance, Knapsack) else [j + 1 for j in order]:
        try:
            instance.objective([*taken, j])
        except ValueError:
            continue
        taken.append(j)
    return taken


def same(a: Instance, b: Instance) -> bool:
    return type(a) is type(b) and a.as_dict() == b.as_dict()


def test_all_problems_are_made_here() -> None:
    assert list(MAKERS) == list(PROBLEMS)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_is_read_is_what_was_written(problem: str, suffix: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    instances = [MAKERS[problem](rng, 6) for _ in range(3)]
    again = Instance.from_json(instances[0].to_json())
    assert same(again, instances[0])
    save(tmp_path / f"some{suffix}", instances)
    found = load(tmp_path / f"some{suffix}")
    assert len(found) == 3
    assert all(map(same, found, instances))


def test_what_a_field_says_is_kept(tmp_path: Path) -> None:
    instances: list[Instance] = [
        TSP([[0, 0], [0, 0]], distinct=False, best_known=3),
        TSP([[0, 0], [0, 1]], metric="GEO", name="a"),
    ]
    save(tmp_path / "two.npz", instances)
    assert all(map(same, load(tmp_path / "two.npz"), instances))
    one = tmp_path / "one.json"
    one.write_text(ATSP([[0, 1], [1, 0]], symmetric=True).to_json())  # a file of one instance rather than a list
    assert load(one)[0].as_dict()["symmetric"] is True


def test_files_that_cannot_be(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    small, large = tsp(rng, 3), tsp(rng, 4)
    for name, instances, message in [
        ("a.json", [], "instances: found none, expected at least one"),
        ("a.csv", [small], "suffix '.csv', expected .json or .npz"),
        ("a.npz", [small, large], "instances[1]: TSP of n=4, expected TSP of n=3 as the first; a .json file takes any"),
        (
            "a.npz",
            [ATSP([[0, 1], [1, 0]]), ATSP([[0, 1], [1, 0]], display=[[0, 0], [1, 1]])],
            "instances[0]: no display",
        ),
    ]:
        with pytest.raises(ValueError) as error:  # noqa: PT011 (the message is looked at)
            save(tmp_path / name, instances)
        assert message in str(error.value)
    save(tmp_path / "mixed.json", [small, large])
    assert [instance.n for instance in load(tmp_path / "mixed.json")] == [3, 4]
    save(tmp_path / "good.npz", [small])
    whole = (tmp_path / "good.npz").read_bytes()
    for name, content, message in [
        ("b.json", b"[{]", "line 1, column 3: "),
        ("b.json", b"[1]", "instance 0: "),
        ("b.json", b'["\xff"]', "line 1, column 3: found byte 0xff, expected text in UTF-8"),
        ("b.json", b'[{"problem": "TSP"}]', "instance 0: points: missing, expected all of points, "),
        ("b.npz", b"", "expected what save wrote"),
        ("b.npz", b"PK", "expected what save wrote"),
        ("b.npz", whole[: len(whole) // 2], "expected what save wrote"),
        ("b.csv", b"", "suffix '.csv', expected .json or .npz"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError) as error:  # noqa: PT011
            load(tmp_path / name)
        assert str(error.value).startswith(str(tmp_path / name))
        assert message in str(error.value)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"values": np.ones((2, 3)), "weights": np.ones((1, 3))}, "weights: 1 of them, expected 2: one for each"),
        ({"values": np.ones((1, 3)), "capacity": np.array(2.0)}, "capacity: 0 of them, expected 1: one for each"),
        ({"values": np.ones((1, 3)), "best_known": np.array(["a"])}, "instance 0: weights: missing"),
    ],
)
def test_arrays_that_another_program_wrote(columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", problem=np.array("Knapsack"), **columns)
    with pytest.raises(ValueError, match="^" + re.escape(f"{tmp_path / 'a.npz'}: {message}")):
        load(tmp_path / "a.npz")


# --- objectives -------------------------------------------------------------------------------------------------------


def length(points: Any, order: list[int]) -> float:
    return sum(math.dist(points[i], points[j]) for i, j in pairwise([*order, order[0]]))


@given(SEEDS, st.integers(2, 8))
def test_objectives(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c, d, e = (make(rng, n) for make in MAKERS.values())
    assert isinstance(a, TSP)
    tour = solution(a, rng)
    assert a.objective(tour) == pytest.approx(length(a.points, [0, *tour]))
    assert isinstance(b, ATSP)
    assert b.objective(tour) == pytest.approx(sum(b.matrix[i, j] for i, j in pairwise([0, *tour, 0])))
    assert isinstance(c, CVRP)
    routes: list[list[int]] = [[]]
    for j in rng.permutation(np.arange(1, n + 1)).tolist():
        if sum(c.demands[[*routes[-1], j]]) > c.capacity:
            routes.append([])
        routes[-1].append(j)
    actions = c.actions(routes)
    assert c.routes(actions) == routes
    assert c.objective(actions) == pytest.approx(sum(length(c.points, [0, *route]) for route in routes))
    assert isinstance(d, Orienteering)
    trip = solution(d, rng)
    assert d.length(trip) == pytest.approx(length(d.points, [0, *trip]))
    assert d.objective(trip) == pytest.approx(sum(d.prizes[j] for j in trip))
    assert isinstance(e, Knapsack)
    packed = solution(e, rng)
    assert e.objective(packed) == pytest.approx(sum(e.values[j] for j in packed))


def test_cost_rounds_each_distance() -> None:
    rounded = TSP([[0, 0], [1, 1], [0, 2]], metric="EUC_2D")
    assert rounded.objective([1, 2]) == pytest.approx(2 + 2 * math.sqrt(2))
    assert rounded.cost([1, 2]) == 1 + 1 + 2
    vehicles = CVRP([[0, 0], [1, 1], [0, 2]], [0, 1, 1], 2, metric="CEIL_2D")
    assert vehicles.cost(vehicles.actions([[1], [2]])) == 2 * 2 + 2 * 2
    assert vehicles.cost(vehicles.actions([[1, 2]])) == 2 + 2 + 2
    assert vehicles.cost([2, 4]) == vehicles.cost([3, 4])  # the first route begins at the depot anyway


def test_a_positive_gap_is_worse() -> None:
    assert gap(11, 10) == pytest.approx(0.1)
    assert gap(9, 10, minimise=False) == pytest.approx(0.1)
    assert TSP(SQUARE, best_known=14).gap([2, 1, 3]) == pytest.approx(18 / 14 - 1)
    assert TSP(SQUARE, best_known=14).gap([1, 2, 3]) == 0
    assert Knapsack([1, 3], [1, 1], 1, best_known=3).gap([0]) == pytest.approx(2 / 3)
    assert Knapsack([1, 3], [1, 1], 1).gap([0]) is None
    assert TSP([[0, 0], [1, 1]], metric="EUC_2D", best_known=2).gap([1]) == 0  # of cost, not of the objective


# --- scaled -----------------------------------------------------------------------------------------------------------


@given(SEEDS, st.integers(2, 8), st.sampled_from(list(MAKERS)))
def test_scaled(seed: int, n: int, problem: str) -> None:
    rng = np.random.default_rng(seed)
    instance = MAKERS[problem](rng, n)
    scaled = instance.scaled()
    assert same(scaled.scaled(), scaled)
    if isinstance(scaled, Knapsack):
        assert max(scaled.values.max(), scaled.weights.max()) <= 1
    elif isinstance(scaled, ATSP):
        assert scaled.matrix.max() == 1
    else:
        assert (scaled.points.min(0) == 0).all()  # type: ignore[attr-defined]
        assert 1 - 1e-15 < scaled.points.max() <= 1  # type: ignore[attr-defined]
    some, other = solution(instance, rng), solution(instance, rng)
    if isinstance(scaled, Orienteering):
        assert scaled.prizes.max() <= 1
    # One factor for all lengths (prizes, values), which a known one shares unless it was rounded.
    assert scaled.objective(some) * instance.objective(other) == pytest.approx(
        scaled.objective(other) * instance.objective(some)
    )
    if getattr(instance, "metric", "EUCLIDEAN") == "EUCLIDEAN" and instance.best_known:
        assert scaled.gap(some) == pytest.approx(instance.gap(some))
    assert getattr(scaled, "metric", "EUCLIDEAN") == "EUCLIDEAN"


def test_scaled_references() -> None:
    assert TSP(SQUARE, best_known=14).scaled().best_known == 3.5
    assert TSP(SQUARE, "EUC_2D", best_known=14).scaled().best_known is None
    unit = TSP([[0.25, 0.5], [0.5, 0.5]])
    assert (unit.scaled().points == unit.points).all()
    assert not TSP([[7, 7], [7, 7]], distinct=False).scaled().points.any()
    assert Orienteering([[7, 7], [7, 7]], [0, 1], 2).scaled().budget == 2  # all in one place: nothing to scale by


# --- refusals ---------------------------------------------------------------------------------------------------------

TWO = [[0, 0], [1, 1]]
REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: TSP([[0, 0], [math.nan, 1]]), "points[1, 0]: nan, expected a number"),
    (lambda: TSP([[0, 0], [0, math.inf]]), "points[1, 1]: inf, expected a number"),
    (lambda: TSP([[0, 0], [1, 1], [0, 0]]), "points[2]: the same as points[0], expected points that differ"),
    (lambda: TSP([[0, 0], [0.0, -0.0]]), "points[1]: the same as points[0], expected points that differ"),
    (lambda: TSP([[0, 0]]), "points: shape (1, 2), expected (n, 2) with at least 2 points"),
    (lambda: TSP([[0, 0, 0], [1, 1, 1]]), "points: shape (2, 3), expected (n, 2) with at least 2 points"),
    (lambda: TSP([0, 1]), "points: shape (2,), expected 2 dimensions"),
    (lambda: TSP([["a", 0], [1, 1]]), "points: expected numbers in 2 dimensions"),
    (lambda: TSP(TWO, metric="EUC"), "metric: 'EUC', expected one of 'EUCLIDEAN', 'EUC_2D'"),
    (lambda: TSP(TWO, best_known=math.nan), "best_known: nan, expected a positive number"),
    (lambda: TSP(TWO, best_known=0), "best_known: 0, expected a positive number"),
    (
        lambda: ATSP([[0, 1], [2, 0]], symmetric=True),
        "matrix[0, 1]: 1, expected 2 as in matrix[1, 0]: it is said",
    ),
    (lambda: ATSP([[0, -1], [2, 0]]), "matrix[0, 1]: -1, expected no negative distance"),
    (lambda: ATSP([[0]]), "matrix: shape (1, 1), expected a square of at least 2 nodes"),
    (lambda: ATSP([[0, 1, 2], [2, 0, 1]]), "matrix: shape (2, 3), expected a square of at least 2 nodes"),
    (lambda: ATSP([[0, math.nan], [2, 0]]), "matrix[0, 1]: nan, expected a number"),
    (lambda: ATSP([[0, 1], [1, 0]], display=[[0, 0], [1, 1], [2, 2]]), "display: 3 points, expected 2"),
    (lambda: CVRP([[0, 0]], [0], 5), "points: shape (1, 2), expected (n, 2) with at least 2 points"),
    (lambda: CVRP(TWO, [0, 6], 5), "demands[1]: 6, expected at most the capacity 5"),
    (lambda: CVRP(TWO, [0, -1], 5), "demands[1]: -1, expected no negative number"),
    (lambda: CVRP(TWO, [1, 1], 5), "demands[0]: 1, expected 0 for the depot"),
    (lambda: CVRP(TWO, [0], 5), "demands: 1 of them, expected 2: one for each point"),
    (lambda: CVRP(TWO, [0, math.nan], 5), "demands[1]: nan, expected a number"),
    (lambda: CVRP(TWO, [0, 1], 0), "capacity: 0, expected a positive number"),
    (lambda: CVRP(TWO, [0, 1], "a"), "capacity: 'a', expected a positive number"),  # type: ignore[arg-type]
    (lambda: Orienteering(TWO, [0, 1], 2.8), "budget: 2.8 reaches no node, expected at least 2.82843: there and back"),
    (lambda: Orienteering(TWO, [0, 0], 3), "prizes[1]: 0, expected a positive prize"),
    (lambda: Orienteering(TWO, [0, 1], math.inf), "budget: inf, expected a positive number"),
    (lambda: Knapsack([1], [1, 2], 3), "weights: 2 of them for 1 values, expected one each"),
    (lambda: Knapsack([], [], 3), "weights: 0 of them for 0 values, expected one each"),
    (lambda: Knapsack([0], [1], 3), "values[0]: 0, expected a positive number"),
    (lambda: Knapsack([1], [-1], 3), "weights[0]: -1, expected a positive number"),
    (lambda: Knapsack([1], [4], 3), "capacity: 3 holds no item, expected at least 4"),
    (lambda: Instance.from_json('{"problem": "VRP"}'), "problem: 'VRP', expected one of 'TSP', 'ATSP', 'CVRP', 'Orien"),
    (lambda: Instance.from_json('{"problem": []}'), "problem: [], expected one of 'TSP'"),
    (lambda: Instance.from_json("{}"), "problem: None, expected one of 'TSP'"),
    (lambda: Instance.from_json("[]"), "instance: found a JSON list, expected an object"),
    (lambda: Instance.from_json("{\n]"), "instance: line 2, column 1: "),
    (lambda: Instance.from_json('{"problem": "CVRP", "points": [[0, 0], [1, 1]]}'), "demands: missing, expected all"),
    (
        lambda: Instance.from_dict(TSP(TWO).as_dict() | {"size": 2}),
        "size: TSP has no such field, expected one of points, metric, distinct, name, best_known",
    ),
]


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        make()
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("instance", "actions", "message"),
    [
        (TSP(SQUARE), [1, 2], "actions: 2 nodes, expected all 3 after node 0"),
        (TSP(SQUARE), [1, 2, 2], "actions[2]: 2, a second time"),
        (TSP(SQUARE), [0, 1, 2], "actions[0]: 0, expected 1 to 3"),
        (TSP(SQUARE), [1, 2, 4], "actions[2]: 4, expected 1 to 3"),
        (ATSP([[0, 1], [2, 0]]), [], "actions: 0 nodes, expected all 1 after node 0"),
        (CVRP(SQUARE, [0, 2, 2, 2], 4), [2, 4, 6], "actions: route [1, 2, 3]: load 6, expected at most 4"),
        (CVRP(SQUARE, [0, 2, 2, 2], 4), [2, 4, 5], "actions[2]: 2, a second time"),
        (CVRP(SQUARE, [0, 2, 2, 2], 4), [1, 4, 7], "actions[0]: 0, expected 1 to 3"),
        (Orienteering(SQUARE, [0, 1, 1, 1], 9), [1, 2], "actions: the trip is 12 long, expected at most 9"),
        (Orienteering(SQUARE, [0, 1, 1, 1], 9), [4], "actions[0]: 4, expected 1 to 3"),
        (Knapsack([1, 1], [1, 2], 2), [0, 1], "actions: weight 3, expected at most 2"),
        (Knapsack([1, 1], [1, 2], 2), [0, 0], "actions[1]: 0, a second time"),
    ],
)
def test_no_solution(instance: Instance, actions: list[int], message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        instance.objective(actions)
    assert str(error.value) == message


def test_nobody_changes_an_instance() -> None:
    given = np.array(SQUARE, float)
    instance = TSP(given)
    given[0] = 9
    assert not instance.points[0].any()
    for held in (instance, pickle.loads(pickle.dumps(instance))):
        with pytest.raises(ValueError, match="read-only"):
            held.points[0] = 1
    with pytest.raises(AttributeError):
        instance.metric = "GEO"  # type: ignore[misc]
    assert json.loads(instance.to_json())["points"] == SQUARE
