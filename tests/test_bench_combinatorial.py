"""The comparison of the combinatorial environments with their peers: what is not installed is left out."""

from __future__ import annotations

import json

import pytest

from ige.benchmarks import combinatorial
from ige.benchmarks.combinatorial import SIZES, compare


@pytest.mark.long  # compiles a dozen environments; what it shares with the bandits' benchmark is tested there
def test_a_comparison(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def nothing(problem: str) -> None:
        raise ImportError

    monkeypatch.setattr(combinatorial, "PEERS", {"jumanji": (nothing, ())})
    comparison = compare(0.01, rounds=2)
    assert comparison.missing == ["jumanji"]
    assert {row.problem for row in comparison.rows} == set(SIZES)
    assert all(0 < row.lowest <= row.steps_per_second <= row.highest for row in comparison.rows)
    assert min(row.ours for row in comparison.rows) > 0
    assert comparison.targets == []
    assert json.loads(json.dumps(comparison.as_dict()))["bytes_per_instance"]["TSP-20"] < 1024
    comparison.print()
    out = capsys.readouterr().out
    assert "TSP-20, ige: bq" in out
    assert "jumanji: not installed" in out
