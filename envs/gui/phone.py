"""A phone with several apps: `ige/GUIPhone-v1`."""

from __future__ import annotations

from .env import Screens, ScreensVector


class GUIPhone(Screens):
    """A phone: a home screen, 2 to 8 apps, and tasks in which something has to be kept in mind.

    ## Description
    The home screen has an icon for each app, at places that a seed draws; the bar at the bottom of every screen leads
    back, home, and to the app that was left last. All ten tasks need memory: what was read in one app has to be entered
    in another (`note-to-form`, `one-time-code`, `mail-to-calendar`, `receipts-to-expenses`, `copy-setting`,
    `list-to-cart`), prices have to be compared across shops (`price-compare`), or nothing shows what was done already
    (`momentary-toggles`, `search-pages`, `search-absent`, in which the thing may be nowhere; `impossible` is right once
    every page was seen). Other values of the same kind are there too, and texts to type are offered in an order that
    says nothing.

    The knob `memory_gap` is how many steps lie between seeing a value and using it, at least: notices come in between.
    `memory_load` is how many values have to be kept in mind; each task has bounds of its own. `distractors` is how many
    notes, mails or things there are beside what is meant, `apps` how many apps a phone has, `popups` in how many
    percent of episodes a dialog comes first, `infeasible` in how many the thing of `search-absent` is nowhere (0: the
    usual 50).

    `ige.envs.gui.certificate.certificate(env)` proves of an episode that it needs memory: two states with the same goal
    and screen, and plans that succeed in one and fail in the other. `ige.envs.gui.oracle.needs(env)` tells which steps
    of the oracle's plan depend on what an earlier one showed.
    """

    folder = "phone"


class GUIPhoneVector(ScreensVector):
    """Many phones at once; see `GUIPhone`."""

    env_class = GUIPhone
