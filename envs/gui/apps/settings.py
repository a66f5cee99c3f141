"""Settings: sections of switches, each with a slider and, one page deeper, a list of choices."""

from __future__ import annotations

from typing import NamedTuple

from .. import program as p
from ..layout import FULL, MARGIN, ROW, item, label, radio, top
from ..ops import DRAW, NAV, TOGGLE
from ..pools import CHOICES, SWITCHES
from ..program import Builder
from .parts import bar

SECTIONS = ("Network", "Display", "Sound")
SLIDERS = ("Data limit", "Brightness", "Volume")
DEEPER = ("Network mode", "Wallpaper", "Ringtone")
PAGES = 1 + 2 * len(SECTIONS)
EACH, OPTIONS, MOST = 8, 5, 10  # switches per section, choices per section, and the maximum of a slider


class Settings(NamedTuple):
    """Lists run through the sections, one after another."""

    switches: range  # 1 where on; named as in the pool
    sliders: range
    chosen: range  # for each section the code of the choice, from the section's part of the pool


def options(section: int) -> tuple[int, int]:
    """The codes of a section's choices, the first and the last."""
    first = CHOICES[0] + OPTIONS * section
    return first, first + OPTIONS - 1


def settings(b: Builder, page: int = 0, name: str = "Settings") -> Settings:
    n = len(SECTIONS)
    switches, sliders = b.vars(EACH * n, f"{name}: switch"), b.vars(n, f"{name}: slider")
    chosen = b.vars(n, f"{name}: chosen")
    b.on_reset(*((DRAW, var, 0, 1) for var in switches), *((DRAW, var, 0, MOST) for var in sliders))
    b.on_reset(*((DRAW, var, *options(section)) for section, var in enumerate(chosen)))
    bar(b, name, page, back=page > 0)
    for section, title in enumerate(SECTIONS):
        inside, deeper = page + 1 + section, page + 1 + n + section
        item(b, p.LINK, title, [(NAV, inside)], section, page)
        bar(b, title, inside)
        slots = b.shuffled("", EACH)
        for k in range(EACH):
            at = EACH * section + k
            item(
                b, p.TOGGLE, SWITCHES[0] + at, [(TOGGLE, switches[at])], 0, inside, slots[k], EACH, switches[at]
            )  # fmt: skip
        label(b, SLIDERS[section], EACH, inside, 120)
        b.widget(
            p.SLIDER, MARGIN + 120, top(EACH), FULL - 120, ROW, SLIDERS[section], page=inside, value=sliders[section],
            bounds=(0, MOST),
        )  # fmt: skip
        item(b, p.LINK, DEEPER[section], [(NAV, deeper)], EACH + 1, inside)
        bar(b, DEEPER[section], deeper)
        for k in range(OPTIONS):
            code = options(section)[0] + k
            radio(b, code, chosen[section], code, k, deeper)
    return Settings(switches, sliders, chosen)
