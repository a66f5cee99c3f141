"""Train a student on generated levels (PAIRED, PLR, ACCEL, ...), with pictures of levels and student on the way.

python examples/train_ued.py paired --steps 800000 --folder runs/my-paired
tensorboard --logdir runs/my-paired

After an interruption the same command resumes from the last checkpoint, bit for bit.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ige.envs.ued.level import Level
from ige.envs.ued.levels import FIXED
from ige.envs.ued.picture import gallery
from ige.render import save_png
from ige.solvers.core.trainer import CHECKPOINT
from ige.solvers.ued.config import config
from ige.solvers.ued.evaluate import fixed_mazes, held_out
from ige.solvers.ued.trainer import UED


def draw(model: UED, tests: dict[str, Level], folder: Path) -> None:
    """`levels.png`: the student's current levels; `walks.png`: its paths through one level of each test."""
    assert model.levels is not None
    levels = [Level.from_record(record) for record in [*model.levels[:16]]]
    save_png(folder / "levels.png", gallery([levels[:8], levels[8:]] if len(levels) > 8 else [levels]))
    shown = list(tests.values())
    rows = [shown[i : i + 6] for i in range(0, len(shown), 6)]
    save_png(folder / "walks.png", gallery(rows, [[model.walk(level) for level in row] for row in rows]))


def begin(method: str, preset: str, folder: Path, seed: int, device: str) -> UED:
    """The run in the folder, or a new one. ValueError if the folder holds a different run."""
    settings, checkpoint = config(method, preset), folder / CHECKPOINT
    if not checkpoint.exists():
        return UED(method, settings, seed, device)
    model = UED.load(checkpoint, device)
    if (model.method, model.config, model.seed) != (method, settings, seed):
        found = f"{model.method} with seed {model.seed} on {model.config.size} x {model.config.size} tiles"
        asked = f"{method} with seed {seed} on {settings.size} x {settings.size}, or nothing"
        raise ValueError(f"--folder: {folder} holds a run of {found}, expected {asked}")
    return model


def main(
    method: Annotated[
        str, typer.Argument(help="dr, minimax, paired, plr, robust-plr, repaired, accel, ...")
    ] = "paired",
    preset: Annotated[str, typer.Option(help="cpu (7 x 7 tiles), small (9 x 9) or paper (13 x 13).")] = "cpu",
    steps: Annotated[int, typer.Option(min=1, help="That the student learns from.")] = 800_000,
    folder: Annotated[Path, typer.Option(help="Logs, checkpoint and pictures.")] = Path("runs/ued"),
    seed: int = 1,
    device: str = "auto",
) -> None:
    """Train, log and draw; then print the share of test levels solved."""
    try:
        model = begin(method, preset, folder, seed, device)
    except ValueError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None
    fits = model.config.size >= min(maze.size for maze in FIXED.values())
    tests = (fixed_mazes if fits else held_out)(model.config)
    drawn = {name: Level.from_record(levels[0]) for name, levels in tests.items()}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(method, total=steps, completed=model.num_timesteps)

        def note(model: UED, facts: dict[str, float]) -> None:
            solved = ", ".join(f"{name} {facts[f'solved/{name}']:.0%}" for name in list(tests)[:3])
            bar.update(task, completed=model.num_timesteps, description=f"{method}: {solved}")
            draw(model, drawn, folder)

        model.learn(steps, folder=folder, tests=tests, progress=note)
    share = model.stepping / model.seconds if model.seconds else 0.0
    print(f"{model.num_timesteps:,} steps in {model.seconds:.0f} s, {share:.1%} of it in environments; see {folder}")


if __name__ == "__main__":
    typer.run(main)
