"""Intelligent Go-Explore on TextWorld (Lu, Hu, Clune 2024, arXiv 2405.15143): `ige reproduce textworld`.

A small scorer, trained on other games of the same challenge to imitate a planner, stands in for the language model: it
chooses commands, places to return to and places to keep. The coin collector shows the mechanism: who returns to the
farthest places and remembers what was tried there finds the coin, who restarts does not, however well it chooses. In
the treasure hunter and the cooking game Go-Explore should win more than its own scorer restarted.

Budgets and horizons are the paper's, and so is what tells places apart: what the player sees and carries (and has
scored, and has read). Where the paper's model deletes archived places, here it decides on arrival what to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from ...envs.textworld.game import Game
from ...envs.textworld.generate import generate
from ...solvers.core import check_device, one_thread
from ...solvers.core.claims import Claim, overall, sign_test
from ...solvers.core.code import Code
from ...solvers.core.ledger import Ledger
from ...solvers.search import classic, intelligent, naive, random_restarts, react, reflexion
from ...solvers.textworld.model import ScorerModel
from ...solvers.textworld.reader import Reader
from ...solvers.textworld.scorer import ScorerConfig, Trained, load_or_train
from ...wrappers import Budget
from ._report import Table, claim_table, leave

CODE = Code((__name__,), ("ige/TextWorld-v0",))

PAPER = "Lu et al. 2024, abstract: succeeds where Reflexion completely fails"


class Challenge(NamedTuple):
    """One kind of game with the paper's budget (sheet of the paper, section 1.2)."""

    settings: dict[str, Any]  # of the test games
    horizon: int  # commands in an episode
    budget: int  # commands in all
    explore: int  # commands after a return
    training: dict[str, Any] = {}  # what differs in the games that the scorer learns from
    needs: tuple[str, ...] = ()  # verbs that the walkthrough of every test game has, as in the paper's games


CHALLENGES = {
    "coin_collector": Challenge({"level": 220}, 25, 125, 1),
    "treasure_hunter": Challenge({"level": 30}, 40, 120, 5, needs=("open", "unlock")),
    "cooking": Challenge(
        {"recipe": 5, "take": 5, "go": 12, "open": True, "cook": True, "cut": True, "split": "test"},
        80, 240, 5, {"split": "train"},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """What a scale fixes: thresholds are the same at every scale.

    The temperatures and what is kept were chosen in a pilot on games of other seeds, for both sides: the agents that
    restart have a temperature of their own. So was the number of games that a scorer learns from: after 200 the scorer
    alone wins nine games of ten and nothing is left to show, after 10 hardly any.
    """

    seeds: int  # each with a scorer of its own
    games: int = 25  # of each challenge
    game_seed: int = 0
    scorer: ScorerConfig = field(default_factory=lambda: ScorerConfig(games=20))
    temperature: float = 0.5
    restart_temperature: float = 0.75
    state_temperature: float = 0.02
    novelty: float = 0.3
    keep_above: float = 0.6


SCALES = {
    "smoke": Settings(seeds=1, games=3),
    "cpu": Settings(seeds=10),
    "gpu": Settings(seeds=50, games=100),
}
FOUND, LOST, CHOICE, LEVEL = 0.95, 0.05, 0.3, 0.05  # coin with and without returns; over uniform choice; of sign tests

METHODS = {
    "random": "restarts, uniform commands",
    "naive": "restarts, the scorer's commands",
    "ReAct": "as naive: the scorer has no thoughts; another draw",
    "Reflexion": "as naive, with what was seen in earlier attempts",
    "classic Go-Explore": "uniform places and commands, keeps all",
    "Go-Explore, random action": "the scorer chooses places and what to keep",
    "Go-Explore, random state": "the scorer chooses commands and what to keep",
    "Go-Explore, keep all": "the scorer chooses places and commands",
    "Go-Explore": "the scorer takes all three decisions",
}
RESTARTING = ("random", "naive", "ReAct", "Reflexion")
AGENTS = {"naive": naive, "ReAct": react, "Reflexion": reflexion}


class Best(gym.Wrapper):
    """Remembers the best score since it was told to forget."""

    best = 0

    def step(self, action: Any) -> Any:
        result = self.env.step(action)
        self.best = max(self.best, result[4]["score"])
        return result


@cache
def games(challenge: str, n: int, seed: int) -> Best:
    """An environment with the test games."""
    settings, horizon, *_, needs = CHALLENGES[challenge]
    rng = np.random.default_rng(seed)
    pool: list[Game] = []
    while len(pool) < n:
        game = generate(challenge, rng, **settings)
        if set(needs) <= {command.split()[0] for command in game.walkthrough}:
            pool.append(game)
    return Best(gym.make("ige/TextWorld-v0", game=pool, obs_mode="symbolic", max_steps=horizon).unwrapped)


def _solver(method: str, model: ScorerModel, explore: int) -> Any:
    restricted = {"explore": explore, "key": model.key, "legal_only": True}
    if method == "random":
        return random_restarts(legal_only=True)
    if method == "classic Go-Explore":
        return classic(**restricted)
    if method in AGENTS:
        return AGENTS[method](model)
    roles = {"random action": "state keep", "random state": "action keep", "keep all": "state action"}
    return intelligent(model, roles.get(method.partition(", ")[2], "state action keep"), **restricted)


def _search(challenge: str, method: str, trained: Trained, settings: Settings, seed: int) -> list[list[int | None]]:
    """One method on all games of a challenge: commands until it is won (None: not), best score, places kept."""
    env = games(challenge, settings.games, settings.game_seed)
    budget, explore = CHALLENGES[challenge].budget, CHALLENGES[challenge].explore
    core: Any = env.unwrapped
    found: list[list[int | None]] = []
    for game, grounded in enumerate(core.pool[: settings.games]):
        rng = np.random.SeedSequence([seed, game, list(METHODS).index(method)])
        model = ScorerModel(
            trained, Reader(grounded), settings.restart_temperature if method in AGENTS else settings.temperature,
            settings.state_temperature, settings.novelty, settings.keep_above, method == "Reflexion",
            int(rng.generate_state(1)[0]), method,
        )  # fmt: skip
        env.best = 0
        solution = _solver(method, model, explore).solve(
            env, seed=1000 * seed + game, options={"instance": grounded.game}, budget=Budget(env_steps=budget)
        )
        found.append([solution.spent.env_steps if solution.solved else None, int(env.best), solution.archived])
    return found


@dataclass(frozen=True)
class Report:
    """What a run measured.

    Attributes:
        likelihood: challenge -> of each scorer, the mean probability that it gives the planner's commands.
        runs: challenge -> method -> seed -> game -> commands until it was won (None: it was not), best score, places.
        resumed: pieces taken from an earlier, interrupted run of the same code and settings.
    """

    scale: str
    settings: Settings
    likelihood: dict[str, list[float]]
    runs: dict[str, dict[str, list[list[list[int | None]]]]]
    resumed: int = 0

    def won(self, challenge: str, method: str) -> Any:
        """1 for each game that was won, float (seeds, games)."""
        return np.array([[float(game[0] is not None) for game in seed] for seed in self.runs[challenge][method]])

    def score(self, challenge: str, method: str) -> Any:
        """The best score of each game, float (seeds, games)."""
        return np.array([[float(game[1] or 0) for game in seed] for seed in self.runs[challenge][method]])

    def kept(self, challenge: str, method: str) -> float:
        """Places archived at the end, on average."""
        return float(np.mean([[game[2] or 0 for game in seed] for seed in self.runs[challenge][method]]))

    def _over(self, measure: Any, challenge: str, others: tuple[str, ...]) -> tuple[tuple[float, ...], str]:
        """Of each seed, Go-Explore's mean less that of the best of some methods, and which one that is."""
        best = max(others, key=lambda method: float(measure(challenge, method).mean()))
        return tuple((measure(challenge, "Go-Explore") - measure(challenge, best)).mean(1).tolist()), best

    def sign_tests(self, challenge: str) -> dict[str, tuple[int, int, float]]:
        """Go-Explore against each agent that restarts and the classic: games with more wins (points), fewer, and p."""
        measure = self.score if challenge == "cooking" else self.won
        ours = measure(challenge, "Go-Explore").mean(0).tolist()
        return {
            method: sign_test(ours, measure(challenge, method).mean(0).tolist())
            for method in (*RESTARTING, "classic Go-Explore")
        }

    def claims(self) -> list[Claim]:
        coins = {method: tuple(self.won("coin_collector", method).mean(1).tolist()) for method in METHODS}
        restarted = max((coins[method] for method in RESTARTING), key=np.mean)
        claims = [
            Claim("Coin-1", "Go-Explore's share of coins found", coins["Go-Explore"], ">=", FOUND),
            Claim("Coin-2", "the most that an agent that restarts finds", restarted, "<=", LOST, PAPER),
        ]
        for name, challenge, measure, what in (
            ("Treasure", "treasure_hunter", self.won, "share of games won"),
            ("Cooking", "cooking", self.score, "mean best score"),
        ):
            gain, best = self._over(measure, challenge, RESTARTING)
            chosen, _ = self._over(self.won, challenge, ("classic Go-Explore",))
            p = max(p for _, _, p in self.sign_tests(challenge).values())
            over = f"Go-Explore's {what} less that of the best agent that restarts ({best})"
            claims += [
                Claim(f"{name}-1", over, gain, ">=", 0.0),
                Claim(f"{name}-2", "by games, against each of them and the classic: the largest p", (p,), "<", LEVEL),
                Claim(f"{name}-3", "Go-Explore's share of games won less the classic's", chosen, ">=", CHOICE),
            ]
        gain, best = self._over(self.won, "cooking", RESTARTING)
        name = f"Go-Explore's share of games won less that of the best agent that restarts ({best})"
        return [*claims, Claim("Cooking-4", name, gain, ">=", 0.0)]

    def as_dict(self) -> dict[str, Any]:
        claims = self.claims()
        return {
            "paper": "textworld",
            "scale": self.scale,
            "verdict": overall(claims),
            "claims": [claim.as_dict() for claim in claims],
            "settings": asdict(self.settings),
            "likelihood": self.likelihood,
            "runs": self.runs,
        }


def pieces(settings: Settings) -> Iterator[tuple[str, int, str]]:
    """The searches of a run: every challenge with every seed and every method."""
    return ((c, seed, method) for c in CHALLENGES for seed in range(settings.seeds) for method in METHODS)


def _scorer(challenge: str, settings: Settings, seed: int, device: str) -> Trained:
    game = CHALLENGES[challenge]
    own = replace(
        settings.scorer, challenge=challenge, settings={**game.settings, **game.training},
        seed=settings.scorer.seed + seed,
    )  # fmt: skip
    return load_or_train(own, device)


def run(
    scale: str,
    folder: Path,
    device: str = "auto",
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Report:
    """Measure the claims; finished pieces are kept in `folder` and not run again.

    Args:
        scale: "smoke", "cpu" or "gpu".
        progress: called with what runs next, pieces done, pieces in all.
    """
    check_device(device)
    settings = SCALES[scale]
    work = list(pieces(settings))
    code = CODE.digest()  # a run of other code is another run
    ledger = Ledger(folder / "progress.jsonl", {"settings": asdict(settings), "code": code})
    resumed = len(ledger)
    likelihood: dict[str, list[float]] = {challenge: [] for challenge in CHALLENGES}
    with one_thread():
        for done, (challenge, seed, method) in enumerate(work):
            if seed == len(likelihood[challenge]):
                progress(f"{challenge}: scorer {seed + 1} of {settings.seeds}", done, len(work))
                trained = _scorer(challenge, settings, seed, device)
                likelihood[challenge].append(trained.likelihood)
            progress(f"{challenge}: {method}", done, len(work))
            piece = f"{challenge}/{method}/{seed}"
            if piece not in ledger:
                ledger.add(piece, _search(challenge, method, trained, settings, seed))
    progress("", len(work), len(work))
    runs = {
        challenge: {
            method: [ledger[f"{challenge}/{method}/{seed}"] for seed in range(settings.seeds)] for method in METHODS
        }
        for challenge in CHALLENGES
    }
    return Report(scale, settings, likelihood, runs, resumed)


def draw(report: Report) -> Any:
    """The figure: games won against commands spent on each, a panel for each challenge."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure  # not pyplot: nothing global, no display

    figure = Figure(figsize=(15, 5), layout="constrained")
    colours = colormaps["tab10"]
    for axes, (challenge, game) in zip(figure.subplots(1, 3, sharey=True), CHALLENGES.items(), strict=True):
        spent = np.arange(1, game.budget + 1)
        for k, method in enumerate(METHODS):
            of = np.array([[np.inf if g[0] is None else g[0] for g in seed] for seed in report.runs[challenge][method]])
            curves = (of[..., None] <= spent).mean(1)
            main = method == "Go-Explore"
            colour = "black" if main else colours(k)
            width = 2.5 if main else 1.4
            axes.plot(spent, curves.mean(0), label=method, color=colour, linewidth=width, zorder=2 + main)
            if len(curves) > 1:
                axes.fill_between(spent, curves.min(0), curves.max(0), color=colour, alpha=0.1)
        axes.set_title(challenge.replace("_", " "))
        axes.set_xlabel("commands spent on a game")
        axes.set_ylim(-0.02, 1.02)
        axes.grid(alpha=0.25)
        if challenge == "coin_collector":
            axes.set_ylabel("share of games won")
            axes.legend(fontsize=8, loc="upper left")
    title = f"TextWorld, scale {report.scale}, {report.settings.seeds} seeds: {overall(report.claims())}"
    figure.suptitle(title)
    return figure


def tables(report: Report) -> list[Table]:
    """What is printed and what `report.md` holds."""
    settings = report.settings
    rows = []
    for method, what in METHODS.items():
        cells = [f"{100 * report.won(challenge, method).mean():.1f}" for challenge in CHALLENGES]
        places = " / ".join(f"{report.kept(challenge, method):.0f}" for challenge in CHALLENGES)
        rows.append([method, what, *cells, f"{report.score('cooking', method).mean():.2f}", places])
    tests = [
        f"{challenge.replace('_', ' ')}: "
        + ", ".join(
            f"{m} {wins}:{losses} (p = {p:.2g})" for m, (wins, losses, p) in report.sign_tests(challenge).items()
        )
        for challenge in ("treasure_hunter", "cooking")
    ]
    likely = ", ".join(f"{np.mean(found):.2f} ({name.replace('_', ' ')})" for name, found in report.likelihood.items())
    budgets = ", ".join(str(game.budget) for game in CHALLENGES.values())
    return [
        Table(
            f"Games won, in %: {settings.games} of each challenge, {settings.seeds} seeds, {budgets} commands a game",
            ["method", "what decides", *(c.replace("_", " ") for c in CHALLENGES), "cooking, points of 17", "kept"],
            rows,
            "Means over seeds, each with a scorer of its own; kept: archived places at the end, by challenge.",
        ),
        claim_table(
            report.claims(),
            f"Sign tests, games where Go-Explore does better and worse (means over seeds): {'; '.join(tests)}. In the "
            "coin collector whoever restarts fails; returning is not enough either, the places must be chosen: see the "
            "ablations. Not counted: each scorer learnt "
            f"from {settings.scorer.games} other games with a planner (mean probability of the planner's command: "
            f"{likely}), as a language model was pre-trained. The paper's own figure, with GPT-4o: {PAPER}.",
        ),
    ]


def reproduce(scale: str, puzzle_file: Path | None, folder: Path, device: str, track: Callable[..., Any]) -> Report:
    """What the command line runs: measure, print the tables, leave `results.json`, `report.md` and `figure.png`."""
    if puzzle_file is not None:
        raise ValueError(f"puzzles: found {puzzle_file}, expected none: textworld draws its games from seeds")
    report: Report = track(lambda progress: run(scale, folder / scale, device, progress))
    shows = "Games won against commands spent"
    leave(
        report,
        "textworld",
        "Intelligent Go-Explore on TextWorld",
        tables(report),
        (shows, draw(report)),
        folder / scale,
    )
    return report
