"""Screens as numbers, pixels and words, compared with MiniWoB++ in headless Chromium if both are installed.

python -m ige.benchmarks.gui --json gui.json

All tasks of `ige/GUIWidget-v1`, legal actions drawn at random outside the timed part. MiniWoB++ (Selenium) does what
its own examples do: clicks on elements, observations with the DOM and a screenshot.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import gymnasium as gym
import numpy as np
import typer
from numpy.typing import NDArray

from .beside import PeerComparison, Run, Way, beside, installed
from .machine import Machine
from .report import Target
from .speed import check_seconds

ENV = "ige/GUIWidget-v1"
TABLE, PIXELS, WORDS = "table", "rgb, 180 x 320", "tree"
ROWS = 1024
CALLS = 8  # between two looks at the clock


@dataclass(frozen=True)
class Comparison(PeerComparison):
    """The measurements and targets."""

    absent = "not installed, or without a browser"

    @property
    def targets(self) -> list[Target]:
        """Steps per second for each kind, and the speed of ours relative to the peer."""
        found = []
        goals = ((TABLE, ROWS, 2e6), (PIXELS, ROWS, 5e3), (WORDS, 1, 5e3))
        for problem, rows, goal in goals:
            ours = ("ige", problem, rows)
            speeds = [r.steps_per_second for r in self.rows if (r.interface, r.problem, r.rows) == ours]
            what = f"{problem}, {rows:,} row{'s' if rows > 1 else ''}: steps/s"
            found.append(Target(ENV, what, max(speeds), at_least=goal))
        found += [
            Target(ENV, f"{row.problem}, {row.rows} row: times {row.interface}", row.ours, at_least=100)
            for row in self.rows
            if row.interface != "ige"
        ]
        return found


# --- ways -------------------------------------------------------------------------------------------------------------


def ours() -> Iterator[Way]:
    """Many rows and one row, for each kind of observation."""
    many: dict[str, dict[str, Any]] = {TABLE: {}, PIXELS: {"obs_mode": "rgb", "scale": 0.5}}
    one: dict[str, dict[str, Any]] = {TABLE: {}, WORDS: {"obs_mode": "tree"}}
    for problem, kwargs in many.items():
        for parallel in (False, True):
            what = "vector, parallel" if parallel else "vector"
            yield Way("ige", problem, ROWS, what, _vector(parallel, **kwargs))
    for problem, kwargs in one.items():
        yield Way("ige", problem, 1, "single", _single(**kwargs))


def _drawn(masks: NDArray[Any], rng: np.random.Generator) -> NDArray[np.int64]:
    """A legal action for each row; ending the episode counts as one of them."""
    return (rng.random(masks.shape) * (masks > 0)).argmax(1)


def _vector(parallel: bool, **kwargs: Any) -> Run:
    env: Any = gym.make_vec(ENV, ROWS, "vector_entry_point", parallel=parallel, **kwargs)
    env.reset(seed=0)
    rng = np.random.default_rng(0)

    def run() -> tuple[int, float]:
        passed = 0.0
        for _ in range(CALLS):
            actions = _drawn(env.unwrapped.action_masks(), rng)
            start = time.perf_counter()
            env.step(actions)
            passed += time.perf_counter() - start
        return CALLS * ROWS, passed

    return run


def _single(**kwargs: Any) -> Run:
    env: Any = gym.make(ENV, disable_env_checker=True, **kwargs)
    env.reset(seed=0)
    rng = np.random.default_rng(0)

    def run() -> tuple[int, float]:
        passed = 0.0
        for _ in range(CALLS * 16):
            action = int(_drawn(env.unwrapped.action_masks()[None], rng)[0])
            start = time.perf_counter()
            _, _, terminated, truncated, _ = env.step(action)
            passed += time.perf_counter() - start
            if terminated or truncated:
                env.reset()
        return CALLS * 16, passed

    return run


def miniwob(problem: str) -> Iterator[Way]:
    """MiniWoB++'s click-button: a random element is clicked."""
    import miniwob
    from miniwob.action import ActionTypes

    gym.register_envs(miniwob)
    try:
        env: Any = gym.make("miniwob/click-button-v1", render_mode=None)
        observation, _ = env.reset(seed=0)
    except Exception as error:  # no browser, or no driver for it
        raise ImportError(str(error)) from error
    rng = np.random.default_rng(0)

    def run() -> tuple[int, float]:
        nonlocal observation
        element = int(rng.choice([part["ref"] for part in observation["dom_elements"] if part["ref"] > 0]))
        action = env.unwrapped.create_action(ActionTypes.CLICK_ELEMENT, ref=element)
        start = time.perf_counter()
        observation, _, terminated, truncated, _ = env.step(action)
        passed = time.perf_counter() - start
        if terminated or truncated:
            observation, _ = env.reset()
        return 1, passed

    yield Way("MiniWoB++", problem, 1, "click-button, Chromium", run)


PEERS = {"miniwob": (miniwob, ("selenium",))}


def compare(seconds: float = 1.0, rounds: int = 5) -> Comparison:
    """Measure every way in turn, `rounds` times, for about `seconds` in all.

    Raises:
        ValueError: `seconds` is not a positive number.
    """
    check_seconds(seconds)
    theirs, versions, missing = installed(PEERS, [WORDS])
    return Comparison(Machine.here(), versions, missing, beside([*ours(), *theirs], seconds, rounds))


def main(
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each way.")] = 2.0,
    output: Annotated[Path | None, typer.Option("--json", help="Also write the comparison to this file.")] = None,
) -> None:
    """Compare screens with MiniWoB++."""
    compare(seconds).leave(output)


if __name__ == "__main__":
    typer.run(main)
