"""Learning to click and type: a pointer policy over the widgets on a screen, trained by masked PPO."""

from .learner import ScreenLearner, success

__all__ = ["ScreenLearner", "success"]
