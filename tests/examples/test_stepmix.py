"""StepMix and EpsMix at smoke scale."""

from __future__ import annotations

import pytest

from ige.examples.papers import stepmix as paper


@pytest.mark.long
def test_smoke_shows_safety_and_its_price(report: paper.Report) -> None:
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert {verdicts[name] for name in ("S-1", "S-3 StepMix", "S-3 EpsMix")} == {"holds"}
    for name in paper.OURS:
        assert not report.of(name, "violations").any()
    assert report.of("stepmix", "regret").mean() < 0.3 * report.of("baseline", "regret").mean()
