"""Training: lessons that say what the planner did, a scorer that learns, repeats and is cached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ige.solvers.textworld import scorer as module
from ige.solvers.textworld.reader import COMMAND, STATE
from ige.solvers.textworld.scorer import ScorerConfig, lessons, load_or_train, train

QUICK = ScorerConfig("treasure_hunter", {"level": 12}, games=8, epochs=2, minibatch=32, size=32)


def test_lessons_name_one_of_the_commands_of_each_place() -> None:
    taught = lessons(QUICK)
    n, m = len(taught.places), len(taught.commands)
    assert taught.places.shape == (n, STATE)
    assert taught.commands.shape == (m, COMMAND)
    assert taught.first[0] == 0
    assert taught.first[-1] == m
    assert ((taught.first[:-1] <= taught.chosen) & (taught.chosen < taught.first[1:])).all()


def test_without_stray_commands_values_count_down_to_the_win() -> None:
    taught = lessons(replace(QUICK, stray=0.0))
    ends = np.isclose(taught.value, QUICK.discount)
    assert ends.sum() == 2 * QUICK.games, "two episodes of each game"
    before = np.flatnonzero(~ends)
    assert taught.value[before] == pytest.approx(QUICK.discount * taught.value[before + 1])


def test_training_learns_repeats_and_leaves_torch_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, second = train(QUICK, "cpu"), train(QUICK, "cpu")
    assert torch.rand(1) == expected
    weights = [torch.cat([p.flatten() for p in trained.scorer.parameters()]) for trained in (first, second)]
    assert torch.equal(*weights)
    assert train(replace(QUICK, epochs=20), "cpu").likelihood > first.likelihood + 0.1


def test_it_is_trained_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_or_train(QUICK, "cpu", tmp_path)
    monkeypatch.setattr(module, "train", lambda *_: pytest.fail("trained again"))
    second = load_or_train(QUICK, "cpu", tmp_path)
    assert second.likelihood == first.likelihood
    for a, b in zip(first.scorer.parameters(), second.scorer.parameters(), strict=True):
        assert torch.equal(a, b)
