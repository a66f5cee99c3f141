"""Vehicle routing as the public collections have it: matrices, limits of routes, vehicles; read, played and solved."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from ige.envs.combinatorial import exact, files, oracle
from ige.envs.combinatorial.heuristics import BASELINES, improve, local_search
from ige.envs.combinatorial.instance import CVRP, Instance
from ige.envs.combinatorial.picture import picture
from ige.solvers.nco.experts import EXPERTS

# As E-n13-k4 and Loggi's: half a matrix, no places. As ORTEC's: a whole one that is not symmetric, and places.
LOWER = """NAME : half
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : LOWER_ROW
CAPACITY : 5
EDGE_WEIGHT_SECTION
 10
 20 15 30
 12 18 8 25
 9 16
DEMAND_SECTION
1 0
2 2
3 2
4 3
5 1
DEPOT_SECTION
1
-1
EOF
"""
FULL = """NAME : ortec
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : FULL_MATRIX
CAPACITY : 5
NODE_COORD_SECTION
1 5 5
2 0 0
3 9 9
4 2 7
5 3 3
EDGE_WEIGHT_SECTION
0 7 9 6 5
8 0 3 4 9
6 4 0 2 7
5 8 6 0 3
4 9 8 7 0
DEMAND_SECTION
1 0
2 2
3 2
4 1
5 2
DEPOT_SECTION
1
-1
EOF
"""
# As CMT6: routes of at most 30, of which each customer takes 4. Customers at (3, 4), (6, 8), (0, 5), (-8, 6).
CMT = """NAME : cmt
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
VEHICLES : 3
DISTANCE : 30
SERVICE_TIME : 4
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
4 0 5
5 -8 6
DEMAND_SECTION
1 0
2 2
3 2
4 2
5 2
DEPOT_SECTION
1
-1
EOF
"""
STUCK = CMT.replace("CAPACITY : 10", "CAPACITY : 4").replace("5 2\nDEPOT", "5 4\nDEPOT")  # after 1 and 3
WITHOUT_VEHICLES = CMT.replace("VEHICLES : 3\n", "")
SOLUTION = "Route #1: 1 2\nRoute #2: 3\nRoute #3: 4\nCost 50\n"  # (5 + 5 + 10) + (5 + 5) + (10 + 10)
HALF_BEST = (10 + 12 + 30) + (20 + 9 + 8)  # customers 1 and 3, 2 and 4
ORTEC_BEST = (7 + 3 + 2 + 5) + (5 + 4)  # 1, 2 and 3, then 4


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], CVRP]:
    def read(text: str) -> CVRP:
        (tmp_path / "some.vrp").write_text(text)
        found = files.read(tmp_path / "some.vrp")
        assert isinstance(found, CVRP)
        return found

    return read


def made(instance: Any, **arguments: Any) -> Any:
    return gym.make("ige/CVRP-v0", instances=instance, disable_env_checker=True, **arguments).unwrapped


@pytest.mark.parametrize("text", [LOWER, FULL, CMT])
def test_what_vrplib_reads(read: Callable[[str], CVRP], tmp_path: Path, text: str) -> None:
    vrplib = pytest.importorskip("vrplib")
    ours = read(text)
    theirs = vrplib.read_instance(tmp_path / "some.vrp")
    assert np.allclose(ours.distances, theirs["edge_weight"], rtol=1e-15)
    assert ours.demands.tolist() == theirs["demand"].tolist()
    assert (ours.limit, ours.vehicles) == (theirs.get("distance"), theirs.get("vehicles"))
    if ours.service is not None:
        assert ours.service.tolist() == [0, *[theirs["service_time"]] * ours.n]
    if "node_coord" in theirs:
        assert ours.points is not None
        assert ours.points.tolist() == theirs["node_coord"].tolist()


def test_the_depot_comes_first_in_a_matrix(read: Callable[[str], CVRP]) -> None:
    moved = FULL.replace("SECTION\n1\n-1", "SECTION\n3\n-1").replace("1 0\n2 2\n3 2", "1 2\n2 2\n3 0")
    instance = read(moved)
    assert instance.distances[:3, :3].tolist() == [[0, 6, 4], [9, 0, 7], [3, 8, 0]]
    assert instance.points is not None
    assert instance.points[:3].tolist() == [[9, 9], [5, 5], [0, 0]]
    assert instance.cost(CVRP.actions([[1, 2], [3, 4]])) == 6 + 7 + 3 + 2 + 3 + 8


def test_costs_and_limits_by_hand(read: Callable[[str], CVRP], tmp_path: Path) -> None:
    half, ortec, cmt = read(LOWER), read(FULL), read(CMT)
    assert half.cost(CVRP.actions([[1, 3], [2, 4]])) == HALF_BEST
    assert ortec.cost(CVRP.actions([[1, 2, 3], [4]])) == ORTEC_BEST
    assert ortec.cost(CVRP.actions([[3, 2, 1], [4]])) == 6 + 6 + 4 + 8 + 5 + 4  # the other way round
    (tmp_path / "some.sol").write_text(SOLUTION)
    actions = files.read_solution(tmp_path / "some.sol", cmt)
    assert cmt.cost(actions) == cmt.objective(actions) == 50  # without the times
    for routes, message in (
        ([[1, 2, 3], [4]], r"route \[1, 2, 3\]: length and service times 33\.7.*, expected at most 30"),
        ([[1], [2], [3], [4]], "4 routes, expected at most 3, the vehicles"),
    ):
        with pytest.raises(ValueError, match=message):
            cmt.cost(CVRP.actions(routes))
    again = Instance.from_json(cmt.to_json())
    assert again.as_dict() == cmt.as_dict()
    assert cmt.scaled().constraints == ("matrix", "limit", "vehicles")
    assert cmt.scaled().cost(actions) * cmt.distances.max() == pytest.approx(50)
    assert "limit" not in CVRP([[0, 0], [1, 1]], [0, 1], 1).as_dict()


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (CMT, "DISTANCE : 30", "DISTANCE : 23", "line 6: DISTANCE: found limit: 23, expected at least 24 for"),
        (CMT, "DISTANCE : 30", "DISTANCE : -1", "line 6: DISTANCE: found -1, expected no negative number"),
        (CMT, "VEHICLES : 3", "VEHICLES : 2.5", "line 5: VEHICLES: found 2.5, expected a whole number"),
        (CMT, "CAPACITY : 10", "CAPACITY : 2", "line 5: VEHICLES: found vehicles: 3, expected at least 4"),
        (LOWER, " 9 16", " 9", "line 7: EDGE_WEIGHT_SECTION: found 9 numbers, expected 10: LOWER_ROW of 5 nodes"),
        (LOWER, " 12 18", " 12 -1", "line 7: EDGE_WEIGHT_SECTION: found matrix[2, 3]: -1, expected no negative"),
    ],
)
def test_refused(read: Callable[[str], CVRP], tmp_path: Path, text: str, old: str, new: str, message: str) -> None:
    assert old in text
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the message is looked at)
        read(text.replace(old, new))
    assert str(error.value).startswith(f"{tmp_path / 'some.vrp'}: {message}")
    assert "\n" not in str(error.value)


# --- played -----------------------------------------------------------------------------------------------------------


def walk(env: Any, instance: CVRP, prefix: list[int], found: dict[tuple[int, ...], float]) -> None:
    """Every sequence of legal actions; the objective of those that serve everybody."""
    root = env.get_state()
    for action in np.flatnonzero(env.action_masks()).tolist():
        env.set_state(root)
        _, reward, over, _, info = env.step(action)
        done = [*prefix, action]
        if not over:
            walk(env, instance, done, found)
        elif not info["illegal"]:
            assert info["solution"].tolist() == done
            found[tuple(done)] = info["objective"]
        else:  # stuck: the mask lets no illegal action through
            assert len(done) < instance.n
            assert reward < -2 * instance.n


@pytest.mark.parametrize("formulation", ["bq", "direct"])
@pytest.mark.parametrize("text", [LOWER, FULL, CMT, WITHOUT_VEHICLES, STUCK])
def test_what_can_be_played_is_what_is_a_solution(read: Callable[[str], CVRP], text: str, formulation: str) -> None:
    """By every sequence of actions: legal to the end exactly where `objective` takes it, and of the same length."""
    instance = read(text)
    env = made(instance, formulation=formulation)
    observation, _ = env.reset(seed=0)
    assert env.observation_space.contains(observation)
    found: dict[tuple[int, ...], float] = {}
    walk(env, instance, [], found)
    expected = {}
    for order in permutations(range(1, instance.n + 1)):
        for flags in range(2**instance.n):
            actions = [2 * node + (flags >> k & 1) for k, node in enumerate(order)]
            try:
                expected[tuple(actions)] = instance.objective(actions) / instance.distances.max()
            except ValueError:
                continue
    assert found.keys() == expected.keys()
    assert np.allclose([found[key] for key in expected], list(expected.values()))


def test_what_is_shown(read: Callable[[str], CVRP]) -> None:
    env = made(read(CMT), render_mode="rgb_array")
    env.reset(seed=0)
    assert "may not exceed the limit" in env.rules()
    assert "so many vehicles" in env.rules()
    env.step(env.parse_action("1"))
    largest = read(CMT).distances.max()
    assert f"Length and service of this route: {9 / largest:.4f} of {30 / largest:.4f}." in env.describe()
    assert "Vehicles: 1 of 3" in env.describe()
    assert f", service {4 / largest:.4f}" in env.describe()
    assert env.instance.constraints == ("matrix", "limit", "vehicles")
    observation, _ = env.observe()
    assert np.allclose(observation["tokens"][0], [0, 0, 0.8, 1 - 9 / 30, 2 / 3])
    assert env.render().any()
    half = made(read(LOWER), formulation="direct", render_mode="rgb_array")
    half.reset(seed=0)
    assert "node 1, demand 2" in half.describe()
    assert "limit" not in half.rules()
    assert half.instance.points is None
    assert half.render().any()


def test_a_plain_environment_refuses_them(read: Callable[[str], CVRP]) -> None:
    env = made(CVRP([[0, 0], [1, 0], [0, 1], [1, 1], [0, 0.5]], [0, 1, 1, 1, 1], 2))
    env.reset(seed=0)
    with pytest.raises(ValueError, match=r"^options: instance\[0\]: .* does not know a limit of route lengths"):
        env.reset(options={"instance": read(CMT)})
    limited = made(read(CMT))
    limited.reset(seed=0, options={"instance": env.instance})  # which has no limits there
    assert limited.instance.limit is None
    assert limited.instance.vehicles is None


def test_side_by_side(read: Callable[[str], CVRP]) -> None:
    instance = read(CMT)
    envs: Any = gym.make_vec("ige/CVRP-v0", 3, instances=instance)
    observation, _ = envs.reset(seed=0)
    assert observation["matrix"].shape == (3, 6, 6)
    single = made(instance)
    first, _ = single.reset(seed=0)
    assert all(np.array_equal(observation[name][1], first[name]) for name in first)


# --- solved -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [LOWER, FULL, CMT, WITHOUT_VEHICLES])
@pytest.mark.parametrize("name", EXPERTS)
def test_solvers_keep_to_them_or_refuse(read: Callable[[str], CVRP], text: str, name: str) -> None:
    instance, expert = read(text), EXPERTS[name]
    if "CVRP" not in expert.problems or not expert.available:
        pytest.skip("not of this problem, or not installed")
    best = {"half": HALF_BEST, "ortec": ORTEC_BEST, "cmt": 50}[instance.name]
    if set(instance.constraints) <= set(expert.constraints):
        assert instance.cost(expert.solve(instance, seed=1)) == pytest.approx(best)
    else:
        with pytest.raises(ValueError, match=f"^expert: '{name}' does not know (distances|a limit|a number)"):
            expert.solve(instance)


def test_the_best_is_found(read: Callable[[str], CVRP]) -> None:
    for text in (LOWER, FULL, WITHOUT_VEHICLES):
        instance = read(text)
        best = instance.cost(exact.solve(instance))
        env = made(instance)
        env.reset(seed=0)
        found: dict[tuple[int, ...], float] = {}
        walk(env, instance, [], found)
        assert best == pytest.approx(min(found.values()) * instance.distances.max())
        env.reset(seed=0)
        assert instance.cost(oracle.plan(env)) == pytest.approx(best)
        assert picture(instance, exact.solve(instance)).any()


def test_heuristics_keep_to_them_or_refuse(read: Callable[[str], CVRP]) -> None:
    half, limited = read(LOWER), read(CMT)
    for heuristic in (*BASELINES["CVRP"].values(), local_search):
        assert half.cost(heuristic(half)) >= HALF_BEST
        with pytest.raises(ValueError, match="does not know a limit of route lengths, which the CVRP has"):
            heuristic(limited)
    assert half.cost(improve(half, CVRP.actions([[1], [2], [3], [4]]))) == HALF_BEST
    with pytest.raises(ValueError, match="local search does not know a limit"):
        improve(limited, CVRP.actions([[1, 2], [3], [4]]))


def test_policies_refuse_them(read: Callable[[str], CVRP]) -> None:
    pytest.importorskip("torch")
    from ige.solvers.nco.rows import Rows
    from ige.solvers.nco.sampling import sampler
    from ige.solvers.nco.solvers import solve

    limited = read(CMT)
    with pytest.raises(ValueError, match="does not know a limit of route lengths"):
        solve(limited, "bq")
    with pytest.raises(ValueError, match=r"^instances\[0\]: the policy does not know a limit"):
        Rows([limited])
    with pytest.raises(ValueError, match=r"^instances\[0\]: the learner does not know a limit"):
        sampler([limited], CVRP.actions([[1, 2], [3], [4]])[None])
    assert solve(limited).cost == pytest.approx(50)
