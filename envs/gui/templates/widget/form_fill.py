"""A form of three to six fields, in any order, has to be filled in and sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...layout import Shown, checkbox, dropdown, field, spinner, submit, title
from ...ops import ADD, COPY
from ...pools import CITIES, DELIVERIES, NAMES, TOPICS, YES_NO
from ...program import EQ_VAR, Builder, Task, Text
from ...words import number

KINDS = ("Name", "City", "Delivery", "Subject", "Pieces", "Newsletter")
TYPED = {"Name": NAMES, "City": CITIES, "Subject": TOPICS}
PIECES = 4
OTHERS = 3  # further texts of each kind that may be typed


def build(b: Builder) -> Task:
    return form(b, {kind: kind for kind in KINDS}, DELIVERIES)


def form(b: Builder, names: Mapping[str, Shown], deliveries: tuple[int, int]) -> Task:
    """The task, given the names of the fields and the screen's texts for the deliveries, in the order of the pool."""
    kinds = KINDS[: min(max(b.knobs.items, 3), len(KINDS))]
    drawn = {kind: b.distinct_texts(kind.lower(), 1 + OTHERS, pool) for kind, pool in TYPED.items() if kind in kinds}
    wanted = {
        **{kind: texts[0] for kind, texts in drawn.items()},
        "Delivery": b.draw_text("delivery", DELIVERIES),
        "Pieces": b.draw("pieces", number(1), number(PIECES)),
        "Newsletter": b.draw_text("newsletter", YES_NO),
    }
    values = {kind: b.var(f"{kind} filled in", number(1) if kind == "Pieces" else 0) for kind in kinds}
    sent = {kind: b.var(f"{kind} sent") for kind in kinds}
    is_checked, slots = b.var("checked"), b.shuffled("slot", len(kinds))
    title(b, "Order")
    n = len(kinds)
    for kind, slot in zip(kinds, slots, strict=True):
        name, value = names[kind], values[kind]
        if kind == "Delivery":
            choices = [deliveries[0] + k for k in range(deliveries[1])]
            dropdown(b, name, value, choices, slot=slot, slots=n)
        elif kind == "Pieces":
            spinner(b, name, value, 1, PIECES, slot=slot, slots=n)
        elif kind == "Newsletter":
            checkbox(b, name, is_checked, slot=slot, slots=n)
        else:
            field(b, name, value, slot=slot, slots=n)
    send: list[tuple[int, ...]] = [
        (COPY, sent[kind], is_checked if kind == "Newsletter" else values[kind]) for kind in kinds
    ]
    send.append((ADD, sent["Delivery"], DELIVERIES[0] - deliveries[0], 0, sum(DELIVERIES)))
    if "Newsletter" in kinds:
        send.append((ADD, sent["Newsletter"], YES_NO[0], 0, sum(YES_NO)))
    submit(b, "Submit", send)

    def solve(hand: Any) -> None:
        for kind in kinds:
            told, name = hand[wanted[kind]], names[kind]
            shown = hand[name.var] if isinstance(name, Text) else name
            if kind == "Delivery":
                hand.click(shown, "dropdown")
                hand.click(told + deliveries[0] - DELIVERIES[0], "option")
            elif kind == "Pieces":
                for _ in range(told - number(1)):
                    hand.click("+")
            elif kind == "Newsletter":
                if told != YES_NO[0]:
                    hand.click(shown, "checkbox")
            else:
                hand.click(shown, "textfield")
                hand.type(told)
        hand.click("Submit")
        hand.complete()

    told = [f"{kind}: {{{kind.lower()}}}" for kind in kinds]
    return b.task(
        [
            f"Order with {', '.join(told)}.",
            f"Fill in the form and submit it: {'; '.join(told)}.",
            f"Submit an order ({', '.join(told)}).",
            f"{'. '.join(told)}. Put this into the form and send it.",
        ],
        {kind.lower(): wanted[kind] for kind in kinds},
        [(EQ_VAR, sent[kind], wanted[kind]) for kind in kinds],
        solve,
        length=2 + sum({"Pieces": PIECES - 1, "Newsletter": 1}.get(kind, 2) for kind in kinds),
        type=[Text(text) for texts in drawn.values() for text in texts[1:]],
    )
