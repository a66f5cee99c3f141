"""Online ridge regression, compiled: the inverse gets rank-one updates, so a round costs d^2.

All functions work on one learner's arrays: `inverse` (d, d), the inverse of the penalised moment matrix; `weights`
(d,); `gain` (d,), work space.
"""

from __future__ import annotations

from ...envs.core.inner import inner


@inner
def begin(inverse, weights, penalty):
    """A learner that has seen nothing predicts 0."""
    for i in range(weights.shape[0]):
        weights[i] = 0.0
        for j in range(weights.shape[0]):
            inverse[i, j] = 1.0 / penalty if i == j else 0.0


@inner
def predict(weights, x):
    total = 0.0
    for i in range(weights.shape[0]):
        total += weights[i] * x[i]
    return total


@inner
def learn(inverse, weights, gain, x, y):
    """The Sherman-Morrison formula; the weights are then those of ridge regression on all data seen."""
    size = weights.shape[0]
    scale = 1.0
    for i in range(size):
        gain[i] = 0.0
        for j in range(size):
            gain[i] += inverse[i, j] * x[j]
        scale += gain[i] * x[i]
    error = (y - predict(weights, x)) / scale
    for i in range(size):
        weights[i] += error * gain[i]
        share = gain[i] / scale
        for j in range(size):
            inverse[i, j] -= share * gain[j]
