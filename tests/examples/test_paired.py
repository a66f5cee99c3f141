"""PAIRED and its family at smoke scale, and what a person sees of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ige.examples.papers import PAPERS
from ige.examples.papers import paired as paper
from ige.examples.papers._run import Run
from ige.solvers.core.claims import OPEN, overall

TRAIN = Path(__file__).resolve().parents[2] / "examples" / "train_ued.py"


@pytest.mark.long
def test_smoke_decides_by_exact_rules_and_trains_all_methods(report: paper.Report) -> None:
    assert [claim.verdict for claim in report.claims()] == ["holds"] * 4
    assert set(report.found) == {"rules", *(f"{method} 101" for method in paper.SHOWN)}
    for method in paper.SHOWN:
        run = report.found[f"{method} 101"]
        assert run["curve"][-1]["step"] >= paper.SCALES["smoke"].steps
        assert 0 < run["stepping"] < run["seconds"]
    assert report.late("dr", "levels/solvable")[0] > 0.8
    assert (report.run.place / "levels.png").read_bytes().startswith(b"\x89PNG")


def test_claims_are_judged_by_the_right_part_of_each_curve() -> None:
    """Made-up curves of ten points and two seeds."""

    def curve(solvable: float, length: tuple[float, float], solved: tuple[float, float]) -> dict[str, Any]:
        points = []
        for k in range(10):
            points.append(
                {
                    "step": 1e5 * (k + 1), "levels/solvable": solvable if k >= 8 else 0.5, "student/return": 0.05,
                    "levels/path_length": length[0] + length[1] * k, "solved/a": solved[k >= 5], "solved/b": 0.5,
                }
            )  # fmt: skip
        return {"curve": points, "tests": ["a", "b"]}

    made = {
        "dr": curve(0.9, (5, 0), (0, 0.6)),
        "minimax": curve(0.1, (5, 0), (1, 0.4)),
        "paired": curve(0.95, (5, 0.1), (0, 0.8)),
        "robust-plr": curve(0.9, (5, 0), (0, 0.45)),
        "accel": curve(0.9, (5, 0), (0, 0.6)),
    }
    settings = replace(paper.SCALES["cpu"], seeds=2)
    found = {"rules": paper.rules()} | {f"{m} {s}": made[m] for m in made for s in paper.seeds(settings)}
    judged = paper.Report(Run(PAPERS["paired"], "cpu"), settings, found)
    measured = {claim.name: (claim.measured.value, claim.verdict) for claim in judged.claims()}
    assert measured["P-2 PAIRED"] == (pytest.approx(0.95), "holds")
    assert measured["P-3 longer"] == (pytest.approx(0.85), "holds")
    assert measured["P-3 rising"] == (pytest.approx(0.1), "holds")
    assert measured["P-4 PAIRED"] == (pytest.approx(0.2), "holds")
    assert measured["P-4 robust PLR"] == (pytest.approx(0.025), "does not hold")
    assert overall(judged.claims()) != OPEN


@pytest.mark.long
def test_train_example(tmp_path: Path) -> None:
    """Trains, draws, and goes on when called again."""
    command = [sys.executable, str(TRAIN), "accel", "--folder", str(tmp_path), "--device", "cpu", "--steps"]
    first = subprocess.run([*command, "4096"], capture_output=True, text=True, check=True)
    assert "4,096 steps" in first.stdout
    for name in ("levels.png", "walks.png", "metrics.jsonl", "checkpoint.pt"):
        assert (tmp_path / name).stat().st_size > 0
    again = subprocess.run([*command, "6144"], capture_output=True, text=True, check=True)
    assert "6,144 steps" in again.stdout
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 3
    for wrong, message in (
        (
            ["paired"],
            "holds a run of accel with seed 1 on 7 x 7 tiles, expected paired with seed 1 on 7 x 7, or nothing",
        ),
        (["accel", "--seed", "2"], "expected accel with seed 2 on 7 x 7, or nothing"),
        (["pair"], "method: 'pair', expected one of dr, minimax, "),
    ):
        other = subprocess.run([*command[:2], *wrong, *command[3:], "6144"], capture_output=True, text=True)
        assert other.returncode == 2
        assert message in other.stderr
        assert other.stderr.count("\n") == 1
