"""A form of three to six fields has to be filled in and sent."""

from __future__ import annotations

from typing import Any

from ...layout import checkbox, dropdown, field, put, spinner, submit, title
from ...ops import ADD, COPY
from ...pools import CITIES, NAMES, TOPICS, YES_NO
from ...program import EQ_VAR, Builder, Task
from ...words import number

NAMES_OF_FIELDS = ("Name", "City", "Delivery", "Subject", "Pieces", "Newsletter")
DELIVERIES = ("by post", "by courier", "in the shop")
PIECES = 4


def build(b: Builder) -> Task:
    n = min(max(b.knobs.items, 3), len(NAMES_OF_FIELDS))
    kinds = NAMES_OF_FIELDS[:n]
    deliveries = b.vars(len(DELIVERIES))
    for var, words in zip(deliveries, DELIVERIES, strict=True):
        b.on_reset(put(var, words))
    wanted = {
        "Name": b.draw_text("name", NAMES),
        "City": b.draw_text("city", CITIES),
        "Delivery": b.picked("delivery", deliveries)[0],
        "Subject": b.draw_text("subject", TOPICS),
        "Pieces": b.draw("pieces", number(1), number(PIECES)),
        "Newsletter": b.draw_text("newsletter", YES_NO),
    }
    values = {kind: b.var(f"{kind} filled in", number(1) if kind == "Pieces" else 0) for kind in kinds}
    sent = {kind: b.var(f"{kind} sent") for kind in kinds}
    is_checked = b.var("checked")
    title(b, "Order")
    for row, kind in enumerate(kinds):
        if kind == "Delivery":
            dropdown(b, kind, values[kind], DELIVERIES, row)
        elif kind == "Pieces":
            spinner(b, kind, values[kind], 1, PIECES, row)
        elif kind == "Newsletter":
            checkbox(b, kind, is_checked, row)
        else:
            field(b, kind, values[kind], row)
    send: list[tuple[int, ...]] = [
        (COPY, sent[kind], is_checked if kind == "Newsletter" else values[kind]) for kind in kinds
    ]
    if "Newsletter" in kinds:
        send.append((ADD, sent["Newsletter"], YES_NO[0], 0, sum(YES_NO)))
    submit(b, "Submit", send)

    def solve(hand: Any) -> None:
        for kind in kinds:
            told = hand[wanted[kind]]
            if kind == "Delivery":
                hand.click(kind, "dropdown")
                hand.click(told, "option")
            elif kind == "Pieces":
                for _ in range(told - number(1)):
                    hand.click("+")
            elif kind == "Newsletter":
                if told != YES_NO[0]:
                    hand.click(kind, "checkbox")
            else:
                hand.click(kind, "textfield")
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
    )
