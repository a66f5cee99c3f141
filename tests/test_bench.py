"""The benchmarks' structure and arithmetic. No measured time decides anything here."""

from __future__ import annotations

import io
import json
import math
import os
from pathlib import Path

import pytest
from rich.console import Console

from ige.benchmarks import Report, Speed, Startup, bench, measure, print_table, start_up
from ige.benchmarks.machine import Machine
from ige.benchmarks.speed import PEER, SIZES

TINY = 0.01
ENV = "ige/GameOf24-v0"
MACHINE = Machine("a processor", 2, 2, "a system", "3", "2", "0", "1")


def printed(report: Report) -> str:
    out = io.StringIO()
    report.print(Console(file=out, width=80))
    return out.getvalue()


@pytest.fixture(scope="module")
def report() -> Report:
    return bench([ENV], TINY)


def test_every_face_and_both_peers(report: Report) -> None:
    interfaces = [(speed.interface, speed.rows, speed.arguments.partition("=")[0]) for speed in report.speeds]
    vectors = [("vector", rows, argument) for rows in SIZES for argument in ("", "parallel")]
    assert interfaces[:2] == [("unwrapped", 1, ""), ("made", 1, "")]
    assert sorted(interfaces[2:-2]) == sorted([*vectors, ("vector", 1024, "copy")])
    assert interfaces[-2:] == [("SyncVectorEnv", 64, ""), (PEER, 1, "")]


def test_all_threads_and_one_at_every_size(report: Report) -> None:
    for rows in SIZES:
        threads = {speed.threads for speed in report.speeds if speed.rows == rows and speed.interface == "vector"}
        assert threads == {1, report.machine.threads}


def test_speeds_are_sane(report: Report) -> None:
    for speed in report.speeds:
        assert 0 < speed.lowest <= speed.steps_per_second <= speed.highest < math.inf
        assert 0 < speed.times_sync < math.inf
    assert report.speeds[-2].times_sync == report.speeds[-1].times_peer == 1


def test_start_up_with_an_empty_and_a_warm_cache(report: Report) -> None:
    assert [startup.cache for startup in report.startups] == ["empty", "warm"]
    for startup in report.startups:
        assert startup.imports > 0
        assert startup.first_step > 0
        assert startup.first_vector_step is not None


def test_report_is_json_and_names_no_machine(report: Report) -> None:
    text = json.dumps(report.as_dict())
    assert json.loads(text) == report.as_dict()
    assert len(report.targets) == 4
    for private in (str(Path.home()), os.path.dirname(__file__), os.uname().nodename if hasattr(os, "uname") else "/"):
        assert private not in text


def test_an_environment_without_kernels_shows_what_it_has() -> None:
    speeds = measure("CartPole-v1", TINY)
    interfaces = [(speed.interface, speed.rows) for speed in speeds]
    vectors = [("vector", rows) for rows in SIZES]
    assert interfaces == [("unwrapped", 1), ("made", 1), *vectors, ("SyncVectorEnv", 64), (PEER, 1)]
    assert [speed.interface for speed in measure("MountainCarContinuous-v0", TINY)] == [
        "unwrapped", "made", "SyncVectorEnv", PEER,
    ]  # fmt: skip
    [startup] = start_up("CartPole-v1")
    assert (startup.cache, startup.first_vector_step) == ("none", None)


def test_arguments_reach_every_face() -> None:
    speeds = measure(ENV, TINY, n=3)
    assert len(speeds) == 11
    with pytest.raises(ValueError, match="n: 2"):
        measure(ENV, TINY, n=2)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_seconds_must_be_positive(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds"):
        measure(ENV, seconds)


def test_an_environment_of_this_process_alone_cannot_start_elsewhere() -> None:
    import gymnasium as gym

    gym.register("OnlyHere-v0", "gymnasium.envs.classic_control:CartPoleEnv")
    try:
        with pytest.raises(RuntimeError, match="env_id: 'OnlyHere-v0' does not start"):
            start_up("OnlyHere-v0")
    finally:
        del gym.registry["OnlyHere-v0"]


def example(steps: float, ratio: float, seconds: float) -> Report:
    """A report of made-up numbers."""
    one = Speed(ENV, "unwrapped", "", 1, 1, steps, steps, steps, 1.0, ratio)
    many = Speed(ENV, "vector", "", 1024, 2, steps, steps, steps, ratio, ratio)
    other = Speed(ENV, "vector", "copy=False", 1024, 2, 1.0, 1.0, 1.0, 0.0, 0.0)
    return Report(
        MACHINE, [one, many, other], [Startup(ENV, "empty", 9.0, 9.0, 9.0), Startup(ENV, "warm", 0.0, seconds, 0.0)]
    )


def test_targets_follow_from_the_numbers() -> None:
    assert [target.met for target in example(6e6, 150, 1.0).targets] == [True] * 4
    assert [target.met for target in example(4e6, 0.5, 2.0).targets] == [False] * 4
    assert [target.met for target in example(5e6, 50, 1.5).targets] == [True, True, False, True]


def test_the_print_fits_a_terminal_and_says_what_is_not_met() -> None:
    good, bad = printed(example(6_123_456, 150, 1.0)), printed(example(4e6, 0.5, 2.0))
    assert "6.12 M" in good
    assert "NO" not in good
    assert bad.count("NO") == 4
    assert "Targets" not in printed(Report(MACHINE, [], []))


def test_print_table_alone(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(example(212_345, 1.5, 1.0).speeds)
    assert "212 k" in capsys.readouterr().out
