"""Compare all solvers on an instance from a file: TSPLIB, CVRPLIB, JSON or NPZ.

python examples/compare_solvers.py berlin52.tsp
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from ige.envs.combinatorial.files import read
from ige.solvers.nco import Solved, solve
from ige.solvers.nco.solvers import names


def main(path: str) -> list[Solved]:
    """Every solver that is installed and takes an instance of this size, the best solution first."""
    instance = read(path)
    found = []
    for name in names(instance.problem):
        try:
            found.append(solve(instance, name))
        except (ImportError, ValueError) as error:
            print(f"without {name}: {error}")
    return sorted(found, key=lambda solved: solved.cost if instance.minimise else -solved.cost)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    try:
        rows = main(parser.parse_args().file)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    table = Table("solver", "cost", "gap to the best known", "seconds")
    for row in rows:
        table.add_row(row.solver, f"{row.cost:g}", "" if row.gap is None else f"{row.gap:.2%}", f"{row.seconds:.3f}")
    Console().print(table)
