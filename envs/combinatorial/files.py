"""TSPLIB files (G. Reinelt, ORSA Journal on Computing 3, 1991) and CVRPLIB files (E. Uchoa et al., EJOR 257, 2017)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..core.text_file import number, read_text
from .instance import ATSP, CVRP, TSP, Array, Instance, load
from .known import optimum
from .metric import METRICS

KEYWORDS = (
    *("NAME", "TYPE", "COMMENT", "DIMENSION", "CAPACITY", "VEHICLES", "DISTANCE", "SERVICE_TIME"),
    *("EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE"),
)
NODES, WEIGHTS, DISPLAY = "NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION", "DISPLAY_DATA_SECTION"
DEMANDS, DEPOTS, TOUR = "DEMAND_SECTION", "DEPOT_SECTION", "TOUR_SECTION"
SECTIONS = (NODES, WEIGHTS, DISPLAY, DEMANDS, DEPOTS, TOUR)
PLANE = METRICS[1:]  # without our own, which does not round
EXPLICIT = ("EXPLICIT",)
DISTANCES = {"TSP": (*EXPLICIT, *PLANE), "ATSP": EXPLICIT, "CVRP": (*EXPLICIT, *PLANE)}
FORMATS = (
    *("FULL_MATRIX", "UPPER_ROW", "LOWER_ROW", "UPPER_DIAG_ROW", "LOWER_DIAG_ROW"),
    *("UPPER_COL", "LOWER_COL", "UPPER_DIAG_COL", "LOWER_DIAG_COL"),
)


def read(path: str | Path) -> TSP | ATSP | CVRP:
    """The instance of a `.tsp`, `.atsp` or `.vrp` file.

    Coordinates give a `TSP` or a `CVRP`, whose `cost` rounds as the file's distance type requires; a matrix gives an
    `ATSP`, or a `CVRP` with a `matrix`. DISTANCE with SERVICE_TIME, and VEHICLES, are limits of a `CVRP`. With
    DISTANCE, EUC_2D is not rounded, as in the published routes of the files that have both (CMT, Golden, Li).
    Nodes are counted from 0 in the order of the file, except that the depot of a CVRP comes first.
    `best_known` is the cost of the solution in the file next to it, with the suffix `.opt.tour` or (CVRP) `.sol`.
    Without one it is the published optimum, if the file is the published one of that name.

    Raises:
        ValueError: in one line: the file, the line, the section or keyword, what was found, what was expected.
    """
    path = Path(path)
    file = _File(path)
    kind = file.choice("TYPE", tuple(DISTANCES))
    n = file.dimension()
    metric = file.choice("EDGE_WEIGHT_TYPE", DISTANCES[kind])
    name = file.text("NAME", path.stem).removesuffix(path.suffix)
    instance: TSP | ATSP | CVRP
    if kind == "CVRP":
        instance = _cvrp(file, n, metric, name)
    elif metric == "EXPLICIT":
        instance = _explicit(file, n, kind == "TSP", name)
    else:
        file.only(NODES, DISPLAY)
        instance = TSP(file.table(NODES, n, "x, y"), metric, distinct=False, name=name)
    beside = path.with_suffix(".sol" if kind == "CVRP" else ".opt.tour")
    best = instance.cost(read_solution(beside, instance)) if beside.is_file() else optimum(instance)
    return replace(instance, best_known=best or None)


def read_all(path: str | Path) -> list[Instance]:
    """The instances of a file: `.json` or `.npz` as `instance.save` writes them, else the one that `read` returns."""
    return load(path) if Path(path).suffix in (".json", ".npz") else [read(path)]


def read_one(path: str | Path) -> Instance:
    """The single instance of a file; see `read_all`."""
    found = read_all(path)
    if len(found) != 1:
        raise ValueError(f"{path}: {len(found)} instances, expected one")
    return found[0]


def read_solution(path: str | Path, instance: Instance) -> NDArray[np.int64]:
    """The actions that a file describes: routes (`.sol` of CVRPLIB) for a `CVRP`, a tour (`.tour`) for an (A)TSP.

    Raises:
        ValueError: as for `read`; also if the file does not solve the instance.
    """
    path = Path(path)
    if isinstance(instance, CVRP):
        actions = CVRP.actions(_routes(path, instance.n))
    elif isinstance(instance, TSP | ATSP):
        actions = _tour(_File(path), instance.n)
    else:
        raise ValueError(f"instance: {type(instance).__name__}, expected a TSP, an ATSP or a CVRP")
    try:
        instance.objective(actions)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return actions


def _cvrp(file: _File, n: int, metric: str, name: str) -> CVRP:
    by_matrix = metric == "EXPLICIT"
    file.only(NODES, DEMANDS, DEPOTS, DISPLAY, *([WEIGHTS] if by_matrix else []))
    capacity = file.number("CAPACITY")
    if capacity <= 0:
        file.refuse(file.line("CAPACITY"), "CAPACITY", f"{capacity:g}", "a positive number")
    depots = file.nodes(DEPOTS, n)
    if len(depots) != 1:
        file.refuse(file.line(DEPOTS), DEPOTS, f"{len(depots)} depots", "one")
    demands = file.table(DEMANDS, n, "demand")[:, 0]
    for line, (node, demand) in file.rows(DEMANDS):
        if not 0 <= demand <= capacity:
            file.refuse(line, DEMANDS, f"demand {demand:g} of node {node:g}", f"0 to the capacity, {capacity:g}")
        if node == depots[0] + 1 and demand:
            file.refuse(line, DEMANDS, f"demand {demand:g} of node {node:g}", "0 for the depot")
    order = np.r_[depots, np.delete(np.arange(n), depots)]
    shown = _shown(file, n) if by_matrix else file.table(NODES, n, "x, y")
    limits: dict[str, Any] = {}
    if limit := file.optional("DISTANCE"):
        service = np.full(n, file.optional("SERVICE_TIME"))
        service[depots] = 0
        limits = {"limit": limit, "service": service[order]}
        if metric == "EUC_2D":  # as in the published routes of all files with a limit (CMT, Golden, Li)
            metric = "EUCLIDEAN"
    if vehicles := file.optional("VEHICLES"):
        if vehicles % 1:
            file.refuse(file.line("VEHICLES"), "VEHICLES", f"{vehicles:g}", "a whole number")
        limits["vehicles"] = int(vehicles)
    if by_matrix:
        metric, limits["matrix"] = "EUCLIDEAN", _weights(file, n)[np.ix_(order, order)]
    try:
        return CVRP(None if shown is None else shown[order], demands[order], capacity, metric, name, **limits)
    except ValueError as error:
        keyword = {"vehicles": "VEHICLES", "limit": "DISTANCE"}.get(str(error).partition(":")[0], WEIGHTS)
        raise ValueError(f"{file.path}: line {file.line(keyword)}: {keyword}: found {error}") from None


def _explicit(file: _File, n: int, symmetric: bool, name: str) -> ATSP:
    file.only(WEIGHTS, NODES, DISPLAY)
    matrix, display = _weights(file, n), _shown(file, n)
    try:
        return ATSP(matrix, symmetric, display, name)
    except ValueError as error:
        raise ValueError(f"{file.path}: line {file.line(WEIGHTS)}: {WEIGHTS}: found {error}") from None


def _shown(file: _File, n: int) -> Array | None:
    """The display coordinates of the nodes in a file with a matrix, if it has them."""
    section = next((section for section in (DISPLAY, NODES) if section in file.sections), None)
    return None if section is None else file.table(section, n, "x, y")


def _weights(file: _File, n: int) -> Array:
    """The distance matrix."""
    form = file.choice("EDGE_WEIGHT_FORMAT", FORMATS)
    flat = np.array([value for _, row in file.rows(WEIGHTS) for value in row])  # matrix rows may wrap anywhere
    diagonal = int("DIAG" in form)
    count = n * n if form == "FULL_MATRIX" else n * (n - 1) // 2 + diagonal * n
    if len(flat) != count:
        file.refuse(file.line(WEIGHTS), WEIGHTS, f"{len(flat)} numbers", f"{count}: {form} of {n} nodes")
    if form == "FULL_MATRIX":
        matrix = flat.reshape(n, n)
    else:  # the columns of one triangle are the rows of the other
        upper = form.startswith("UPPER") == form.endswith("ROW")
        where = np.triu_indices(n, 1 - diagonal) if upper else np.tril_indices(n, diagonal - 1)
        matrix = np.zeros((n, n))
        matrix[where] = matrix.T[where] = flat
    return matrix


def _tour(file: _File, n: int) -> NDArray[np.int64]:
    file.choice("TYPE", ("TOUR",))
    file.only(TOUR)
    if "DIMENSION" in file.keywords and (found := file.dimension()) != n:
        file.refuse(file.line("DIMENSION"), "DIMENSION", str(found), f"{n} as in the instance")
    nodes = file.nodes(TOUR, n)
    if len(nodes) != n:
        file.refuse(file.line(TOUR), TOUR, f"{len(nodes)} nodes", str(n))
    return np.roll(nodes, -nodes.index(0))[1:]


def _routes(path: Path, n: int) -> list[list[int]]:
    """Customers, counted from 1 as in the file; other lines, such as `Cost 521`, are ignored, as we compute these."""
    routes = []
    for line, text in enumerate(read_text(path).split("\n"), 1):
        if match := re.fullmatch(r"route\s*#?\s*\d+\s*:?(.*)", text.strip(), re.IGNORECASE):
            routes.append(match[1].split())
            for word in routes[-1]:
                if not word.isdecimal() or not 1 <= int(word) <= n:
                    raise ValueError(f"{path}: line {line}: Route: found {word!r}, expected customers 1 to {n}")
    return [list(map(int, route)) for route in routes]


class _File:
    """A file read in one pass: the values of its keywords and the numbers of its sections, all with their lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.keywords: dict[str, tuple[int, str]] = {}
        self.sections: dict[str, tuple[int, list[tuple[int, list[float]]]]] = {}
        self.end = 0
        section = "header"
        for line, text in enumerate(read_text(path, remarks="COMMENT").split("\n"), 1):
            if not text.strip():
                continue
            self.end = line
            word, colon, value = (part.strip() for part in text.partition(":"))
            if word == "EOF":
                break
            if word in self.sections or (word in self.keywords and word != "COMMENT"):
                self.refuse(line, word, "it a second time", f"it once, as in line {self.line(word)}")
            if word in SECTIONS:
                section = word
                self.sections[word] = line, []
            elif colon or word.endswith("_SECTION"):
                if word not in KEYWORDS:
                    self.refuse(line, section, repr(word), f"one of {', '.join((*KEYWORDS, *SECTIONS))}")
                self.keywords[word] = line, value
            elif section == "header":
                self.refuse(line, section, repr(word), f"KEYWORD: value, or one of {', '.join(SECTIONS)}")
            else:
                self.sections[section][1].append((line, [self._number(line, section, w) for w in text.split()]))

    def refuse(self, line: int, what: str, found: str, expected: str) -> NoReturn:
        raise ValueError(f"{self.path}: line {line}: {what}: found {found}, expected {expected}")

    def _number(self, line: int, what: str, word: str) -> float:
        try:
            return number(word)
        except ValueError as error:
            raise ValueError(f"{self.path}: line {line}: {what}: {error}") from None

    def line(self, what: str) -> int:
        return (self.keywords.get(what) or self.sections.get(what) or (self.end,))[0]

    # --- keywords -----------------------------------------------------------------------------------------------------

    def text(self, keyword: str, default: str | None = None) -> str:
        if keyword in self.keywords:
            return self.keywords[keyword][1]
        if default is None:
            self.refuse(self.end, keyword, "none", "one")
        return default

    def choice(self, keyword: str, choices: tuple[str, ...]) -> str:
        found = [*self.text(keyword).split(), ""][0]  # a remark may follow: TSP (M.~Hofmeister)
        if found not in choices:
            self.refuse(self.line(keyword), keyword, repr(found), f"one of {', '.join(choices)}")
        return found

    def number(self, keyword: str) -> float:
        return self._number(self.line(keyword), keyword, self.text(keyword))

    def optional(self, keyword: str) -> float:
        """A non-negative number; 0, which has no effect, if the keyword is absent."""
        if keyword not in self.keywords:
            return 0.0
        if (found := self.number(keyword)) < 0:
            self.refuse(self.line(keyword), keyword, f"{found:g}", "no negative number")
        return found

    def dimension(self) -> int:
        n = self.number("DIMENSION")
        if n < 2 or n % 1:
            self.refuse(self.line("DIMENSION"), "DIMENSION", f"{n:g}", "at least 2 nodes")
        return int(n)

    # --- sections -----------------------------------------------------------------------------------------------------

    def only(self, *sections: str) -> None:
        """Refuse sections other than these: ignoring their contents would change the problem."""
        for section in self.sections:
            if section not in sections:
                kind = " ".join(self.text(keyword, "") for keyword in ("TYPE", "EDGE_WEIGHT_TYPE"))
                self.refuse(self.line(section), section, f"it for {kind.strip()}", f"only {', '.join(sections)}")

    def rows(self, section: str) -> list[tuple[int, list[float]]]:
        """The numbers of each line."""
        if section not in self.sections:
            self.refuse(self.end, section, "none", "one")
        return self.sections[section][1]

    def table(self, section: str, n: int, columns: str) -> Array:
        """The numbers that the lines give for each node, (n, columns), in the order of nodes 1 to n."""
        width = 1 + len(columns.split(","))
        rows = self.rows(section)
        seen: set[int] = set()
        for line, row in rows:
            if len(row) != width:
                self.refuse(line, section, f"{len(row)} numbers", f"{width}: node, {columns}")
            self._node(line, section, row[0], n, seen)
        if len(rows) != n:
            self.refuse(self.line(section), section, f"{len(rows)} nodes", f"{n} as in DIMENSION")
        return np.array(sorted(row for _, row in rows))[:, 1:]

    def nodes(self, section: str, n: int) -> list[int]:
        """The nodes, here counted from 0, up to -1 or, without it, up to the end of the section."""
        seen: set[int] = set()
        nodes: list[int] = []
        ended = False
        for line, row in self.rows(section):
            for value in row:
                if value == -1:
                    ended = True
                    continue
                if ended:
                    self.refuse(line, section, f"{value:g} after -1", "its end")
                nodes.append(self._node(line, section, value, n, seen))
        return nodes

    def _node(self, line: int, section: str, value: float, n: int, seen: set[int]) -> int:
        if not 1 <= value <= n or value % 1 or value in seen:
            self.refuse(line, section, f"node {value:g}", f"each of 1 to {n} once")
        seen.add(int(value))
        return int(value) - 1
