"""One-sided fairness at smoke scale: nothing contradicts what the paper's theory says."""

from __future__ import annotations

import pytest

from ige.examples.papers import one_sided_fairness as paper


@pytest.mark.long
def test_cost_buys_fairness_and_growing_costs_more_of_it(report: paper.Report) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert "does not hold" not in verdicts.values()
    assert {verdicts[name] for name in ("A reports", "A errors", "B1", "B2", "C1", "D2")} == {"holds"}
    reports = [report.of("violations", "ftpl", cost, report.settings.ftpl).mean() for cost in paper.FTPL_COSTS]
    assert reports[0] > reports[1] > reports[2]
