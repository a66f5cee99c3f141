"""The comparison of screens with their peer: what is not installed is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ige.benchmarks import gui
from ige.benchmarks.beside import Way
from ige.benchmarks.gui import PIXELS, ROWS, TABLE, WORDS, compare


def test_targets(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def ours() -> Iterator[Way]:
        for problem, rows, steps in ((TABLE, ROWS, 30_000), (PIXELS, ROWS, 10), (WORDS, 1, 100)):
            yield Way("ige", problem, rows, "vector", lambda steps=steps: (steps, 0.01))

    def nothing(problem: str) -> Iterator[Way]:
        raise ImportError

    def slow(problem: str) -> Iterator[Way]:
        yield Way("Slow", problem, 1, "a browser", lambda: (1, 0.05))

    monkeypatch.setattr(gui, "ours", ours)
    monkeypatch.setattr(gui, "PEERS", {"miniwob": (nothing, ()), "pytest": (slow, ())})
    comparison = compare(0.01, rounds=2)
    assert comparison.missing == ["miniwob"]
    assert [target.met for target in comparison.targets] == [True, False, True, True]
    assert comparison.targets[-1].measured == pytest.approx(500)
    assert json.loads(json.dumps(comparison.as_dict()))["rows"]
    comparison.print()
    assert "miniwob: not installed, or without a browser" in capsys.readouterr().out


@pytest.mark.long
def test_screens_are_measured() -> None:
    rows = compare(0.01, rounds=1).rows
    assert {(row.problem, row.rows) for row in rows} == {(TABLE, ROWS), (PIXELS, ROWS), (TABLE, 1), (WORDS, 1)}
    assert all(row.steps_per_second > 0 for row in rows)
