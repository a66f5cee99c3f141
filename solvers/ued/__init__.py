"""Unsupervised environment design: PAIRED and its family on one trainer; decision rules on a payoff matrix."""

from .config import METHODS, PRESETS, Config, Replay, config
from .trainer import UED

__all__ = ["METHODS", "PRESETS", "UED", "Config", "Replay", "config"]
