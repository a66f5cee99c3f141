"""The comparison's structure and arithmetic, on a stand-in for ours. No measured time decides anything here."""

from __future__ import annotations

import io
import json
import math
import sys
from importlib.util import find_spec

import pytest
from rich.console import Console

from ige.benchmarks import peers
from ige.benchmarks.babyai import PEERS, Comparison, Row, compare, reset_cost
from ige.benchmarks.machine import Machine

TINY = 0.01
ENV = "ige/GameOf24-v0"
MACHINE = Machine("a processor", 2, 2, "a system", "3", "2", "0", "1")


def printed(comparison: Comparison) -> str:
    out = io.StringIO()
    comparison.print(Console(file=out, width=80))
    return out.getvalue()


def hide(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Make packages look as if they were not installed."""
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)


def test_without_peers_ours_is_measured_and_each_peer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, *PEERS, "jax")
    comparison = compare(TINY, ENV, {})
    assert [(row.interface, row.rows) for row in comparison.rows] == [(ENV, 1024)] * 4
    assert comparison.missing == ["minigrid", "envpool", "xminigrid"]
    assert comparison.targets == []
    lines = printed(comparison).splitlines()
    assert [line for line in lines if "not installed" in line] == [f"{name}: not installed" for name in PEERS]


def test_with_minigrid_its_prints_are_swallowed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("minigrid")
    hide(monkeypatch, "envpool", "xminigrid", "jax")
    comparison = compare(0.1, ENV, {})
    assert "rejected" not in capsys.readouterr().out
    assert comparison.versions.keys() == {"minigrid"}
    row = comparison.rows[-1]
    assert (row.interface, row.rows, row.threads) == ("Minigrid", 1, 1)
    for row in comparison.rows:
        assert 0 < row.lowest <= row.steps_per_second <= row.highest < math.inf
    assert [target.what for target in comparison.targets] == ["1,024 rows: times Minigrid"]
    assert json.loads(json.dumps(comparison.as_dict())) == comparison.as_dict()


def test_the_reference_is_the_fastest_that_returns_fresh_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    hide(monkeypatch, *PEERS, "jax")
    rates = {"": 1.0, "parallel=True": 3.0, "copy=False": 9.0, "parallel=True, copy=False": 6.0}
    monkeypatch.setattr("ige.benchmarks.speed.Subject.rate", lambda self, seconds: rates[self.arguments])
    assert [row.ours for row in compare(TINY, ENV, {}).rows] == [3, 1, 1 / 3, 1 / 2]


def test_targets_are_over_the_fastest_way_of_each_peer() -> None:
    def comparison(*ratios: float) -> Comparison:
        interfaces = ("Minigrid", "EnvPool", "EnvPool", "XLand-MiniGrid", "XLand-MiniGrid, empty room")
        pairs = zip(interfaces, ratios, strict=True)
        rows = [Row(interface, "step", 1024, 1, 1.0, 1.0, 1.0, ours) for interface, ours in pairs]
        return Comparison(MACHINE, {}, [], [Row(ENV, "as made", 1024, 1, 1.0, 1.0, 1.0, 1.0), *rows], {"GoTo": 1.234})

    good, bad = comparison(1000, 90, 50, 10, 1), comparison(999, 90, 49, 9, 90)
    assert [(target.measured, target.met) for target in good.targets] == [(1000, True), (50, True), (10, True)]
    assert [target.met for target in bad.targets] == [False] * 3
    assert printed(bad).count("NO") == 3
    assert "1.23" in printed(good)


def test_the_cost_of_a_reset_is_measured_with_the_environments_arguments() -> None:
    assert 0 < reset_cost(TINY, ENV, n=3) < math.inf
    with pytest.raises(ValueError, match="n: 2"):
        reset_cost(TINY, ENV, n=2)


@pytest.mark.parametrize("seconds", [0, math.nan])
def test_seconds_must_be_positive(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        compare(seconds, ENV, {})
    with pytest.raises(ValueError, match="seconds"):
        reset_cost(seconds, ENV)


def test_envpool_advances_all_rows_and_starts_them_again() -> None:
    pytest.importorskip("envpool")
    subjects = list(peers.envpool())
    assert {subject.rows for subject in subjects} == {1024, 512}
    for subject in subjects:
        subject.env.reset(seed=0)
        [actions] = next(subject.chunks)
        ended = [subject.env.step(actions)[3].any() for _ in range(140)]  # GoToLocal's time limit is 64 steps
        subject.env.close()
        assert any(ended)


@pytest.mark.long
@pytest.mark.skipif(find_spec("xminigrid") is None, reason="xminigrid is not installed")  # importing starts its devices
def test_xland_advances_all_rows_and_starts_them_again() -> None:
    for subject in peers.xland():
        subject.env.reset(seed=0)
        ended = False
        for _ in range(math.ceil(257 / subject.steps)):  # the longer time limit is 256 steps
            [actions] = next(subject.chunks)
            observations, _, kinds, _ = subject.env.step(actions)
            ended |= bool((kinds == 2).any())
        assert observations.shape[-4:] == (1024, 7, 7, 2)
        assert ended
        subject.env.close()
