"""Screens of widgets, apps and phones, all defined as data: a table of widgets, variables, and small programs."""

from __future__ import annotations

from ..entry import Entry

ENTRIES = (
    Entry(
        "ige/GUIApp-v1",
        "One app of several pages: shop, mail, settings, bank and others, whose data must not be damaged.",
        "app:GUIApp",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/GUIWidget-v1",
        "Screens of one page: click, type, choose and answer, by widgets, points or words; MiniWoB++'s skills.",
        "env:GUIWidget",
        oracle="oracle:plan",
    ),
    Entry(
        "ige/GUIPhone-v1",
        "A phone with several apps: ten tasks in which something has to be kept in mind.",
        "phone:GUIPhone",
        oracle="oracle:plan",
    ),
)
