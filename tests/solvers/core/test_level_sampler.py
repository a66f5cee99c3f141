"""The level buffer against a slow one written from the papers' words, and what must always hold."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ige.solvers.core.level_sampler import LevelSampler
from ige.solvers.core.ppo import gae
from ige.solvers.core.scores import l1_value_loss, max_monte_carlo, positive_value_loss

LEVEL = np.dtype([("start", np.int64), ("walls", np.bool_, (3,))], align=True)  # with padding at its end
scores = st.floats(-2, 2).map(lambda score: round(score, 1))  # so that some are equal
RULES = ["rank", "proportional"]
quick = settings(deadline=None, max_examples=60)


def levels(*starts: int) -> np.ndarray[Any, Any]:
    """Levels told apart by their start; padding holds whatever was in memory."""
    made = np.frombuffer(np.random.default_rng().bytes(LEVEL.itemsize * len(starts)), LEVEL).copy()
    made["start"], made["walls"] = starts, False
    return made


def filled(found: list[float], **kwargs: Any) -> LevelSampler:
    sampler = LevelSampler(LEVEL, len(found), **kwargs)
    sampler.insert(levels(*range(len(found))), found)
    return sampler


class Slow:
    """The same from the definitions, on lists."""

    def __init__(self, capacity: int, rule: str, temperature: float, staleness: float) -> None:
        self.capacity, self.rule, self.temperature, self.staleness = capacity, rule, temperature, staleness
        self.entries: list[dict[str, Any]] = []

    def weights(self) -> list[float]:
        def shares(weights: list[float]) -> list[float]:
            return [w / sum(weights) if sum(weights) else 1 / len(weights) for w in weights]

        if self.rule == "rank":
            order = sorted(range(len(self.entries)), key=lambda slot: (-self.entries[slot]["score"], slot))
            by_score = [(1 / (order.index(slot) + 1)) ** (1 / self.temperature) for slot in range(len(order))]
        else:
            by_score = [max(entry["score"], 0) ** (1 / self.temperature) for entry in self.entries]
        by_age = shares([entry["age"] for entry in self.entries])
        return [(1 - self.staleness) * a + self.staleness * b for a, b in zip(shares(by_score), by_age, strict=True)]

    def insert(self, start: int, score: float, best: float) -> int:
        entry = {"start": start, "score": score, "best": best, "age": 0}
        for slot, old in enumerate(self.entries):
            if old["start"] == start:
                self.entries[slot] = entry | {"best": max(best, old["best"])}
                return slot
        if len(self.entries) < self.capacity:
            self.entries.append(entry)
            return len(self.entries) - 1
        slot = int(np.argmin(self.weights()))
        if score < self.entries[slot]["score"]:
            return -1
        self.entries[slot] = entry
        return slot

    def drawn(self, slot: int) -> None:
        for entry in self.entries:
            entry["age"] += 1
        self.entries[slot]["age"] = 0


inserts = st.lists(st.tuples(st.integers(0, 9), scores, scores), min_size=1, max_size=6)


@quick
@given(
    st.lists(inserts | st.integers(1, 4), min_size=1, max_size=8),
    st.sampled_from(RULES),
    st.sampled_from([0.1, 0.3, 1.0]),
    st.sampled_from([0.0, 0.3, 1.0]),
)
def test_as_the_slow_one(
    actions: list[list[tuple[int, float, float]] | int], rule: str, temperature: float, staleness: float
) -> None:
    sampler = LevelSampler(LEVEL, 5, prioritisation=rule, temperature=temperature, staleness=staleness)
    slow = Slow(5, rule, temperature, staleness)
    for action in actions:
        if isinstance(action, list):
            starts, found, bests = zip(*action, strict=True)
            expected = [slow.insert(*each) for each in action]
            assert sampler.insert(levels(*starts), found, bests).tolist() == expected
        elif len(sampler):
            for slot in sampler.sample(action).tolist():
                slow.drawn(slot)
        assert len(sampler) == len(slow.entries)
        taken = slice(len(sampler))
        assert sampler.levels["start"][taken].tolist() == [entry["start"] for entry in slow.entries]
        assert sampler.scores[taken].tolist() == [entry["score"] for entry in slow.entries]
        assert sampler.max_returns[taken].tolist() == [entry["best"] for entry in slow.entries]
        assert sampler.ages().tolist() == [entry["age"] for entry in slow.entries]
        if len(sampler):
            np.testing.assert_allclose(sampler.weights(), slow.weights(), atol=1e-12)


# --- weights ----------------------------------------------------------------------------------------------------------


@quick
@given(st.lists(scores, min_size=1, max_size=9), st.sampled_from(RULES), st.floats(0.05, 2), st.integers(0, 20))
def test_weights_are_probabilities(found: list[float], rule: str, temperature: float, draws: int) -> None:
    sampler = filled(found, prioritisation=rule, temperature=temperature)
    if draws:
        sampler.sample(draws)
    weights = sampler.weights()
    assert weights.shape == (len(found),)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()


@quick
@given(st.lists(scores, min_size=1, max_size=9, unique=True))
def test_ranks_look_at_the_order_only(found: list[float]) -> None:
    sampler, other = filled(found), filled(np.exp(7 * np.array(found)).tolist())
    assert sampler.weights().tolist() == other.weights().tolist()
    assert (np.argsort(-sampler.weights(), kind="stable") == np.argsort(-np.array(found), kind="stable")).all()


def test_rank_weights_by_hand() -> None:
    sampler = filled([-5.0, 100.0, 0.1], temperature=0.5, staleness=0)
    assert sampler.weights() == pytest.approx(np.array([1 / 9, 1, 1 / 4]) / (1 + 1 / 4 + 1 / 9))


def test_proportional_weights_by_hand() -> None:
    sampler = filled([1.0, 3.0, 0.0, -4.0], prioritisation="proportional", temperature=0.5, staleness=0)
    assert sampler.weights() == pytest.approx([0.1, 0.9, 0, 0])
    # Nothing to tell them apart by.
    assert filled([-1.0, -9.0], prioritisation="proportional", staleness=0).weights().tolist() == [0.5, 0.5]
    # No score is too large or too small to be raised to a power.
    for scale in (1e200, 1e-200):
        found = filled([scale, 3 * scale], prioritisation="proportional", temperature=0.1, staleness=0).weights()
        assert found == pytest.approx(np.array([1, 3.0**10]) / (1 + 3.0**10))


def test_staleness_is_mixed_in() -> None:
    sampler = filled([3.0, 2.0, 1.0], temperature=1.0, staleness=0.25)
    for slots in ([2, 1], [2, 2]):  # the draws: of 1 once, of 2 last
        for slot in slots:
            sampler._clock += 1
            sampler._drawn[slot] = sampler._clock
    assert sampler.ages().tolist() == [4, 2, 0]
    by_score = np.array([1, 1 / 2, 1 / 3]) / (11 / 6)
    assert sampler.weights() == pytest.approx(0.75 * by_score + 0.25 * np.array([4, 2, 0]) / 6)


# --- drawing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_draws_have_the_frequencies_of_the_weights(rule: str) -> None:
    sampler = filled([0.5, 2.0, -1.0, 1.0], prioritisation=rule, temperature=1.0, staleness=0.4)
    sampler._clock, sampler._drawn[:4] = 10, [1, 10, 5, 4]
    expected, n = sampler.weights(), 4000
    state = copy.deepcopy((sampler._drawn, sampler._clock))
    for replace in (True, False):
        counts = np.zeros(4)
        for _ in range(n):
            sampler._drawn[:], sampler._clock = state
            counts[sampler.sample(1, replace)] += 1
        np.testing.assert_allclose(counts / n, expected, atol=4 * 0.5 / n**0.5)


@quick
@given(st.lists(scores, min_size=1, max_size=9), st.sampled_from(RULES), st.data())
def test_only_levels_are_drawn(found: list[float], rule: str, data: st.DataObject) -> None:
    sampler = LevelSampler(LEVEL, 20, prioritisation=rule)
    sampler.insert(levels(*range(len(found))), found)
    drawn = sampler.sample(30)
    assert drawn.dtype == np.int64
    assert 0 <= drawn.min() <= drawn.max() < len(found)
    n = data.draw(st.integers(1, len(found)))
    different = sampler.sample(n, replace=False)
    assert len(set(different.tolist())) == n
    assert 0 <= different.min() <= different.max() < len(found)
    assert (sampler.ages()[different] == 0).all()


def test_levels_of_no_weight_are_not_drawn() -> None:
    sampler = filled([0.0, 1.0, -1.0, 2.0], prioritisation="proportional", staleness=0)
    assert set(sampler.sample(200).tolist()) == {1, 3}
    assert all(set(sampler.sample(2, replace=False).tolist()) == {1, 3} for _ in range(50))


def test_with_staleness_only_levels_come_in_turn() -> None:
    sampler = filled([1.0, 5.0, 3.0], staleness=1.0)
    sampler.sample(3)
    gone = 0
    for _ in range(30):
        (slot,) = sampler.sample(1)
        assert slot != gone
        gone = slot


def test_replay_waits_for_a_buffer_that_is_full_enough() -> None:
    sampler = LevelSampler(LEVEL, 10, replay_probability=0.8, minimum_fill=0.5)
    sampler.insert(levels(*range(4)), 1.0)
    assert not any(sampler.wants_replay() for _ in range(100))
    sampler.insert(levels(4), 1.0)
    share = np.mean([sampler.wants_replay() for _ in range(2000)])
    assert share == pytest.approx(0.8, abs=0.05)
    assert not any(LevelSampler(LEVEL, 10, replay_probability=1.0, minimum_fill=0).wants_replay() for _ in range(9))


# --- filling ----------------------------------------------------------------------------------------------------------


def test_the_least_wanted_gives_way_to_a_score_as_good() -> None:
    sampler = filled([3.0, 1.0, 2.0])
    assert sampler.insert(levels(7), 0.9).tolist() == [-1]
    assert sampler.insert(levels(8), 1.0).tolist() == [1]
    assert sampler.levels["start"].tolist() == [0, 8, 2]
    # A level that went may come again.
    assert sampler.insert(levels(1, 8), [9.0, 0.0]).tolist() == [1, -1]
    assert sampler.levels["start"].tolist() == [0, 1, 2]


def test_a_level_drawn_long_ago_is_kept_although_its_score_is_lower() -> None:
    sampler = filled([3.0, 1.0, 2.0], temperature=1.0, staleness=0.9)
    sampler._clock, sampler._drawn[:3] = 20, [19, 0, 19]
    assert sampler.insert(levels(7), 2.5).tolist() == [2]


@quick
@given(st.lists(inserts, min_size=1, max_size=6))
def test_no_level_is_there_twice(batches: list[list[tuple[int, float, float]]]) -> None:
    sampler = LevelSampler(LEVEL, 4)
    best: dict[int, float] = {}
    for batch in batches:
        starts, found, bests = zip(*batch, strict=True)
        slots = sampler.insert(levels(*starts), found, bests)
        there = sampler.levels["start"][: len(sampler)].tolist()
        assert len(set(there)) == len(there) <= 4
        last = {slot: (start, score) for slot, start, score in zip(slots.tolist(), starts, found, strict=True)}
        for slot, (start, score) in last.items():
            if slot >= 0:
                assert (there[slot], sampler.scores[slot]) == (start, score)
        for start, value in zip(starts, bests, strict=True):
            best[start] = max(value, best.get(start, -9))
        assert all(sampler.max_returns[slot] <= best[start] for slot, start in enumerate(there))


def test_updates_keep_the_best_return_and_the_mean_of_several_scores() -> None:
    sampler = filled([1.0, 2.0, 3.0])
    sampler.update([2, 0, 2], [5.0, -1.0, 6.0], [0.4, -2.0, 0.7])
    assert sampler.scores.tolist() == [-1, 2, 5.5]
    assert sampler.max_returns.tolist() == [0, 0, 0.7]
    sampler.update([2], [0.0], [0.1])
    assert sampler.max_returns[2] == 0.7


def test_what_is_not_a_level_or_a_number_is_one_line() -> None:
    sampler = filled([1.0, 2.0])
    with pytest.raises(ValueError, match="^scores: found NaN at 1, expected numbers$"):
        sampler.insert(levels(5, 6), [0.0, np.nan])
    with pytest.raises(ValueError, match="^max_returns: found NaN at 0, expected numbers$"):
        sampler.update([0], [0.0], np.nan)
    with pytest.raises(ValueError, match="^slots: from 0 to 2, expected from 0 to 1$"):
        sampler.update([0, 2], 0.0)
    with pytest.raises(ValueError, match="^sample: the buffer holds 2 levels, expected at least 3$"):
        sampler.sample(3, replace=False)
    with pytest.raises(ValueError, match="^sample: the buffer holds 0 levels, expected at least 1$"):
        LevelSampler(LEVEL, 2).sample(3)
    assert sampler.levels["start"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("capacity", 0, "at least 1"),
        ("replay_probability", 1.5, "from 0 to 1"),
        ("minimum_fill", -0.5, "from 0 to 1"),
        ("staleness", 2, "from 0 to 1"),
        ("prioritisation", "topk", "'rank' or 'proportional'"),
        ("temperature", 0, "above 0"),
    ],
)
def test_bad_arguments_are_one_line(name: str, value: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: {value!r}, expected {expected}$"):
        LevelSampler(LEVEL, **{name: value})


@quick
@given(st.lists(inserts | st.integers(1, 4), max_size=5), st.lists(inserts | st.integers(1, 4), max_size=5))
def test_a_saved_buffer_goes_on_bit_for_bit(before: list[Any], after: list[Any]) -> None:
    def play(sampler: LevelSampler, actions: list[Any]) -> list[Any]:
        found: list[Any] = []
        for action in actions:
            found.append(sampler.wants_replay())
            if isinstance(action, list):
                starts, *numbers = zip(*action, strict=True)
                found.append(sampler.insert(levels(*starts), *numbers).tolist())
            elif len(sampler):
                found.append(sampler.sample(action).tolist())
                sampler.update([0], [0.5], [0.5])
        return [*found, sampler.weights().tolist(), sampler.levels["start"].tolist(), sampler.max_returns.tolist()]

    sampler = LevelSampler(LEVEL, 4, seed=1)
    play(sampler, before)
    state = copy.deepcopy(sampler.state_dict())
    expected = play(sampler, after)
    other = LevelSampler(LEVEL, 4, seed=2)
    other.load_state_dict(state)
    assert play(other, after)[:-2] == expected[:-2]
    assert other.levels["start"][: len(other)].tolist() == sampler.levels["start"][: len(sampler)].tolist()


# --- scores -----------------------------------------------------------------------------------------------------------


def test_scores_by_hand() -> None:
    advantages = np.array([[1.0, -2.0], [-3.0, -4.0]], np.float32)
    assert positive_value_loss(advantages).tolist() == [0.5, 0]
    assert l1_value_loss(advantages).tolist() == [2, 3]
    values = np.array([[0.25, 1.0], [0.75, 3.0]], np.float32)
    assert max_monte_carlo(values, [0.75, 1.0]).tolist() == [0.25, -1]


@given(st.lists(st.lists(scores, min_size=3, max_size=3), min_size=1, max_size=5))
def test_how_scores_are_related(rows: list[list[float]]) -> None:
    advantages = np.array(rows)
    assert positive_value_loss(advantages).shape == (3,)
    np.testing.assert_allclose(
        positive_value_loss(advantages) + positive_value_loss(-advantages), l1_value_loss(advantages), atol=1e-12
    )


def test_max_monte_carlo_is_the_mean_advantage_over_the_best_episode() -> None:
    values = torch.rand(5, 3, dtype=torch.float64)
    rewards, dones = torch.zeros_like(values), torch.zeros(5, 3, dtype=torch.bool)
    rewards[-1], dones[-1] = torch.tensor([0.0, 0.5, 0.9], dtype=torch.float64), True
    undiscounted = gae(rewards, values, dones, torch.zeros_like(values), values[0], 1.0, 1.0)
    np.testing.assert_allclose(max_monte_carlo(values, rewards[-1]), undiscounted.mean(0))
