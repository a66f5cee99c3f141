"""A small network that estimates the probability that a Game of 24 state is solvable: the language model's stand-in.

It sees what the paper's action query shows: the numbers, and the results of their one-step operations. Its training
set is strict: all two-number states, and the three-number states that no held-out puzzle can reach. With the held-out
three-number states included, plain sampling solves everything and the archive looks useless. With all of a puzzle's
states excluded, nothing is learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ...envs.arithmetic import oracle
from ..core import check_device, one_thread, resolve_device
from ..core.code import Code
from ..core.trained import built, cache_file, load_or_make
from ..foundation import Scorer
from .states import State, scorer_of

CODE = Code((__name__,), ("ige/GameOf24-v0",))
_SMALL = 40  # results up to this have a bin each; larger ones share bins of doubling width
_BINS = _SMALL + 12


@dataclass(frozen=True)
class JudgeConfig:
    """How the judge is trained; together with the held-out puzzles it names the cache file.

    The defaults were tuned on the 100 hardest puzzles outside the hard split, which the claims are about.

    Attributes:
        target, max_value: the game; puzzles have four numbers.
        largest: three-number states with numbers up to this are learnt from, besides those that puzzles reach.
        hidden: widths of the two hidden layers (the sheet's 128 and 64).
        members: networks whose probabilities are averaged, so that no single one is sure of a mistake.
        epochs, batch, learning_rate, weight_decay, dropout: for AdamW with a one-cycle schedule on the log loss.
        seed: seed of the initial weights and the order of the data.
    """

    target: int = 24
    max_value: int = 13
    largest: int = 40
    hidden: tuple[int, int] = (128, 64)
    members: int = 3
    epochs: int = 20
    batch: int = 512
    learning_rate: float = 5e-3
    weight_decay: float = 1e-2
    dropout: float = 0.1
    seed: int = 0


@dataclass(frozen=True)
class Judge:
    """The trained networks and their `auc` on the three-number states that held-out puzzles reach."""

    networks: nn.ModuleList
    config: JudgeConfig
    examples: int
    auc: float

    def __call__(self, states: list[State]) -> NDArray[np.float64]:
        """The probability that each state can be solved, float64 (states,)."""
        with torch.inference_mode():
            x = torch.from_numpy(features(states, self.config.target))
            return torch.stack([torch.sigmoid(network(x)) for network in self.networks]).mean(0).double().numpy()


def judge_scorer(judge: Judge, target: int = 24) -> Scorer:
    """The scorer for `ScoredModel`."""
    return scorer_of(judge, target)


# --- what the network sees --------------------------------------------------------------------------------------------
def _bins(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """0 to 40 have a bin each; above that, there is one bin for each doubling."""
    above = np.log2(np.maximum(values, _SMALL + 1) / _SMALL).astype(np.int64)
    return np.where(values <= _SMALL, values, np.minimum(_SMALL + 1 + above, _BINS - 1))


def features(states: Sequence[State], target: int = 24) -> NDArray[np.float32]:
    """States of up to four numbers as float32 (states, features): see the parts below."""
    size = 4
    numbers = np.array([(*state, *(-1,) * (size - len(state))) for state in states], np.int64)
    present = numbers >= 0
    rows = np.arange(len(numbers))[:, None]

    def histogram(values: NDArray[np.int64], counted: NDArray[np.bool_]) -> NDArray[np.float32]:
        out = np.zeros((len(values), _BINS + 1), np.float32)
        np.add.at(out, (rows, np.where(counted, _bins(np.maximum(values, 0)), _BINS)), 1)
        return out[:, :_BINS]

    i, j = np.triu_indices(size, 1)
    a, b, pair = numbers[:, i], numbers[:, j], present[:, i] & present[:, j]
    divides = pair & (a > 0) & (b % np.maximum(a, 1) == 0)
    results = np.concatenate([a + b, b - a, a * b, b // np.maximum(a, 1)], 1)
    possible = np.concatenate([pair, pair, pair, divides], 1)
    values = np.maximum(numbers, 1)
    parts = [
        histogram(numbers, present),
        histogram(results, possible),
        np.where(present, np.log1p(np.maximum(numbers, 0)), 0),
        present & (target % values == 0),
        present & (numbers % target == 0),
        present.sum(1, keepdims=True) == np.arange(2, size + 1),
        (possible & (results == target)).any(1, keepdims=True),
        (possible & (target % np.maximum(results, 1) == 0)).sum(1, keepdims=True) / 4,
    ]
    return np.concatenate([part.astype(np.float32) for part in parts], 1)


# --- what it learns from ----------------------------------------------------------------------------------------------
def strict_states(config: JudgeConfig, hold_out: Sequence[State]) -> tuple[list[State], list[State]]:
    """Training states, and the three-number states that held-out puzzles reach (for the AUC)."""
    puzzles = [tuple(p) for p in oracle.multisets(4, config.max_value).tolist()]
    held = {state for p in hold_out for state in oracle.successors(tuple(sorted(p))) if state is not None}
    three = {state for p in puzzles for state in oracle.successors(p) if state is not None}
    three |= set(combinations_with_replacement(range(config.largest + 1), 3))
    two = {state for s in three | held for state in oracle.successors(s) if state is not None}
    return sorted(two) + sorted(three - held), sorted(held)


def _labels(states: Sequence[State], target: int) -> NDArray[np.bool_]:
    labels = np.zeros(len(states), np.bool_)
    for n in {len(s) for s in states}:
        chosen = [i for i, s in enumerate(states) if len(s) == n]
        labels[chosen] = oracle.solvable(np.array([states[i] for i in chosen], np.int64), target)
    return labels


def auc(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """The area under the ROC curve: the probability that a positive outscores a negative; ties count half."""
    from scipy.stats import rankdata

    positives = int(labels.sum())
    if positives in (0, len(labels)):
        return float("nan")
    rank_sum = rankdata(scores)[labels].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * (len(labels) - positives)))


# --- training ---------------------------------------------------------------------------------------------------------
def _networks(config: JudgeConfig) -> nn.ModuleList:
    first, second = config.hidden
    inputs = features([(1, 2)], config.target).shape[1]
    return nn.ModuleList(
        nn.Sequential(
            nn.Linear(inputs, first), nn.SiLU(), nn.Dropout(config.dropout),
            nn.Linear(first, second), nn.SiLU(), nn.Linear(second, 1), nn.Flatten(0),
        )
        for _ in range(config.members)
    )  # fmt: skip


def _fit(network: nn.Module, x: torch.Tensor, y: torch.Tensor, config: JudgeConfig) -> None:
    optimizer = torch.optim.AdamW(network.parameters(), config.learning_rate, weight_decay=config.weight_decay)
    steps = -(-len(x) // config.batch) * config.epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate, total_steps=steps)
    for _ in range(config.epochs):
        for chosen in torch.randperm(len(x)).to(x.device).split(config.batch):
            loss = nn.functional.binary_cross_entropy_with_logits(network(x[chosen]), y[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()


def train(config: JudgeConfig, hold_out: Sequence[State], device: str = "auto") -> Judge:
    """Train a judge: seconds on a CPU. The caller's torch seed is not changed."""
    where = resolve_device(device)
    states, test = strict_states(config, hold_out)
    x = torch.from_numpy(features(states, config.target)).to(where)
    y = torch.from_numpy(_labels(states, config.target).astype(np.float32)).to(where)
    with one_thread(), torch.random.fork_rng(devices=[where] if where.type == "cuda" else []):
        torch.manual_seed(config.seed)
        networks = _networks(config).to(where)
        for network in networks:
            _fit(network, x, y, config)
    judge = Judge(networks.cpu().eval(), config, len(states), float("nan"))
    return replace(judge, auc=auc(judge(test), _labels(test, config.target))) if test else judge


@cache
def _built() -> str:
    return built(CODE)


def load_or_train(
    config: JudgeConfig, hold_out: Sequence[State], device: str = "auto", folder: Path | None = None
) -> Judge:
    """The judge of this configuration and these held-out puzzles, from the cache, or trained now and cached."""
    check_device(device)
    described = {**asdict(config), "hold_out": sorted(map(list, hold_out)), "built": _built()}
    path = cache_file("game-of-24-judge", described, folder)
    return _load_or_train(config, tuple(map(tuple, hold_out)), device, path)


@lru_cache(maxsize=64)
def _load_or_train(config: JudgeConfig, hold_out: tuple[State, ...], device: str, path: Path) -> Judge:
    def load(saved: dict[str, Any]) -> Judge:
        networks = _networks(config)
        networks.load_state_dict(saved["weights"])
        return Judge(networks.eval(), config, saved["examples"], saved["auc"])

    return load_or_make(
        path,
        load,
        lambda: train(config, hold_out, device),
        lambda judge: {"weights": judge.networks.state_dict(), "examples": judge.examples, "auc": judge.auc},
    )
