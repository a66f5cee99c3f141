"""The comparison of bandits with their peers: what is not installed is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ige.benchmarks import bandits
from ige.benchmarks.bandits import ALONE, LOOP, compare
from ige.benchmarks.beside import Way


def test_a_comparison(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def nothing(problem: str) -> Iterator[Way]:
        raise ImportError

    def slow(problem: str) -> Iterator[Way]:
        yield Way("Slow", problem, 1, "UCB1", lambda: (1, 0.01))

    monkeypatch.setattr(bandits, "PEERS", {"mabwiser": (nothing, ()), "pytest": (slow, ())})
    comparison = compare(0.01, rounds=2)
    assert comparison.missing == ["mabwiser"]
    assert {row.problem for row in comparison.rows} == {LOOP, ALONE}
    [target] = [target for target in comparison.targets if "Slow" in target.what]
    assert target.met
    assert len(comparison.targets) == 3
    assert json.loads(json.dumps(comparison.as_dict()))["rows"]
    comparison.print()
    out = capsys.readouterr().out
    assert "UCB1 loop, ige: fused, 1 seed" in out
    assert "mabwiser: not installed" in out
