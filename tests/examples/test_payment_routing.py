"""Regression oracles in payments at smoke scale."""

from __future__ import annotations

import numpy as np
import pytest

from ige.examples.papers import payment_routing as paper


@pytest.mark.long
def test_smoke_points_the_way_of_the_paper(report: paper.Report) -> None:
    square, uniform = (report.found[f"logistic/{name}/{report.seeds[0]}"] for name in ("SquareCB 500", "uniform"))
    assert np.mean(square["online"]) < 0.5 * np.mean(uniform["online"])
    assert np.mean(square["failures"]) < 0.8 * np.mean(uniform["failures"])
    assert square["first"] == uniform["first"]
    assert report.of("logistic", "SquareCB 500", "next").mean() > report.of("logistic", "uniform", "next").mean()
    assert np.mean(uniform["online"]) == pytest.approx(uniform["uniform"], rel=0.1)


def test_instances_share_no_payments() -> None:
    """Row i of a vector seeded s is seeded s + i, so the seeds of instances, and of what judges them, lie far apart."""
    settings = paper.SCALES["cpu"]
    rows = 20_000  # the most that is drawn at once: what models are judged on
    assert settings.batch <= rows <= paper.FRESH <= paper.APART - rows
