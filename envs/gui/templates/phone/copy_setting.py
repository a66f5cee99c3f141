"""A tablet's settings have to be copied to the phone."""

from __future__ import annotations

from typing import Any

from ...apps.phone import Phone
from ...layout import FULL, MARGIN, ROW, item, label, title, top
from ...memory import listed, many
from ...ops import BACK, COPY, DISTINCT, GET, NAV, PUT, SET
from ...pools import DIALS, LEVELS
from ...program import EQ_VARS, LIST_ITEM, RADIO, Builder, Task, Text

SETTINGS = 5
NAME = 200  # pixels


def build(b: Builder) -> Task:
    m = many(b, "memory_load", 1, SETTINGS)
    phone = Phone(b, {"Tablet": 1, "Settings": 2}, late="Settings", near=3)
    names = b.distinct_texts("setting", SETTINGS, DIALS)
    theirs, mine, wanted = (b.vars(SETTINGS, name) for name in ("tablet", "phone", "wanted"))
    two = b.vars(2)
    for k in range(SETTINGS):
        b.on_reset((DISTINCT, two[0], 2, LEVELS[0], LEVELS[0] + LEVELS[1] - 1), (COPY, theirs[k], two[0]))
        b.on_reset((COPY, mine[k], two[1]), (COPY, wanted[k], two[1]))
    order, dials, level = b.shuffled("order", SETTINGS), b.vars(m, "dial"), b.var()
    for place, dial in zip(order, dials, strict=False):
        b.on_reset((GET, dial, names[0], place), (GET, level, theirs[0], place), (PUT, wanted[0], place, level))

    title(b, "Tablet", phone["Tablet"])
    page, which = phone["Settings"], b.var()
    title(b, "Settings", page)
    title(b, "Choose", page + 1)
    for k in range(SETTINGS):
        label(b, Text(names[k]), k, phone["Tablet"], NAME)
        b.widget(LIST_ITEM, MARGIN, top(k), NAME, ROW, Text(names[k]), page=page, do=[(SET, which, k), (NAV, page + 1)])
        for value, at in ((theirs[k], phone["Tablet"]), (mine[k], page)):
            label(b, Text(value), k, at, FULL - NAME - 8, MARGIN + NAME + 8)
    for k in range(LEVELS[1]):
        choose = [(SET, level, LEVELS[0] + k), (PUT, mine[0], which, level), (BACK,)]
        item(b, RADIO, LEVELS[0] + k, choose, k, page + 1)

    def solve(hand: Any) -> None:
        phone.start(hand)
        phone.open(hand, "Tablet")
        texts = [f"dial {j + 1}" for j in range(m)]
        hand.see(*texts)
        hand.click("Home", "icon")
        phone.open(hand, "Settings")
        for text, dial, place in zip(texts, dials, order, strict=False):
            hand.click(hand[dial])
            hand.use(text)
            hand.click(hand[wanted[hand[place]]])
        hand.complete()

    def conceal(v: Any) -> None:
        for place in order[:m]:
            k = int(v[place])
            levels = [LEVELS[0] + j for j in range(LEVELS[1])]
            v[theirs[k]] = next(one for one in levels if one not in (v[theirs[k]], v[mine[k]]))
            v[wanted[k]] = v[theirs[k]]

    fields = {f"dial{j + 1}": dial for j, dial in enumerate(dials)}
    which_ones = listed(list(fields))
    return b.task(
        [f"Give this phone the tablet's {which_ones}.", f"Copy {which_ones} from the tablet to the settings.",
         f"Make {which_ones} the same as on the tablet.",
         f"Look up {which_ones} on the tablet and choose the same in the settings."],
        fields,
        [(EQ_VARS, mine[0], wanted[0], SETTINGS)],
        solve,
        length=phone.start_steps + phone.steps("Tablet", "Settings") + 2 + 2 * m,
        memory=True,
        memoryless=1 / (LEVELS[1] - 1) ** m,  # the phone's current level is excluded
        conceal=conceal,
    )  # fmt: skip
