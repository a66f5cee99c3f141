"""Music: songs to search, a page for each, and a playlist to fill, clear and play."""

from __future__ import annotations

from typing import NamedTuple

from ..layout import FULL, MARGIN, ROW, button, label, top
from ..ops import APPEND, COPY, MATCH, NAV, RANK, SET
from ..pools import NAMES, SONGS
from ..program import LABEL, LIST_ITEM, TEXTFIELD, Builder, Text, Var
from .parts import Cell, bar, entry, facts

PAGES = 3
LIBRARY, SONG, PLAYLIST = range(PAGES)


class Music(NamedTuple):
    songs: range
    artists: range  # the artists of the songs
    playlist: range  # songs in the order in which they were added; 0 for none
    playing: Var  # the song that is played; 0: none


def music(b: Builder, page: int = 0, known: int = 10, room: int = 6, name: str = "Music") -> Music:
    songs, artists = b.distinct_texts(f"{name}: song", known, SONGS), b.distinct_texts(f"{name}: artist", known, NAMES)
    playlist, length = b.vars(room, f"{name}: playlist"), b.var()
    playing, song, artist, query = b.var(f"{name}: playing"), b.var(), b.var(), b.var()
    order, found, places = b.shuffled("", known), b.vars(known), b.vars(known)
    search = [(MATCH, found[0], songs[0], known, query), (RANK, places[0], order[0], found[0], known)]
    b.on_reset(*search)

    to_playlist = [(NAV, page + PLAYLIST)]
    bar(b, name, page, "Playlist", to_playlist, back=page > 0)
    b.widget(TEXTFIELD, MARGIN, top(0), FULL, ROW, "Search", page=page, value=query, do_long=search)
    for k in range(known):
        look = [(COPY, song, songs[k]), (COPY, artist, artists[k]), (NAV, page + SONG)]
        cells = [Cell(LIST_ITEM, Text(songs[k]), 200, look), Cell(LABEL, Text(artists[k]), 120)]
        entry(b, cells, places[k], known, 1, page, (found[k], 1))

    bar(b, Text(song), page + SONG, "Playlist", to_playlist)
    facts(b, [("By", Text(artist))], page + SONG)
    button(b, "Add to playlist", [(APPEND, playlist[0], length, song, room)], 1, page + SONG)
    button(b, "Play song", [(COPY, playing, song)], 2, page + SONG)

    bar(b, "Playlist", page + PLAYLIST)
    clear = [*((SET, var, 0) for var in playlist), (SET, length, 0)]
    button(b, "Play all", [(COPY, playing, playlist[0])], 0, page + PLAYLIST, width=160)
    button(b, "Clear", clear, 0, page + PLAYLIST, width=160, x=MARGIN + 168)
    for k in range(room):
        label(b, Text(playlist[k]), 1 + k, page + PLAYLIST)
    return Music(songs, artists, playlist, playing)
