"""One app with several pages: `ige/GUIApp-v1`."""

from __future__ import annotations

from .env import Screens, ScreensVector


class GUIApp(Screens):
    """One app, several pages: a shop, mail, settings, a bank, whose data must not be damaged.

    ## Description
    Each episode is one task in one app, drawn from those named in `task`: `shop`, `mail`, `settings`, `contacts`,
    `calendar`, `notes`, `forum`, `files`, `music`, `bank`, `booking`, `delete-matching-rows`. An app has several pages
    with a bar at the top and a way back, and lists that scroll, can be searched, filtered or sorted; scripts take 3 to
    16 steps. The whole content of an app is in its state, and success is that it is as the goal says in all entries of
    a list: whoever deletes another message too, likes another post or orders twice has not succeeded. A screen is
    360 x 640 logical pixels; what stands on it is a table of widgets. Goals come in several wordings, of which the last
    is held out for tests.
    """

    folder = "app"


class GUIAppVector(ScreensVector):
    """Many apps at once; see `GUIApp`."""

    env_class = GUIApp
