"""The paper at smoke scale: its direction; and the statistics of its claims."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ige.examples.papers import PAPERS
from ige.examples.papers import babyai_text as paper
from ige.examples.papers._run import Run
from ige.solvers.core.estimates import sign_test


@pytest.mark.long
def test_the_policy_helps_with_and_without_an_archive(report: paper.Report) -> None:
    """On the easy tasks, which a second of cloning is enough for."""
    for task in ("goto", "pickup"):
        random = report.solved("random", task).mean()
        assert report.solved("Go-Explore", task).mean() >= random
        assert report.solved("naive", task).mean() >= random
    assert report.solved("Go-Explore").mean() > report.solved("random").mean()


@pytest.mark.long
def test_budgets_are_kept(report: paper.Report) -> None:
    for method in paper.METHODS:
        steps = report.steps(method)
        restarts = method == "random" or method in paper.AGENTS
        assert steps[np.isfinite(steps)].max(initial=0) <= (paper.RESTARTS if restarts else paper.SEARCH)
        assert steps.shape == (report.settings.seeds, 5 * report.settings.missions)


def test_seeds_are_draws_of_the_search_on_the_same_missions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "_policy", lambda *arguments: None)  # which random actions do not ask
    settings = replace(paper.SCALES["smoke"], missions=2)
    first, again, other = (paper._search("random", settings, seed, "cpu") for seed in (0, 0, 1))
    assert first == again != other


def test_when_ppo_catches_up() -> None:
    def point(steps: int, share: float) -> dict[str, Any]:
        return {"steps": steps, "success": dict.fromkeys(paper.TASKS, share), "episode": {}}

    solved = [[10, 0], [None, 0]] * 5
    curves = {"PPO/0": [point(0, 0.0), point(900, 0.49)], "PPO/1": [point(0, 0.0), point(300, 0.5), point(900, 1.0)]}
    settings = replace(paper.SCALES["smoke"], missions=2, learners=2)
    report = paper.Report(Run(PAPERS["babyai-text"]), settings, {"Go-Explore/0": solved, **curves})
    assert report.reached() == [(900, False), (300, True)]
    assert report.online == 2600


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_the_sign_test_is_scipys_without_ties(pairs: list[tuple[int, int]]) -> None:
    wins, losses, p, opposite = sign_test([float(a) for a, _ in pairs], [float(b) for _, b in pairs])
    assert (wins, losses) == (sum(a > b for a, b in pairs), sum(a < b for a, b in pairs))
    expected = binomtest(wins, wins + losses, alternative="greater").pvalue if wins + losses else 1.0
    assert p == pytest.approx(expected)
    assert opposite == sign_test([float(b) for _, b in pairs], [float(a) for a, _ in pairs]).p
