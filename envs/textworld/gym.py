"""A replacement for `textworld.gym`: the same functions with the same arguments and results, played by this engine.

An agent written for TextWorld needs one line changed, the first:

```python
from ige.envs.textworld import gym as textworld_gym

infos = textworld_gym.EnvInfos(admissible_commands=True)
env = textworld_gym.make(textworld_gym.register_games(["tw_games/mine.json"], infos, max_episode_steps=50))
obs, infos = env.reset()
obs, score, done, infos = env.step(infos["admissible_commands"][0])
```

Games come in the same order for the same seed. The texts differ, because they are ours. Everything runs in this
process.
"""

from __future__ import annotations

import copy
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .env import TextWorld
from .grammar import Fact
from .text import DIRECTIONS

_FOR_EVER = 2**31 - 1  # steps; this module applies the limit, because TextWorld counts on after it until the next reset


@dataclass
class EnvInfos:
    """The requested keys of `infos`, by TextWorld's names; `extras` names further data from the game's file.

    TextWorld's own class is accepted in its place.
    """

    admissible_commands: bool = False
    command_templates: bool = False
    description: bool = False
    entities: bool = False
    facts: bool = False
    feedback: bool = False
    inventory: bool = False
    last_command: bool = False
    location: bool = False
    lost: bool = False
    max_score: bool = False
    moves: bool = False
    objective: bool = False
    score: bool = False
    typed_entities: bool = False
    verbs: bool = False
    won: bool = False
    extras: Sequence[str] = field(default_factory=list)

    @property
    def basics(self) -> list[str]:
        """The requested names, without extras."""
        return [name for name in _KNOWN if getattr(self, name)]


_KNOWN = tuple(f.name for f in fields(EnvInfos) if f.name != "extras")


class Variable(NamedTuple):
    """An argument of a fact: its name for the player, and its type."""

    name: str
    type: str


class Proposition(NamedTuple):
    """A fact in words, with the attributes of TextWorld's own class."""

    name: str
    arguments: tuple[Variable, ...]


class Agent:
    """The base class of TextWorld's example agents."""

    @property
    def infos_to_request(self) -> EnvInfos:
        """The infos that `act` needs."""
        return EnvInfos()

    def act(self, obs: str, score: int, done: bool, infos: Mapping[str, Any]) -> str:
        """The next command."""
        raise NotImplementedError


registry: dict[str, dict[str, Any]] = {}


def register_games(
    gamefiles: Sequence[str | Path],
    request_infos: Any = None,
    batch_size: int | None = None,
    auto_reset: bool = False,
    max_episode_steps: int | None = 50,
    asynchronous: bool = True,
    name: str = "",
    action_space: Any = None,
    observation_space: Any = None,
    wrappers: Sequence[Any] = (),
) -> str:
    """Register an environment that goes through these games, and return the id for `make`.

    Args:
        gamefiles: TextWorld's JSON files, or compiled games with the JSON next to them.
        request_infos: an `EnvInfos`, ours or TextWorld's.
        batch_size: how many games are played at once; with a number, even 1, all values are lists.
        auto_reset: whether a finished game restarts on the next step; otherwise it stays as it is.
        max_episode_steps: the number of steps after which a game is done; None for no limit.
        asynchronous, action_space, observation_space: ignored.
        wrappers: none are supported.
    """
    if not gamefiles or isinstance(gamefiles, (str, Path)):
        raise ValueError(f"gamefiles: found {gamefiles!r}, expected a list of paths")
    if wrappers:
        raise ValueError(f"wrappers: found {len(wrappers)}, but TextWorld's wrappers cannot be put around this engine")
    for what, value in (("batch_size", batch_size), ("max_episode_steps", max_episode_steps)):
        if value is not None and value < 1:
            raise ValueError(f"{what}: {value}, expected at least 1")
    base = f"tw-{name}" if name else "tw"
    version = 0
    while f"{base}-v{version}" in registry:
        version += 1
    registry[f"{base}-v{version}"] = {
        "gamefiles": list(gamefiles),
        "request_infos": _requested(request_infos),
        "batch_size": batch_size,
        "auto_reset": auto_reset,
        "max_episode_steps": max_episode_steps,
    }
    return f"{base}-v{version}"


def register_game(gamefile: str | Path, request_infos: Any = None, *args: Any, **kwargs: Any) -> str:
    """As `register_games`, for one game."""
    return register_games([gamefile], request_infos, *args, **kwargs)


def make(id: str) -> TextworldGymEnv | TextworldBatchGymEnv:
    """The environment of an id; without a batch size it takes and returns single values instead of lists."""
    if id not in registry:
        raise ValueError(f"id: {id!r}, expected what register_game or register_games returned")
    kwargs = dict(registry[id])
    if kwargs["batch_size"] is None:
        return TextworldGymEnv(**kwargs | {"batch_size": 1})
    return TextworldBatchGymEnv(**kwargs)


class TextworldBatchGymEnv:
    """Several games at once, each as `TextworldGymEnv`; commands, observations, scores, `done` and infos are lists."""

    def __init__(
        self,
        gamefiles: Sequence[str | Path],
        request_infos: Any = None,
        batch_size: int = 1,
        auto_reset: bool = False,
        max_episode_steps: int | None = None,
    ) -> None:
        self.gamefiles = list(gamefiles)
        self.batch_size = batch_size
        self.request_infos = _requested(request_infos)
        first = TextWorld(game=self.gamefiles, infos=(), max_steps=_FOR_EVER)
        self._games = [grounded.game for grounded in first.pool]
        envs = [first, *(copy.deepcopy(first) for _ in range(batch_size - 1))]
        self._slots = [_Slot(env, self.request_infos, auto_reset, max_episode_steps) for env in envs]
        self.last_commands: list[str | None] = [None] * batch_size
        self.obs: list[str] = []
        self.seed(1234)

    def seed(self, seed: int | None = None) -> list[int | None]:
        """Shuffle the order of the games."""
        self._order = _shuffled(len(self._games), seed)
        return [seed]

    def skip(self, nb_games: int = 1) -> None:
        """Leave games out."""
        for _ in range(nb_games):
            next(self._order)

    def reset(self) -> tuple[Any, dict[str, Any]]:
        """Begin the next games."""
        self.last_commands = [None] * self.batch_size
        results = [slot.start(self._games[next(self._order)]) for slot in self._slots]
        self.obs = [obs for obs, _ in results]
        return self.obs, _listed([infos for _, infos in results])

    def step(self, commands: Any) -> tuple[Any, Any, Any, dict[str, Any]]:
        """Send a command to each game; return observations, scores so far, whether done, infos."""
        if not isinstance(commands, (list, tuple)) or len(commands) != self.batch_size:
            raise ValueError(f"commands: found {commands!r}, expected a list of {self.batch_size}")
        if not self.obs:
            raise RuntimeError("step: reset comes first")
        self.last_commands = list(commands)
        results = [slot.step(command) for slot, command in zip(self._slots, commands, strict=True)]
        self.obs = [result[0] for result in results]
        scores, dones = [result[1] for result in results], [result[2] for result in results]
        return self.obs, scores, dones, _listed([result[3] for result in results])

    def render(self, mode: str = "human") -> str | io.StringIO | None:
        """The last commands and their results: printed, as `"text"`, or as a file with that text (`"ansi"`)."""
        if mode not in ("human", "ansi", "text"):
            raise ValueError(f"mode: {mode!r}, expected human, ansi or text")
        parts = [
            (f"> {command}\n" if command is not None else "") + obs.rstrip() + "\n"
            for command, obs in zip(self.last_commands, self.obs, strict=True)
        ]
        text = "\n-----\n".join(parts) + "\n"
        if mode == "human":
            sys.stdout.write(text)
            return None
        return text if mode == "text" else io.StringIO(text)

    def close(self) -> None:
        """Nothing is left to release."""


class TextworldGymEnv(TextworldBatchGymEnv):
    """One game after another, in text: `reset()` gives (obs, infos), `step(command)` (obs, score, done, infos)."""

    def reset(self) -> tuple[str, dict[str, Any]]:
        """Begin the next game."""
        obs, infos = super().reset()
        return obs[0], {name: values[0] for name, values in infos.items()}

    def step(self, commands: str) -> tuple[str, int, bool, dict[str, Any]]:
        """Send a command; return its result, the score so far, whether the game is done, infos."""
        obs, scores, dones, infos = super().step([commands])
        return obs[0], scores[0], dones[0], {name: values[0] for name, values in infos.items()}


class _Slot:
    """One game of a batch."""

    def __init__(self, env: TextWorld, asked: EnvInfos, auto_reset: bool, limit: int | None) -> None:
        self.env, self.asked, self.auto_reset, self.limit = env, asked, auto_reset, limit
        self.last: tuple[str, int, bool, dict[str, Any]] | None = None

    def start(self, game: Any) -> tuple[str, dict[str, Any]]:
        self.game = game
        self.env.reset(options={"instance": game})
        self.steps = 0
        self.last = None
        self.command: str | None = None
        self.obs = "\n\n".join(part for part in (game.objective, self._description()) if part)
        return self.obs, self._infos()

    def step(self, command: str) -> tuple[str, int, bool, dict[str, Any]]:
        if self.last is not None and self.last[2]:
            if self.auto_reset:
                obs, infos = self.start(self.game)
                self.last = obs, 0, False, infos
            return self.last
        self.command = command.strip()
        before = self._player()
        *_, terminated, _, _ = self.env.step(self.command)
        self.steps += 1
        self.obs = self.env.feedback()
        if self._player() != before:
            self.obs += "\n\n" + self._description()
        done = terminated or (self.limit is not None and self.steps >= self.limit)
        self.last = self.obs, self._number("score"), done, self._infos()
        return self.last

    def _number(self, name: str) -> int:
        return int(self.env.get_state()[name])

    def _player(self) -> int:
        return self._number("room")

    def _description(self) -> str:
        return self.env.texts().description(self.env.current_facts())

    def _infos(self) -> dict[str, Any]:
        infos = {name: _TOLD[name](self) for name in self.asked.basics}
        known = {"walkthrough": list(self.game.walkthrough)} | dict(self.game.extras)
        return infos | {f"extra.{name}": known.get(name) for name in self.asked.extras}

    def _proposition(self, fact: Fact) -> Proposition:
        things = (self.game.entities[thing] for thing in fact[1:])
        return Proposition(fact[0], tuple(Variable(thing.name or thing.id, thing.type) for thing in things))

    def _named(self) -> list[Any]:
        return [e for e in self.game.entities.values() if e.name and e.type != "r"]

    def _templates(self) -> list[str]:
        return sorted({rule.command for rule in self.game.grammar.rules.values() if rule.command})


_TOLD: dict[str, Callable[[_Slot], Any]] = {
    "admissible_commands": lambda slot: slot.env.admissible_commands(),
    "command_templates": _Slot._templates,
    "description": _Slot._description,
    "entities": lambda slot: [*(e.name for e in slot._named()), *DIRECTIONS],
    "facts": lambda slot: [slot._proposition(fact) for fact in sorted(slot.env.current_facts())],
    "feedback": lambda slot: slot.obs,
    "inventory": lambda slot: slot.env.texts().inventory(slot.env.current_facts()),
    "last_command": lambda slot: slot.command,
    "location": lambda slot: slot.game.name(slot.env.grounded.rooms[slot._player()]),
    "lost": lambda slot: bool(slot._number("lost")),
    "max_score": lambda slot: slot.game.max_score,
    "moves": lambda slot: slot._number("moves"),
    "objective": lambda slot: slot.game.objective,
    "score": lambda slot: slot._number("score"),
    "typed_entities": lambda slot: [(e.name, e.type) for e in slot._named()],
    "verbs": lambda slot: sorted({template.split()[0] for template in slot._templates()}),
    "won": lambda slot: bool(slot._number("won")),
}


def _requested(infos: Any) -> EnvInfos:
    """Our `EnvInfos`, from ours or TextWorld's; `ValueError` names what is not supported."""
    if infos is None:
        return EnvInfos()
    names = list(getattr(infos, "basics", ()))
    extras = getattr(infos, "extras", None)
    if extras is None:
        raise ValueError(f"request_infos: found {type(infos).__name__}, expected an EnvInfos")
    for name in names:
        if name not in _KNOWN:
            raise ValueError(f"request_infos: {name} is not supported, expected some of {', '.join(_KNOWN)}")
    return EnvInfos(**dict.fromkeys(names, True), extras=list(extras))


def _shuffled(n: int, seed: int | None) -> Iterator[int]:
    """0 to n - 1 again and again, shuffled each time, as TextWorld shuffles for this seed."""
    rng = np.random.RandomState(seed)
    order = list(range(n))
    while True:
        rng.shuffle(order)
        yield from order


def _listed(infos: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [each[name] for each in infos] for name in infos[0]}
