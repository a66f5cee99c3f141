"""A phone with several apps: `ige/GUIPhone-v0`."""

from __future__ import annotations

from ..core import KernelVectorEnv
from .env import Screens


class GUIPhone(Screens):
    """A phone: a home screen, several apps, and tasks in which something has to be kept in mind."""

    folder = "phone"


class GUIPhoneVector(KernelVectorEnv):
    """Many phones at once; see `GUIPhone`."""

    env_class = GUIPhone
