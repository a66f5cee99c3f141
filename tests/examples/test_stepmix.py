"""StepMix and EpsMix at smoke scale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ige.examples.papers import stepmix as paper


def test_smoke_shows_safety_and_its_price(tmp_path: Path, quietly: Any) -> None:
    report = paper.reproduce("smoke", None, tmp_path, "cpu", quietly)
    verdicts = {claim.name: claim.verdict for claim in report.claims()}
    assert {verdicts[name] for name in ("S-1", "S-2 StepMix", "S-2 EpsMix", "S-3 StepMix", "S-3 EpsMix")} == {"holds"}
    assert report.of("stepmix", "regret").mean() < 0.3 * report.of("baseline", "regret").mean()
    results = json.loads((tmp_path / "smoke" / "results.json").read_text())
    assert results["found"] == report.found
    assert (tmp_path / "smoke" / "figure.png").read_bytes().startswith(b"\x89PNG")
    again = paper.run("smoke", tmp_path / "smoke")
    assert again.resumed == len(report.found)
    assert again.found == report.found
