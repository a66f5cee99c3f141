"""Go-Explore and its settings: exact regression values, an independent graph search, and an environment not ours."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ige  # noqa: F401
from ige.solvers.foundation import CallableModel, RandomModel, ScoredModel
from ige.solvers.search import breadth_first, classic, depth_first, intelligent, make_solver, naive, random_restarts
from ige.solvers.search.task import search_rng
from ige.wrappers import Budget

SHEET = Path(__file__).parents[4] / "shared" / "papers" / "search-agents.md"
Puzzle = tuple[int, ...]


@pytest.fixture(scope="module")
def env() -> gym.Env[Any, Any]:
    return gym.make("ige/GameOf24-v0", puzzles=[(100, 100, 100, 100)])  # so that the space holds any instance below


def operations(solver: Any, env: gym.Env[Any, Any], puzzles: list[Puzzle], limit: int = 700) -> list[int]:
    solutions = [solver.solve(env, seed=0, options={"instance": p}, budget=Budget(limit)) for p in puzzles]
    assert all(s.solved for s in solutions)
    return [s.spent.env_steps for s in solutions]


@pytest.fixture(scope="module")
def paper_puzzles() -> list[Puzzle]:
    """The paper's test puzzles, which are not ours to ship."""
    if not SHEET.exists():
        pytest.skip(f"the list of the paper's test puzzles is not here: {SHEET.name}")
    block = re.search(r"The 100 test puzzles.*?```\n(.*?)```", SHEET.read_text(), re.S)
    assert block is not None
    puzzles = [tuple(map(int, p.split("."))) for p in re.split(r"[,\n]", block[1]) if p]
    assert len(puzzles) == 100
    return puzzles


def test_depth_first_reproduces_the_paper_puzzles(env: Any, paper_puzzles: list[Puzzle]) -> None:
    spent = operations(depth_first(), env, paper_puzzles)
    assert (max(spent), np.mean(spent)) == (550, 135.69)
    assert spent[:10] == [102, 75, 301, 3, 241, 26, 230, 26, 111, 100]


def test_breadth_first_reproduces_the_paper_puzzles(env: Any, paper_puzzles: list[Puzzle]) -> None:
    spent = operations(breadth_first(), env, paper_puzzles)
    assert (max(spent), np.mean(spent)) == (613, 314.18)
    assert spent[:10] == [325, 271, 463, 181, 412, 187, 375, 295, 309, 263]


def test_random_solves_what_the_paper_sheet_says(env: Any, paper_puzzles: list[Puzzle]) -> None:
    budget = Budget(700)
    counts = [
        sum(random_restarts().solve(env, seed=s, options={"instance": p}, budget=budget).solved for p in paper_puzzles)
        for s in range(3)
    ]
    assert 65 <= np.mean(counts) <= 81, "70 to 76 in the sheet's own runs"


def reference_search(puzzle: Puzzle, newest: bool) -> tuple[str, int]:
    """Graph search written without the library: (status, operations)."""

    def after(state: Puzzle, action: tuple[int, int, str]) -> Puzzle | None:
        i, j, sign = action
        a, b = state[i], state[j]
        if sign == "/" and (a == 0 or b % a):
            return None
        result = {"+": a + b, "-": b - a, "*": a * b, "/": b // (a or 1)}[sign]
        return tuple(sorted([v for k, v in enumerate(state) if k not in (i, j)] + [result]))

    def actions(state: Puzzle) -> list[tuple[int, int, str]]:
        return [(i, j, sign) for i, j in combinations(range(len(state)), 2) for sign in "+-*/"]

    untried, spent = {puzzle: actions(puzzle)}, 0
    while open_states := [s for s, left in untried.items() if left]:
        state = open_states[-1 if newest else 0]
        while untried[state]:
            child = after(state, untried[state].pop(0))
            spent += 1
            if child == (24,):
                return "solved", spent
            if child is None or len(child) == 1:
                break
            untried.setdefault(child, actions(child))
            if not newest:
                break
            state = child
    return "exhausted", spent


@given(
    puzzle=st.lists(st.integers(1, 15), min_size=4, max_size=4).map(lambda p: tuple(sorted(p))), newest=st.booleans()
)
def test_graph_search_equals_an_independent_one(env: Any, puzzle: Puzzle, newest: bool) -> None:
    solution = (depth_first() if newest else breadth_first()).solve(env, seed=0, options={"instance": puzzle})
    assert (solution.status, solution.spent.env_steps) == reference_search(puzzle, newest)


@pytest.mark.parametrize("name", ["dfs", "bfs", "random", "classic", "go-explore", "naive", "react", "reflexion"])
def test_every_solver_repeats_by_seed_and_its_actions_win(env: Any, name: str) -> None:
    def solve() -> Any:
        return make_solver(name, RandomModel(3)).solve(
            env, seed=3, options={"instance": (1, 2, 3, 4)}, budget=Budget(5000)
        )

    solution = solve()
    assert solution == solve()
    assert solution.solved
    env.reset(options={"instance": (1, 2, 3, 4)})
    outcomes = [env.step(action) for action in solution.actions]
    assert outcomes[-1][1] == 1.0 == solution.total_return
    assert outcomes[-1][4]["is_success"]


def test_the_budget_is_exact_and_an_unsolvable_puzzle_is_exhausted(env: Any) -> None:
    options = {"instance": (1, 1, 1, 1)}
    everything = depth_first().solve(env, options=options)
    assert everything.status == "exhausted"
    assert everything.actions == ()
    cut = depth_first().solve(env, options=options, budget=Budget(everything.spent.env_steps - 1))
    assert (cut.status, cut.spent.env_steps) == ("budget", everything.spent.env_steps - 1)
    assert classic().solve(env, options=options, budget=Budget(2000)).spent.env_steps == 2000, "soft resets go on"


def test_a_budget_of_model_calls_ends_the_search(env: Any) -> None:
    solver = intelligent(RandomModel(0))
    solution = solver.solve(env, seed=0, options={"instance": (1, 1, 1, 1)}, budget=Budget(model_calls=20))
    assert solution.status == "budget"
    assert 20 <= solution.spent.model_calls <= 24


class Corridor(gym.Env[int, int]):
    """Ten cells; one of the three moves in each leads on, the others end the episode. Success is the last cell."""

    observation_space, action_space = gym.spaces.Discrete(11), gym.spaces.Discrete(3)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        super().reset(seed=seed)
        self.cell = 0
        return 0, {}

    def step(self, action: int) -> Any:
        if action != self.cell % 3:
            return self.cell, 0.0, True, False, {}
        self.cell += 1
        return self.cell, 1.0 if self.cell == 10 else 0.0, self.cell == 10, False, {}

    def well_formed_actions(self) -> list[int]:
        return [0, 1, 2]

    def get_state(self) -> int:
        return self.cell

    def set_state(self, state: int) -> None:
        self.cell = state

    def state_key(self) -> bytes:
        return bytes([self.cell])


def test_any_environment_with_snapshots_can_be_searched() -> None:
    for solver in (depth_first(), breadth_first(), classic()):
        solution = solver.solve(Corridor(), seed=0, budget=Budget(60))
        assert solution.actions == (0, 1, 2, 0, 1, 2, 0, 1, 2, 0), solver
    assert not random_restarts().solve(Corridor(), seed=0, budget=Budget(2000)).solved, "the archive is what solves it"


def test_an_environment_without_snapshots_is_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match=r"^env: CartPoleEnv has no get_state\(\), which search needs$"):
        depth_first().solve(gym.make("CartPole-v1"))


def test_the_horizon_counts_from_the_start_not_from_the_return() -> None:
    assert classic(horizon=10).solve(Corridor(), seed=0, budget=Budget(500)).solved
    stopped = classic(horizon=9, refill=False).solve(Corridor(), seed=0, budget=Budget(500))
    assert stopped.status == "exhausted"
    assert stopped.archived == 10


def test_malformed_answers_fall_back_and_are_counted(env: Any) -> None:
    solver = intelligent(CallableModel(lambda prompt: "no idea"))
    solution = solver.solve(env, seed=1, options={"instance": (1, 2, 3, 4)}, budget=Budget(300))
    assert solution.malformed == solution.spent.model_calls > 0
    assert solution.archived == 1, "a malformed keep answer rejects"


def test_a_language_model_reads_states_actions_and_the_goal(env: Any) -> None:
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return '{"choice": 1}' if "eep it" in prompt else '{"choice": 0}'

    intelligent(CallableModel(answer)).solve(env, seed=0, options={"instance": (4, 9, 10, 13)}, budget=Budget(12))
    joined = "\n".join(asked)
    for needed in (
        "make 24",
        "Numbers: 4 9 10 13",
        "4 + 9 (left: 10 13 13)",
        "most promising",
        "Keep it?",
        "Go-Explore",
    ):
        assert needed in joined
    assert "not possible" in joined, "illegal divisions are offered, and said to be impossible"


def test_reflexion_is_shown_its_failures_and_naive_is_not(env: Any) -> None:
    for name, shown in (("naive", False), ("reflexion", True)):
        asked: list[str] = []

        def answer(prompt: str, asked: list[str] = asked) -> str:
            asked.append(prompt)
            return '{"thought": "add", "choice": 0}'

        solution = make_solver(name, CallableModel(answer)).solve(
            env, options={"instance": (1, 1, 1, 2)}, budget=Budget(9)
        )
        assert (solution.status, solution.spent.episodes) == ("budget", 4)
        assert any("(failed)" in prompt for prompt in asked) is shown


def test_naive_takes_legal_actions_only(env: Any) -> None:
    taken: list[Any] = []

    def score(role: str, items: Any) -> Any:
        taken.append([item.preview for item in items])
        return np.ones(len(items))

    naive(ScoredModel(score)).solve(env, options={"instance": (3, 5, 7, 11)}, budget=Budget(90))
    assert taken
    assert all(preview is not None for previews in taken for preview in previews)


def test_unknown_names_are_told() -> None:
    with pytest.raises(ValueError, match="^solver: 'dijkstra' is unknown, expected one of go-explore"):
        make_solver("dijkstra")
    with pytest.raises(ValueError, match="^model: none given, but solver 'naive' needs one"):
        make_solver("naive")
    with pytest.raises(ValueError, match="^roles: unknown .*expected some of state, action, keep"):
        intelligent(RandomModel(), roles="state move")


def test_a_time_limit_that_snapshots_do_not_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="^env: TimeLimit counts on when search returns to a state; use the solver"):
        depth_first().solve(gym.make("ige/GameOf24-v0", max_episode_steps=3))


def test_search_and_model_of_one_seed_draw_apart() -> None:
    searches = [search_rng(seed).random() for seed in range(2000)]
    models = [np.random.default_rng(seed).random() for seed in range(2000)]
    assert abs(np.corrcoef(searches, models)[0, 1]) < 0.08


class Bare(Corridor):
    """Snapshots and nothing else."""

    well_formed_actions = property()  # type: ignore[assignment]


def test_only_snapshots_are_needed() -> None:
    assert depth_first().solve(Bare(), seed=0, budget=Budget(60)).solved
