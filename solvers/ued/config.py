"""Settings of a run of environment design, with presets: `cpu` in minutes, `small` in between, `paper` for a GPU."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ...envs.core.check import integer, one_of
from ...envs.ued.buffer import MUTATIONS
from ..core.ppo import PPOConfig

METHODS = (
    "dr", "minimax", "paired", "flexible-paired", "population-paired", "plr", "robust-plr", "repaired", "accel",
)  # fmt: skip
SCORES = ("maxmc", "pvl", "l1")


@dataclass(frozen=True)
class Replay:
    """Prioritised level replay (Jiang et al. 2021, arXiv 2010.03934 and 2110.02439).

    Attributes:
        capacity: number of levels kept.
        probability: probability of an update on levels from the buffer.
        score: "maxmc", "pvl" (positive value loss) or "l1".
        temperature: beta, the temperature of the ranks.
        staleness: rho, the weight of how long ago a level was played.
        robust: whether new levels are only scored, not learnt from.
        edits: edits of each replayed level to make a child (ACCEL, arXiv 2203.01302); 0 for no children.
        mutation: "flip" or "tiles".
        parents: how many replayed levels have children, those with the highest return minus score; 0 for all.
    """

    capacity: int = 4000
    probability: float = 0.5
    score: str = "maxmc"
    temperature: float = 0.1
    staleness: float = 0.3
    robust: bool = True
    edits: int = 0
    mutation: str = "flip"
    parents: int = 0

    def __post_init__(self) -> None:
        one_of("score", self.score, SCORES)
        one_of("mutation", self.mutation, MUTATIONS)
        for name in ("edits", "parents"):
            integer(name, getattr(self, name), 0)
        if self.robust and self.probability == 0:
            raise ValueError("probability: 0, expected more: nothing is learnt from new levels")


@dataclass(frozen=True)
class Config:
    """Settings of one run; the defaults are the preset `cpu` (a smaller game with the same players).

    Attributes:
        size: interior tiles of a maze's side.
        blocks: the most walls of a level.
        order: order in which the adversary places objects.
        view, n_actions, max_steps: arguments of the student's maze.
        levels, steps: size of a roll-out.
        memory, width: the student's memory, "gru" or "lstm", and its size.
        heads: widths of the hidden layers of each head, for the adversary too.
        student: the student's PPO.
        noise, filters: size of the adversary's noise input and number of its convolution's filters.
        adversary_layer: width of a layer after the convolution; 0 for none.
        adversary_memory, adversary_width: as for the student; None for no memory.
        adversary: the adversary's PPO.
        clip_regret: whether regret below 0 counts as 0.
        students: number of students in population PAIRED.
        replay: settings of the methods that replay.
        generated_blocks: walls of a level drawn at random; None for `blocks`.
        precision: "float32", or "bfloat16" on CUDA.
    """

    size: int = 7
    blocks: int = 14
    order: str = "agent-first"
    view: int = 5
    n_actions: int = 3
    max_steps: int = 50
    levels: int = 32
    steps: int = 64
    memory: str = "gru"
    width: int = 32
    heads: tuple[int, ...] = (32,)
    student: PPOConfig = field(
        default_factory=lambda: PPOConfig(learning_rate=2e-3, discount=0.99, epochs=2, entropy=0.01)
    )
    noise: int = 8
    filters: int = 16
    adversary_layer: int = 96
    adversary_memory: str | None = None
    adversary_width: int = 96
    adversary: PPOConfig = field(
        default_factory=lambda: PPOConfig(learning_rate=2e-3, discount=1.0, gae_lambda=1.0, epochs=6, entropy=0.05)
    )
    clip_regret: bool = True
    students: int = 3
    replay: Replay = field(default_factory=lambda: Replay(capacity=1000, temperature=1.0))
    generated_blocks: int | None = None
    precision: str = "float32"

    def __post_init__(self) -> None:
        for name in ("levels", "steps", "width", "students"):
            integer(name, getattr(self, name), 1)


_PAPER = Config(
    size=13, blocks=25, order="goal-last", n_actions=7, max_steps=250, steps=256, memory="lstm", width=256,
    heads=(32, 32), student=PPOConfig(), noise=50, filters=128, adversary_layer=0, adversary_memory="lstm",
    adversary_width=256, adversary=PPOConfig(entropy=0.0), replay=Replay(), precision="bfloat16",
)  # fmt: skip
PRESETS = {
    "cpu": Config(),
    "small": Config(
        size=9, blocks=25, max_steps=100, steps=128, width=64, replay=Replay(capacity=2000, temperature=1.0)
    ),
    "paper": _PAPER,
}
# Settings in which a method differs. With 25 walls they are those of its first published code. Runs of minutes instead
# of days have to find levels worth replaying sooner: the weight falls less steeply with the rank, and ACCEL does not
# wait for walls to grow in empty rooms.
_REPLAY: dict[str, dict[str, Any]] = {
    "plr": {"robust": False},
    "repaired": {"probability": 0.95},
    "accel": {"probability": 0.8, "temperature": 0.3, "score": "pvl", "edits": 5, "mutation": "tiles", "parents": 4},
}
_REPLAY_SOON: dict[str, dict[str, Any]] = {
    "plr": {"robust": False},
    "repaired": {"probability": 0.95},
    "accel": {"probability": 0.8, "edits": 3},
}
_NO_ENTROPY = ("paired", "flexible-paired", "population-paired", "accel")


def config(method: str, preset: str = "cpu") -> Config:
    """The settings of a method in a preset. ValueError for an unknown name."""
    if method not in METHODS:
        raise ValueError(f"method: {method!r}, expected one of {', '.join(METHODS)}")
    if preset not in PRESETS:
        raise ValueError(f"preset: {preset!r}, expected one of {', '.join(PRESETS)}")
    found = PRESETS[preset]
    is_paper = preset == "paper"
    settings = (_REPLAY if is_paper else _REPLAY_SOON).get(method, {})
    found = replace(found, replay=replace(found.replay, **settings))
    if is_paper and method == "accel":  # its levels start as empty rooms
        found = replace(found, generated_blocks=0)
    if is_paper and method in _NO_ENTROPY:
        found = replace(found, student=replace(found.student, entropy=0.0))
    return found
