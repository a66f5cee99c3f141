"""A note has to be written, and another one renamed."""

from __future__ import annotations

from typing import Any

from ...apps.notes import notes
from ...apps.parts import copies, size
from ...layout import scrolls
from ...ops import COPY, PUT, SET
from ...pools import PHRASES
from ...program import EQ_VARS, Builder, Task, Text


def build(b: Builder) -> Task:
    written = size(b, 4, 11)
    found = notes(b, written=written)
    room = len(found.titles)
    titles, texts, exists = b.vars(room), b.vars(room), b.vars(room)
    (new, renamed), text = found.unused, b.draw_text("text", PHRASES)
    old, place = b.picked("old", found.titles[:written])
    b.on_reset(*copies(titles, found.titles), (COPY, titles[written], new), (PUT, titles[0], place, renamed))
    b.on_reset(*copies(texts, found.texts), (COPY, texts[written], text))
    b.on_reset(*copies(exists, found.exists), (SET, exists[written], 1))

    def solve(hand: Any) -> None:
        hand.click("New")
        hand.fill("Title", hand[new])
        hand.fill("Text", hand[text])
        hand.click("Save")
        hand.scroll_to(hand[old])
        hand.long_press(hand[old])
        hand.click("Rename")
        hand.fill("New title", hand[renamed])
        hand.click("Save")
        hand.complete()

    return b.task(
        ["Write a note {new} with the text {text}, and rename {old} to {renamed}.",
         "The note {old} is to be called {renamed}. A new one, {new}, is to say {text}.",
         "Give the note {old} the title {renamed}; then note down {text} under the title {new}.",
         "Rename the note {old}: {renamed}. Add one with the title {new} and the text {text}."],
        {"new": new, "text": text, "old": old, "renamed": renamed},
        [(EQ_VARS, found.titles[0], titles[0], room), (EQ_VARS, found.texts[0], texts[0], room),
         (EQ_VARS, found.exists[0], exists[0], room)],
        solve,
        length=12 + scrolls(room),
        type=[Text(var) for var in found.titles[:written]],
    )  # fmt: skip
