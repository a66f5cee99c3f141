"""The paper at smoke scale, and its ablations at a scale that only shows that everything runs and resumes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ige.examples.papers import PAPERS
from ige.examples.papers import _bq_nco as work
from ige.examples.papers import bq_nco as paper
from ige.examples.papers._run import Run

TINY = paper.Settings(
    seeds=2,
    enumerated=1,
    tabular=2,
    episodes=100,
    learning=work.Learning(solved=40, seconds=0.5, network={"width": 16, "layers": 2, "heads": 2, "hidden": 16}),
    sizes={"20": 4, "50": 2, "100": 2},
    others=3,
)


@pytest.mark.long
def test_the_exact_claims_hold(report: paper.Report) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert {verdicts[name] for name in ("C1a", "C1b", "C1c", "C1d", "C2a")} == {"holds"}
    assert "13,700" in (report.run.place / "report.md").read_text()


@pytest.mark.long
def test_everything_runs_and_resumes(tmp_path: Path) -> None:
    run = Run(PAPERS["bq-nco"], "cpu", tmp_path, "cpu", everything=True, settings=TINY)
    whole = paper.reproduce(run)
    assert {claim.name for claim in whole.claims()} > {"C3 50", "C3 100", "C3 beam", "C4 20", "C4 50", "C5"}
    page = (run.place / "report.md").read_text()
    assert all(name in page for name in ("only the last layer", "farthest", "POMO", "trained again by others"))
    less = paper.measure(replace(run, everything=False))
    assert less.resumed == len(less.found) < len(whole.found)
    notes = work.POLICIES["bq"].load(run.place / "weights" / "bq-knapsack-0.safetensors").notes
    assert notes["instances"] == 40
    assert notes["steps"] >= 1
