"""Tallying bandits at smoke scale, and the examples that pull arms."""

from __future__ import annotations

from pathlib import Path

import pytest

from ige.examples import bandit_agent, watch_bandit
from ige.examples.papers import tallying_bandits as paper


@pytest.mark.long
def test_smoke_points_the_way_of_the_paper(report: paper.Report) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert {verdicts[name] for name in ("T-1 100k", "T-2", "T-3")} == {"holds"}
    assert verdicts["T-5"] == "does not hold", "UCB1 that knows the noise is better on ordinary arms"
    full = paper.Cell(100, 100, 100_000)
    dropped = report.regret(full, "elimination-without-dropping")
    assert dropped.mean() > 10 * report.regret(full, "elimination").mean()


def test_a_model_pulls_arms(capsys: pytest.CaptureFixture[str]) -> None:
    regret, theirs = bandit_agent.main(arms=10, memory=20, horizon=30)
    assert regret > 0 < theirs
    assert "'calls': 30" in capsys.readouterr().out


def test_watching_beliefs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gif = tmp_path / "beliefs.gif"
    watch_bandit.main("ucb1", arms=10, horizon=40, delay=0, gif=gif)
    assert gif.read_bytes()[:3] == b"GIF"
    assert "40 frames" in capsys.readouterr().out
