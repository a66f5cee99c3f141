"""Online ridge regression, compiled: the inverse is updated by rank one, so a round costs d^2.

All functions work on arrays of one learner: `inverse` (d, d), of the penalised matrix of moments; `weights` (d,);
`gain` (d,), room to work in.
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
    """Sherman and Morrison's formula; the weights are then those of ridge regression on all that was seen."""
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
