"""BabyAI-Text: `ige/BabyAIText-v0`."""

from __future__ import annotations

from typing import Any

from gymnasium import spaces
from numpy.typing import NDArray

from ..core import KernelVectorEnv
from ..grid.space import grid_space
from . import kernel, kernel_text, levels, text
from .env import CHARSET, Maze, mission_space
from .mission import sentences


class BabyAIText(Maze):
    """BabyAI for language agents: the mission and what the agent sees, in words.

    ## Description
    Carta et al.'s BabyAI-Text: rooms of 6 x 6 free cells with keys, balls and boxes, and five kinds of missions.
    Training missions never mention a yellow box, a red key, a green ball, a red door or a grey door; test missions are
    about these. Worlds behave as in `ige/BabyAI-v0`.

    ## Action Space
    `Discrete(6)`: 0 turn left, 1 turn right, 2 go forward, 3 pick up, 4 drop, 5 toggle. `step` also accepts the words
    ("go forward"). An action without effect costs a step.

    ## Observation Space
    `Dict` of `mission` and `text`, both `Text`. The text is a list of phrases joined by commas: what is carried ("You
    carry a red ball"); up to three walls, ahead, left and right ("You see a wall 2 steps forward"); every object in the
    7 x 7 view by column and row ("You see a closed blue door 1 step left and 3 steps forward"). As a list:
    `descriptions()`. With `obs_mode="symbolic"`: `image`, `direction` and `mission` as in `ige/BabyAI-v0`.

    ## Rewards
    1 - 0.9 * steps / limit in the step that fulfils the mission, otherwise 0.

    ## Starting State
    A world of the task drawn at random, or the one in `options["instance"]` (an `ige.envs.babyai.Level`, its JSON, or a
    JSON file). Objects are uniform in type and colour, at least two cells from the agent, and can all be reached.

    ## Episode End
    Termination: the mission is fulfilled. Truncation: after 64 steps (goto, pickup) or 128 (the others).

    ## Information
    - `is_success`: the mission is fulfilled.

    ## Arguments
    `gym.make("ige/BabyAIText-v0", task="mixed", split="train", obs_mode="text", max_steps=0, legacy_goto=False,
    caption=True)`
    - `task`: `"goto"` (9 objects), `"pickup"` (9), `"putnext"` (10), `"open"` (two rooms, a locked door, its key and 8
      objects), `"pickup_goto"` (10; "pick up A, then go to B" or "go to B after you pick up A"), or `"mixed"`, one of
      the five in each episode.
    - `split`: `"train"` or `"test"` missions.
    - `max_steps`: step limit; 0 for the task's own.
    - `obs_mode`: `"text"` or `"symbolic"`.
    - `legacy_goto`: True: as in the original, where "go to" is also fulfilled at the old cell of an object that was
      picked up. False (default): only current positions count.
    - `caption`: frames have the mission below the grid.
    - `render_mode`: `"ansi"` or `"rgb_array"`.

    ## Training
    Language models read the text. Other learners need numbers: `obs_mode="symbolic"`.

    ```python
    import gymnasium as gym, ige
    from stable_baselines3 import PPO

    env = gym.make("ige/BabyAIText-v0", obs_mode="symbolic")
    PPO("MultiInputPolicy", env, n_steps=256).learn(256)  # enough to see it run
    ```

    `examples/train_recurrent_ppo.py` adds a memory of what was seen.

    ## Oracle
    `ige.envs.babyai.oracle`: a bot that plans from the full state.

    ## References
    - Carta et al. 2023, Grounding Large Language Models in Interactive Environments with Online Reinforcement
      Learning, arXiv 2302.02662.
    - Lu, Hu, Clune 2024, Intelligent Go-Explore, arXiv 2405.15143.

    ## Version History
    - v0: initial version.
    """

    def __init__(
        self,
        task: str = "mixed",
        split: str = "train",
        obs_mode: str = "text",
        max_steps: int = 0,
        legacy_goto: bool = False,
        caption: bool = True,
        render_mode: str | None = None,
    ) -> None:
        recipes = [recipe.sized(max_steps=max_steps) for recipe in levels.text_task(task, split)]
        if obs_mode not in ("text", "symbolic"):
            raise ValueError(f"obs_mode: {obs_mode!r}, expected 'text' or 'symbolic'")
        self.task, self.split = task, split
        size = kernel_text.SIZE
        if obs_mode == "text":
            observer, observation = kernel_text.__name__, kernel_text.observation(size)
            parts: dict[str, spaces.Space[Any]] = {
                "mission": mission_space(obs_mode),
                "text": spaces.Text(text.MAX_LENGTH, min_length=0, charset=CHARSET),
            }
        else:
            observer, observation = kernel.__name__, kernel.observation(size)
            parts = {
                "image": grid_space(size, size),
                "direction": spaces.Discrete(4),
                "mission": mission_space(obs_mode),
            }
        super().__init__(
            recipes, (), observer, observation, spaces.Dict(parts), 6, legacy_goto, size, caption=caption,
            render_mode=render_mode,
        )  # fmt: skip

    def step(self, action: int | str) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Advance by one action, an index or words such as "go forward"."""
        return super().step(self.parse_action(action) if isinstance(action, str) else action)

    def decode_text(self, name: str, codes: NDArray[Any]) -> list[str]:
        return text.written(codes) if name == "text" else sentences(codes)


class BabyAITextVector(KernelVectorEnv):
    """Many mazes at once; see `BabyAIText`."""

    env_class = BabyAIText
