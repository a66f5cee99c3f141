"""One app with several pages: `ige/GUIApp-v1`."""

from __future__ import annotations

from .env import Screens, ScreensVector


class GUIApp(Screens):
    """One app with several pages, such as a shop, mail, settings or a bank, whose data must not be damaged.

    ## Description
    Each episode is one task in one app, drawn from those named in `task`: `shop`, `mail`, `settings`, `contacts`,
    `calendar`, `notes`, `forum`, `files`, `music`, `bank`, `booking`, `delete-matching-rows`. An app has several pages
    with a bar at the top and a way back, and lists that can be scrolled, searched, filtered or sorted; the oracle's
    scripts take 3 to 16 steps. The state holds the whole content of an app, and success requires every entry of a list
    to be as the goal says: an agent that also deletes another message, likes another post or orders twice fails. A
    screen is 360 x 640 logical pixels; its content is a table of widgets. Goals come in several wordings, the last of
    which is held out for tests.
    """

    folder = "app"


class GUIAppVector(ScreensVector):
    """Many apps at once; see `GUIApp`."""

    env_class = GUIApp
