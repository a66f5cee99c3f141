"""Comparing bit for bit, and finding shared memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ige.envs.testing.compare import difference, digest, scribble, shared

RECORD = np.array([(1, [2, 3])], np.dtype([("a", np.int64), ("b", np.int8, (2,))]))


@pytest.mark.parametrize(
    ("found", "expected", "text"),
    [
        (1, 1, None),
        (1, True, "x: found 1, expected True"),
        (1, 1.0, "x: found 1, expected 1.0"),
        (0.0, -0.0, "x: found 0.0, expected -0.0"),
        (float("nan"), float("nan"), None),
        (np.float32(1), np.float64(1), "x: found np.float32(1.0), expected np.float64(1.0)"),
        (np.int64(1), 1, "x: found np.int64(1), expected 1"),
        ([1, 2], (1, 2), "x: found [1, 2], expected (1, 2)"),
        ([1, 2], [1], "x: found 2 parts, expected 1"),
        ([], [1], "x: found 0 parts, expected 1"),
        ({"a": [1]}, {"a": [2]}, "x['a'][0]: found 1, expected 2"),
        ({"a": 1}, {"b": 1}, "x: found the keys ['a'], expected ['b']"),
        (np.arange(3), np.array([0, 5, 2]), "x[1]: found 1, expected 5"),
        (np.arange(3), np.arange(3.0), "x: found int64 (3,), expected float64 (3,)"),
        (np.arange(3), np.arange(4), "x: found int64 (3,), expected int64 (4,)"),
        (np.array([np.nan, 1]), np.array([np.nan, 1]), None),
        (np.array([0.0]), np.array([-0.0]), "x: found array([0.]), expected array([-0.])"),
        (np.array([None, {"a": 1}], object), np.array([None, {"a": 2}], object), "x[1]['a']: found 1, expected 2"),
        (RECORD[0], RECORD[0].copy(), None),
        (RECORD, np.roll(RECORD, 1), None),
    ],
)
def test_difference(found: Any, expected: Any, text: str | None) -> None:
    assert difference(found, expected, "x") == text
    assert (digest(found) == digest(expected)) is (text is None)


def test_shared_memory_is_found_through_containers_and_views() -> None:
    base = np.arange(6)
    assert shared(("a", {"x": [base[:3]]}), ("b", (base[2:],))) == "a['x'][0] shares memory with b[0]"
    assert shared(("a", base[:3]), ("b", base[3:])) is None
    assert shared(("a", RECORD[0]), ("b", RECORD)) == "a shares memory with b"
    assert shared(("a", RECORD[0].copy()), ("b", RECORD)) is None
    assert shared(("a", text := []), ("b", {"y": text})) == "a shares memory with b['y']"
    assert shared(("a", (1, "x")), ("b", (1, "x"))) is None


def test_scribbling_changes_all_that_can_be_changed() -> None:
    locked = np.arange(3)
    locked.flags.writeable = False
    data = [np.zeros(2), np.ones(2, bool), RECORD[0].copy(), RECORD.copy(), {"a": 1}, locked]
    before = [digest(part) for part in data]
    parts = list(data)
    scribble(data)
    assert [digest(a) != b for a, b in zip(parts, before, strict=True)] == [True] * 5 + [False]
