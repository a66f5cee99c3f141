"""An archive of snapshots: mark a state, return to it, remember the shortest path to it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Literal

import gymnasium as gym


@dataclass
class ArchiveEntry:
    """An archived state.

    Attributes:
        snapshot: result of `get_state` at the end of `actions`.
        observation, info: what the environment returned there.
        actions: shortest known action list from the start.
        total_return: sum of the rewards along it.
        visits: number of times the state was marked.
    """

    snapshot: Any
    observation: Any
    info: dict[str, Any]
    actions: tuple[Any, ...]
    total_return: float
    visits: int = 1


class Archive(dict[bytes, ArchiveEntry]):
    """Entries by `state_key()`, oldest first."""

    def add(self, key: bytes, entry: ArchiveEntry) -> bool:
        """Archive an entry; True if its key is new. A known key keeps the shorter action list; its visits add up."""
        known = self.get(key)
        if known is None:
            self[key] = entry
            return True
        visits = known.visits + entry.visits
        if len(entry.actions) < len(known.actions):
            self[key] = known = entry
        known.visits = visits
        return False


class SnapshotArchive(gym.Wrapper[Any, Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Mark states of an episode and return to them; needs the environment's `get_state`, `set_state`, `state_key`.

    Every reset begins a new archive, which holds the start. Put this wrapper outermost: a return to a snapshot that
    bypasses it is missing from its action list.

    Attributes:
        archive: states marked since the reset: `key in env.archive`, `env.archive[key].actions`, `len(env.archive)`.
        root: key of the start, None before the first reset.
        actions: actions that lead from the start to the current state.
        total_return: sum of the rewards along them.

    Raises:
        TypeError: the environment has no snapshots.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        needed = ("get_state", "set_state", "state_key")
        if missing := [name for name in needed if not env.has_wrapper_attr(name)]:
            raise TypeError(f"env: {type(env.unwrapped).__name__} has no {', '.join(missing)}, which snapshots need")
        gym.utils.RecordConstructorArgs.__init__(self)
        super().__init__(env)
        self.archive = Archive()
        self.root: bytes | None = None
        self.actions: list[Any] = []
        self._begin(None, {})

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        observation, info = self.env.reset(seed=seed, options=options)
        self.archive, self._seed, self._options = Archive(), seed, copy.deepcopy(options)
        self._begin(observation, info)
        self.root = self._mark()
        return observation, info

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.actions.append(copy.deepcopy(action))
        self.total_return += float(reward)
        self._shown = copy.deepcopy((observation, info))  # the caller may modify what it received
        return observation, reward, terminated, truncated, info

    def mark(self) -> bytes:
        """Archive the current state and return its key; a known state counts a visit and keeps the shorter path."""
        if self.root is None:
            raise gym.error.ResetNeeded("mark: no episode has begun; call reset first")
        return self._mark()

    def go_to(self, key: bytes, how: Literal["restore", "replay"] = "restore") -> tuple[Any, dict[str, Any]]:
        """Return to a marked state; returns the observation and info of that state.

        Args:
            key: key from `mark`.
            how: "restore" puts the snapshot back, bypassing the wrappers below (a `TimeLimit` keeps counting). "replay"
                takes the archived actions from the start, through those wrappers.

        Raises:
            KeyError: the key was not marked since the reset.
            RuntimeError: the replay ended in another state, so the environment is not deterministic.
        """
        if self.root is None or key not in self.archive:
            raise KeyError(f"key: {key!r} is not in the archive of this episode")
        entry = self.archive[key]
        if how == "replay":
            return self._replay(key, entry)
        if how != "restore":
            raise ValueError(f"how: found {how!r}, expected 'restore' or 'replay'")
        self._call("set_state", entry.snapshot)
        self.actions, self.total_return = list(entry.actions), entry.total_return
        self._shown = entry.observation, entry.info
        return copy.deepcopy(self._shown)

    def _replay(self, key: bytes, entry: ArchiveEntry) -> tuple[Any, dict[str, Any]]:
        assert self.root is not None
        start = self.archive[self.root]
        self.env.reset(seed=self._seed, options=copy.deepcopy(self._options))
        if self._seed is None:  # that reset, with no seed, began another episode
            self._call("set_state", start.snapshot)
        self._begin(start.observation, start.info)
        for action in entry.actions:
            self.step(action)
        if self._call("state_key") != key:
            raise RuntimeError(f"replay: the {len(entry.actions)} archived actions led to another state")
        return copy.deepcopy(self._shown)

    def _begin(self, observation: Any, info: dict[str, Any]) -> None:
        self.actions = []
        self.total_return = 0.0
        self._shown = copy.deepcopy((observation, info))

    def _mark(self) -> bytes:
        key: bytes = self._call("state_key")
        entry = ArchiveEntry(self._call("get_state"), *self._shown, tuple(self.actions), self.total_return)
        self.archive.add(key, entry)
        return key

    def _call(self, name: str, *arguments: Any) -> Any:
        return self.env.get_wrapper_attr(name)(*arguments)
