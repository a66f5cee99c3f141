"""The paper at smoke scale: nothing contradicts it, it resumes, and it leaves its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ige.examples.papers import one_sided_fairness as paper

pytestmark = pytest.mark.xdist_group("one_sided_fairness")  # what the module's fixtures measure is measured once


@pytest.fixture(scope="module")
def report(folder: Path, quietly: Any) -> paper.Report:
    return paper.reproduce("smoke", None, folder, "cpu", quietly)


def test_cost_buys_fairness_and_growing_costs_more_of_it(report: paper.Report, folder: Path) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert "does not hold" not in verdicts.values()
    assert {verdicts[name] for name in ("A", "B1", "B2", "C1", "D2")} == {"holds"}
    reports = [report.of("violations", "ftpl", cost, report.settings.ftpl).mean() for cost in paper.FTPL_COSTS]
    assert reports[0] > reports[1] > reports[2]
    results = json.loads((folder / "smoke" / "results.json").read_text())
    assert results["found"] == report.found
    assert (folder / "smoke" / "figure.png").read_bytes().startswith(b"\x89PNG")
    page = (folder / "smoke" / "report.md").read_text()
    assert all(words in page for words in ("naive", "(unfair)", "best single rule", "FTPL", "no mix", "are ours"))


def test_a_second_run_repeats_nothing(report: paper.Report, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "measure", lambda *arguments: pytest.fail("measured again"))
    monkeypatch.setattr(paper, "rules", lambda *arguments: pytest.fail("measured again"))
    again = paper.run("smoke", folder / "smoke")
    assert again.resumed == len(report.found)
    assert again.found == report.found


def test_mistakes(tmp_path: Path, quietly: Any) -> None:
    with pytest.raises(ValueError, match="^puzzles: found mine.txt, expected none"):
        paper.reproduce("smoke", Path("mine.txt"), tmp_path, "cpu", quietly)
