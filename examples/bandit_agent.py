"""A language model pulls arms: it reads the bandit as text and answers with an arm; any model backend works.

OPENAI_API_KEY=... python examples/bandit_agent.py --model openai:MODEL     (OPENAI_BASE_URL for a local server)
python examples/bandit_agent.py                                            (uniform answers, the control)
"""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import gymnasium as gym
import typer

import ige  # noqa: F401  (registers the ids)
from ige.solvers.bandits import make_policy
from ige.solvers.foundation import Prompt, Query, make_model


def main(
    model: Annotated[str, typer.Option(help="random, or openai:MODEL.")] = "random",
    arms: int = 5,
    memory: Annotated[int, typer.Option(help="1: arms that do not remember.")] = 1,
    horizon: int = 50,
    seed: int = 0,
) -> tuple[float, float]:
    """Play one episode with the model; returns its regret and that of UCB1 on the same arms and noise."""
    agent = make_model(model, seed)
    env: Any = gym.make("ige/TallyingBandit-v0", arms=arms, memory=memory, horizon=horizon, noise="bernoulli")
    env.reset(seed=seed)
    core, regret, malformed, over = env.unwrapped, 0.0, 0, False
    options = tuple(map(core.action_text, range(arms)))
    while not over:
        question = Prompt(core.rules(), f"{core.feedback()}\n{core.describe()}".strip(), options)
        choice = agent.choose(Query("action", range(arms), partial(Prompt, *question)))
        malformed += choice.index is None  # falls back to the first arm
        _, _, _, over, info = env.step(choice.index or 0)
        regret += info["oracle_loss"] - info["oracle_best"]
    theirs = float(make_policy("ucb1", env).play([seed]).regret[0, -1])
    print(core.describe())
    print(f"regret {regret:.2f}, of UCB1 {theirs:.2f}; {malformed} malformed answers; {agent.usage.as_dict()}")
    return regret, theirs


if __name__ == "__main__":
    typer.run(main)
