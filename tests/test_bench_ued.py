"""The comparison of mazes with jaxued's: what its targets compare, and that what is not installed is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ige.benchmarks import ued
from ige.benchmarks.beside import Row, Way
from ige.benchmarks.machine import Machine
from ige.benchmarks.ued import JITTED, ROLL_OUT, ROWS, SCAN, STEP, Comparison, compare


def test_targets_are_against_the_fastest_of_each_way() -> None:
    rows = [
        Row("ige", STEP, ROWS, "vector", 6e6, 6e6, 6e6, 2),
        Row("ige", STEP, ROWS, "vector, parallel", 12e6, 12e6, 12e6, 1),
        Row("jaxued", STEP, ROWS, f"{JITTED}, 1 device", 1e6, 1e6, 1e6, 12),
        Row("jaxued", STEP, ROWS, f"{JITTED}, 2 devices", 2e6, 2e6, 2e6, 6),
        Row("jaxued", STEP, ROWS, f"{SCAN} of 64 steps, 1 device", 4e6, 4e6, 4e6, 3),
        Row("jaxued", ROLL_OUT, ROWS, f"{SCAN} of 64 steps, 1 device", 4e6, 4e6, 4e6, 7),
    ]
    targets = Comparison(Machine.here(), {}, [], rows).targets
    assert [target.measured for target in targets] == [12e6, 6, 3, 7]
    assert [target.met for target in targets] == [True, True, False, True]


@pytest.mark.long  # compiles the maze four times
def test_a_comparison(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def nothing(problem: str) -> Iterator[Way]:
        raise ImportError

    monkeypatch.setattr(ued, "PEERS", {"jaxued": (nothing, ())})
    comparison = compare(0.01, rounds=2)
    assert comparison.missing == ["jaxued"]
    assert [row.problem for row in comparison.rows] == [STEP, STEP, ROLL_OUT, ROLL_OUT]
    assert all(0 < row.lowest <= row.steps_per_second <= row.highest for row in comparison.rows)
    assert len(comparison.targets) == 1
    assert json.loads(json.dumps(comparison.as_dict()))["rows"]
    comparison.print()
    out = capsys.readouterr().out
    assert "compiled roll-out, ige: loop of 64 steps" in out
    assert "jaxued: not installed" in out
