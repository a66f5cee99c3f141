"""Groupwise regret at smoke scale: nothing contradicts the paper."""

from __future__ import annotations

import pytest

from ige.examples.papers import groupwise_regret as paper


@pytest.mark.long
def test_every_group_gains(report: paper.Report) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert "does not hold" not in verdicts.values()
    assert all(verdicts[f"C {rule}"] == "holds" for rule in paper.RULES)
    for rule in paper.RULES:
        ours, average, baseline = (report.regrets(rule, name)[:, -1].mean(0) for name in paper.LEARNERS)
        assert (ours < paper.MOST).all()
        assert (ours < paper.SHARE * baseline).all()
        assert (average < ours).all()
