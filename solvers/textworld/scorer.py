"""A small network that scores commands and places of text adventures; it imitates the planner on other games."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..core import check_device, one_thread, resolve_device
from ..core.code import Code
from ..core.trained import built, cache_file, load_or_make
from .expert import Expert
from .reader import COMMAND, STATE, Memory, Reader

CODE = Code((__name__,), ("ige/TextWorld-v0",))
HARMLESS = ("go", "open", "unlock", "take", "examine", "look", "inventory")


@dataclass(frozen=True)
class ScorerConfig:
    """How a scorer is trained; it names the cache file.

    Attributes:
        challenge, settings: which games, as arguments of `gym.make("ige/TextWorld-v0")`.
        games: number of games; `first_game` is the seed of their generator, far from those of tests.
        stray: the share of random commands, so that the planner also shows how to continue from elsewhere.
        max_steps: limit of a training episode.
        discount: a place's value is this number to the power of the commands until the game is won.
        epochs, minibatch, learning_rate, size: settings of the network and its training; `minibatch` counts steps.
        seed: seed of weights and stray commands.
    """

    challenge: str = "treasure_hunter"
    settings: dict[str, Any] = field(default_factory=dict)
    games: int = 200
    first_game: int = 1_000_000
    stray: float = 0.3
    max_steps: int = 120
    discount: float = 0.95
    epochs: int = 20
    minibatch: int = 256
    learning_rate: float = 3e-3
    size: int = 64
    seed: int = 0


class Scorer(nn.Module):
    """Scores the features of a `Reader`: float32 (n, STATE) and (n, COMMAND)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.command = nn.Sequential(
            nn.Linear(STATE + COMMAND, size), nn.ReLU(), nn.Linear(size, size), nn.ReLU(), nn.Linear(size, 1)
        )
        self.place = nn.Sequential(
            nn.Linear(STATE, size), nn.ReLU(), nn.Linear(size, size), nn.ReLU(), nn.Linear(size, 1)
        )

    def commands(self, places: torch.Tensor, commands: torch.Tensor) -> torch.Tensor:
        """The logit of each command at its place, (n,)."""
        return self.command(torch.cat([places, commands], -1))[:, 0]

    def values(self, places: torch.Tensor) -> torch.Tensor:
        """The logit of the discounted number of commands until the game is won, (n,)."""
        return self.place(places)[:, 0]


@dataclass(frozen=True)
class Trained:
    """A scorer; `likelihood` is the mean probability that it gave the planner's commands in its last epoch."""

    scorer: Scorer
    config: ScorerConfig
    likelihood: float


@dataclass(frozen=True)
class Lessons:
    """What the planner did: places (n, STATE), and the admissible commands of all places in sequence (m, COMMAND).

    `first` (n + 1,) says where a place's commands begin, `chosen` (n,) which of all commands the planner gave.
    `value` (n,) is the discounted number of commands until the game was won; NaN where it was not.
    """

    places: NDArray[np.float32]
    commands: NDArray[np.float32]
    first: NDArray[np.int64]
    chosen: NDArray[np.int64]
    value: NDArray[np.float32]


def lessons(config: ScorerConfig) -> Lessons:
    """Two episodes of the planner in each game, with stray commands; before the second the player wanders about."""
    env: Any = gym.make(
        "ige/TextWorld-v0", challenge=config.challenge, games=config.games, game_seed=config.first_game + config.seed,
        obs_mode="symbolic", max_steps=config.max_steps, **config.settings,
    ).unwrapped  # fmt: skip
    rng = np.random.default_rng([config.seed, 2])
    places, commands, counts, chosen, values = [], [], [], [], []
    for game in range(config.games):
        reader = Reader(env.pool[game])
        for known in (None, _walked(env, game, reader, rng)):
            steps, won = _episode(env, game, reader, known, config.stray, rng)
            for place, rows, choice in steps:
                places.append(place)
                commands.append(rows)
                counts.append(len(rows))
                chosen.append(choice)
            ahead = np.arange(len(steps), 0, -1) if won else np.full(len(steps), np.nan)
            values.append(config.discount**ahead)
    first = np.concatenate([[0], np.cumsum(counts)])
    return Lessons(
        np.stack(places), np.concatenate(commands), first, first[:-1] + np.array(chosen),
        np.concatenate(values).astype(np.float32),
    )  # fmt: skip


def _walked(env: Any, game: int, reader: Reader, rng: np.random.Generator) -> Memory:
    """The memory of an earlier attempt with some aimless commands."""
    seen, info = env.reset(seed=0, options={"instance": env.pool[game].game})
    memory = reader.begin(seen)
    for _ in range(rng.integers(1, env.params.max_steps // 2)):
        command = _stray(env, info, rng)
        seen, _, lost, _, info = env.step(command)
        memory = reader.follow(memory, command, seen)
        if lost:
            break
    return memory


def _stray(env: Any, info: dict[str, Any], rng: np.random.Generator) -> int:
    """A random command that destroys nothing the planner needs."""
    commands = env.commands()
    return int(rng.choice([c for c in info["action_mask"].nonzero()[0] if commands[c].split()[0] in HARMLESS]))


def _episode(
    env: Any, game: int, reader: Reader, known: Memory | None, stray: float, rng: np.random.Generator
) -> tuple[list[tuple[NDArray[np.float32], NDArray[np.float32], int]], bool]:
    """Places, their commands, the planner's choices among them, and whether the game was won."""
    expert = Expert(env, game)
    seen, info = env.reset(seed=0, options={"instance": env.pool[game].game})
    memory, over = reader.begin(seen, known), False
    plan: list[int] = []
    steps = []
    while not over:
        if not plan:
            if reader.cookbook >= 0 and not memory.read:
                plan = [*expert.plan(env.get_state(), reader.cookbook), reader.cookbook]
            else:
                plan = expert.plan(env.get_state())
            if not plan:
                break
        command = plan.pop(0)
        admissible = info["action_mask"].nonzero()[0]
        steps.append((*reader.features(memory, seen, admissible), int(np.searchsorted(admissible, command))))
        if rng.random() < stray:
            command, plan = _stray(env, info, rng), []
        seen, _, won, truncated, info = env.step(command)
        memory, over = reader.follow(memory, command, seen), won or truncated
    return steps, bool(info["won"])


def _loss(scorer: Scorer, data: dict[str, torch.Tensor], steps: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss on some places, and the mean probability given to the planner's commands."""
    begins, counts = data["first"][steps], data["first"][steps + 1] - data["first"][steps]
    of = torch.repeat_interleave(torch.arange(len(steps), device=steps.device), counts)
    within = torch.arange(len(of), device=steps.device) - torch.repeat_interleave(counts.cumsum(0) - counts, counts)
    rows = begins[of] + within
    places = data["places"][steps]
    logits = scorer.commands(places[of], data["commands"][rows])
    highest = torch.full((len(steps),), -torch.inf, device=steps.device).scatter_reduce(0, of, logits, "amax")
    total = torch.zeros(len(steps), device=steps.device).index_add(0, of, (logits - highest.detach()[of]).exp())
    right = logits[rows == data["chosen"][steps][of]]
    loss = (highest.detach() + total.log() - right).mean()
    value = data["value"][steps]
    known = ~value.isnan()
    if known.any():
        loss = loss + nn.functional.binary_cross_entropy_with_logits(scorer.values(places[known]), value[known])
    return loss, (right - highest - total.log()).exp().mean().detach()


def train(config: ScorerConfig, device: str = "auto") -> Trained:
    """Learn from the planner. The caller's torch seed is not changed."""
    where = resolve_device(device)
    with one_thread(), torch.random.fork_rng(devices=[where] if where.type == "cuda" else []):
        torch.manual_seed(config.seed)
        data = {name: torch.from_numpy(part).to(where) for name, part in vars(lessons(config)).items()}
        scorer = Scorer(config.size).to(where)
        n = len(data["places"])
        optimizer = torch.optim.Adam(scorer.parameters(), config.learning_rate)
        rounds = config.epochs * -(-n // config.minibatch)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, rounds)
        agreed: list[float] = []
        for _ in range(config.epochs):
            agreed = []
            for steps in torch.randperm(n).to(where).split(config.minibatch):
                loss, likelihood = _loss(scorer, data, steps)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                agreed.append(float(likelihood))
    return Trained(scorer.cpu().eval(), config, float(np.mean(agreed)))


@cache
def _built() -> str:
    return built(CODE)


def load_or_train(config: ScorerConfig, device: str = "auto", folder: Path | None = None) -> Trained:
    """The scorer of this configuration, from the cache, or trained now and cached."""
    check_device(device)

    def load(saved: dict[str, Any]) -> Trained:
        scorer = Scorer(config.size)
        scorer.load_state_dict(saved["weights"])
        return Trained(scorer.eval(), config, saved["likelihood"])

    return load_or_make(
        cache_file("textworld-scorer", {**asdict(config), "built": _built()}, folder),
        load,
        lambda: train(config, device),
        lambda trained: {"weights": trained.scorer.state_dict(), "likelihood": trained.likelihood},
    )
