"""A phone with several apps: `ige/GUIPhone-v1`."""

from __future__ import annotations

from .env import Screens, ScreensVector


class GUIPhone(Screens):
    """A phone: a home screen, 2 to 8 apps, and tasks that require memory.

    ## Description
    The home screen has an icon for each app, at places drawn from the seed; the bar at the bottom of every screen leads
    back, home, and to the app that was left last. All ten tasks need memory: values read in one app have to be entered
    in another (`note-to-form`, `one-time-code`, `mail-to-calendar`, `receipts-to-expenses`, `copy-setting`,
    `list-to-cart`), prices have to be compared across shops (`price-compare`), or the screen does not show past actions
    (`momentary-toggles`, `search-pages`, and `search-absent`, in which the thing may not exist; `impossible` is right
    once every page was seen). There are other values of the same kind too, and the order of the texts to type reveals
    nothing.

    The knob `memory_gap` is the minimum number of steps between seeing a value and using it; notices fill the gap.
    `memory_load` is the number of values to remember; each task has its own bounds. `distractors` is the number of
    notes, mails or things besides the relevant ones, and `apps` the number of apps. `popups` is the percentage of
    episodes that begin with a dialog, and `infeasible` that in which the thing of `search-absent` does not exist (0:
    the usual 50).

    `ige.envs.gui.certificate.certificate(env)` proves that an episode needs memory: it gives two states with the same
    goal and screen, and plans that succeed in one and fail in the other. `ige.envs.gui.oracle.needs(env)` tells which
    steps of the oracle's plan depend on an earlier screen.
    """

    folder = "phone"


class GUIPhoneVector(ScreensVector):
    """Many phones at once; see `GUIPhone`."""

    env_class = GUIPhone
