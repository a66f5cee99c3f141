"""A phone: a home screen of apps, the system's bar on every page, and notices that lengthen the memory gap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .. import program as p
from ..layout import Rows, button, dialog, label, title
from ..ops import ADD, BACK, CHANCE, HOME, NAV, RECENT, SET, UNLESS_EQ
from ..program import V_RECENT, Builder, Text
from ..words import number

MOST = 8  # apps
OTHERS: Final = ("Clock", "Camera", "Maps", "Photos", "Weather", "Radio", "Games")  # apps that no task needs
SIDE, STEP, COLUMNS = 88, (112, 112), 3  # icons: side and spacing in pixels, number of columns


def notices(b: Builder, page: int, steps: int, then: Rows) -> Rows:
    """Rows that show `steps` notices, on a page of their own, and then do `then`."""
    if steps <= 0:
        return then
    left = b.var("notices")
    title(b, "Before you go on", page)
    label(b, "Notices left", 0, page, 200)
    label(b, Text(left), 0, page, 100, 240)
    on = [(ADD, left, -1, number(0), number(steps)), (UNLESS_EQ, left, number(0), 1 + len(then)), (BACK,), *then]
    button(b, "Continue", on, 1, page)
    return [(SET, left, number(steps)), (NAV, page)]


def pass_notices(hand: Any) -> None:
    """Close the notices; for oracles."""
    while hand.shows("Continue", "button"):
        hand.click("Continue", "button")


class Phone:
    """The home screen, page 0, with an icon for each app; each reset draws their places.

    Args:
        b: the builder.
        apps: the task's apps, and how many pages each has. Other apps, which have no use, fill the phone.
        late: the app in which memory is needed; notices come before it if `near`, the steps that lie between seeing and
            using in any case, is less than the knob `memory_gap`.
        near: see `late`.
    """

    def __init__(self, b: Builder, apps: Mapping[str, int], late: str = "", near: int = 0) -> None:
        if not 2 <= b.knobs.apps <= MOST:
            raise ValueError(f"apps: found {b.knobs.apps}, expected 2 to {MOST}")
        self.notices = max(b.knobs.memory_gap - near, 0) if late else 0
        self._late = late
        self._pages: dict[str, int] = {}
        b.on_reset((SET, V_RECENT, -1))
        others = OTHERS[: max(b.knobs.apps - len(apps), 0)]
        next_page = 1
        for name, n in (*apps.items(), *((name, 1) for name in others)):
            self._pages[name] = next_page
            next_page += n
        self.free = next_page  # the first unused page
        slots = b.shuffled("icon", len(self._pages))
        title(b, "Home")
        for (name, page), slot in zip(self._pages.items(), slots, strict=True):
            do: Rows = [(NAV, page)]
            if name == late:
                do = notices(b, self.take(), self.notices, do)
            b.widget(
                p.ICON, 20, 80, SIDE, SIDE, name, do=do, slot=slot, slots=len(self._pages), step=STEP, columns=COLUMNS
            )
        for name in others:
            title(b, name, self._pages[name])
            label(b, "Nothing new", 0, self._pages[name])
        for k, (name, op) in enumerate((("Back", BACK), ("Home", HOME), ("Recent", RECENT))):
            b.widget(p.ICON, 120 * k, p.BOTTOM + 8, 120, 40, name, page=-1, do=[(op,)], fixed=True)
        self._popup = b.var("popup")
        if b.knobs.popups:
            b.on_reset((CHANCE, self._popup, b.knobs.popups))
            dialog(b, (self._popup, 1), ["An update is ready"], [("Later", [(SET, self._popup, 0)])], page=-1)
        self.start_steps = int(b.knobs.popups > 0)  # the most that `start` takes

    def __getitem__(self, app: str) -> int:
        """An app's first page."""
        return self._pages[app]

    def take(self) -> int:
        """Reserve an unused page."""
        self.free += 1
        return self.free - 1

    def steps(self, *apps: str) -> int:
        """The number of steps to open these apps, each from the home screen."""
        return len(apps) + self.notices * apps.count(self._late)

    def start(self, hand: Any) -> None:
        """Close the initial dialog, if there is one; like `open`, this is for oracles."""
        if hand[self._popup]:
            hand.click("Later", "button")

    def open(self, hand: Any, app: str) -> None:
        hand.click(app, "icon")
        pass_notices(hand)
