"""The paper at smoke scale, and what learns at a scale that only shows that everything runs and resumes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ige.examples.papers import _bq_nco as work
from ige.examples.papers import bq_nco as paper

pytestmark = pytest.mark.xdist_group("bq_nco")  # what the module's fixtures measure is measured once

TINY = paper.Settings(
    enumerated=1,
    tabular=1,
    episodes=100,
    seeds=2,
    learning=work.Learning(solved=40, seconds=0.5, network={"width": 16, "layers": 2, "heads": 2, "hidden": 16}),
    sizes={"20": 4, "50": 2, "100": 1},
    others=3,
)


def quietly(measure: Any) -> Any:
    return measure(lambda *progress: None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def report(folder: Path) -> paper.Report:
    return paper.reproduce("smoke", None, folder, "cpu", quietly)


def test_the_exact_claims_hold(report: paper.Report, folder: Path) -> None:
    assert {claim.name: claim.verdict for claim in report.claims()} == dict.fromkeys(
        ("C1a", "C1b", "C1c", "C1d", "C2a", "C2b"), "holds"
    )
    results = json.loads((folder / "smoke" / "results.json").read_text())
    assert results["verdict"] == "holds"
    assert results["found"] == report.found
    assert (folder / "smoke" / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert "13,700" in (folder / "smoke" / "report.md").read_text()


def test_a_second_run_repeats_nothing(report: paper.Report, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "enumerated", None)
    monkeypatch.setattr(work, "tabular", None)
    again = paper.run("smoke", folder / "smoke", device="cpu")
    assert again.resumed == len(report.found)
    assert again.found == report.found


def test_everything_else_runs_and_resumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(paper.SCALES, "cpu", TINY)
    whole = paper.reproduce("cpu", None, tmp_path, "cpu", quietly, everything=True)
    assert {claim.name for claim in whole.claims()} > {"C3 50", "C3 100b", "C3 beam", "C4 20", "C4 50", "C5"}
    page = (tmp_path / "cpu" / "report.md").read_text()
    assert all(name in page for name in ("only the last layer", "farthest", "POMO", "trained again by others"))
    less = paper.run("cpu", tmp_path / "cpu", device="cpu", settings=TINY)
    assert less.resumed == len(less.found) < len(whole.found)
    notes = work.POLICIES["bq"].load(tmp_path / "cpu" / "weights" / "bq-knapsack-0.safetensors").notes
    assert notes["instances"] == 40
    assert notes["steps"] >= 1


def test_mistakes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="^--all: the ablations learn, expected --scale cpu, found --scale smoke"):
        paper.reproduce("smoke", None, tmp_path, "cpu", quietly, everything=True)
    with pytest.raises(ValueError, match="^puzzles: found mine.txt, expected none"):
        paper.reproduce("smoke", Path("mine.txt"), tmp_path, "cpu", quietly)
