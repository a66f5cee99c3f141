"""Game of 24 against a second implementation in plain Python, its parameters, its text and its picture."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from itertools import combinations, combinations_with_replacement
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ige.envs.arithmetic import oracle
from ige.envs.arithmetic.env import GameOf24
from ige.envs.testing import strategies

SHEET = Path(__file__).parents[4] / "shared" / "papers" / "search-agents.md"

State = tuple[int, ...]


# --- the second implementation ---------------------------------------------------------------------------------------


def operations(numbers: State) -> list[tuple[str, State | None]]:
    """Each operation as text with the state that it leaves, in action order; None if it is impossible."""
    found: list[tuple[str, State | None]] = []
    for i, j in combinations(range(len(numbers)), 2):
        rest = [number for k, number in enumerate(numbers) if k not in (i, j)]
        a, b = numbers[i], numbers[j]
        for text, result in (
            (f"{a} + {b}", a + b),
            (f"{b} - {a}", b - a),
            (f"{a} * {b}", a * b),
            (f"{b} / {a}", b // a if a and b % a == 0 else None),
        ):
            found.append((text, None if result is None else tuple(sorted([*rest, result]))))
    return found


@cache
def counts(numbers: State, target: int) -> tuple[int, int]:
    """Winning and all leaf paths."""
    if len(numbers) == 1:
        return int(numbers[0] == target), 1
    below = [(0, 1) if after is None else counts(after, target) for _, after in operations(numbers)]
    return sum(winning for winning, _ in below), sum(leaves for _, leaves in below)


def share(numbers: State, target: int = 24) -> float:
    winning, leaves = counts(numbers, target)
    return winning / leaves


def puzzles(n: int = 4, largest: int = 13) -> st.SearchStrategy[State]:
    return st.lists(st.integers(0, largest), min_size=n, max_size=n).map(lambda numbers: tuple(sorted(numbers)))


# --- rules -----------------------------------------------------------------------------------------------------------

LARGEST = {3: 40, 4: 13, 5: 13}


@cache
def made(n: int) -> GameOf24:
    """Made only when it is played: an environment made during collection would be compiled in every process."""
    return GameOf24(n=n, puzzles=[(1,) * n], max_value=LARGEST[n])


def check_play(n: int, puzzle: State, choices: list[int], legal: bool) -> None:
    env = made(n)
    observation, info = env.reset(seed=0, options={"instance": puzzle})
    state, over = puzzle, False
    for choice in choices:
        expected = operations(state)
        possible = [after is not None for _, after in expected] + [False] * (len(env.action_masks()) - len(expected))
        assert info["action_mask"].tolist() == [int(p) for p in possible]
        assert observation.tolist() == [*state, *[-1] * (n - len(state))]
        assert env.numbers == state
        space = env.action_space
        action = strategies.legal_action(space, info, choice) if legal else choice % int(space.n)
        after = expected[action][1] if action < len(expected) else None
        observation, reward, over, truncated, info = env.step(action)
        won = after is not None and after == (env.target,)
        assert truncated is False
        assert over is (after is None or len(after) == 1)
        assert reward == float(won)
        assert info["is_success"] is won
        assert info["illegal"] is (after is None)
        if over:
            break
        state = after
    if over:
        assert not info["action_mask"].any()


@given(st.data(), st.lists(st.integers(0, 999), max_size=4), st.booleans(), st.sampled_from([3, 4, 5]))
def test_play_is_as_in_plain_python(data: st.DataObject, choices: list[int], legal: bool, n: int) -> None:
    check_play(n, data.draw(puzzles(n, LARGEST[n])), choices, legal)


@pytest.mark.long
@settings(max_examples=20_000)
@given(st.data(), st.lists(st.integers(0, 999), max_size=4), st.booleans(), st.sampled_from([3, 4, 5]))
def test_play_is_as_in_plain_python_for_long(data: Any, choices: list[int], legal: bool, n: int) -> None:
    check_play(n, data.draw(puzzles(n, LARGEST[n])), choices, legal)


def test_order_of_the_actions() -> None:
    env = GameOf24(puzzles=[(1, 2, 3, 4)])
    env.reset(seed=0)
    pairs = [(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)]
    expected = [text for a, b in pairs for text in (f"{a} + {b}", f"{b} - {a}", f"{a} * {b}", f"{b} / {a}")]
    assert [env.action_text(action) for action in range(24)] == expected


def test_reaching_the_target_early_does_not_count() -> None:
    env = GameOf24(puzzles=[(1, 1, 4, 6)])
    env.reset(seed=0)
    _, reward, terminated, _, info = env.step(env.parse_action("4 * 6"))
    assert 24 in env.numbers
    assert (reward, terminated, info["is_success"]) == (0.0, False, False)


def test_an_illegal_operation_ends_the_attempt() -> None:
    env = GameOf24(puzzles=[(0, 0, 5, 7)])
    env.reset(seed=0)
    _, reward, terminated, truncated, info = env.step(env.parse_action("5 / 0"))
    assert (reward, terminated, truncated, info["illegal"], info["is_success"]) == (0.0, True, False, True, False)


def test_division_by_zero_and_of_zero() -> None:
    env = GameOf24(puzzles=[(0, 0, 5, 7)])
    env.reset(seed=0)
    mask = env.action_masks()
    assert not mask[env.parse_action("0 / 0")]
    assert not mask[env.parse_action("7 / 5")]
    with pytest.raises(ValueError, match="is no operation on 0 0 5 7"):
        env.parse_action("0 / 5")  # the larger number comes first


# --- the oracle ------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(puzzle=puzzles(), target=st.integers(0, 60))
def test_counts_are_as_in_plain_python(puzzle: State, target: int) -> None:
    found = oracle.statistics(puzzle, target)
    assert (found.winning, found.leaves) == counts(puzzle, target)
    assert found.share == share(puzzle, target)
    assert bool(oracle.solvable(np.array([puzzle]), target)[0]) is (found.winning > 0)


@settings(max_examples=30)
@given(puzzle=puzzles(), target=st.integers(0, 60))
def test_solutions_are_all_and_only_the_winning_sequences(puzzle: State, target: int) -> None:
    def winning(state: State) -> list[State]:
        if len(state) == 1:
            return [()] if state[0] == target else []
        steps = enumerate(after for _, after in operations(state))
        return [(action, *rest) for action, after in steps if after is not None for rest in winning(after)]

    found = oracle.solutions(puzzle, target)
    assert found == winning(puzzle) == sorted(found)
    assert len(found) == oracle.statistics(puzzle, target).winning
    env = GameOf24(puzzles=[puzzle], target=target)
    env.reset(seed=0)
    plan = oracle.plan(env)
    assert plan == (list(found[0]) if found else None)


def test_the_1346_solvable_puzzles_of_1820() -> None:
    everything = oracle.multisets(4, 13)
    assert everything.tolist() == [list(p) for p in combinations_with_replacement(range(1, 14), 4)]
    assert len(everything) == 1820
    solvable = oracle.enumerate_solvable(4, 13, 24)
    assert len(solvable) == 1346
    assert all((np.diff(solvable, axis=1) >= 0).ravel())
    assert solvable.tolist() == sorted(solvable.tolist())
    assert (4, 9, 10, 13) in set(map(tuple, solvable.tolist()))
    assert (1, 1, 1, 1) not in set(map(tuple, solvable.tolist()))


def test_every_solvable_puzzle_is_solved_by_the_plan() -> None:
    """The fourth law, for all existing instances."""
    env = GameOf24(split="all")
    for puzzle in oracle.enumerate_solvable(4, 13, 24).tolist():
        _, info = env.reset(seed=0, options={"instance": puzzle})
        plan = oracle.plan(env)
        assert info["solvable"]
        assert plan is not None
        outcomes = [env.step(action) for action in plan]
        assert outcomes[-1][1:3] == (1.0, True)


def test_the_hard_split_is_fixed() -> None:
    hard = oracle.hardest(4, 13, 24)
    assert hard.shape == (100, 4)
    assert hard[:6].tolist() == [[1, 1, 6, 12], [1, 1, 4, 10], [1, 1, 6, 9], [1, 1, 7, 10], [1, 2, 8, 10], [1, 2, 7, 7]]
    digest = hashlib.sha256(hard.astype("<i8").tobytes()).hexdigest()
    assert digest == "0f2646bea460810cd6144f49a4b4244935890f868b2839e8b156c4542e8094aa"


def test_the_hard_split_is_the_one_defined() -> None:
    """The smallest shares of winning paths, ties by the numbers."""
    every = [tuple(puzzle) for puzzle in oracle.enumerate_solvable(4, 13, 24).tolist()]
    expected = sorted(every, key=lambda puzzle: (share(puzzle), puzzle))[:100]
    assert list(map(tuple, oracle.hardest(4, 13, 24).tolist())) == expected


def test_statistics_of_one_puzzle() -> None:
    found = oracle.statistics((4, 5, 6, 10))
    assert (found.winning, found.leaves, found.states) == (10, 806, 111)
    assert len(oracle.solutions((4, 5, 6, 10))) == 10
    assert oracle.statistics((10, 6, 5, 4)) == found


def test_states_are_the_distinct_ones() -> None:
    @cache
    def below(state: State) -> frozenset[State]:
        after = [s for _, s in operations(state) if s is not None and len(s) > 1]
        return frozenset([state]).union(*map(below, after))

    for puzzle in ((4, 9, 10, 13), (1, 1, 1, 1), (2, 2, 2, 9)):
        assert oracle.reachable(puzzle) == below(puzzle)
        assert oracle.statistics(puzzle).states == len(below(puzzle))


@pytest.mark.skipif(not SHEET.exists(), reason="the hundred puzzles of the paper lie beside the project")
def test_the_papers_puzzles() -> None:
    block = re.search(r"^The 100 test puzzles.*?```\n(.*?)```", SHEET.read_text(), re.S | re.M)
    assert block
    listed = [tuple(map(int, p.split("."))) for p in re.split(r"[,\s]+", block[1].strip())]
    assert len(listed) == 100
    assert oracle.solvable(np.array(listed)).all()
    states = [oracle.statistics(puzzle).states for puzzle in listed]
    assert (min(states), max(states), round(float(np.mean(states)), 1)) == (34, 129, 96.8)
    assert round(100 * float(np.mean([share(puzzle) for puzzle in listed])), 2) == 1.05


# --- parameters ------------------------------------------------------------------------------------------------------


def dealt(seeds: int = 400, **kwargs: Any) -> set[State]:
    env = GameOf24(**kwargs)
    found = set()
    for seed in range(seeds):
        env.reset(seed=seed)
        found.add(env.numbers)
    return found


def test_splits() -> None:
    every = {tuple(p) for p in oracle.enumerate_solvable(4, 13, 24).tolist()}
    hard = {tuple(p) for p in oracle.hardest(4, 13, 24).tolist()}
    sizes = {split: len(GameOf24(split=split).params.puzzles) for split in ("all", "hard", "train")}
    assert sizes == {"all": 1346, "hard": 100, "train": 1246}
    assert dealt(split="hard", seeds=1000) == hard
    assert dealt(split="train") <= every - hard
    assert dealt(split="all", seeds=2000) & hard
    assert len(GameOf24(n=3).params.puzzles) == len(GameOf24(n=3, split="all").params.puzzles) == 111


def test_target_and_largest_number() -> None:
    assert all(counts(puzzle, 10)[0] for puzzle in dealt(50, target=10, max_value=6))
    assert max(max(puzzle) for puzzle in dealt(max_value=6)) == 6
    assert GameOf24(max_value=6).observation_space.high[0] == 6**4


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_numbers_of_numbers(n: int) -> None:
    env = GameOf24(n=n, puzzles=[(1,) * n])
    assert env.action_space == gym.spaces.Discrete(2 * n * (n - 1))
    assert env.observation_space.shape == (n,)
    observation, _ = env.reset(seed=0)
    assert observation.tolist() == [1] * n
    for left in range(n - 1, 0, -1):
        observation, _, terminated, _, _ = env.step(0)
        assert observation.tolist()[left:] == [-1] * (n - left)
        assert terminated is (left == 1)


def test_the_largest_numbers_stay_in_the_space() -> None:
    env = GameOf24(puzzles=[(46339, 46339, 46339, 46339)])
    env.reset(seed=0)
    for text in ("46339 * 46339", "46339 * 46339", f"{46339**2} * {46339**2}"):
        observation, *_ = env.step(env.parse_action(text))
        assert env.observation_space.contains(observation)
    assert observation[0] == 46339**4


def test_puzzles_are_drawn_uniformly() -> None:
    env = gym.make_vec("ige/GameOf24-v0", 4000, "vector_entry_point", puzzles=[(1, 1, 1, i) for i in range(1, 9)])
    observations, _ = env.reset(seed=0)
    found = np.bincount(observations[:, 3])[1:]
    assert ((found - 500) ** 2 / 500).sum() < 25


def test_unsolvable_puzzles_are_playable_and_flagged() -> None:
    env = GameOf24(puzzles=[(1, 1, 1, 1), (4, 9, 10, 13)])
    flags = {}
    for seed in range(20):
        _, info = env.reset(seed=seed)
        flags[env.numbers] = info["solvable"]
    assert flags == {(1, 1, 1, 1): False, (4, 9, 10, 13): True}
    _, info = env.reset(options={"instance": (1, 1, 1, 1)})
    assert info["solvable"] is False
    assert env.step(0)[2] is False


@pytest.mark.parametrize("instance", [(13, 4, 10, 9), [4, 9, 10, 13], np.array([9, 4, 13, 10])])
def test_an_instance_by_option(instance: Any) -> None:
    env = GameOf24(split="hard")
    env.reset(seed=5)
    expected = [env.reset()[0].tolist() for _ in range(2)]
    env.reset(seed=5)
    assert env.reset(options={"instance": instance})[0].tolist() == [4, 9, 10, 13]
    assert env.reset()[0].tolist() == expected[1]  # it costs one draw, like any episode
    assert env.reset(options={"instance": None})[0].tolist() != [4, 9, 10, 13]


BAD = [
    ({"n": 2}, "n: 2, expected an integer from 3 to 6"),
    ({"n": 7}, "n: 7, expected an integer from 3 to 6"),
    ({"n": 4.0}, "n: 4.0, expected an integer"),
    ({"n": "4"}, "n: '4', expected an integer"),
    ({"n": True}, "n: True, expected an integer from 3 to 6"),
    ({"target": -1}, "target: -1, expected an integer from 0 to "),
    ({"target": None}, "target: None, expected an integer"),
    ({"target": 10**9}, "target: 1000000000, more than 4 numbers up to 13 can make"),
    ({"max_value": 0}, "max_value: 0, expected an integer from 1 to 46339"),
    ({"max_value": 1000}, "max_value: 1000 makes 41,917,125,250 puzzles of 4 numbers, expected at most 100,000"),
    ({"max_value": 10**9}, "max_value: 1000000000, expected an integer from 1 to 46339"),
    ({"split": "test"}, "split: 'test', expected one of 'train', 'hard', 'all'"),
    ({"split": None}, "split: None, expected one of 'train', 'hard', 'all'"),
    ({"split": "hard", "n": 3}, "split: 'hard' is a set of four-number puzzles, expected n=4, found n=3"),
    ({"puzzles": []}, "puzzles: found none, expected at least one of 4 numbers"),
    ({"puzzles": 24}, "puzzles: 24, expected a list such as [(4, 9, 10, 13), (1, 1, 1, 1)]"),
    ({"puzzles": "4 9 10 13"}, "puzzles: '4 9 10 13', expected a list such as"),
    ({"puzzles": [4, 9, 10, 13]}, "puzzles[0]: 4, expected 4 integers such as (4, 9, 10, 13)"),
    ({"puzzles": ["4,9,10,13"]}, "puzzles[0]: '4,9,10,13', expected 4 integers such as (4, 9, 10, 13)"),
    ({"puzzles": [(1, 2, 3, 4), (1, 2, 3)]}, "puzzles[1]: found 3 numbers, expected 4"),
    ({"puzzles": [(1, 2, 3, 4.5)]}, "puzzles[0][3]: 4.5, expected an integer"),
    ({"puzzles": [(1, -2, 3, 4)]}, "puzzles[0][1]: -2, expected an integer from 0 to 46339"),
    ({"puzzles": [(1, 2, 3, 10**6)]}, "puzzles[0][3]: 1000000, expected an integer from 0 to 46339"),
    ({"render_mode": "human"}, "render_mode: 'human', expected one of ['ansi', 'rgb_array'] or None"),
]


@pytest.mark.parametrize(("kwargs", "message"), BAD, ids=lambda v: str(v)[:40])
def test_bad_arguments(kwargs: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as caught:
        GameOf24(**kwargs)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("instance", "message"),
    [
        ((4, 9, 10), "options: instance: found 3 numbers, expected 4"),
        ("4 9 10 13", "options: instance: '4 9 10 13', expected 4 integers such as (4, 9, 10, 13)"),
        (24, "options: instance: 24, expected 4 integers such as (4, 9, 10, 13)"),
        ((4, 9, 10, 1.5), "options: instance[3]: 1.5, expected an integer"),
        ((4, 9, 10, 500), "options: instance: 500 is too large for the space; raise max_value in make"),
    ],
)
def test_bad_instances(instance: Any, message: str) -> None:
    for env in (GameOf24(), gym.make_vec("ige/GameOf24-v0", num_envs=2)):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            env.reset(seed=0, options={"instance": instance})


# --- text and picture ------------------------------------------------------------------------------------------------


@given(puzzle=puzzles(), choices=strategies.choices(max_size=2))
def test_text_of_actions_goes_round(puzzle: State, choices: list[int]) -> None:
    env = made(4)
    _, info = env.reset(seed=0, options={"instance": puzzle})
    for choice in choices:
        *_, info = env.step(strategies.legal_action(env.action_space, info, choice))
    expected = operations(env.numbers)
    assert env.well_formed_actions() == list(range(len(expected)))
    for action, (text, after) in enumerate(expected):
        assert env.action_text(action) == text
        assert expected[env.parse_action(text)][1] == after
        assert env.parse_action(text) == [t for t, _ in expected].index(text)  # the first of equal ones
        assert env.preview(action) == after
        if after is not None:
            assert sorted([*env.numbers, env.result(action)]) == sorted([*after, *map(int, re.findall(r"\d+", text))])
        else:
            assert env.result(action) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("9*4", "4 * 9"), ("  13 - 4 ", "13 - 4"), ("9x4", "4 * 9"), ("10 + 4", "4 + 10"), ("13\u22124", "13 - 4"),
        ("10 + 4 = 14", "4 + 10"), ("13 - 4 = 9 (left: 9 9 10)", "13 - 4"), ("13 - 4  (left: 9 9 10)", "13 - 4"),
    ],
)  # fmt: skip
def test_ways_to_write_an_action(text: str, same: str) -> None:
    env = GameOf24(puzzles=[(4, 9, 10, 13)])
    env.reset(seed=0)
    assert env.action_text(env.parse_action(text)) == same


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("13 - 4 = 8", "13 - 4 is 9 (left: 9 9 10)"),
        ("13 - 4 = 9 (left: 9 10)", "13 - 4 is 9 (left: 9 9 10)"),
        ("13 / 4 = 3", "13 / 4 is not possible"),
    ],
)
def test_what_is_said_of_a_result_must_be_so(text: str, found: str) -> None:
    env = GameOf24(puzzles=[(4, 9, 10, 13)])
    env.reset(seed=0)
    with pytest.raises(ValueError, match=rf"^action: '{re.escape(text)}', but {re.escape(found)}$"):
        env.parse_action(text)


@pytest.mark.parametrize("text", ["", "4", "4 ^ 9", "4 * 9 * 10", "four * nine", "4 * 8", "4 - 9", "-4 + 9", "4*9\na"])
def test_what_is_no_action(text: str) -> None:
    env = GameOf24(puzzles=[(4, 9, 10, 13)])
    env.reset(seed=0)
    with pytest.raises(ValueError, match="^action: ") as caught:
        env.parse_action(text)
    assert "\n" not in str(caught.value)


def test_describe_changes_with_every_visible_fact() -> None:
    env = GameOf24(puzzles=[(4, 9, 10, 13)])
    env.reset(seed=0)
    texts = {}
    for state in sorted(oracle.reachable((4, 9, 10, 13))):
        row = env.get_state()
        row["numbers"], row["count"], row["over"] = -1, len(state), False
        row["numbers"][: len(state)] = state
        env.set_state(row)
        texts[state] = env.describe()
        assert texts[state].startswith(f"Numbers: {' '.join(map(str, state))}. Target: 24.")
        for text, after in operations(state):
            listed = f"{text} = " in texts[state]
            assert listed is (after is not None)
    assert len(set(texts.values())) == len(texts)
    other = GameOf24(puzzles=[(4, 9, 10, 13)], target=25)
    other.reset(seed=0)
    assert other.describe() != texts[4, 9, 10, 13]
    assert "25" in other.rules()


def test_describe_tells_how_it_ended() -> None:
    env = GameOf24(puzzles=[(4, 9, 10, 13)])
    texts = []
    for actions in ([], ["10 - 4", "13 - 9", "4 * 6"], ["10 - 4", "13 - 9", "4 + 6"], ["13 / 4"]):
        env.reset(seed=0)
        for action in actions:
            env.step(env.parse_action(action))
        texts.append(env.describe().splitlines())
    assert texts[0][1] == "4 + 9 = 13 (left: 10 13 13)"
    assert texts[1] == ["Numbers: 24. Target: 24.", "Solved."]
    assert texts[2] == ["Numbers: 10. Target: 24.", "Not the target. The attempt is over."]
    assert texts[3] == ["Numbers: 4 9 10 13. Target: 24.", "The last operation was not possible. The attempt is over."]


FRAMES = json.loads((Path(__file__).parent / "frames.json").read_text())


@pytest.mark.parametrize("name", FRAMES)
def test_golden_frames(name: str) -> None:
    """The digests of frames that were checked by eye."""
    env = GameOf24(puzzles=[(4, 9, 10, 13)], render_mode="rgb_array")
    env.reset(seed=0)
    for action in filter(None, name.split(", ")):
        env.step(env.parse_action(action))
    frame = env.render()
    assert frame.shape == (204, 432, 3)
    assert frame.dtype == np.uint8
    assert hashlib.sha256(frame.tobytes()).hexdigest() == FRAMES[name]


@pytest.mark.parametrize("numbers", [(46339, 46339, 46339, 46339), (0, 0, 0, 0)])
def test_any_number_fits_its_card(numbers: State) -> None:
    """Nothing is drawn outside the cards: the space between them stays empty."""
    env = GameOf24(puzzles=[numbers], render_mode="rgb_array")
    env.reset(seed=0)
    for _ in range(3):
        gaps = env.render()[16:128, [4, 110, 214, 318, 428]]
        assert (gaps == gaps[0, 0]).all()
        env.step(2)
    gaps = env.render()[16:128, [4, 110, 214, 318, 428]]
    assert (gaps == gaps[0, 0]).all()


def test_what_the_oracle_remembers_cannot_be_changed() -> None:
    for found in (oracle.hardest(4, 13, 24), oracle.enumerate_solvable(4, 13, 24)):
        with pytest.raises(ValueError, match="read-only"):
            found[0] = 0
