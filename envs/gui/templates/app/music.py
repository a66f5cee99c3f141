"""A playlist has to be filled in a given order, and played."""

from __future__ import annotations

from typing import Any

from ...apps.music import music
from ...apps.parts import size
from ...layout import scrolls
from ...ops import COPY, DISTINCT, GET
from ...program import EQ_VAR, EQ_VARS, Builder, Task, Text

ADDED = 3


def build(b: Builder) -> Task:
    known = size(b, 5, 12)
    found = music(b, known=known)
    places, want = b.vars(ADDED), b.vars(len(found.playlist))
    songs = b.vars(ADDED, "song")
    b.on_reset((DISTINCT, places[0], ADDED, 0, known - 1))
    for k in range(ADDED):
        b.on_reset((GET, songs[k], found.songs[0], places[k]), (COPY, want[k], songs[k]))

    def solve(hand: Any) -> None:
        for song in songs:
            hand.scroll_to(hand[song])
            hand.click(hand[song])
            hand.click("Add to playlist")
            hand.click("Back")
        hand.click("Playlist")
        hand.click("Play all")
        hand.complete()

    return b.task(
        ["Fill the playlist with {a}, {b} and {c}, in this order, then play it.",
         "Play a list of {a}, then {b}, then {c}.",
         "The playlist is to have {a} first, {b} second and {c} third; start it.",
         "Three songs one after another, please, as a playlist: {a}, {b}, {c}. Play them."],
        dict(zip("abc", songs, strict=True)),
        [(EQ_VARS, found.playlist[0], want[0], len(want)), (EQ_VAR, found.playing, songs[0])],
        solve,
        length=(3 + scrolls(known + 1)) * ADDED + 3,
        type=[Text(var) for var in found.songs],
    )  # fmt: skip
