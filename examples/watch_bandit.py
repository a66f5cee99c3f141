"""What a bandit policy believes about its arms, live in the terminal and as a GIF.

python examples/watch_bandit.py thompson --gif beliefs.gif
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import gymnasium as gym
import numpy as np
import typer
from rich.live import Live
from rich.table import Table

import ige  # noqa: F401  (registers the ids)
from ige.render import intervals, save_gif
from ige.solvers.bandits import make_policy
from ige.solvers.bandits.beliefs import Belief, beliefs

WIDTH = 50


def table(found: Belief, truth: Any, title: str) -> Table:
    """Intervals as bars from 0 to 1; `o` marks the mean, `|` the true cost."""
    shown = Table("arm", "cost from 0 to 1", "pulls", title=title)
    for arm in range(len(truth)):
        cells = [" "] * (WIDTH + 1)
        if found.pulls[arm]:
            low, middle, high = (
                round(WIDTH * float(np.clip(v[arm], 0, 1))) for v in (found.low, found.cost, found.high)
            )
            cells[low : high + 1] = "-" * (high + 1 - low)
            cells[middle] = "o"
        cells[round(WIDTH * float(truth[arm]))] = "|"
        shown.add_row(str(arm), "".join(cells), str(found.pulls[arm]))
    return shown


def main(
    policy: Annotated[str, typer.Argument(help="ucb1, kl-ucb, thompson, epsilon-greedy, ...")] = "thompson",
    arms: int = 8,
    horizon: int = 400,
    seed: int = 0,
    delay: Annotated[float, typer.Option(help="Seconds between rounds.")] = 0.01,
    gif: Annotated[Path | None, typer.Option(help="Also write the beliefs as a GIF.")] = None,
) -> None:
    """Play ordinary arms and watch."""
    env: Any = gym.make(
        "ige/TallyingBandit-v0", arms=arms, memory=1, kind="constant", noise="bernoulli", horizon=horizon
    )
    observation, _ = env.reset(seed=seed)
    player = make_policy(policy, env, seed)
    truth = env.unwrapped.instance.losses[:, -1]
    frames = []
    with Live(refresh_per_second=20) as live:
        for t in range(1, horizon + 1):
            action = player.act(observation)
            observation, reward, *_ = env.step(action)
            player.update(action, reward, observation)
            title = f"{policy}, round {t} of {horizon}"
            live.update(table(beliefs(player), truth, title))
            if gif is not None and (t % max(1, horizon // 60) == 0):
                found = beliefs(player)
                notes = [f"{pulls} pulls" for pulls in found.pulls]
                frames.append(intervals(found.cost, found.low, found.high, notes, truth, title))
            time.sleep(delay)
    if gif is not None:
        save_gif(gif, frames, fps=8)
        print(f"{len(frames)} frames in {gif}")


if __name__ == "__main__":
    typer.run(main)
