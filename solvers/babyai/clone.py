"""Behaviour cloning: a policy that imitates the planning bot on the training missions of BabyAI-Text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from gymnasium.vector import AutoresetMode
from numpy.typing import NDArray
from torch import nn

from ...envs.babyai import oracle
from ..core import check_device, one_thread, resolve_device
from ..core.code import Code
from ..core.seeds import spawned
from ..core.trained import built, cache_file, load_or_make
from .network import ACTIONS, NO_ACTION, Policy

CODE = Code((__name__,), ("ige/BabyAIText-v0",))

@dataclass(frozen=True)
class CloneConfig:
    """How the policy is trained; it names the cache file.

    Attributes:
        steps: expert steps to learn from, each seen once.
        rows: number of environments.
        length: steps of each environment in a batch.
        context: observations that the policy is shown at once.
        stray: the share of steps with a random action instead of the expert's, so that the policy learns to recover.
        discount: a state's value is this number to the power of the steps until success.
        minibatch: windows in an update.
        learning_rate: Adam's learning rate, which falls to zero on a cosine.
        channels, size, memory: sizes of the network.
        seed: seed of weights, worlds and stray actions.
    """

    steps: int = 2_000_000
    rows: int = 256
    length: int = 128
    context: int = 5
    stray: float = 0.1
    discount: float = 0.95
    minibatch: int = 512
    learning_rate: float = 2e-3
    channels: int = 32
    size: int = 128
    memory: int = 128
    seed: int = 0


@dataclass(frozen=True)
class Cloned:
    """A trained policy; `agreement` is the share of the last batch's expert actions that it found most likely."""

    policy: Policy
    config: CloneConfig
    agreement: float


@dataclass(frozen=True)
class Batch:
    """Expert steps, flat, row after row: arrays (rows * length, ...)."""

    image: NDArray[np.uint8]
    direction: NDArray[np.int64]
    mission: NDArray[np.uint8]
    taken: NDArray[np.int64]  # what was done
    expert: NDArray[np.int64]  # what the expert would have done
    first: NDArray[np.bool_]  # an episode starts here
    value: NDArray[np.float32]  # discounted steps until success; NaN where the batch ends before the episode


def expert_batches(config: CloneConfig) -> Iterator[Batch]:
    """Endless roll-outs of the expert."""
    n, t = config.rows, config.length
    env: Any = gym.make_vec(
        "ige/BabyAIText-v0", n, "vector_entry_point", task="mixed", split="train", obs_mode="symbolic",
        autoreset_mode=AutoresetMode.SAME_STEP,
    )  # fmt: skip
    rng = np.random.default_rng(config.seed)
    shown, _ = env.reset(seed=spawned(config.seed))
    begins = np.ones(n, np.bool_)
    while True:
        seen: dict[str, list[Any]] = {name: [] for name in (*shown, "taken", "expert", "first", "won", "over")}
        for _ in range(t):
            expert = oracle.actions(env.unwrapped.get_state())
            taken = np.where(rng.random(n) < config.stray, rng.integers(ACTIONS, size=n), expert)
            parts = {**shown, "taken": taken, "expert": expert, "first": begins}
            shown, _, won, truncated, _ = env.step(taken)
            begins = won | truncated
            for name, part in {**parts, "won": won, "over": begins}.items():
                seen[name].append(part)
        arrays = {name: np.stack(parts, 1) for name, parts in seen.items()}
        value = np.full((n, t + 1), np.nan, np.float32)
        for k in range(t - 1, -1, -1):
            ended = np.where(arrays["won"][:, k], 1.0, 0.0)
            value[:, k] = config.discount * np.where(arrays["over"][:, k], ended, value[:, k + 1])
        arrays["value"] = value[:, :t]
        yield Batch(
            **{name: a.reshape(n * t, *a.shape[2:]) for name, a in arrays.items() if name not in ("won", "over")}
        )


def windows(first: NDArray[np.bool_], context: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Cut a stream into windows of at most `context` steps within episodes: indices (windows, context), -1 as padding.

    The cuts within an episode are random, so that every step is seen with every length of context.
    """
    n = len(first)
    at = np.arange(n)
    episode = np.cumsum(first)
    began = np.maximum.accumulate(np.where(first, at, 0))
    shift = rng.integers(context, size=episode[-1] + 1)[episode]
    cut = first | ((at - began + shift) % context == 0)
    cut[0] = True
    window = np.cumsum(cut) - 1
    place = at - np.flatnonzero(cut)[window]
    out = np.full((window[-1] + 1, context), -1, np.int64)
    out[window, place] = at
    return out


def _loss(policy: Policy, batch: dict[str, torch.Tensor], chosen: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss on windows (n, context) of a batch, and how many of the expert's actions were the most likely ones."""
    there = chosen >= 0
    steps = chosen[there]
    encoded = policy.encode(*(batch[name][steps] for name in ("image", "direction", "mission")))
    shape = (*chosen.shape, encoded.shape[-1])
    inputs = torch.zeros(shape, device=encoded.device).masked_scatter(there[..., None], encoded)
    before = torch.full_like(chosen, NO_ACTION)
    before[:, 1:] = batch["taken"][chosen[:, :-1]]
    logits, values = policy(inputs, before)
    logits, values = logits[there], values[there]
    expert, value = batch["expert"][steps], batch["value"][steps]
    known = ~value.isnan()
    loss = nn.functional.cross_entropy(logits, expert)
    loss = loss + nn.functional.binary_cross_entropy_with_logits(values[known], value[known])
    return loss, (logits.argmax(-1) == expert).float().mean()


def train(config: CloneConfig, device: str = "auto") -> Cloned:
    """Clone the expert. The caller's torch seed is not changed."""
    where = resolve_device(device)
    per_batch = config.rows * config.length
    rounds = max(1, round(config.steps / per_batch))
    batches, rng = expert_batches(config), np.random.default_rng([config.seed, 1])
    with one_thread(), torch.random.fork_rng(devices=[where] if where.type == "cuda" else []):
        torch.manual_seed(config.seed)
        policy = Policy(config.channels, config.size, config.memory).to(where)
        optimizer = torch.optim.Adam(policy.parameters(), config.learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, rounds)
        agreed: list[float] = []
        for _ in range(rounds):
            batch = next(batches)
            data = {name: torch.from_numpy(part).to(where) for name, part in vars(batch).items()}
            cut = torch.from_numpy(rng.permutation(windows(batch.first, config.context, rng))).to(where)
            agreed = []
            for chosen in cut.split(config.minibatch):
                loss, agreement = _loss(policy, data, chosen)
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
                optimizer.step()
                agreed.append(float(agreement))
            schedule.step()
    return Cloned(policy.cpu().eval(), config, float(np.mean(agreed)))


@cache
def _built() -> str:
    return built(CODE)


@lru_cache(maxsize=64)
def load_or_train(config: CloneConfig, device: str = "auto", folder: Path | None = None) -> Cloned:
    """The policy of this configuration, from the cache, or trained now and cached."""
    check_device(device)

    def load(saved: dict[str, Any]) -> Cloned:
        policy = Policy(config.channels, config.size, config.memory)
        policy.load_state_dict(saved["weights"])
        return Cloned(policy.eval(), config, saved["agreement"])

    return load_or_make(
        cache_file("babyai-policy", {**asdict(config), "built": _built()}, folder),
        load,
        lambda: train(config, device),
        lambda cloned: {"weights": cloned.policy.state_dict(), "agreement": cloned.agreement},
    )
