"""Intelligent Go-Explore on TextWorld (Lu, Hu, Clune 2024, arXiv 2405.15143): `ige reproduce textworld`.

A small scorer, trained on other games of the same challenge to imitate a planner, stands in for the language model: it
chooses commands, places to return to and places to keep. The coin collector shows the mechanism: an agent that returns
to the farthest places and remembers what it tried there finds the coin; an agent that restarts does not, however well
it chooses. In the treasure hunter and the cooking game Go-Explore should win more than its own scorer restarted.

Budgets and horizons are the paper's, and so is the identity of places: what the player sees and carries (and has
scored, and has read). Where the paper's model deletes archived places, ours decides on arrival what to keep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from ...envs.textworld.game import Game
from ...envs.textworld.generate import generate
from ...solvers.core import one_thread
from ...solvers.core.claims import Claim
from ...solvers.core.code import Code
from ...solvers.core.estimates import Estimate, SignTest, of_means, share, sign_test, test
from ...solvers.search import classic, intelligent, naive, random_restarts, react, reflexion
from ...solvers.textworld.model import ScorerModel
from ...solvers.textworld.reader import Reader
from ...solvers.textworld.scorer import ScorerConfig, Trained, load_or_train
from ...wrappers import Budget
from . import _run
from ._report import Figure, Table, claim_table, publish
from ._run import Measured, Run

CODE = Code((__name__,), ("ige/TextWorld-v0",))

PAPER = "Lu et al. 2024, abstract: succeeds where Reflexion completely fails"


class Challenge(NamedTuple):
    """One kind of game with the paper's budget (sheet of the paper, section 1.2)."""

    settings: dict[str, Any]  # settings of the test games
    horizon: int  # commands in an episode
    budget: int  # total commands
    explore: int  # commands after a return
    training: dict[str, Any] = {}  # settings that differ in the scorer's training games
    needs: tuple[str, ...] = ()  # verbs required in every test game's walkthrough, as in the paper's games


CHALLENGES = {
    "coin_collector": Challenge({"level": 220}, 25, 125, 1),
    "treasure_hunter": Challenge({"level": 30}, 40, 120, 5, needs=("open", "unlock")),
    "cooking": Challenge(
        {"recipe": 5, "take": 5, "go": 12, "open": True, "cook": True, "cut": True, "split": "test"},
        80, 240, 5, {"split": "train"},
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Settings(_run.Settings):
    """Seeds are scorers: each search uses the scorer of its seed.

    The temperatures and the keep threshold were chosen in a pilot on games of other seeds, for both sides: the agents
    that restart have their own temperature.

    Attributes:
        games: games of each challenge, drawn in sets of `SET`, each set from its own seed.
        scorer: how scorers are trained. The number of training games decides what the archive adds: it was cut from 200
            to 20 in the pilot, since after 200 the scorer alone wins nearly all and nothing is left to show.
        curve: other numbers of training games, for the curve that shows this.
        few: number of seeds of that curve.
    """

    first: int = 0
    games: int = 100
    scorer: ScorerConfig = field(default_factory=lambda: ScorerConfig(games=20))
    curve: tuple[int, ...] = ()
    few: int = 0
    temperature: float = 0.5
    restart_temperature: float = 0.75
    state_temperature: float = 0.02
    novelty: float = 0.3
    keep_above: float = 0.6


SET = 25  # games, as many as in the paper
SCALES = {
    "smoke": Settings(seeds=1, games=3),
    "cpu": Settings(seeds=10, curve=(10, 50, 200), few=3),
    "gpu": Settings(seeds=50, games=400, curve=(10, 50, 200), few=10),
}
FOUND, LOST, CHOICE, LEVEL = 0.95, 0.05, 0.3, 0.05  # coin with and without returns; over uniform choice; sign tests

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
CURVED = ("naive", "Go-Explore")  # methods in the curve over training games
AGENTS = {"naive": naive, "ReAct": react, "Reflexion": reflexion}


class Best(gym.Wrapper):
    """Remembers the best score since it was told to forget."""

    best = 0

    def step(self, action: Any) -> Any:
        result = self.env.step(action)
        self.best = max(self.best, result[4]["score"])
        return result


@cache
def games(challenge: str, n: int, first: int) -> Best:
    """An environment with the test games: sets of `SET`, from the seeds `first`, `first` + 1, ..."""
    settings, horizon, *_, needs = CHALLENGES[challenge]
    pool: list[Game] = []
    for k in range(-(-n // SET)):
        rng, upto = np.random.default_rng(first + k), min(n, (k + 1) * SET)
        while len(pool) < upto:
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


def _scorer(challenge: str, settings: Settings, seed: int, trained_on: int, device: str) -> Trained:
    game = CHALLENGES[challenge]
    own = replace(
        settings.scorer, challenge=challenge, settings={**game.settings, **game.training}, games=trained_on,
        seed=settings.scorer.seed + seed,
    )  # fmt: skip
    return load_or_train(own, device)


def _search(
    challenge: str, method: str, settings: Settings, seed: int, trained_on: int, device: str
) -> list[list[int | None]]:
    """Run one method on all games of a challenge: commands until won (None: not won), best score, places kept."""
    trained = _scorer(challenge, settings, seed, trained_on, device)
    env = games(challenge, settings.games, settings.first)
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
        with one_thread():
            solution = _solver(method, model, explore).solve(
                env, seed=1000 * seed + game, options={"instance": grounded.game}, budget=Budget(env_steps=budget)
            )
        found.append([solution.spent.env_steps if solution.solved else None, int(env.best), solution.archived])
    return found


def pieces(settings: Settings, run: Run) -> dict[str, Callable[[], Any]]:
    """The work of a run: every challenge with every seed and method; then the curve over training games."""
    found: dict[str, Callable[[], Any]] = {}
    first, usual = settings.first, settings.scorer.games
    for challenge in CHALLENGES:
        for seed in range(first, first + settings.seeds):
            found[f"likelihood/{challenge}/{seed}"] = partial(_likelihood, challenge, settings, seed, run.device)
            for method in METHODS:
                found[f"{challenge}/{method}/{seed}"] = partial(
                    _search, challenge, method, settings, seed, usual, run.device
                )
    for trained_on in settings.curve:
        for challenge in CHALLENGES:
            for seed in range(first, first + settings.few):
                for method in CURVED:
                    found[f"after {trained_on}/{challenge}/{method}/{seed}"] = partial(
                        _search, challenge, method, settings, seed, trained_on, run.device
                    )
    return found


def _likelihood(challenge: str, settings: Settings, seed: int, device: str) -> float:
    """The mean probability that the scorer gives the planner's commands."""
    return _scorer(challenge, settings, seed, settings.scorer.games, device).likelihood


UNITS = "scorer", "game"


@dataclass(frozen=True)
class Report(Measured):
    """What a run measured: by challenge, method and seed, what `_search` returns for each game."""

    settings: Settings

    def runs(self, challenge: str, method: str, trained_on: int | None = None) -> list[list[list[int | None]]]:
        """For each seed and game: commands until it was won, best score, places kept."""
        before = f"after {trained_on}/" if trained_on in self.settings.curve else ""
        seeds = self.settings.few if trained_on else self.settings.seeds
        first = self.settings.first
        return [self.found[f"{before}{challenge}/{method}/{seed}"] for seed in range(first, first + seeds)]

    def won(self, challenge: str, method: str, trained_on: int | None = None) -> NDArray[np.float64]:
        """1 for each game that was won, (seeds, games)."""
        found = self.runs(challenge, method, trained_on)
        return np.array([[float(game[0] is not None) for game in seed] for seed in found])

    def score(self, challenge: str, method: str) -> NDArray[np.float64]:
        """The best score of each game, (seeds, games)."""
        return np.array([[float(game[1] or 0) for game in seed] for seed in self.runs(challenge, method)])

    def kept(self, challenge: str, method: str) -> float:
        """Average number of places archived at the end."""
        return float(np.mean([[game[2] or 0 for game in seed] for seed in self.runs(challenge, method)]))

    def sign_tests(self, challenge: str) -> dict[str, SignTest]:
        """Go-Explore against the classic and each restart agent: games with more wins, or points."""
        measure = self.score if challenge == "cooking" else self.won
        ours = measure(challenge, "Go-Explore").mean(0).tolist()
        return {
            method: sign_test(ours, measure(challenge, method).mean(0).tolist())
            for method in (*RESTARTING, "classic Go-Explore")
        }

    def claims(self) -> list[Claim]:
        coins = [self.won("coin_collector", method) for method in RESTARTING]
        most = of_means(_best, UNITS, *coins)
        if not most.value:  # no method found one, so resampling shows no spread
            most = share(coins[0], *UNITS)
        claims = [
            Claim("Coin-1", "Go-Explore's share of coins found", share(self.won("coin_collector", "Go-Explore"),
                  *UNITS), ">=", FOUND),
            Claim("Coin-2", "the most that an agent that restarts finds", most, "<=", LOST, PAPER),
        ]  # fmt: skip
        for name, challenge, measure, what in (
            ("Treasure", "treasure_hunter", self.won, "share of games won"),
            ("Cooking", "cooking", self.score, "mean best score"),
        ):
            chosen = _gain(self.won, challenge, ("classic Go-Explore",))
            tests = self.sign_tests(challenge).values()
            p, opposite = max(t.p for t in tests), min(t.opposite for t in tests)
            over = f"Go-Explore's {what} less that of the best agent that restarts"
            claims += [
                Claim(f"{name}-1", over, _gain(measure, challenge, RESTARTING), ">=", 0.0),
                Claim(f"{name}-2", "by games, against each of them and the classic: the largest p of a sign test",
                      test(p, opposite, "game", self.settings.games), "<", LEVEL),
                Claim(f"{name}-3", "Go-Explore's share of games won less the classic's", chosen, ">=", CHOICE),
            ]  # fmt: skip
        name = "Go-Explore's share of games won less that of the best agent that restarts"
        return [*claims, Claim("Cooking-4", name, _gain(self.won, "cooking", RESTARTING), ">=", 0.0)]


def _best(*means: NDArray[np.float64]) -> NDArray[np.float64]:
    """The largest of some methods' means; each resample chooses the best method anew."""
    return np.max(means, 0)


def _gain(measure: Callable[[str, str], NDArray[np.float64]], challenge: str, others: tuple[str, ...]) -> Estimate:
    """Go-Explore's mean minus that of the best of some methods."""
    arrays = [measure(challenge, method) for method in ("Go-Explore", *others)]
    return of_means(lambda ours, *theirs: ours - _best(*theirs), UNITS, *arrays)


# --- what a person sees -----------------------------------------------------------------------------------------------


def draw(report: Report) -> Any:
    """The figure: games won against commands spent on each, one panel per challenge."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure  # not pyplot: nothing global, no display

    figure = Figure(figsize=(15, 5), layout="constrained")
    colours = colormaps["tab10"]
    for axes, (challenge, game) in zip(figure.subplots(1, 3, sharey=True), CHALLENGES.items(), strict=True):
        spent = np.arange(1, game.budget + 1)
        for k, method in enumerate(METHODS):
            runs = report.runs(challenge, method)
            of = np.array([[np.inf if game[0] is None else game[0] for game in seed] for seed in runs])
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
    title = f"TextWorld, scale {report.scale}, {report.settings.seeds} seeds: {report.verdict}"
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
            f"{m} {t.wins}:{t.losses} (p = {t.p:.2g})" for m, t in report.sign_tests(challenge).items()
        )
        for challenge in ("treasure_hunter", "cooking")
    ]
    seen = {c: [v for name, v in report.found.items() if name.startswith(f"likelihood/{c}/")] for c in CHALLENGES}
    likely = ", ".join(f"{np.mean(found):.2f} ({name.replace('_', ' ')})" for name, found in seen.items())
    budgets = ", ".join(str(game.budget) for game in CHALLENGES.values())
    return [
        Table(
            f"Games won, in %: {settings.games} of each challenge, {settings.seeds} seeds, {budgets} commands a game",
            ["method", "what decides", *(c.replace("_", " ") for c in CHALLENGES), "cooking, points of 17", "kept"],
            rows,
            "Means over seeds, each with a scorer of its own; kept: archived places at the end, by challenge.",
        ),
        *_curve(report),
        _told(settings),
        claim_table(
            report.judged,
            f"Sign tests, games where Go-Explore does better and worse (means over scorers): {'; '.join(tests)}. In "
            "the coin collector whoever restarts fails; returning is not enough either, the places must be chosen: see "
            f"the ablations. Not counted: each scorer learnt from {settings.scorer.games} other games with a planner "
            f"(mean probability of the planner's command: {likely}), as a language model was pre-trained. The paper's "
            f"own figure, with GPT-4o: {PAPER}.",
        ),
    ]


def _curve(report: Report) -> list[Table]:
    """Games won by number of training games: the archive's benefit depends on the scorer."""
    settings = report.settings
    if not settings.curve:
        return []
    rows = []
    for trained_on in sorted((*settings.curve, settings.scorer.games)):
        cells = []
        for challenge in CHALLENGES:
            shares = [100 * report.won(challenge, method, trained_on)[: settings.few].mean() for method in CURVED]
            cells.append(" / ".join(f"{value:.1f}" for value in shares))
        rows.append([str(trained_on), *cells])
    return [
        Table(
            f"Games won, in %, by how many games the scorer learnt from: {' / '.join(CURVED)}",
            ["training games", *(c.replace("_", " ") for c in CHALLENGES)],
            rows,
            f"{settings.few} scorers each. How much the archive adds depends on the scorer: the better that is, the "
            "fewer games are left that only returns win. The claims are made of scorers that learnt from "
            f"{settings.scorer.games} games, a number that was chosen in the pilot for this reason. The coin collector "
            "needs returns whatever the scorer knows.",
        )
    ]


def _told(settings: Settings) -> Table:
    """What each method knows, and how it was tuned."""
    scorer = f"a scorer that learnt from {settings.scorer.games} other games"
    rows = []
    for method in METHODS:
        told = "which commands are admissible" + ("" if method in ("random", "classic Go-Explore") else f"; {scorer}")
        tuned = "temperature" if method in AGENTS else "temperatures, novelty and what is kept"
        rows.append([method, told, f"{tuned}, on other games" if ";" in told else ""])
    return Table("What each method is told", ["method", "is told", "chosen"], rows, "All have the same budget.")


FIGURE = Figure("Games won against commands spent", draw)


def reproduce(run: Run) -> Report:
    """What the command line runs."""
    return publish(run, SCALES, CODE, pieces, Report, tables, FIGURE)
