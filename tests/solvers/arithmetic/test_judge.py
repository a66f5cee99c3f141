"""The judge: a strict training set, features that say what they should, a cache that survives damage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.arithmetic import oracle
from ige.solvers.arithmetic import judge as module
from ige.solvers.arithmetic import model_for
from ige.solvers.arithmetic.judge import JudgeConfig, auc, features, load_or_train, strict_states, train
from ige.solvers.arithmetic.rules import rule_scorer
from ige.solvers.search.task import Move

HELD = [(4, 5, 6, 10), (1, 2, 4, 7), (3, 4, 4, 13)]
QUICK = JudgeConfig(members=2, largest=13, epochs=1, batch=1024)


def test_no_three_number_state_of_a_held_out_puzzle_is_trained_on() -> None:
    states, test = strict_states(JudgeConfig(), HELD)
    reachable = set().union(*(oracle.reachable(p) for p in HELD))
    assert {s for s in states if len(s) == 3}.isdisjoint(reachable)
    assert set(test) == {s for s in reachable if len(s) == 3}
    assert {s for s in reachable if len(s) == 2} <= set(states), "all two-number states are"
    assert {len(s) for s in states} == {2, 3}


def test_the_strict_set_of_the_hard_split_still_teaches() -> None:
    """Above chance on states it has not seen, below what a leaky set would give."""
    hard = [tuple(p) for p in oracle.hardest(4, 13, 24).tolist()]
    trained = train(JudgeConfig(members=1, largest=13, epochs=8), hard, "cpu")
    assert 0.65 < trained.auc < 0.95


def test_features_are_finite_and_tell_the_target_one_step_away() -> None:
    near, far = features([(4, 6), (5, 7)])
    assert near.shape == far.shape
    assert np.isfinite(features([(1, 2), (0, 0, 0), (13, 13, 13, 13), (0, 28561)])).all()
    flags = np.flatnonzero((near != far) & np.isin(near, (0, 1)) & np.isin(far, (0, 1)))
    assert len(flags), "4 * 6 = 24 shows"


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auc_counts_ordered_pairs(pairs: list[tuple[int, bool]]) -> None:
    scores = np.array([float(s) for s, _ in pairs])
    labels = np.array([label for _, label in pairs])
    expected = [(p > n) + (p == n) / 2 for p in scores[labels] for n in scores[~labels]]
    found = auc(scores, labels)
    assert np.isnan(found) if not expected else found == pytest.approx(np.mean(expected))


def test_training_repeats_and_leaves_torch_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, second = train(QUICK, HELD, "cpu"), train(QUICK, HELD, "cpu")
    assert torch.rand(1) == expected
    states = [(4, 6), (1, 2, 3)]
    assert (first(states) == second(states)).all()
    assert (first(states) != train(replace(QUICK, seed=1), HELD, "cpu")(states)).any()


def test_the_cache_is_used_and_a_damaged_file_is_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = []
    monkeypatch.setattr(module, "train", lambda *a: trained.append(a) or train(*a))
    first = load_or_train(QUICK, HELD, "cpu", tmp_path)
    module._load_or_train.cache_clear()
    again = load_or_train(QUICK, HELD, "cpu", tmp_path)
    assert len(trained) == 1
    assert (again([(4, 6)]) == first([(4, 6)])).all()
    assert again.auc == first.auc
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    module._load_or_train.cache_clear()
    load_or_train(QUICK, HELD, "cpu", tmp_path)
    assert len(trained) == 2
    load_or_train(QUICK, HELD[:2], "cpu", tmp_path)
    assert len(list(tmp_path.iterdir())) == 2, "other held-out puzzles, another judge"


def test_rules_know_the_target_and_illegal_moves() -> None:
    scorer = rule_scorer()
    items = [Move(None, 0, preview) for preview in (None, (24,), (23,), (4, 6), (5, 7), (2, 3, 4), (5, 7, 11))]
    illegal, hit, miss, near, far, divisors, others = scorer("action", items)
    assert (illegal, hit, miss, near, far) == (0, 1, 0, 1, 0)
    assert divisors > others > 0


def test_unknown_model_and_device_are_told() -> None:
    with pytest.raises(ValueError, match="^model: found 'oracle'.*'judge' or 'rules'$"):
        model_for("oracle")
    with pytest.raises(ValueError, match="^device: 'warp', expected 'auto', 'cpu' or 'cuda'$"):
        train(QUICK, HELD, "warp")
