"""Training a student by one of the methods: roll-outs, logs, checkpoints, and the trained student as a model."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray

from ...envs.ued.buffer import Levels, path_lengths
from ...envs.ued.level import Level
from ..core.device import check_device, one_thread, resolve_device
from ..core.ppo import PPOConfig
from ..core.trainer import load_checkpoint, save_checkpoint, train
from .config import Config, Replay, config
from .evaluate import Examination
from .recipes import Update, make_recipe

KIND = "UED, format 2"  # of checkpoint files


class UED:
    """Unsupervised environment design: a student, and whoever makes its levels.

    ```python
    from ige.solvers.ued.trainer import UED

    model = UED("paired", seed=1).learn(2_000, folder="runs/paired")  # 800,000 in the reproduction
    ```

    `predict(observation, state, episode_start)` gives the student's action and the state of its memory.

    Args:
        method: one of `METHODS`.
        settings: the name of a preset, or a `Config`.
        seed: seed of everything.
        device: "auto", "cpu" or "cuda".

    Attributes:
        num_timesteps: steps that the student (PAIRED's protagonist) has learnt from.
        updates: updates so far, including those that only score levels.
        seconds: seconds of training; `stepping` of them were spent in environments.
        levels: the student's levels in the last update.
    """

    def __init__(
        self, method: str = "paired", settings: str | Config = "cpu", seed: int = 0, device: str = "auto"
    ) -> None:
        self.method, self.seed = method, seed
        self.config = config(method, settings) if isinstance(settings, str) else settings
        self.device = resolve_device(device)
        self.recipe = make_recipe(method, self.config, seed, str(self.device))
        self.ppo = self.recipe.students[0].ppo
        self.num_timesteps = self.updates = self._waited = 0
        self.seconds = 0.0
        self.levels: Levels | None = None

    @classmethod
    def create(cls, name: str, env_id: str, arguments: dict[str, Any], seed: int, device: str) -> Self:
        """Make the learner of `ige train`: the preset `cpu` of a method."""
        if arguments:
            raise ValueError(f"{next(iter(arguments))}: a method makes its own levels, expected no arguments")
        return cls(name, seed=seed, device=device)

    @property
    def stepping(self) -> float:
        return self.recipe.stepping

    def update(self) -> Update:
        """One update of all players."""
        with self._threads():
            found = self.recipe.update()
        self.updates += 1
        self.levels = found.levels
        if found.learnt:
            self.num_timesteps += self.config.levels * self.config.steps
        return found

    def learn(
        self,
        total_timesteps: int,
        *,
        folder: str | Path | None = None,
        tests: Mapping[str, Levels] | None = None,
        max_steps: int | None = None,
        points: int = 20,
        progress: Callable[[UED, dict[str, float]], None] = lambda model, facts: None,
    ) -> Self:
        """Train until the student has learnt from so many steps in total.

        Args:
            total_timesteps: the value of `num_timesteps` to reach.
            folder: for logs and a checkpoint at each point; `UED.load(folder / "checkpoint.pt")` resumes from the last
                one, bit for bit.
            tests: levels to evaluate on at each point, by name; logged as `solved/NAME`.
            max_steps: limit of a test episode, see `Examination`.
            points: number of points of the log, evenly spread over all steps.
            progress: called at each point with this model and what is logged.
        """
        examination = Examination(self.config, tests, max_steps) if tests else None

        def examine() -> dict[str, float]:
            found = {"updates": float(self.updates), "seconds": self.seconds}
            if examination:
                with self._threads():
                    solved = examination.solved(self.ppo)
                found |= {f"solved/{name}": share for name, share in solved.items()}
            return found

        self._waited = 0
        train(self, total_timesteps, Path(folder) if folder else None, points, examine, lambda _, f: progress(self, f))
        return self

    def advance(self) -> dict[str, float]:
        """One update of all players; returns facts. `ValueError` after too many updates without learning."""
        began, spent = time.perf_counter(), self.stepping
        facts = _facts(self.update())
        seconds = time.perf_counter() - began
        self.seconds += seconds
        self._waited = 0 if facts["learnt"] else self._waited + 1
        if self._waited > 1000 + 10 * self.config.replay.capacity // self.config.levels:
            raise ValueError(f"replay: nothing to learn from in {self._waited} updates: too few different levels")
        return facts | {"stepping_share": (self.stepping - spent) / seconds}

    def _threads(self) -> AbstractContextManager[None]:
        return one_thread() if self.device.type == "cpu" else nullcontext()

    def predict(
        self,
        observation: Mapping[str, NDArray[Any]],
        state: NDArray[np.float32] | None = None,
        episode_start: NDArray[np.bool_] | None = None,
        deterministic: bool = False,
        action_masks: None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Actions and the memory's next state, as Stable-Baselines3's recurrent models return them.

        Args:
            observation: an observation of `ige/UedMaze-v0`, single or of n rows.
            state: what the previous call returned, (n, state_size); None at the start.
            episode_start: bool (n,), where the memory is cleared.
            deterministic: take the most likely action instead of drawing one.
            action_masks: not needed; every action is legal.
        """
        single = np.ndim(observation["direction"]) == 0
        rows = {name: np.asarray(part)[None] if single else np.asarray(part) for name, part in observation.items()}
        n = len(rows["direction"])
        memory = self.ppo.initial(n) if state is None else torch.as_tensor(state, device=self.device)
        starts = np.zeros(n, np.bool_) if episode_start is None else np.atleast_1d(episode_start)
        shown = {name: torch.as_tensor(np.ascontiguousarray(part), device=self.device) for name, part in rows.items()}
        actions, _, _, memory = self.ppo.act(
            shown, memory, torch.as_tensor(starts, device=self.device), greedy=deterministic
        )
        chosen = actions.cpu().numpy()
        return chosen[0] if single else chosen, memory.cpu().numpy()

    def walk(self, level: Level, seed: int = 0, deterministic: bool = False) -> list[tuple[int, int]]:
        """The tiles (x, y) that the student visits in one episode on a level of at most the size of training.

        The actions are drawn from the seed, so that training continues as if `walk` had not been called.
        """
        settings = self.config
        env = gym.make(
            "ige/UedMaze-v0", level=level, view=settings.view, n_actions=settings.n_actions,
            max_steps=2 * (settings.size + 2) ** 2,
        )  # fmt: skip
        observation, _ = env.reset(seed=seed)
        tiles, state, over = [level.start], None, False
        before = self.ppo.generator.get_state()
        self.ppo.generator.manual_seed(seed)
        while not over:
            action, state = self.predict(observation, state, deterministic=deterministic)
            observation, _, terminated, truncated, _ = env.step(action)
            row = env.unwrapped.get_state()  # type: ignore[attr-defined]
            tiles.append((int(row["x"]) - 1, int(row["y"]) - 1))
            over = terminated or truncated
        self.ppo.generator.set_state(before)
        return tiles

    # --- on disk ------------------------------------------------------------------------------------------------------

    def save(self, path: str | Path) -> None:
        """Write everything needed to continue; whole or not at all."""
        content = {
            "method": self.method, "config": asdict(self.config), "seed": self.seed,
            "num_timesteps": self.num_timesteps, "updates": self.updates, "seconds": self.seconds,
            "recipe": _as_tensors(self.recipe.state_dict()),
        }  # fmt: skip
        save_checkpoint(path, KIND, content)

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> UED:
        """Load what `save` wrote. ValueError for any other file."""
        check_device(device)
        content = load_checkpoint(path, KIND)
        model = cls(content["method"], _config(content["config"]), content["seed"], device)
        model.recipe.load_state_dict(_as_arrays(content["recipe"]))
        model.num_timesteps, model.updates = content["num_timesteps"], content["updates"]
        model.seconds = content["seconds"]
        return model


def _facts(update: Update) -> dict[str, float]:
    """The facts of an update for the log."""
    lengths = path_lengths(update.levels)
    solvable = lengths > 0
    played = update.episodes.count > 0
    facts = {
        "learnt": float(update.learnt),
        "levels/solvable": float(solvable.mean()),
        "levels/walls": float(update.levels["walls"].sum((1, 2)).mean()),
        "student/return": float(update.episodes.mean.mean()),
        "student/finished": float(played.mean()),
    }
    if solvable.any():
        facts["levels/path_length"] = float(lengths[solvable].mean())
    solved = solvable & (update.episodes.best > 0)
    if solved.any():
        facts["levels/solved_path_length"] = float(lengths[solved].mean())
    return facts | {f"train/{name}": value for name, value in update.facts.items()}


def _config(values: dict[str, Any]) -> Config:
    """A `Config` from the result of its `asdict`."""
    parts: dict[str, Any] = {"student": PPOConfig, "adversary": PPOConfig, "replay": Replay}
    found = {name: parts[name](**value) if name in parts else value for name, value in values.items()}
    return Config(**{**found, "heads": tuple(found["heads"])})


def _as_tensors(state: Any) -> Any:
    """Arrays as tensors, so that reading the file runs no code; records as their bytes."""
    if isinstance(state, dict):
        return {name: _as_tensors(value) for name, value in state.items()}
    if isinstance(state, list):
        return [_as_tensors(value) for value in state]
    if isinstance(state, np.ndarray):
        return torch.from_numpy(np.ascontiguousarray(state).view(np.uint8) if state.dtype.names else state)
    return state


def _as_arrays(state: Any) -> Any:
    """The inverse for the contents of a level sampler; networks' tensors stay tensors."""
    if isinstance(state, dict):
        return {name: _sampler(value) if name == "samplers" else _as_arrays(value) for name, value in state.items()}
    return state


def _sampler(samplers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value.numpy() if isinstance(value, torch.Tensor) else value for name, value in sampler.items()}
        for sampler in samplers
    ]
