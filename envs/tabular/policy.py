"""Policies of tabular MDPs, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.instance import floats

POLICY_SUM = 1e-6  # how far chances may be from adding up to 1: a policy may have been a float32


def checked_policy(name: str, given: Any, shape: tuple[int | None, ...]) -> Any:
    """Chances of actions, float64 (H, S, A); `ValueError` names what is not."""
    policy = floats(name, given, shape, 0, 1)
    wrong = np.argwhere(np.abs(policy.sum(-1) - 1) > POLICY_SUM)
    if len(wrong):
        step, state = wrong[0].tolist()
        raise ValueError(f"{name}[{step}][{state}]: adds up to {policy[step, state].sum():g}, expected 1")
    return policy
