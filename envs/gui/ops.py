"""The instructions behind widgets and resets: one table for the interpreters and the documentation.

A program consists of rows (instruction, a, b, c, d) that act on `vars`, int16; it runs from its start to STOP. `var` is
the index of a variable, `n` a number, `text` the code of a text.
"""

from __future__ import annotations

from typing import NamedTuple


class Op(NamedTuple):
    name: str
    arguments: tuple[str, ...]
    effect: str


TABLE = (
    Op("STOP", (), "ends the program"),
    Op("SET", ("var", "n"), "var = n"),
    Op("COPY", ("var", "from"), "var = vars[from]"),
    Op("ADD", ("var", "n", "low", "high"), "var += n, kept within low and high"),
    Op("TOGGLE", ("var",), "var = 1 - var"),
    Op("NAV", ("page",), "goes to a page"),
    Op("BACK", (), "goes to the page before"),
    Op("HOME", (), "goes to the first page"),
    Op("RECENT", (), "goes to the page that was left last for the first one; on phones"),
    Op("UNLESS_EQ", ("var", "n", "skip"), "skips rows unless var == n"),
    Op("UNLESS_SAME", ("var", "other", "skip"), "skips rows unless var == vars[other]"),
    Op("SKIP", ("skip",), "skips rows"),
    Op("RANK", ("ranks", "keys", "flags", "count"), "ranks of ascending keys (descending: -count), flagged ones first"),
    Op("MATCH", ("flags", "keys", "count", "var"), "1 where a key equals vars[var], everywhere if that is 0"),
    Op("SUM", ("var", "from", "count"), "var = the sum of count variables"),
    Op("APPEND", ("list", "length", "value", "most"), "puts vars[value] at the list's end while there is room"),
    Op("GET", ("var", "list", "place"), "var = vars[list + vars[place]]"),
    Op("PUT", ("list", "place", "from"), "vars[list + vars[place]] = vars[from]"),
    Op("FIND", ("place", "list", "count", "var"), "the first place in a list that holds vars[var]; -1 where none does"),
    Op("BOTH", ("flags", "these", "those", "count"), "1 where two lists of flags have 1"),
    Op("DRAW", ("var", "low", "high"), "a uniform number from low to high; on reset"),
    Op("DISTINCT", ("vars", "count", "low", "high"), "different uniform numbers from low to high; on reset"),
    Op("SHUFFLE", ("vars", "count", "first"), "first, first + 1, ... in random order; on reset"),
    Op("PICK", ("var", "from", "count", "place"), "vars[from + k] for a random k below count, kept in place; on reset"),
    Op("CHANCE", ("var", "percent"), "1 with that chance, else 0; on reset"),
)
(
    STOP, SET, COPY, ADD, TOGGLE, NAV, BACK, HOME, RECENT, UNLESS_EQ, UNLESS_SAME, SKIP, RANK, MATCH, SUM, APPEND, GET,
    PUT, FIND, BOTH, DRAW, DISTINCT, SHUFFLE, PICK, CHANCE,
) = range(len(TABLE))  # fmt: skip
WIDTH = 5  # numbers in a row
