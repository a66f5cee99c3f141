"""Compare all solvers on an instance from a file: TSPLIB, CVRPLIB, JSON or NPZ.

python examples/compare_solvers.py berlin52.tsp --plot best.png
"""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.table import Table

from ige.envs.combinatorial.files import read_one
from ige.envs.combinatorial.picture import side_by_side
from ige.render import save_png
from ige.solvers.nco import Solved, solve
from ige.solvers.nco.solvers import names


def main(path: str, plot: str | None = None) -> list[Solved]:
    """Run every installed solver that supports an instance of this size; the best solution comes first.

    `plot`: where to draw the best three side by side.
    """
    instance = read_one(path)
    found = []
    for name in names(instance.problem):
        try:
            found.append(solve(instance, name))
        except (ImportError, ValueError) as error:
            print(f"without {name}: {error}")
    found.sort(key=lambda solved: solved.cost if instance.minimise else -solved.cost)
    if plot is not None:
        save_png(plot, side_by_side(instance, {row.solver: row.actions for row in found[:3]}))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--plot", help="a picture of the best three, .png")
    arguments = parser.parse_args()
    try:
        rows = main(arguments.file, arguments.plot)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    table = Table("solver", "cost", "gap to the best known", "seconds")
    for row in rows:
        table.add_row(row.solver, f"{row.cost:g}", "" if row.gap is None else f"{row.gap:.2%}", f"{row.seconds:.3f}")
    Console().print(table)
