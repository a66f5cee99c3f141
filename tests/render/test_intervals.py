"""Intervals as a picture."""

from __future__ import annotations

import numpy as np

from ige.render import intervals, palette

NONE = np.full(2, np.nan)


def test_what_is_believed_is_drawn_where_it_lies() -> None:
    value, low, high = np.array([0.5, np.nan]), np.array([0.25, np.nan]), np.array([0.75, np.nan])
    frame = intervals(value, low, high, ["", ""])
    empty = intervals(NONE, NONE, NONE, ["", ""])
    changed = np.argwhere((frame != empty).any(-1))
    assert changed[:, 0].min() > 30  # the first row only
    assert changed[:, 0].max() < 30 + 22
    assert abs(changed[:, 1].min() - (70 + 90)) <= 3
    assert abs(changed[:, 1].max() - (70 + 270)) <= 3
    assert (frame[41, 70 + 180] == palette.BLUE).all()


def test_truth_is_marked() -> None:
    frame = intervals(NONE, NONE, NONE, ["a", "b"], truth=[0.0, 1.0], title="title")
    assert (frame[41, 70] == palette.VERMILION).all()
    assert (frame[63, 430] == palette.VERMILION).all()
