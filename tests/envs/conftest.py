"""Environments that only the tests know. They are importable, because a kernel is bound by its name."""

from __future__ import annotations

import sys
from pathlib import Path

import gymnasium as gym
import pettingzoo

import ige  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent / "samples"))

gym.register("test/Drift-v0", "drift.env:Drift", vector_entry_point="drift.env:DriftVector")
gym.register("test/DriftLimited-v0", "drift.env:Drift", vector_entry_point="drift.env:DriftVector", max_episode_steps=4)
pettingzoo.register("parallel", "test/Walkers-v0", "walkers.env:Walkers")
