"""Published optima, keyed by name, distance type, size and (for files that we have seen) content.

The costs are from TSPLIB's pages (comopt.ifi.uni-heidelberg.de/software/TSPLIB95, STSP.html and ATSP.html). dsj1000
is left out, because its optimum depends on which of its two distance types a file has. Of the CVRPs only TSPLIB's
proved ones are here (CVRPLIB: E-n22-k4, E-n33-k4, E-n51-k5); CVRPLIB's own files come with their solutions.
"""

from __future__ import annotations

import hashlib
import re

import numpy as np

from .instance import ATSP, CVRP, TSP

OPTIMA = {
    "TSP EUC_2D": """
        a280 2579 berlin52 7542 bier127 118282 brd14051 469385 ch130 6110 ch150 6528 d198 15780 d493 35002 d657 48912
        d1291 50801 d1655 62128 d2103 80450 d15112 1573084 d18512 645238 eil51 426 eil76 538 eil101 629 fl417 11861
        fl1400 20127 fl1577 22249 fl3795 28772 fnl4461 182566 gil262 2378 kroA100 21282 kroB100 22141 kroC100 20749
        kroD100 21294 kroE100 22068 kroA150 26524 kroB150 26130 kroA200 29368 kroB200 29437 lin105 14379 lin318 42029
        nrw1379 56638 p654 34643 pcb442 50778 pcb1173 56892 pcb3038 137694 pr76 108159 pr107 44303 pr124 59030
        pr136 96772 pr144 58537 pr152 73682 pr226 80369 pr264 49135 pr299 48191 pr439 107217 pr1002 259045
        pr2392 378032 rat99 1211 rat195 2323 rat575 6773 rat783 8806 rd100 7910 rd400 15281 rl1304 252948 rl1323 270199
        rl1889 316536 rl5915 565530 rl5934 556045 rl11849 923288 st70 675 ts225 126643 tsp225 3916 u159 42080
        u574 36905 u724 41910 u1060 224094 u1432 152970 u1817 57201 u2152 64253 u2319 234256 usa13509 19982859
        vm1084 239297 vm1748 336556
        """,
    "TSP CEIL_2D": "pla7397 23260728 pla33810 66048945 pla85900 142382641",
    "TSP ATT": "att48 10628 att532 27686",
    "TSP GEO": """
        ali535 202339 burma14 3323 gr96 55209 gr137 69853 gr202 40160 gr229 134602 gr431 171414 gr666 294358
        ulysses16 6859 ulysses22 7013
        """,
    "TSP EXPLICIT": """
        bayg29 1610 bays29 2020 brazil58 25395 brg180 1950 dantzig42 699 fri26 937 gr17 2085 gr21 2707 gr24 1272
        gr48 5046 gr120 6942 hk48 11461 pa561 2763 si175 21407 si535 48450 si1032 92650 swiss42 1273
        """,
    "ATSP EXPLICIT": """
        br17 39 ft53 6905 ft70 38673 ftv33 1286 ftv35 1473 ftv38 1530 ftv44 1613 ftv47 1776 ftv55 1608 ftv64 1839
        ftv70 1950 ftv170 2755 kro124p 36230 p43 5620 rbg323 1326 rbg358 1163 rbg403 2465 rbg443 2720 ry48p 14422
        """,
    "CVRP EUC_2D": "eil22 375 eil33 835 eil51 521",
}
DIGESTS = {
    "TSP": """
        att48 f46466f649ef att532 8c0df3825877 bays29 2f1cb9c1b1e1 berlin52 9416a5c12e8d dantzig42 14546ed3d5ec
        eil51 8301d1e1bd0b gr17 f33a76c2dcb5 gr666 678314df3d7f kroA100 2ac6fefdc549 pcb442 959a6feacc24
        pr299 2f32213af159 si175 1a84040ed036 ulysses22 f5a23893d3eb
        """,
    "ATSP": "br17 c8d3eb9b7332 ftv33 08614cce3697 ry48p a2d59aeb1907",
    "CVRP": "eil22 2f3fa6c3fdcf eil33 2aed06addf34 eil51 052b89aba60d",
}


def optimum(instance: TSP | ATSP | CVRP) -> float | None:
    """The published optimum of an instance read from a file; None if it is not the published instance of its name."""
    kind, metric = instance.problem, "EXPLICIT" if isinstance(instance, ATSP) else instance.metric
    if isinstance(instance, ATSP) and instance.symmetric:
        kind = "TSP"
    name, nodes = instance.name, instance.n + isinstance(instance, CVRP)
    known = _table(OPTIMA.get(f"{kind} {metric}", "")).get(name)
    if known is None or nodes != _nodes(name):
        return None
    seen = _table(DIGESTS.get(kind, "")).get(name)
    return float(known) if seen in (None, digest(instance)) else None


def digest(instance: TSP | ATSP | CVRP) -> str:
    """A digest of an instance's numbers that does not depend on how a file writes them."""
    state = hashlib.sha256()
    for field in ("points", "matrix", "demands", "capacity"):
        if (numbers := getattr(instance, field, None)) is not None:
            state.update(np.ascontiguousarray(numbers, "<f8").tobytes())
    return state.hexdigest()[:12]


def _nodes(name: str) -> int:
    """The number of nodes of the published file of this name: the number in it, except for two families."""
    number = int(re.findall(r"\d+", name)[0])
    return 100 if name == "kro124p" else number + name.startswith("ftv")


def _table(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))
