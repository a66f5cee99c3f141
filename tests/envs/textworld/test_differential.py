"""Real TextWorld games compared with TextWorld itself: everything is the same after every command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import textworld
from real import NAMES, named_game, real_games

from ige.envs.textworld import Game
from ige.envs.textworld.env import TextWorld

STEPS = 40
IDLE = ("examine ", "look", "inventory")  # commands that change nothing
PREPARATIONS = {"fried", "roasted", "grilled", "sliced", "diced", "chopped"}
UNKNOWN = ("", "dance", "go up", "take", "open nothing", "prepare")


class Both:
    """One game in TextWorld's JSON environment and in ours."""

    def __init__(self, label: str, path: Path, ours: TextWorld) -> None:
        self.label = label
        self.game = Game.load(path)
        self.ours = ours
        self.theirs = textworld.start(str(path), textworld.EnvInfos(admissible_commands=True, moves=True))
        self.reset("")

    def reset(self, walk: str) -> None:
        self.walk = walk
        self.sent: list[str] = []
        self.state = self.theirs.reset()
        _, self.info = self.ours.reset(seed=0, options={"instance": self.game})
        assert self.ours.game == self.game
        self.compare()

    @property
    def done(self) -> bool:
        return bool(self.state["won"] or self.state["lost"])

    def send(self, command: str) -> None:
        self.sent.append(command)
        if command == "prepare meal" and command in self.state["admissible_commands"] and not self.is_ready():
            # The one deliberate difference: as in the compiled game, the whole recipe counts.
            _, reward, terminated, _, self.info = self.ours.step(command)
            assert (reward, terminated) == (0, False), self.where("a meal that is not ready")
        else:
            self.state, _, _ = self.theirs.step(command)
            _, _, terminated, _, self.info = self.ours.step(command)
            assert terminated == self.done, self.where(f"terminated: ours {terminated}, theirs {self.done}")
        self.compare()

    def is_ready(self) -> bool:
        """Whether every ingredient is carried and in the condition that the recipe requires."""
        facts = self.facts()
        bases = [fact for fact in facts if fact[0] == "base"]
        wanted = {(f[0], base[1]) for base in bases for f in facts if f[1:] == base[2:] and f[0] in PREPARATIONS}
        return wanted | {("in", base[1], "I") for base in bases} <= facts

    def facts(self) -> set[tuple[str, ...]]:
        """TextWorld's facts, without slots."""
        found = ((f.name, *(v.name for v in f.arguments)) for f in self.state["_facts"] if not _is_slot(f))
        return set(found)

    def compare(self) -> None:
        info = self.info
        progress = self.state["_game_progression"]
        ours = {name: info[name] for name in ("max_score", "score", "won", "lost", "moves")}
        theirs = {name: self.state[name] for name in ("max_score", "won", "lost", "moves")} | {"score": progress.score}
        state = self.ours.get_state()
        for kind in ("free", "used"):  # slots are interchangeable: only the number of each kind counts
            ours[kind] = int(state[kind]).bit_count()
            theirs[kind] = sum(f.name == kind and _is_slot(f) for f in self.state["_facts"])
        assert ours == theirs, self.where(f"ours {ours}, theirs {theirs}")
        self.compare_sets("facts", self.ours.current_facts(), self.facts())
        self.compare_sets("commands", info["admissible_commands"], self.state["admissible_commands"])

    def compare_sets(self, what: str, ours: Any, theirs: Any) -> None:
        assert set(ours) == set(theirs), self.where(
            f"{what}: only ours {sorted(set(ours) - set(theirs))}, only theirs {sorted(set(theirs) - set(ours))}"
        )

    def where(self, difference: str) -> str:
        return f"{self.label}, {self.walk}, after {self.sent}: {difference}"

    # --- walks --------------------------------------------------------------------------------------------------------

    def follow(self, commands: Any) -> None:
        for command in commands:
            if self.done:
                return
            self.send(command)

    def at_random(self, rng: np.random.Generator, steps: int) -> Iterator[str]:
        for _ in range(steps):
            admissible = self.state["admissible_commands"]
            drawn = rng.random()
            if drawn < 0.05:
                yield str(rng.choice(UNKNOWN))
            elif drawn < 0.1:  # often not admissible
                yield str(rng.choice(self.ours.commands()))
            elif drawn < 0.8:
                yield str(rng.choice([c for c in admissible if not c.startswith(IDLE)] or admissible))
            else:
                yield str(rng.choice(admissible))


def _is_slot(fact: Any) -> bool:
    return len(fact.arguments) == 1 and fact.arguments[0].type == "slot"


def play(games: Sequence[tuple[str, Path]], seed: int, walks: int) -> None:
    ours = TextWorld(
        game=[path for _, path in games], obs_mode="symbolic", infos=("admissible_commands",), max_steps=1000
    )
    for i, (label, path) in enumerate(games):
        both = Both(label, path, ours)
        rng = np.random.default_rng([seed, i])
        plan = both.game.walkthrough
        both.reset("walkthrough")
        both.follow(plan)
        for walk in range(walks):
            known = int(rng.integers(len(plan) + 1)) if walk % 2 else 0
            both.reset(f"walk {walk}, {known} commands of the walkthrough")
            both.follow(plan[:known])
            both.follow(both.at_random(rng, STEPS))


def test_some_games(tmp_path: Path) -> None:
    play(list(real_games(4, 0, tmp_path)), 0, walks=2)


def test_unusual_names_and_a_quest_that_pays_again(tmp_path: Path) -> None:
    play([(label, named_game(names, tmp_path / f"{label}.json")) for label, names in NAMES.items()], 0, walks=6)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 11))
def test_three_hundred_games(seed: int, tmp_path: Path) -> None:
    play(list(real_games(32, seed, tmp_path)), seed, walks=8)
