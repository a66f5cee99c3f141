"""A switch has to be turned, and something chosen one page deeper."""

from __future__ import annotations

from typing import Any

from ...apps.parts import copies
from ...apps.settings import DEEPER, EACH, SECTIONS, options, settings
from ...ops import ADD, COPY, DISTINCT, GET, PUT, SET, TOGGLE, UNLESS_EQ
from ...pools import SWITCHES
from ...program import EQ_VARS, Builder, Task
from ...words import code


def build(b: Builder) -> Task:
    found = settings(b)
    n, m = len(found.switches), len(found.chosen)
    place, section = b.draw("place", 0, n - 1), b.draw("section", 0, m - 1)
    to, switch, state = b.var(), b.var("switch"), b.var("state")
    switches, chosen, pair = b.vars(n), b.vars(m), b.vars(2)
    what, choice = b.var("what"), b.var("choice")
    b.on_reset(
        *copies(switches, found.switches),
        (GET, to, switches[0], place),
        (TOGGLE, to),
        (PUT, switches[0], place, to),
        (COPY, switch, place),
        (ADD, switch, SWITCHES[0], SWITCHES[0], SWITCHES[0] + n - 1),
        (SET, state, code("off")),
        (UNLESS_EQ, to, 1, 1),
        (SET, state, code("on")),
    )
    for k in range(m):
        b.on_reset(
            (UNLESS_EQ, section, k, 3),
            (SET, what, code(DEEPER[k])),
            (DISTINCT, pair[0], 2, *options(k)),
            (COPY, found.chosen[k], pair[0]),
        )
    b.on_reset(*copies(chosen, found.chosen), (COPY, choice, pair[1]), (PUT, chosen[0], section, choice))

    def solve(hand: Any) -> None:
        hand.click(SECTIONS[hand[place] // EACH])
        hand.scroll_to(hand[switch])
        hand.click(hand[switch])
        if hand[place] // EACH != hand[section]:
            hand.click("Back")
            hand.click(SECTIONS[hand[section]])
        hand.scroll_to(hand[what], "link")
        hand.click(hand[what], "link")
        hand.click(hand[choice])
        hand.complete()

    return b.task(
        ["Turn {switch} {state} and choose {choice} as {what}.", "Set {what} to {choice}, and {switch} to {state}.",
         "{switch} has to be {state}; {what} has to be {choice}.",
         "In the settings, make {choice} the {what}, and see that {switch} is {state}."],
        {"switch": switch, "state": state, "choice": choice, "what": what},
        [(EQ_VARS, found.switches[0], switches[0], n), (EQ_VARS, found.chosen[0], chosen[0], m)],
        solve,
        length=10,
        protect=found.sliders,
    )  # fmt: skip
