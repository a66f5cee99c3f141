"""Recording finished episodes, even if a run is interrupted."""

from __future__ import annotations

import copy
import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from .trajectory import INDEX, columns, read_index, replace


class RecordTrajectories(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Write every finished episode to `folder`, for `load_trajectories`.

    An episode is `episode-000000.npz` (arrays only, nothing pickled) with the fields of `Trajectory`, and a row of
    `index.json`: file, steps, return, terminated, truncated, seed, options; the index also holds the environment's
    spec. Both files are written under temporary names, then renamed, the episode first: however a run is interrupted,
    the index lists only whole episodes. An unfinished episode is dropped. Episodes are added to a folder that already
    holds episodes of the same environment. Only one process may write to a folder at a time.

    Args:
        env: the environment.
        folder: directory for the files; created with the first episode.

    Raises:
        ValueError: the environment's spec is not JSON; the folder holds another environment's episodes; options are not
            JSON; observations or actions of one episode do not fit an array (differing shapes, text and numbers
            mixed).
    """

    def __init__(self, env: gym.Env[Any, Any], folder: str | os.PathLike[str]) -> None:
        gym.utils.RecordConstructorArgs.__init__(self, folder=os.fspath(folder))
        super().__init__(env)
        self.folder = Path(folder)
        self._spec = _spec(env)
        self._rows()  # raises if the folder belongs to another environment
        self._episode: _Episode | None = None

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        began = {"seed": seed, "options": _plain(options)}
        observation, info = self.env.reset(seed=seed, options=options)
        self._episode = _Episode(began, [copy.deepcopy(observation)])
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        taken = copy.deepcopy(action)
        observation, reward, terminated, truncated, info = self.env.step(action)
        if self._episode is not None:
            self._episode.add(taken, copy.deepcopy(observation), reward, terminated, truncated)
            if terminated or truncated:
                episode, self._episode = self._episode, None
                self._write(episode)
        return observation, reward, terminated, truncated, info

    def set_state(self, state: Any) -> None:
        """Return to a snapshot of the wrapped environment; recording resumes after the next reset."""
        self.env.get_wrapper_attr("set_state")(state)
        self._episode = None

    def _rows(self) -> list[dict[str, Any]]:
        """The episodes of the index on disk; read anew each time, so that copies of this wrapper do not collide."""
        path = self.folder / INDEX
        if not path.exists():
            return []
        index = read_index(path)
        if index["spec"] != self._spec:
            raise ValueError(f"{path}: found episodes of another environment, expected this one's or an empty folder")
        return index["episodes"]

    def _write(self, episode: _Episode) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = self._rows()
        name = f"episode-{len(rows):06d}.npz"
        arrays: dict[str, Any] = episode.arrays()
        replace(self.folder / name, lambda file: np.savez_compressed(file, **arrays))
        rows.append({"file": name, **episode.row()})
        text = json.dumps({"version": 1, "spec": self._spec, "episodes": rows}, indent=1)
        replace(self.folder / INDEX, lambda file: file.write(text.encode()))


@dataclass
class _Episode:
    """An episode in progress."""

    began: dict[str, Any]
    observations: list[Any]
    actions: list[Any] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    terminated: list[bool] = field(default_factory=list)
    truncated: list[bool] = field(default_factory=list)

    def add(self, action: Any, observation: Any, reward: Any, terminated: Any, truncated: Any) -> None:
        self.actions.append(action)
        self.observations.append(observation)
        self.rewards.append(float(reward))
        self.terminated.append(bool(terminated))
        self.truncated.append(bool(truncated))

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            **columns("observations", self.observations),
            **columns("actions", self.actions),
            "rewards": np.array(self.rewards, np.float64),
            "terminated": np.array(self.terminated, np.bool_),
            "truncated": np.array(self.truncated, np.bool_),
            "reset": np.array(json.dumps(self.began)),  # so that the file is self-contained, and a seed has any size
        }

    def row(self) -> dict[str, Any]:
        ended = {"terminated": self.terminated[-1], "truncated": self.truncated[-1]}
        return {"steps": len(self.actions), "return": sum(self.rewards), **ended, **self.began}


def _spec(env: gym.Env[Any, Any]) -> Any:
    try:
        return None if env.spec is None else json.loads(env.spec.to_json())
    except (TypeError, ValueError) as error:
        raise ValueError(f"env.spec: {error}; expected arguments that JSON can hold, such as lists") from error


def _plain(options: dict[str, Any] | None) -> Any:
    """Reset options as JSON holds them."""
    try:
        return json.loads(json.dumps(options, default=_default))
    except (TypeError, ValueError) as error:
        raise ValueError(f"options: {error}; expected values that JSON can hold") from error


def _default(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"found {type(value).__name__}")
