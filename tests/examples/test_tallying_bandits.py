"""Tallying bandits at smoke scale, and the examples that pull arms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ige.examples import bandit_agent, watch_bandit
from ige.examples.papers import tallying_bandits as paper

pytestmark = pytest.mark.xdist_group("tallying_bandits")  # what the module's fixtures measure is measured once


@pytest.fixture(scope="module")
def report(folder: Path, quietly: Any) -> paper.Report:
    return paper.reproduce("smoke", None, folder, "cpu", quietly)


def test_smoke_points_the_way_of_the_paper(report: paper.Report, folder: Path) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert {verdicts[name] for name in ("T-1 100k", "T-2", "T-3", "T-5")} == {"holds"}
    full = paper.Cell(100, 100, 100_000)
    dropped = report.regret(full, "elimination-without-dropping")
    assert dropped.mean() > 10 * report.regret(full, "elimination").mean()
    results = json.loads((folder / "smoke" / "results.json").read_text())
    assert results["found"] == report.found
    assert (folder / "smoke" / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert "without dropping" in (folder / "smoke" / "report.md").read_text()


def test_a_second_run_repeats_nothing(report: paper.Report, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "measure", lambda *arguments: pytest.fail("measured again"))
    again = paper.run("smoke", folder / "smoke")
    assert again.resumed == len(report.found)
    assert again.found == report.found


def test_a_model_pulls_arms(capsys: pytest.CaptureFixture[str]) -> None:
    regret, theirs = bandit_agent.main(arms=10, memory=20, horizon=30)
    assert regret > 0 < theirs
    assert "'calls': 30" in capsys.readouterr().out


def test_watching_beliefs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gif = tmp_path / "beliefs.gif"
    watch_bandit.main("ucb1", arms=10, horizon=40, delay=0, gif=gif)
    assert gif.read_bytes()[:3] == b"GIF"
    assert "40 frames" in capsys.readouterr().out
