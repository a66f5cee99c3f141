"""Predict a column of your own CSV file, fairly well for every group in it.

python examples/regress_my_csv.py costs.csv --label charges --group-by smoker --group-by region

Without a file it generates one: medical costs that rise with age differently for smokers.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

import ige  # noqa: F401  (registers the ids)
from ige.solvers.online import make_policy

LEARNERS = ("ridge", "adanormalhedge", "adanormalhedge-average")


class Row(NamedTuple):
    """A group: its number of rows, and each learner's regret in them, averaged over the orders of the rows."""

    group: str
    rounds: int
    regret: dict[str, float]


def make_up(path: Path, rows: int = 2000) -> None:
    """Write a file such as a user may have."""
    rng = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["age", "weight", "smoker", "region", "cost"])
        for _ in range(rows):
            age, weight = rng.uniform(18, 65), rng.normal(75, 12)
            smoker, region = rng.random() < 0.2, rng.choice(["north", "south", "west"], p=[0.5, 0.3, 0.2])
            rise = 350 if smoker else 90 + 60 * (region == "west")
            cost = rise * age + (20 + 160 * smoker) * weight + rng.normal(0, 600)
            writer.writerow([f"{age:.0f}", f"{weight:.1f}", "yes" if smoker else "no", region, f"{cost:.2f}"])


def main(
    path: str | Path | None = None,
    label: str = "cost",
    group_by: Sequence[str] = ("smoker", "region"),
    features: Sequence[str] | None = None,
    orders: int = 10,
) -> list[Row]:
    """Regret of every group: squared error above its own best linear fit in hindsight, with labels scaled to [0, 1].

    `orders`: number of orders in which the rows are played.
    """
    if path is None:
        path = Path(tempfile.mkdtemp()) / "costs.csv"
        make_up(path)
        print(f"made {path}")
    env = gym.make(
        "ige/GroupRegression-v0",
        data=path,
        label=label,
        group_by=group_by,
        features=features,
        horizon=10**9,  # all rows
    )
    core: Any = env.unwrapped
    env.reset(seed=0)
    best = core.comparator()
    regrets = {}
    for name in LEARNERS:
        played = make_policy(name, env).play(seeds=range(orders))  # each seed gives another order of the rows
        regrets[name] = played.policy["expected"].mean(0) - best.loss
    rows = []
    print(f"{'group':<24}{'rows':>8}" + "".join(f"{name:>24}" for name in LEARNERS))
    for i, group in enumerate(core.group_names):
        rows.append(Row(group, int(best.details["rounds"][i]), {name: float(regrets[name][i]) for name in LEARNERS}))
        print(f"{group:<24}{rows[-1].rounds:>8}" + "".join(f"{regrets[name][i]:>24.3f}" for name in LEARNERS))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?")
    parser.add_argument("--label", default="cost", help="the column to be predicted")
    parser.add_argument("--group-by", action="append", help="a column whose values are groups (repeatable)")
    parser.add_argument("--feature", action="append", help="a column of numbers to predict from (else all others)")
    arguments = parser.parse_args()
    try:
        main(arguments.file, arguments.label, arguments.group_by or ["smoker", "region"], arguments.feature)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
