"""Repeat every paper at scale smoke on seeds that nobody chose, and report verdicts that contradict the published ones.

python examples/replicate_papers.py                  # seeds from today's date
python examples/replicate_papers.py --date 2026-12-01 stepmix paired

Smoke has few seeds, so most claims are inconclusive there. What counts is a claim that was published as holding and
does not hold now, or the other way round. The exit status is 1 if there is one.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path

from ige.examples.papers import PAPERS
from ige.examples.papers._published import published
from ige.examples.papers._run import Run
from ige.solvers.core.claims import OPEN
from ige.solvers.core.seeds import spawned

RUNS = 2  # seeds of each paper


def main(names: Sequence[str] = (), date: str | None = None, runs: Path = Path("runs")) -> list[str]:
    """Run the papers; returns a line for each claim whose verdict contradicts the published one."""
    day = datetime.date.fromisoformat(date) if date else datetime.datetime.now(datetime.UTC).date()
    found = []
    for name in names or PAPERS:
        paper = PAPERS[name]
        module, theirs = paper.load(), {claim["name"]: claim["verdict"] for claim in published()[name]["claims"]}
        draws_seeds = module.SCALES["smoke"].seeds > 0
        for k in range(RUNS if draws_seeds else 1):
            seed = spawned(day.toordinal(), k) % 1_000_000
            report = module.reproduce(Run(paper, folder=runs, first_seed=seed if draws_seeds else None))
            for claim in report.judged:
                was = theirs.get(claim.name, OPEN)
                if OPEN not in (was, claim.verdict) and was != claim.verdict:
                    told = claim.measured.text()
                    found.append(f"{name} from seed {seed}: {claim.name} {claim.verdict} ({told}), published: {was}")
    print(*(found or ["No verdict contradicts what is published."]), sep="\n")
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help=f"papers, all if none is named: {', '.join(PAPERS)}")
    parser.add_argument("--date", help="choose seeds as on this day, such as 2026-12-01")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in PAPERS]:
        parser.error(f"names: {unknown[0]!r}, expected some of {', '.join(PAPERS)}")
    raise SystemExit(bool(main(arguments.names, arguments.date)))
