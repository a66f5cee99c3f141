"""Cloning: windows that respect episodes, values that count steps, a policy that learns, repeats and is cached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ige.envs.babyai.words import NVEC
from ige.solvers.babyai import clone as module
from ige.solvers.babyai.clone import CloneConfig, expert_batches, load_or_train, train, windows
from ige.solvers.babyai.network import Encoder, mission_one_hot

QUICK = CloneConfig(steps=4096, rows=32, length=64, minibatch=128)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 6), st.integers(0, 9))
def test_windows_hold_every_step_once_in_order_and_none_crosses_an_episode(
    begins: list[bool], context: int, seed: int
) -> None:
    first = np.array(begins)
    found = windows(first, context, np.random.default_rng(seed))
    assert found[found >= 0].tolist() == list(range(len(first)))
    for window in found:
        steps = window[window >= 0]
        assert (steps == np.arange(steps[0], steps[0] + len(steps))).all(), "without holes"
        assert (window[: len(steps)] >= 0).all(), "filled from the left"
        assert not first[steps[1:]].any()


def test_values_are_discounted_steps_until_success() -> None:
    batch = next(expert_batches(replace(QUICK, stray=0.0)))
    assert (batch.taken == batch.expert).all()
    for start in np.flatnonzero(batch.first):
        row_end = (start // QUICK.length + 1) * QUICK.length
        later = np.flatnonzero(batch.first[start + 1 : row_end])
        if later.size:  # the episode ends within the row, and the expert succeeds
            assert batch.value[start] == pytest.approx(QUICK.discount ** (later[0] + 1), rel=1e-4)


def test_training_missions_never_name_what_the_test_missions_are_about() -> None:
    """Kind then colour, as `words` numbers them: yellow box, green ball, red key."""
    mission = next(expert_batches(QUICK)).mission
    named = {tuple(pair) for clause in (1, 10, 19, 28) for at in (1, 5) for pair in mission[:, clause + at :][:, :2]}
    assert named.isdisjoint({(1, 5), (2, 2), (3, 1), (4, 1), (4, 6)})
    assert len(named) > 10


def test_missions_become_one_hot_number_by_number() -> None:
    missions = torch.tensor([[0] * len(NVEC), [n - 1 for n in NVEC]])
    found = mission_one_hot(missions)
    assert found.shape == (2, sum(NVEC))
    assert found.sum(1).tolist() == [len(NVEC)] * 2
    assert found[1].nonzero()[:, 0].tolist() == (np.cumsum(NVEC) - 1).tolist()


def test_the_encoder_tells_kinds_colours_and_places_apart() -> None:
    image = torch.ones(4, 7, 7, 3, dtype=torch.long)
    image[1, 3, 3, 0], image[2, 3, 3, 1], image[3, 3, 4, 0] = 5, 4, 5
    with torch.inference_mode():
        found = Encoder()(image, torch.zeros(4, 4), torch.zeros(4, sum(NVEC)))
    assert len({tuple(row.tolist()) for row in found}) == 4


def test_cloning_learns_repeats_and_leaves_torch_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, second = train(QUICK, "cpu"), train(QUICK, "cpu")
    assert torch.rand(1) == expected
    weights = [torch.cat([p.flatten() for p in cloned.policy.parameters()]) for cloned in (first, second)]
    assert torch.equal(*weights)
    assert train(replace(QUICK, steps=40_960), "cpu").agreement > max(first.agreement, 0.5)


def test_the_cache_is_used_and_a_damaged_file_is_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = []
    monkeypatch.setattr(module, "train", lambda *a: trained.append(a) or train(*a))
    first = load_or_train(QUICK, "cpu", tmp_path)
    load_or_train.cache_clear()
    again = load_or_train(QUICK, "cpu", tmp_path)
    assert len(trained) == 1
    assert again.agreement == first.agreement
    for a, b in zip(first.policy.parameters(), again.policy.parameters(), strict=True):
        assert torch.equal(a, b)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    load_or_train.cache_clear()
    load_or_train(QUICK, "cpu", tmp_path)
    assert len(trained) == 2
