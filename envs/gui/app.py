"""One app with several pages: `ige/GUIApp-v0`."""

from __future__ import annotations

from ..core import KernelVectorEnv
from .env import Screens


class GUIApp(Screens):
    """One app, several pages."""

    folder = "app"


class GUIAppVector(KernelVectorEnv):
    """Many apps at once; see `GUIApp`."""

    env_class = GUIApp
