"""The paper at smoke scale: nothing contradicts it, it resumes, and it leaves its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ige.examples.papers import groupwise_regret as paper

pytestmark = pytest.mark.xdist_group("groupwise_regret")  # what the module's fixtures measure is measured once


@pytest.fixture(scope="module")
def report(folder: Path, quietly: Any) -> paper.Report:
    return paper.reproduce("smoke", None, folder, "cpu", quietly)


def test_every_group_gains(report: paper.Report, folder: Path) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert "does not hold" not in verdicts.values()
    assert all(verdicts[f"C {rule}"] == "holds" for rule in ("mean", "min", "max", "permutation"))
    for rule in ("mean", "min", "max", "permutation"):
        ours, average, baseline = (report.regrets(rule, name)[:, -1].mean(0) for name in paper.LEARNERS)
        assert (ours < paper.MOST).all()
        assert (ours < paper.SHARE * baseline).all()
        assert (average < ours).all()
    results = json.loads((folder / "smoke" / "results.json").read_text())
    assert results["found"] == report.found
    assert (folder / "smoke" / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert "average of the experts" in (folder / "smoke" / "report.md").read_text()


def test_a_second_run_repeats_nothing(report: paper.Report, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "measure", lambda *arguments: pytest.fail("measured again"))
    again = paper.run("smoke", folder / "smoke")
    assert again.resumed == len(report.found)
    assert again.found == report.found


def test_mistakes(tmp_path: Path, quietly: Any) -> None:
    with pytest.raises(ValueError, match="^puzzles: found mine.txt, expected none"):
        paper.reproduce("smoke", Path("mine.txt"), tmp_path, "cpu", quietly)
