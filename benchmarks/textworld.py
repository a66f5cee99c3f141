"""Compares `ige/TextWorld-v0` with Microsoft's TextWorld in one process: steps of the same game file, making games.

python -m ige.benchmarks.textworld --json textworld.json
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import gymnasium as gym
import numba
import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from ..envs.textworld.env import TextWorld
from ..envs.textworld.generate import generate
from ..envs.textworld.ground import Grounded
from .machine import Machine
from .report import Target, new_table, print_targets, short
from .speed import Subject, check_seconds, in_turn

ENV = "ige/TextWorld-v0"
ROWS = 1024
EPISODE = 50  # steps
COOKING = {"recipe": 3, "take": 3, "go": 6, "open": True, "cook": True, "cut": True, "drop": True}
CHALLENGES: dict[str, dict[str, Any]] = {
    "coin_collector": {"level": 100},
    "treasure_hunter": {"level": 20},
    "cooking": COOKING,
}


@dataclass(frozen=True)
class Row:
    """Steps per second of one way of playing a game.

    Attributes:
        challenge: challenge of the game, which TextWorld made.
        interface: ours or TextWorld's, and its mode.
        rows, threads: number of games stepped by one call, and of threads that share them.
        steps_per_second, lowest, highest: median and range of the rounds.
        ours: speed of our fastest way relative to this one; median of the ratios within each round.
    """

    challenge: str
    interface: str
    rows: int
    threads: int | None
    steps_per_second: float
    lowest: float
    highest: float
    ours: float


@dataclass(frozen=True)
class Making:
    """Milliseconds to make one game of a challenge: ours as a value, ours ready to play, TextWorld's, and compiled."""

    challenge: str
    ours: float
    ours_playable: float
    theirs: float
    theirs_compiled: float


@dataclass(frozen=True)
class Comparison:
    """Ours and TextWorld on one machine; `as_dict()` is JSON-able."""

    machine: Machine
    versions: dict[str, str]
    rows: list[Row]
    making: list[Making]

    @property
    def targets(self) -> list[Target]:
        """The targets for ratios and speeds; the least favourable challenge counts."""

        def least(interface: str, of: str) -> float:
            real = {row.challenge: row.steps_per_second for row in self.rows if row.interface == of}
            return min(row.steps_per_second / real[row.challenge] for row in self.rows if row.interface == interface)

        found = [
            Target(ENV, "1,024 rows, symbolic, masks: times TextWorld", least("vector, parallel", REAL), at_least=2000),
            Target(ENV, "one game with text: times TextWorld", least("text", REAL), at_least=20),
        ]
        for making in self.making:
            times = making.theirs_compiled / making.ours_playable
            found.append(Target(ENV, f"making a game, {making.challenge}: times TextWorld", times, at_least=100))
            if making.challenge == "coin_collector":
                found.append(Target(ENV, "coin collector games a second", 1000 / making.ours, at_least=5000))
        return found

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "targets": [{**asdict(target), "met": target.met} for target in self.targets]}

    def print(self, console: Console | None = None) -> None:
        """Print the machine, speeds, targets and the cost of making games."""
        console = console or Console()
        console.print(f"{self.machine}, textworld {self.versions['textworld']}", highlight=False)
        table = new_table(
            "Steps per second, admissible commands at random", "game", "what", "rows", "steps/s", "ours ×"
        )
        for row in self.rows:
            table.add_row(row.challenge, row.interface, f"{row.rows:,}", short(row.steps_per_second), short(row.ours))
        console.print(table)
        table = new_table("Making a game, ms", "challenge", "ours", "playable", "TextWorld", "compiled")
        for m in self.making:
            table.add_row(m.challenge, *(short(x) for x in (m.ours, m.ours_playable, m.theirs, m.theirs_compiled)))
        console.print(table)
        print_targets(self.targets, console)


REAL = "TextWorld"


def compare(seconds: float = 2.0) -> Comparison:
    """Measure stepping, each row for about `seconds` in the order A B A B, and making games.

    Raises:
        ValueError: `seconds` is not a positive number.
        ImportError: textworld is not installed.
    """
    check_seconds(seconds)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for challenge in CHALLENGES:
            path = Path(folder, f"{challenge}.json")
            _their_game(challenge, seed=1).save(str(path))
            subjects = list(_subjects(challenge, path))
            samples = in_turn(subjects, seconds, challenge)
            best = max(samples, key=median)
            for subject, rounds in zip(subjects, samples, strict=True):
                ratio = median(a / b for a, b in zip(best, rounds, strict=True))
                rows.append(
                    Row(
                        challenge, subject.interface, subject.rows, subject.threads, median(rounds), min(rounds),
                        max(rounds), ratio,
                    )
                )  # fmt: skip
        steps = track(CHALLENGES, "making", console=Console(stderr=True), transient=True)
        making = [_making(challenge, seconds, folder) for challenge in steps]
    return Comparison(Machine.here(), {"textworld": version("textworld")}, rows, making)


def _subjects(challenge: str, path: Path) -> Iterator[Subject]:
    batches = _walks(path)
    for interface, arguments in (
        ("vector", {"obs_mode": "symbolic"}),
        ("vector, parallel", {"obs_mode": "symbolic", "parallel": True}),
        ("vector, tokens, parallel", {"obs_mode": "tokens", "parallel": True}),
    ):
        env = gym.make_vec(ENV, ROWS, "vector_entry_point", game=str(path), max_steps=EPISODE, **arguments)
        threads = numba.get_num_threads() if env.parallel else 1  # type: ignore[attr-defined]
        yield Subject(interface, env, cycle([[batch] for batch in batches]), ROWS, threads)
    text = TextWorld(game=path, max_steps=EPISODE)
    first = [int(batch[0]) for batch in batches[:EPISODE]]
    yield Subject("text", text, cycle([first]))
    yield Subject(REAL, _Real(path), cycle([[*(text.pool[0].commands[action] for action in first), None]]))


def _walks(path: Path) -> list[np.ndarray]:
    """The actions of `ROWS` random walks from the game's start, admissible and without an early end of the episode.

    There is one more batch at the end, because autoreset spends a step.
    """
    env = gym.make_vec(
        ENV,
        ROWS,
        "vector_entry_point",
        game=str(path),
        max_steps=EPISODE,
        obs_mode="symbolic",
        autoreset_mode="Disabled",
    )
    interface: Any = env
    look = interface.single.pool[0].commands.index("look")
    rng = np.random.default_rng(0)
    _, info = env.reset(seed=0)
    batches = []
    for _ in range(EPISODE):
        before = interface.get_state()
        draws = rng.random(info["action_mask"].shape, dtype=np.float32) * info["action_mask"]
        actions = draws.argmax(1)
        _, _, ended, _, info = env.step(actions)
        if ended.any():
            interface.set_state(before)
            actions = np.where(ended, look, actions)
            _, _, _, _, info = env.step(actions)
        batches.append(actions)
    env.close()
    return [*batches, batches[0]]


class _Real:
    """TextWorld's own environment for a game file, with admissible commands requested; None begins a new episode."""

    def __init__(self, path: Path) -> None:
        import textworld

        self._env = textworld.start(str(path), textworld.EnvInfos(admissible_commands=True, score=True))

    def reset(self, seed: int | None = None) -> None:
        self._env.reset()

    def step(self, command: str | None) -> None:
        if command is None:
            self._env.reset()
        else:
            self._env.step(command)

    def close(self) -> None:
        self._env.close()


def _their_game(challenge: str, seed: int) -> Any:
    import textworld
    from textworld import challenges

    module, make = {
        "coin_collector": (challenges.tw_coin_collector.coin_collector, "make"),
        "treasure_hunter": (challenges.tw_treasure_hunter.treasure_hunter, "make"),
        "cooking": (challenges.tw_cooking.cooking, "make"),
    }[challenge]
    options = textworld.GameOptions()
    options.seeds = seed
    settings = dict(CHALLENGES[challenge])
    if challenge == "cooking":
        settings |= {"recipe_seed": seed, "split": "train"}
    return getattr(module, make)(settings, options)


def _making(challenge: str, seconds: float, folder: str) -> Making:
    settings = CHALLENGES[challenge]
    rng = np.random.default_rng(0)

    def compiled(seed: int) -> None:
        import textworld

        game = _their_game(challenge, seed)
        options = textworld.GameOptions()
        options.path, options.force_recompile = f"{folder}/{challenge}-{seed}.z8", True
        textworld.generator.compile_game(game, options)

    return Making(
        challenge,
        _milliseconds(lambda _: generate(challenge, rng, **settings), seconds),
        _milliseconds(lambda _: Grounded(generate(challenge, rng, **settings)), seconds),
        _milliseconds(lambda seed: _their_game(challenge, seed), seconds),
        _milliseconds(compiled, seconds),
    )


def _milliseconds(make: Callable[[int], Any], seconds: float) -> float:
    """The median time of one call, after a first one."""
    make(0)
    times: list[float] = []
    while sum(times) < seconds:
        start = time.perf_counter()
        make(len(times) + 1)
        times.append(time.perf_counter() - start)
    return 1e3 * median(times)


def main(
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each row.")] = 2.0,
    output: Annotated[Path | None, typer.Option("--json", help="Also write the comparison to this file.")] = None,
) -> None:
    """Compare ige/TextWorld-v0 with Microsoft's TextWorld."""
    from ..solvers.core.files import write_json

    comparison = compare(seconds)
    comparison.print()
    if output:
        write_json(output, comparison.as_dict())


if __name__ == "__main__":
    typer.run(main)
