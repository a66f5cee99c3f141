"""An entry of a submenu has to be chosen; the same entries may be in other submenus."""

from __future__ import annotations

from typing import Any

from ...layout import FULL, GAP, MARGIN, button, title
from ...ops import COPY, GET, SET, TOGGLE
from ...pools import TOPICS, VERBS
from ...program import EQ_VAR, Builder, Task, Text


def build(b: Builder) -> Task:
    n = min(max(b.knobs.items, 2), 7)  # menus, and entries of each
    menus = b.distinct_texts("menu", n, TOPICS)
    wanted, place = b.picked("wanted menu", menus)
    entries = [b.distinct_texts(f"entry{k}", n, VERBS) for k in range(n)]
    picks = b.vars(n)  # an entry of each menu
    for pick, among in zip(picks, entries, strict=True):
        b.on_reset((COPY, pick, b.picked("", among)[0]))
    target = b.var("wanted entry")
    b.on_reset((GET, target, picks[0], place))
    is_open, sub = b.var("open"), b.var("open submenu")
    menu, entry = b.var("chosen menu"), b.var("chosen entry")
    title(b, "Menus")
    button(b, "Menu", [(TOGGLE, is_open), (SET, sub, 0)])
    width = (FULL - GAP) // 2
    for k, name in enumerate(menus):
        button(b, Text(name), [(SET, sub, k + 1)], 1 + k, width=width, show=(is_open, 1))
        for j, text in enumerate(entries[k]):
            choose = [(COPY, menu, name), (COPY, entry, text), (SET, is_open, 0), (SET, sub, 0)]
            button(b, Text(text), choose, 1 + j, width=width, x=MARGIN + width + GAP, show=(sub, k + 1))

    def solve(hand: Any) -> None:
        hand.click("Menu")
        hand.click(hand[wanted])
        hand.click(hand[target])
        hand.complete()

    return b.task(
        [
            "Choose {entry} in the submenu {menu}.",
            "In the menu, open {menu} and click {entry}.",
            "Menu > {menu} > {entry}",
            "Open the menu, go to {menu} and pick {entry}.",
        ],
        {"menu": wanted, "entry": target},
        [(EQ_VAR, menu, wanted), (EQ_VAR, entry, target)],
        solve,
        length=4,
    )
