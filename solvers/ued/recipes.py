"""How each method of environment design makes the student's levels: one update of its players.

Regret and returns are undiscounted, per level, over the episodes that ended in a roll-out (0 where none ended).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...envs.ued.buffer import Levels, mutate_levels, sample_levels
from ...envs.ued.layout import level_dtype, room_for
from ..core.level_sampler import LevelSampler
from ..core.ppo import Rollout
from ..core.rollout import Episodes
from ..core.scores import l1_value_loss, max_monte_carlo, positive_value_loss
from .config import Config
from .players import Adversary, Played, Student


class Update(NamedTuple):
    """What one update did.

    Attributes:
        levels: the levels that the student (the protagonist) played.
        episodes: the student's episodes.
        learnt: whether the student learnt from them; else they were only scored.
        facts: numbers for the log.
    """

    levels: Levels
    episodes: Episodes
    learnt: bool
    facts: dict[str, float]


class Recipe:
    """The players of a method and their update.

    Attributes:
        students: the students; the first one is evaluated (PAIRED's protagonist).
        adversary: the player that builds levels, if any.
        rng: generator for levels and decisions.
    """

    adversary: Adversary | None = None

    def __init__(self, config: Config, seed: int, device: str, students: int = 1) -> None:
        self.config, self.rng = config, np.random.default_rng(seed)
        self.students = [Student(config, self.draw_seed(), device) for _ in range(students)]

    def make_adversary(self, device: str) -> Adversary:
        return Adversary(self.config, self.draw_seed(), device)

    def draw_seed(self) -> int:
        return int(self.rng.integers(2**31))

    def update(self) -> Update:
        """Let the players play and learn once."""
        raise NotImplementedError

    @property
    def stepping(self) -> float:
        """Seconds spent in environments."""
        spent = sum(student.runner.stepping for student in self.students)
        return spent + (self.adversary.runner.stepping if self.adversary else 0.0)

    def random_levels(self) -> Levels:
        config = self.config
        blocks = config.blocks if config.generated_blocks is None else config.generated_blocks
        return sample_levels(config.levels, self.rng, config.size, blocks)

    def state_dict(self) -> dict[str, Any]:
        """Everything that changes between updates."""
        state: dict[str, Any] = {
            "students": [student.ppo.state_dict() for student in self.students],
            "rng": self.rng.bit_generator.state,
        }
        if self.adversary:
            state["adversary"] = self.adversary.ppo.state_dict()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for student, saved in zip(self.students, state["students"], strict=True):
            student.ppo.load_state_dict(saved)
        self.rng.bit_generator.state = state["rng"]
        if self.adversary:
            self.adversary.ppo.load_state_dict(state["adversary"])


class DomainRandomisation(Recipe):
    """Levels are drawn uniformly."""

    def update(self) -> Update:
        levels = self.random_levels()
        played = self.students[0].play(levels)
        return Update(levels, played.episodes, True, self.students[0].learn(played))


Objective = Callable[[Sequence[Episodes]], NDArray[np.float64]]
"""Maps the students' episodes on the same levels to the adversary's reward for each level, (n,)."""


def minimax(episodes: Sequence[Episodes]) -> NDArray[np.float64]:
    """Minimax: the adversary gains what the student loses."""
    return -episodes[0].mean


def regret(episodes: Sequence[Episodes]) -> NDArray[np.float64]:
    """PAIRED: the antagonist's best return minus the protagonist's mean.

    Biased upwards: for two students that play alike, the best of several episodes is above the mean.
    """
    protagonist, antagonist = episodes
    return antagonist.best - protagonist.mean


def mean_regret(episodes: Sequence[Episodes]) -> NDArray[np.float64]:
    """Regret without that bias, logged as well."""
    protagonist, antagonist = episodes
    return antagonist.mean - protagonist.mean


def flexible_regret(episodes: Sequence[Episodes]) -> NDArray[np.float64]:
    """Flexible PAIRED (appendix E.1): the better student on a level is the antagonist there."""
    one, other = episodes
    return np.where(one.mean > other.mean, one.best - other.mean, other.best - one.mean)


def population_regret(episodes: Sequence[Episodes]) -> NDArray[np.float64]:
    """Population PAIRED (appendix E.1): the best student's return minus the mean over all."""
    means = np.array([each.mean for each in episodes])
    return means.max(0) - means.mean(0)


def reward(
    adversary: Adversary, built: Rollout, objective: Objective, played: Sequence[Played], clip: bool
) -> dict[str, float]:
    """Let an adversary learn from the results on its levels; returns numbers for the log."""
    episodes = [each.episodes for each in played]
    raw = objective(episodes)
    found = adversary.learn(built, raw.clip(0) if clip and objective is not minimax else raw)
    facts = {f"adversary_{name}": value for name, value in found.items()} | {"objective": float(raw.mean())}
    if len(episodes) == 2:
        facts["mean_regret"] = float(mean_regret(episodes).mean())
    return facts


class Adversarial(Recipe):
    """An adversary builds levels; all students play and learn on the same ones; its reward depends on their returns."""

    adversary: Adversary

    def __init__(self, config: Config, seed: int, device: str, students: int, objective: Objective) -> None:
        super().__init__(config, seed, device, students)
        self.adversary = self.make_adversary(device)
        self.objective = objective

    def update(self) -> Update:
        levels, built = self.adversary.build(self.draw_seed())
        played = [student.play(levels) for student in self.students]
        facts = [student.learn(each) for student, each in zip(self.students, played, strict=True)]
        paid = reward(self.adversary, built, self.objective, played, self.config.clip_regret)
        return Update(levels, played[0].episodes, True, facts[0] | paid)


class Replayed(Recipe):
    """Levels come from a buffer of those worth replaying, or are new; new ones are scored for the buffer."""

    def __init__(self, config: Config, seed: int, device: str, students: int = 1) -> None:
        super().__init__(config, seed, device, students)
        self.replay = replay = config.replay
        self.samplers = [
            LevelSampler(
                level_dtype(room_for(config.size)), replay.capacity, replay_probability=replay.probability,
                temperature=replay.temperature, staleness=replay.staleness, seed=self.draw_seed(),
            )
            for _ in self.students
        ]  # fmt: skip

    def update(self) -> Update:
        return self.replay_update() if self.samplers[0].wants_replay() else self.new_update()

    def new_update(self) -> Update:
        """Score new levels, and learn from them unless PLR is robust."""
        levels = self.random_levels()
        played = self.students[0].play(levels)
        facts = {} if self.replay.robust else self.students[0].learn(played)
        self.insert(0, levels, played)
        return Update(levels, played.episodes, not self.replay.robust, facts)

    def replay_update(self) -> Update:
        """Each student learns from levels of its own buffer, whose scores are brought up to date."""
        first, *_ = [self._replay(k) for k in range(len(self.students))]
        return first

    def _replay(self, k: int) -> Update:
        sampler, student = self.samplers[k], self.students[k]
        chosen = sampler.sample(self.config.levels)
        levels = sampler.levels[chosen]
        played = student.play(levels)
        best = np.maximum(played.episodes.best, sampler.max_returns[chosen])
        scores = self.scores(student, played, best)
        sampler.update(chosen, scores, best)
        facts = student.learn(played) | {"score": float(scores.mean())}
        if self.replay.edits:
            self._mutate(k, levels, played, scores)
        return Update(levels, played.episodes, True, facts)

    def _mutate(self, k: int, levels: Levels, played: Played, scores: NDArray[np.float64]) -> None:
        """ACCEL: score children of the levels just replayed for the buffer."""
        replay, n = self.replay, len(levels)
        parents = levels
        if replay.parents:
            easiest = np.argsort(scores - played.episodes.mean, kind="stable")[: replay.parents]
            parents = np.resize(levels[easiest], n)
        children = mutate_levels(parents, self.rng, replay.edits, replay.mutation)
        self.insert(k, children, self.students[k].play(children))

    def insert(self, k: int, levels: Levels, played: Played) -> None:
        best = played.episodes.best
        self.samplers[k].insert(levels, self.scores(self.students[k], played, best), best)

    def scores(self, student: Student, played: Played, best: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much there seems to be to learn from each level, (n,)."""
        rollout = played.rollout
        if self.replay.score == "maxmc":
            return max_monte_carlo(rollout.values.cpu().numpy(), best)
        advantages = student.ppo.advantages(rollout).cpu().numpy()
        return (positive_value_loss if self.replay.score == "pvl" else l1_value_loss)(advantages)

    def state_dict(self) -> dict[str, Any]:
        return super().state_dict() | {"samplers": [sampler.state_dict() for sampler in self.samplers]}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        super().load_state_dict(state)
        for sampler, saved in zip(self.samplers, state["samplers"], strict=True):
            levels = np.asarray(saved["levels"]).view(sampler.levels.dtype)  # files store the bytes
            sampler.load_state_dict({**saved, "levels": levels})


class Repaired(Replayed):
    """REPAIRED: PAIRED's adversary makes the new levels, from which no student learns; each has its own buffer."""

    adversary: Adversary

    def __init__(self, config: Config, seed: int, device: str) -> None:
        super().__init__(config, seed, device, students=2)
        self.adversary = self.make_adversary(device)

    def new_update(self) -> Update:
        levels, built = self.adversary.build(self.draw_seed())
        played = [student.play(levels) for student in self.students]
        for k, each in enumerate(played):
            self.insert(k, levels, each)
        facts = reward(self.adversary, built, regret, played, self.config.clip_regret)
        return Update(levels, played[0].episodes, False, facts)


def make_recipe(method: str, config: Config, seed: int, device: str = "cpu") -> Recipe:
    """The players of a method (one of `METHODS`)."""
    match method:
        case "dr":
            return DomainRandomisation(config, seed, device)
        case "minimax":
            return Adversarial(config, seed, device, 1, minimax)
        case "paired":
            return Adversarial(config, seed, device, 2, regret)
        case "flexible-paired":
            return Adversarial(config, seed, device, 2, flexible_regret)
        case "population-paired":
            return Adversarial(config, seed, device, config.students, population_regret)
        case "repaired":
            return Repaired(config, seed, device)
        case "plr" | "robust-plr" | "accel":
            return Replayed(config, seed, device)
    raise ValueError(f"method: {method!r} is unknown")
