"""TSPLIB and CVRPLIB files: small ones by hand, random ones in every format, published ones where there are any.

`IGE_DATA` may name a folder of published files, which is searched for what can be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.combinatorial import files, known
from ige.envs.combinatorial.instance import ATSP, CVRP, TSP, Knapsack, load, save
from ige.envs.combinatorial.metric import METRICS, distance_matrix

TSP_FILE = """NAME : square.tsp
COMMENT : the first of two
COMMENT : a corner, and: another
TYPE : TSP (by hand)
DIMENSION: 4
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
 3 4.0e0 3

4 4. 0
2 0 3
EOF
what follows is not read
"""
ATSP_FILE = """NAME: three
TYPE: ATSP
DIMENSION: 3
EDGE_WEIGHT_TYPE: EXPLICIT
EDGE_WEIGHT_FORMAT: FULL_MATRIX
EDGE_WEIGHT_SECTION
9999 1 2 3
9999
4 5 6 9999
"""
CVRP_FILE = """NAME : routes
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : CEIL_2D
CAPACITY : 10
DISTANCE : 0
NODE_COORD_SECTION
1 1 0
2 2 0
3 0 0
4 3 0
5 1 1
DEMAND_SECTION
1 1
2 2
3 0
4 4
5 5
DEPOT_SECTION
3
-1
EOF
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Any]:
    def read(text: str, name: str = "some.tsp") -> TSP | ATSP | CVRP:
        (tmp_path / name).write_text(text)
        return files.read(tmp_path / name)

    return read


def read_or_refusal(path: Path) -> Any:
    try:
        return files.read(path)
    except ValueError as error:
        return str(error)


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_coordinates(read: Callable[[str], Any]) -> None:
    instance = read(TSP_FILE)
    assert isinstance(instance, TSP)
    assert (instance.name, instance.metric, instance.best_known) == ("square", "EUC_2D", None)
    assert instance.points.tolist() == [[0, 0], [0, 3], [4, 3], [4, 0]]
    assert instance.cost([1, 2, 3]) == 14


def test_a_matrix_that_wraps(read: Callable[[str], Any]) -> None:
    instance = read(ATSP_FILE)
    assert isinstance(instance, ATSP)
    assert not instance.symmetric
    assert instance.matrix.tolist() == [[0, 1, 2], [3, 0, 4], [5, 6, 0]]
    assert instance.cost([1, 2]) == 1 + 4 + 5


def test_a_matrix_with_a_picture(read: Callable[[str], Any]) -> None:
    text = (
        ATSP_FILE.replace("ATSP", "TSP")
        .replace("FULL_MATRIX", "LOWER_ROW")
        .replace("9999 1 2 3\n9999\n4 5 6 9999", "7 8 9")
    )
    instance = read(text + "DISPLAY_DATA_SECTION\n1 0 0\n2 1 0\n3 1 0\nEOF\n")
    assert isinstance(instance, ATSP)
    assert instance.symmetric
    assert instance.matrix.tolist() == [[0, 7, 8], [7, 0, 9], [8, 9, 0]]
    assert instance.display.tolist() == [[0, 0], [1, 0], [1, 0]]


def test_the_depot_comes_first(read: Callable[[str], Any], tmp_path: Path) -> None:
    instance = read(CVRP_FILE, "some.vrp")
    assert isinstance(instance, CVRP)
    assert instance.points.tolist() == [[0, 0], [1, 0], [2, 0], [3, 0], [1, 1]]
    assert instance.demands.tolist() == [0, 1, 2, 4, 5]
    assert (instance.capacity, instance.metric) == (10, "CEIL_2D")
    (tmp_path / "best.sol").write_text("Route #1: 1 2 3\nRoute #2:\nroute 3 : 4\nCost 77\nTime 0:01\n")
    actions = files.read_solution(tmp_path / "best.sol", instance)
    assert actions.tolist() == [2, 4, 6, 9]
    assert instance.cost(actions) == 6 + 4


def test_places_that_coincide(read: Callable[[str], Any], tmp_path: Path) -> None:
    """As in some files of TSPLIB; arrays of the user's own are refused."""
    instance = read(TSP_FILE.replace("2 0 3", "2 0 0"))
    assert instance.points[:2].tolist() == [[0, 0], [0, 0]]
    save(tmp_path / "again.json", [instance, instance.scaled()])
    assert [again.n for again in load(tmp_path / "again.json")] == [4, 4]
    with pytest.raises(ValueError, match=r"points\[1\]: the same as points\[0\]"):
        TSP(instance.points)


def test_an_older_encoding(tmp_path: Path) -> None:
    (tmp_path / "old.tsp").write_bytes(TSP_FILE.replace("corner", "L\xfccke").encode("latin-1"))
    assert files.read(tmp_path / "old.tsp").n == 4


def test_a_file_of_one_instance(read: Callable[[str], Any], tmp_path: Path) -> None:
    some = [read(TSP_FILE), read(TSP_FILE)]
    assert files.read_one(tmp_path / "some.tsp").n == 4
    for suffix in ("json", "npz"):
        save(tmp_path / f"one.{suffix}", some[:1])
        save(tmp_path / f"two.{suffix}", some)
        assert files.read_one(tmp_path / f"one.{suffix}").as_dict() == some[0].as_dict()
        with pytest.raises(ValueError, match=rf"two\.{suffix}: 2 instances, expected one"):
            files.read_one(tmp_path / f"two.{suffix}")


# --- best known -------------------------------------------------------------------------------------------------------

TOUR_FILE = """NAME : square.opt.tour
TYPE : TOUR
DIMENSION : 4
TOUR_SECTION
3 2
1
4
-1
-1
EOF
"""


def test_tours_begin_at_node_0(read: Callable[[str], Any], tmp_path: Path) -> None:
    instance = read(TSP_FILE)
    for text in (TOUR_FILE, TOUR_FILE.replace("-1\n-1\nEOF\n", "")):
        (tmp_path / "a.tour").write_text(text)
        assert files.read_solution(tmp_path / "a.tour", instance).tolist() == [3, 2, 1]


def test_best_known(read: Callable[[str], Any], tmp_path: Path) -> None:
    """Of the solution beside the file, computed; another file does not have the optimum that its name has."""
    assert read(ATSP_FILE.replace("three", "br17")).best_known is None
    (tmp_path / "some.opt.tour").write_text(TOUR_FILE)
    assert read(TSP_FILE.replace("square", "berlin52")).best_known == 14
    (tmp_path / "some.sol").write_text("Route #1: 1 2 3\nRoute #2: 4\nCost 1\n")
    assert read(CVRP_FILE, "some.vrp").best_known == 10
    (tmp_path / "some.opt.tour").write_text(TOUR_FILE.replace("3 2", "1 2"))
    with pytest.raises(
        ValueError, match=r"some\.opt\.tour: line 6: TOUR_SECTION: found node 1, expected each of 1 to 4"
    ):
        read(TSP_FILE)


def test_published_optima(read: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The optimum goes with the name, the distance type, the size and the content together."""
    text = TSP_FILE.replace("square", "square4")
    monkeypatch.setattr(known, "OPTIMA", {"TSP EUC_2D": "square4 14 square5 20", "CVRP CEIL_2D": "routes5 10"})
    monkeypatch.setattr(known, "DIGESTS", {"TSP": f"square4 {known.digest(read(text))}", "CVRP": ""})
    assert read(text).best_known == 14
    assert read(text.replace("0 3", "0 3.0").replace("by hand", "again")).best_known == 14
    assert read(CVRP_FILE.replace("routes", "routes5"), "some.vrp").best_known == 10
    for old, new in (("2 0 3", "2 0 4"), ("EUC_2D", "CEIL_2D"), ("square4", "square5"), ("square4", "square")):
        assert read(text.replace(old, new)).best_known is None, new


def test_a_random_file_of_a_published_name(read: Callable[[str], Any]) -> None:
    """Each entry of the tables is of some size, and what has a digest has an optimum."""
    points = "".join(f"{k} {k * k % 97} {k * k % 89}\n" for k in range(1, 53))
    header = "NAME: berlin52\nTYPE: TSP\nDIMENSION: 52\nEDGE_WEIGHT_TYPE: EUC_2D\n"
    assert read(f"{header}NODE_COORD_SECTION\n{points}EOF\n").best_known is None
    for kind, digests in known.DIGESTS.items():
        named = {name for group, text in known.OPTIMA.items() if group.startswith(kind) for name in text.split()[::2]}
        assert set(digests.split()[::2]) <= named
        assert all(known._nodes(name) > 13 for name in named)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("TYPE : TOUR", "TYPE : TSP", "line 2: TYPE: found 'TSP', expected one of TOUR"),
        ("DIMENSION : 4", "DIMENSION : 5", "line 3: DIMENSION: found 5, expected 4 as in the instance"),
        ("4\n-1", "-1", "line 4: TOUR_SECTION: found 3 nodes, expected 4"),
        ("4\n-1", "5\n-1", "line 7: TOUR_SECTION: found node 5, expected each of 1 to 4 once"),
        ("-1\n-1", "-1\n2", "line 9: TOUR_SECTION: found 2 after -1, expected its end"),
        ("TOUR_SECTION\n3 2\n1\n4\n-1\n-1\n", "", "line 4: TOUR_SECTION: found none, expected one"),
    ],
)
def test_tours_refused(read: Callable[[str], Any], tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TOUR_FILE
    (tmp_path / "a.tour").write_text(TOUR_FILE.replace(old, new, 1))
    with pytest.raises(ValueError) as error:  # noqa: PT011 (the message is looked at)
        files.read_solution(tmp_path / "a.tour", read(TSP_FILE))
    assert str(error.value) == f"{tmp_path / 'a.tour'}: {message}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Route #1: 1 2\nRoute #2: 3 x", "line 2: Route: found 'x', expected customers 1 to 4"),
        ("Route #1: 0 1 2", "line 1: Route: found '0', expected customers 1 to 4"),
        ("Route #1: 1 2 3 4 5", "line 1: Route: found '5', expected customers 1 to 4"),
        ("Route #1: 1 2 3", "actions: 3 nodes, expected all 4 after node 0"),
        ("Route #1: 1 2 3 4", "actions: route [1, 2, 3, 4]: load 12, expected at most 10"),
        ("nothing of the kind", "actions: 0 nodes, expected all 4 after node 0"),
    ],
)
def test_routes_refused(read: Callable[[str], Any], tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.sol").write_text(text)
    with pytest.raises(ValueError) as error:  # noqa: PT011
        files.read_solution(tmp_path / "a.sol", read(CVRP_FILE))
    assert str(error.value) == f"{tmp_path / 'a.sol'}: {message}"


def test_only_routing_has_solution_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="^instance: Knapsack, expected a TSP, an ATSP or a CVRP$"):
        files.read_solution(tmp_path / "a.sol", Knapsack([1], [1], 1))


# --- refusals ---------------------------------------------------------------------------------------------------------


REFUSED = {
    TSP_FILE: [
        ("TYPE : TSP", "TYPE : HCP", "line 4: TYPE: found 'HCP', expected one of TSP, ATSP, CVRP"),
        ("TYPE : TSP (by hand)\n", "", "line 12: TYPE: found none, expected one"),
        ("EUC_2D", "EUC_3D", "line 6: EDGE_WEIGHT_TYPE: found 'EUC_3D', expected one of EXPLICIT, EUC_2D"),
        ("EUC_2D", "", "line 6: EDGE_WEIGHT_TYPE: found '', expected one of EXPLICIT, EUC_2D"),
        ("DIMENSION: 4", "DIMENSION: 1", "line 5: DIMENSION: found 1, expected at least 2 nodes"),
        ("DIMENSION: 4", "DIMENSION: 4.5", "line 5: DIMENSION: found 4.5, expected at least 2 nodes"),
        ("DIMENSION: 4", "DIMENSION: four", "line 5: DIMENSION: found 'four', expected a number"),
        ("DIMENSION: 4", "DIMENSION: 4\nDIMENSION: 4", "line 6: DIMENSION: found it a second time"),
        ("DIMENSION: 4", "DIMENSION 4", "line 5: header: found 'DIMENSION 4', expected KEYWORD: value"),
        ("DIMENSION: 4", "CARS: 4", "line 5: header: found 'CARS', expected one of NAME, TYPE"),
        ("1 0 0", "1 0", "line 8: NODE_COORD_SECTION: found 2 numbers, expected 3: node, x, y"),
        ("1 0 0", "1 0 nan", "line 8: NODE_COORD_SECTION: found 'nan', expected a number"),
        ("1 0 0", "1 0 1_0", "line 8: NODE_COORD_SECTION: found '1_0', expected a number"),
        ("1 0 0", "0 0 0", "line 8: NODE_COORD_SECTION: found node 0, expected each of 1 to 4 once"),
        ("1 0 0", "1.5 0 0", "line 8: NODE_COORD_SECTION: found node 1.5, expected each of 1 to 4 once"),
        ("2 0 3", "3 0 3", "line 12: NODE_COORD_SECTION: found node 3, expected each of 1 to 4 once"),
        ("2 0 3\n", "", "line 7: NODE_COORD_SECTION: found 3 nodes, expected 4 as in DIMENSION"),
        ("NODE_COORD", "COORDS", "line 7: header: found 'COORDS_SECTION', expected one of NAME, TYPE"),
        ("EOF", "FIXED_EDGES_SECTION\n1 2\n-1", "line 13: NODE_COORD_SECTION: found 'FIXED_EDGES_SECTION'"),
        (
            "EOF",
            "DEPOT_SECTION\n1\n-1\nEOF",
            "line 13: DEPOT_SECTION: found it for TSP (by hand) EUC_2D, expected only",
        ),
    ],
    ATSP_FILE: [
        ("EXPLICIT", "EUC_2D", "line 4: EDGE_WEIGHT_TYPE: found 'EUC_2D', expected one of EXPLICIT"),
        ("FULL_MATRIX", "SPARSE", "line 5: EDGE_WEIGHT_FORMAT: found 'SPARSE', expected one of FULL_MATRIX"),
        ("9999 1", "1", "line 6: EDGE_WEIGHT_SECTION: found 8 numbers, expected 9: FULL_MATRIX of 3 nodes"),
        ("9999 1", "a 1", "line 7: EDGE_WEIGHT_SECTION: found 'a', expected a number"),
        ("9999 1", "9999 -1", "line 6: EDGE_WEIGHT_SECTION: found matrix[0, 1]: -1, expected no negative distance"),
        ("ATSP", "TSP", "line 6: EDGE_WEIGHT_SECTION: found matrix[0, 1]: 1, expected 3 as in matrix[1, 0]"),
        ("EDGE_WEIGHT_SECTION\n", "DISPLAY_DATA_SECTION\n", "line 9: EDGE_WEIGHT_SECTION: found none, expected one"),
    ],
    CVRP_FILE: [
        ("CEIL_2D", "EUC_3D", "line 4: EDGE_WEIGHT_TYPE: found 'EUC_3D', expected one of EXPLICIT, EUC_2D"),
        ("CEIL_2D", "EXPLICIT", "line 22: EDGE_WEIGHT_FORMAT: found none, expected one"),
        ("DISTANCE : 0", "DISTANCE : far", "line 6: DISTANCE: found 'far', expected a number"),
        ("CAPACITY : 10", "CAPACITY : 0", "line 5: CAPACITY: found 0, expected a positive number"),
        ("CAPACITY : 10\n", "", "line 21: CAPACITY: found none, expected one"),
        ("5 5\n", "5 11\n", "line 18: DEMAND_SECTION: found demand 11 of node 5, expected 0 to the capacity, 10"),
        ("5 5\n", "5 -5\n", "line 18: DEMAND_SECTION: found demand -5 of node 5, expected 0 to the capacity, 10"),
        ("3 0\n4 4", "3 3\n4 4", "line 16: DEMAND_SECTION: found demand 3 of node 3, expected 0 for the depot"),
        ("3\n-1", "3\n4\n-1", "line 19: DEPOT_SECTION: found 2 depots, expected one"),
        ("3\n-1", "-1", "line 19: DEPOT_SECTION: found 0 depots, expected one"),
        ("3\n-1", "6\n-1", "line 20: DEPOT_SECTION: found node 6, expected each of 1 to 5 once"),
        ("DEPOT_SECTION\n3\n-1\n", "", "line 19: DEPOT_SECTION: found none, expected one"),
    ],
}


@pytest.mark.parametrize(
    ("text", "old", "new", "message"), [(text, *change) for text, changes in REFUSED.items() for change in changes]
)
def test_refused(read: Callable[[str], Any], tmp_path: Path, text: str, old: str, new: str, message: str) -> None:
    assert old in text
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read(text.replace(old, new, 1))
    assert str(error.value).startswith(f"{tmp_path / 'some.tsp'}: {message}")
    assert ", expected " in str(error.value)
    assert "\n" not in str(error.value)


# --- at random --------------------------------------------------------------------------------------------------------


def cells(form: str, n: int) -> list[tuple[int, int]]:
    """The places of a matrix in the order of a format, from its name."""
    whole = [(i, j) for i in range(n) for j in range(n)]
    if form == "FULL_MATRIX":
        return whole
    if form.endswith("COL"):
        whole = [(i, j) for j, i in whole]
    part = [(i, j) for i, j in whole if (i <= j if form.startswith("UPPER") else i >= j)]
    return part if "DIAG" in form else [(i, j) for i, j in part if i != j]


@given(st.data(), st.integers(2, 7), st.sampled_from(files.FORMATS))
def test_every_format_gives_the_matrix(tmp_path_factory: pytest.TempPathFactory, data: Any, n: int, form: str) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    matrix = rng.integers(0, 1000, (n, n)) / 4
    matrix += matrix.T
    words = [f"{matrix[i, j]:g}" for i, j in cells(form, n)]
    width = data.draw(st.integers(1, n * n))
    rows = [" ".join(words[k : k + width]) for k in range(0, len(words), width)]
    header = ["TYPE: TSP", f"DIMENSION: {n}", "EDGE_WEIGHT_TYPE: EXPLICIT", f"EDGE_WEIGHT_FORMAT: {form}"]
    path = tmp_path_factory.getbasetemp() / "format.tsp"
    path.write_text("\n".join([*header, "EDGE_WEIGHT_SECTION", *rows, "EOF"]))
    instance = files.read(path)
    np.fill_diagonal(matrix, 0)
    assert isinstance(instance, ATSP)
    assert (instance.matrix == matrix).all()


@given(st.integers(0, 2**32 - 1), st.integers(2, 7), st.sampled_from(METRICS[1:]), st.data())
def test_what_vrplib_reads(
    tmp_path_factory: pytest.TempPathFactory, seed: int, n: int, metric: str, data: st.DataObject
) -> None:
    vrplib = pytest.importorskip("vrplib")
    rng = np.random.default_rng(seed)
    reach = data.draw(st.sampled_from([1, 90]))  # 1: some places coincide
    points, demands = rng.integers(-reach, reach, (n, 2)), rng.integers(0, 10, n)
    depot = data.draw(st.integers(0, n - 1))
    demands[depot] = 0
    path = tmp_path_factory.getbasetemp() / "random.vrp"
    path.write_text(
        f"TYPE : CVRP\nDIMENSION : {n}\nEDGE_WEIGHT_TYPE : {metric}\nCAPACITY : 20\nNODE_COORD_SECTION\n"
        + "".join(f"{k} {x}\t{y}\n" for k, (x, y) in enumerate(points.tolist(), 1))
        + "DEMAND_SECTION\n"
        + "".join(f"{k} {d}\n" for k, d in enumerate(demands.tolist(), 1))
        + f"DEPOT_SECTION\n {depot + 1}\n -1\nEOF\n"
    )
    ours = files.read(path)
    theirs = vrplib.read_instance(path, compute_edge_weights=metric in ("FLOOR_2D", "CEIL_2D", "EXACT_2D"))
    assert isinstance(ours, CVRP)
    assert theirs["depot"].tolist() == [depot]
    order = [depot, *(k for k in range(n) if k != depot)]
    assert (ours.points == theirs["node_coord"][order]).all()
    assert (ours.demands == theirs["demand"][order]).all()
    assert ours.capacity == theirs["capacity"]
    if "edge_weight" in theirs:
        assert (distance_matrix(ours.points, metric) == theirs["edge_weight"][np.ix_(order, order)]).all()
    customers = rng.permutation(np.arange(1, n)).tolist()
    routes = [customers[k : k + 2] for k in range(0, len(customers), 2)]
    solution = path.with_suffix(".best")
    solution.write_text("".join(f"Route #{k}: {' '.join(map(str, r))}\n" for k, r in enumerate(routes, 1)) + "Cost 0\n")
    assert ours.routes(files.read_solution(solution, ours)) == vrplib.read_solution(solution)["routes"] == routes


@given(st.data(), st.sampled_from([TSP_FILE, ATSP_FILE, CVRP_FILE]))
def test_a_line_spoiled_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: Any, text: str) -> None:
    lines = text.splitlines()
    words = st.sampled_from(sorted({word for line in lines for word in line.split()})) | st.text(max_size=4)
    spoiled = data.draw(st.lists(words, max_size=4))
    lines[data.draw(st.integers(0, len(lines) - 1))] = " ".join(spoiled)
    path = tmp_path_factory.getbasetemp() / "spoiled.txt"
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    found = read_or_refusal(path)
    if isinstance(found, str):
        assert found.startswith(f"{path}: line ")
        assert ", expected " in found
        assert len(found.splitlines()) == 1


# --- published files --------------------------------------------------------------------------------------------------

DATA = Path(os.environ.get("IGE_DATA", ""))
FOUND = [p for s in ("tsp", "atsp", "vrp") for p in sorted(DATA.rglob(f"*.{s}"))] if "IGE_DATA" in os.environ else []
IN_ORDER = {"pcb442": 221440, "gr666": 423710, "att532": 309636}  # of node 1, 2, ..., n: TSPLIB's manual, section 2


@pytest.mark.skipif(not FOUND, reason="IGE_DATA names no folder with .tsp, .atsp or .vrp files")
@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_published(path: Path) -> None:
    """What cannot be read says so in one line; solutions beside the files cost what is published."""
    instance = read_or_refusal(path)
    if isinstance(instance, str):
        assert instance.startswith(f"{path}: line ")
        assert "\n" not in instance
        pytest.skip(instance)
    kind = "CVRP" if isinstance(instance, CVRP) else "ATSP" if path.suffix == ".atsp" else "TSP"
    if instance.name in known.DIGESTS[kind].split():
        assert instance.best_known == known.optimum(instance)
        assert instance.best_known is not None
    if instance.name in IN_ORDER:
        assert instance.cost(range(1, instance.n)) == IN_ORDER[instance.name]
